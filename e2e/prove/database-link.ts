/** The way from the service to its database, in our hands: a proxy that can cut it, refuse it or leave it silent. */
import net from 'node:net';

export interface DatabaseLink {
  /** What the service is given. */
  url: string;
  /** Every connection is cut and new ones are refused for a while: the server was restarted. */
  restart(forMs: number): Promise<void>;
  /** Nothing comes through for a while, then everything that waited is cut: a router between them died. */
  silence(forMs: number): Promise<void>;
  /**
   * Nothing comes through the connections that are open now, ever, in either direction, and nobody is told: a firewall forgot them. New ones
   * work. The server goes on holding what was under way on them until their client gives them up.
   */
  hang(): void;
  close(): Promise<void>;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** `url`: of a database that is reached over TCP. */
export async function openDatabaseLink(url: string): Promise<DatabaseLink> {
  const target = new URL(url);
  const open = new Set<net.Socket>();
  const hung = new WeakSet<net.Socket>();
  let silent = false;

  const server = net.createServer((near) => {
    const far = net.connect({ host: target.hostname, port: Number(target.port || 5432) });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => void (to.write(chunk) || from.pause()));
      to.on('drain', () => silent || hung.has(from) || from.resume());
      from.on('error', () => undefined);
      from.once('close', () => {
        open.delete(from);
        to.destroy();
      });
      if (silent) from.pause();
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = () => open.forEach((socket) => socket.resetAndDestroy());
  await listen(0);
  const { port } = server.address() as net.AddressInfo;
  const near = new URL(url);
  near.hostname = '127.0.0.1';
  near.port = String(port);

  return {
    url: near.href,
    async restart(forMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
      await sleep(forMs);
      await listen(port);
    },
    async silence(forMs) {
      silent = true;
      open.forEach((socket) => socket.pause());
      await sleep(forMs);
      silent = false;
      cut();
    },
    hang() {
      for (const socket of open) {
        hung.add(socket);
        socket.pause();
      }
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

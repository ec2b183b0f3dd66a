import { createServer, type Socket } from 'node:net';

export interface RawServer {
  origin: string;
  host: string;
  /** Requests as they arrived, head and body. */
  requests: string[];
  close(): Promise<void>;
}

/** A TCP server that reads one HTTP request at a time and lets `reply` write whatever bytes it likes, cut them short, or say nothing. */
export async function startRawServer(reply: (socket: Socket, request: string, index: number) => void): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let buffered = '';
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      buffered += chunk.toString('utf8');
      const end = buffered.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(buffered.slice(0, end))?.[1] ?? 0);
      if (Buffer.byteLength(buffered.slice(end + 4)) < length) return;
      requests.push(buffered);
      buffered = '';
      reply(socket, requests.at(-1) as string, requests.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Writes one complete answer. */
export function answer(socket: Socket, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json;charset=UTF-8';
  const head = { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(text)), ...headers };
  socket.write(
    `HTTP/1.1 ${status} X\r\n${Object.entries(head)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n${text}`,
  );
}

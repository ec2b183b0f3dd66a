import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** Whether Net::SMPP (Debian package libnet-smpp-perl) is installed. */
export const hasNetSmpp = spawnSync('perl', ['-MNet::SMPP', '-e', '1']).status === 0;

/** The SMSC of perl-peer.pl, which says what words in a text do. */
export interface PerlPeer {
  port: number;
  /** What it has said so far, one event per line. It comes through a pipe of its own, apart from the socket. */
  lines: string[];
  /** The octets of every text that it took, in order: what phones would show. */
  taken(): Buffer[];
  close(): void;
}

/** Starts it on a free port; the first `refusals` binds are answered with "already bound". */
export async function startPerlPeer(refusals = 0): Promise<PerlPeer> {
  const port = await freePort();
  const child = spawn('perl', [new URL('perl-peer.pl', import.meta.url).pathname, String(port), String(refusals)]);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const peer: PerlPeer = {
    port,
    lines,
    taken: () => lines.flatMap((line) => (/^taken \w+ (\w*)$/.exec(line) ? [Buffer.from(line.split(' ')[2] ?? '', 'hex')] : [])),
    close: () => {
      process.off('exit', kill);
      kill();
    },
  };
  await happens('the Perl peer listens', () => {
    if (child.exitCode !== null) throw new Error(`the Perl peer ended: ${errors.join('\n')}`);
    return lines.includes('ready');
  });
  return peer;
}

/** Waits until the condition holds; fails after ten seconds with these words. */
export async function happens(what: string, condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition();) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

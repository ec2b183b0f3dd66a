/** A PostgreSQL server of a test's own, which it may restart and kill. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Where Debian keeps the programs of its servers. */
const DEBIAN = '/usr/lib/postgresql';
/** The server refuses to run as root. */
const USER = 'postgres';

export type OwnPostgres = Awaited<ReturnType<typeof startOwnPostgres>>;

/** The folder of initdb and pg_ctl, the newest; undefined where none is installed. */
export function findServerPrograms(): string | undefined {
  try {
    const [newest] = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
    return newest && path.join(DEBIAN, newest, 'bin');
  } catch {
    return undefined;
  }
}

/** `programs`: see findServerPrograms. With what makes commits durable switched on, as in real work. */
export async function startOwnPostgres(programs: string) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'own-postgres-'));
  chmodSync(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, idOf('-u'), idOf('-g'));
  const data = path.join(folder, 'data');
  const port = await freePort();

  async function run(program: string, ...args: string[]): Promise<void> {
    const command = [path.join(programs, program), '-D', data, ...args];
    const [first = '', ...rest] = isRoot ? ['runuser', '-u', USER, '--', ...command] : command;
    // The server that pg_ctl leaves behind must not hold our end of a pipe.
    const [code] = (await once(spawn(first, rest, { stdio: 'ignore', cwd: folder }), 'exit')) as [number | null];
    if (code !== 0) throw new Error(`${program} ${args.at(-1) ?? ''} ended with ${code}`);
  }
  const start = () => {
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c max_connections=200`;
    return run('pg_ctl', '-w', '-t', '60', '-l', path.join(folder, 'log'), '-o', options, 'start');
  };

  await run('initdb', '-U', USER, '-A', 'trust', '-E', 'UTF8');
  await start();
  return {
    url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
    /** `fast`: in order, everybody is sent away. `immediate`: as after a crash, and it recovers from its log when it starts. */
    async restart(how: 'fast' | 'immediate'): Promise<void> {
      await run('pg_ctl', '-m', how, '-w', 'stop');
      await start();
    },
    async close(): Promise<void> {
      await run('pg_ctl', '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const idOf = (which: '-u' | '-g'): number => Number(spawnSync('id', [which, USER], { encoding: 'utf8' }).stdout);

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

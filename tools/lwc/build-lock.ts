/** One build at a time over several processes: the others wait for its result instead of doing the same. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const POLL_MS = 200;
/** An owner writes its id at once; a lock without one for longer was left behind. */
const NAMELESS_MS = 5_000;

/** Runs `work` unless `isDone`, holding the folder `lock`. A lock whose process has ended is taken over. */
export async function buildOnce(lock: string, isDone: () => boolean, work: () => Promise<void>): Promise<void> {
  while (!isDone()) {
    if (!take(lock)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      continue;
    }
    try {
      if (!isDone()) await work();
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
    return;
  }
}

function take(lock: string): boolean {
  const owner = path.join(lock, 'pid');
  mkdirSync(path.dirname(lock), { recursive: true });
  try {
    mkdirSync(lock);
    writeFileSync(owner, String(process.pid));
    return true;
  } catch {
    if (isAbandoned(lock, owner)) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isAbandoned(lock: string, owner: string): boolean {
  try {
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return age(lock) > NAMELESS_MS;
    return code === 'ESRCH'; // no such process; being refused (EPERM) means that it lives
  }
}

function age(folder: string): number {
  try {
    return Date.now() - statSync(folder).mtimeMs;
  } catch {
    return 0; // released in the meantime
  }
}

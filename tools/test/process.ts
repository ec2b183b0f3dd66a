import { spawn, type ChildProcess } from 'node:child_process';
import type { Ending } from './outcome.ts';

const running = new Set<ChildProcess>();

export interface Command {
  /** A script that Node runs, with its arguments. */
  args: string[];
  cwd: string;
  env?: Record<string, string>;
  timeoutMs: number;
}

/**
 * Runs a script with this Node in a process group of its own. When it ends, by itself or for taking too long, whatever it left running
 * ends too.
 */
export async function runNode({ args, cwd, env, timeoutMs }: Command): Promise<Ending> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child);
  }, timeoutMs);
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output += String(error);
      resolve(null);
    });
    child.once('exit', (exitCode) => {
      endGroup(child);
      resolve(exitCode);
    });
  });
  clearTimeout(timer);
  running.delete(child);
  return { code, output, timedOut };
}

/** Ends everything that is still running; for when this process is told to stop. */
export function endAll(): void {
  for (const child of running) endGroup(child);
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

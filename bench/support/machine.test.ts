import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { judgeCores, MOST_BUSY, OTHER_CORE, SERVICE_CORE, watchCores } from './cores.ts';
import { watchProcess } from './process-use.ts';

const MB = 1e6;
let child: ChildProcess | undefined;

afterEach(async () => {
  const started = child;
  child = undefined;
  if (!started || started.exitCode !== null || started.signalCode !== null) return;
  const exited = new Promise((resolve) => started.once('exit', resolve));
  started.kill('SIGKILL');
  await exited;
});

/** Runs code in another process and waits until it says something. */
async function run(code: string): Promise<number> {
  const started = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  await new Promise((resolve) => started.stdout.once('data', resolve));
  return started.pid as number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!existsSync('/proc/stat'))('on Linux', () => {
  it('sees memory that a process took', async () => {
    const pid = await run(`
      console.log('ready');
      setTimeout(() => { globalThis.kept = Buffer.alloc(${200 * MB}, 1); }, 300);
      setTimeout(() => { globalThis.kept = undefined; }, 1200);
      setInterval(() => {}, 1000);`);
    const stop = watchProcess(pid);
    await pause(1_500);
    const { samplesMb, maxMb } = stop();
    expect(maxMb - (samplesMb[0] ?? 0)).toBeGreaterThan(150);
  });

  it('sees the processor time of a process that computes', async () => {
    const pid = await run(`console.log('ready'); for (let end = Date.now() + 60_000; Date.now() < end;);`);
    const stop = watchProcess(pid);
    await pause(1_000);
    expect(stop().cpuMs).toBeGreaterThan(0);
  });

  it('throws when the process is gone', async () => {
    const pid = await run(`console.log('ready'); setTimeout(() => {}, 200)`);
    const stop = watchProcess(pid);
    await new Promise((resolve) => child?.once('exit', resolve));
    expect(stop).toThrow(/ENOENT|ESRCH/);
  });

  it('sees that a core is busy', async () => {
    await run(`console.log('ready'); for (let end = Date.now() + 60_000; Date.now() < end;);`);
    const stop = watchCores();
    await pause(1_000);
    expect(Math.max(...(stop() ?? []))).toBeGreaterThan(0.3);
  });
});

it('calls a run invalid where the generator’s core was too busy, or nothing was pinned', () => {
  const busy = (other: number) => Object.assign([], { [SERVICE_CORE]: 1, [OTHER_CORE]: other }) as number[];
  expect(judgeCores(busy(MOST_BUSY), true)).toEqual([]);
  expect(judgeCores(busy(0.81), true)).toEqual(['the core of the generator and the sandbox was 81 % busy (at most 80 %)']);
  expect(judgeCores(busy(0.1), false)).toHaveLength(1);
  expect(judgeCores(undefined, true)).toHaveLength(1);
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

/** The service has this core alone; everything else that the bench starts shares the other. */
export const SERVICE_CORE = 0;
export const OTHER_CORE = 1;
/** Above this the other core slows the service's peers down, and the figures tell about them instead. */
export const MOST_BUSY = 0.8;
/** More than this before a run means that somebody else works on the machine. */
const MOST_BUSY_BEFORE = 0.15;

/** True where processes can be pinned: Linux with taskset and two cores. */
export function canPin(): boolean {
  return os.cpus().length > OTHER_CORE && spawnSync('taskset', ['-V']).status === 0;
}

/** Moves a running process with all its threads to one core. */
export function pin(pid: number, core: number): void {
  const { status, stderr } = spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
  if (status !== 0) throw new Error(`process ${pid} could not be pinned: ${String(stderr)}`);
}

/** Begins to watch; the returned function tells each core's busy share (0 to 1) since then, or undefined where the system does not tell. */
export function watchCores(): () => number[] | undefined {
  const before = readCores();
  return () => {
    const after = readCores();
    if (!before || !after) return undefined;
    return after.map(({ idle, total }, core) => {
      const passed = total - (before[core]?.total ?? 0);
      return passed > 0 ? 1 - (idle - (before[core]?.idle ?? 0)) / passed : 0;
    });
  };
}

/** Why a run with these busy shares does not count; empty when it does. */
export function judgeCores(busy: readonly number[] | undefined, pinned: boolean): string[] {
  if (!pinned) return ['the service could not be pinned to a core of its own (Linux, taskset and two cores are needed)'];
  const other = busy?.[OTHER_CORE];
  if (other === undefined) return ['this system does not tell how busy a core is'];
  return other > MOST_BUSY ? [`the core of the generator and the sandbox was ${percent(other)} busy (at most ${percent(MOST_BUSY)})`] : [];
}

/** Looks for a second whether the machine is quiet; the reason why a run now would not count. */
export async function judgeQuiet(): Promise<string[]> {
  const stop = watchCores();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const busiest = Math.max(0, ...(stop() ?? []));
  return busiest > MOST_BUSY_BEFORE
    ? [`something else ran on this machine: a core was ${percent(busiest)} busy before the bench began`]
    : [];
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** user, nice, system, idle, iowait, irq, softirq, steal of each `cpuN` line (proc(5)). Waiting for a disk is not work; stolen time is not ours. */
function readCores(): { idle: number; total: number }[] | undefined {
  try {
    return readFileSync('/proc/stat', 'utf8')
      .split('\n')
      .filter((line) => /^cpu\d/.test(line))
      .map((line) => line.split(/\s+/).slice(1, 9).map(Number))
      .map((times) => ({ idle: (times[3] ?? 0) + (times[4] ?? 0), total: times.reduce((sum, time) => sum + time, 0) }));
  } catch {
    return undefined;
  }
}

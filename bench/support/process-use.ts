import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SAMPLE_MS = 200;

/** What a process used while it was watched. */
export interface ProcessUse {
  /** Highest resident memory seen, in MB (10^6 bytes). */
  maxMb: number;
  /** Memory samples in MB, five a second. */
  samplesMb: number[];
  /** Processor time of all its threads, in ms. */
  cpuMs: number;
}

/** Watches another process of this machine (Linux) until the returned function is called, which throws when the process is gone. */
export function watchProcess(pid: number): () => ProcessUse {
  const cpuBefore = cpuMs(pid);
  const samplesMb = [residentMb(pid)];
  const timer = setInterval(() => {
    try {
      samplesMb.push(residentMb(pid));
    } catch {
      clearInterval(timer); // it ended; whoever asks for the result is told
    }
  }, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    samplesMb.push(residentMb(pid));
    return { maxMb: Math.max(...samplesMb), samplesMb, cpuMs: cpuMs(pid) - cpuBefore };
  };
}

/** `VmRSS` is given in kB of 1,024 bytes (proc(5)). */
function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kb) * 1_024) / 1e6;
}

/** `utime` and `stime`, the 14th and 15th field, in clock ticks; the name in brackets before them may hold spaces. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond()) * 1_000;
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  return (ticks ??= Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout.trim()));
}

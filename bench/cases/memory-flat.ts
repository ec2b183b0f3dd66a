/**
 * The service alone under 100 messages a second for half an hour, half of them received, half sent: does its memory stay where it is? Runs only
 * when it is named; `--minutes=3` makes it shorter, to look for growth.
 */
import { until } from '../support/console.ts';
import { judgeCores, percent, SERVICE_CORE, watchCores } from '../support/cores.ts';
import { whyNoPostgres } from '../support/database.ts';
import { atRate, judgeLoad } from '../support/load.ts';
import { say, size } from '../support/output.ts';
import { watchProcess } from '../support/process-use.ts';
import type { Measured, Skipped } from '../support/result.ts';
import { startBenchStack, type BenchStack } from '../support/stack.ts';
import { median } from '../support/stats.ts';
import { bothWays, messagesInOrg, waiting } from '../support/traffic.ts';

const PER_SECOND = 100;
const CUSTOMERS = 2_000;
const MINUTES = 30;
/** Of the time; what fills up once, such as caches and compiled code, is full then. */
const WARM_UP = 1 / 6;
const HEAP_EVERY_MS = 1_000;
/** The lowest of so many samples is what lives on; what is above is not collected yet. */
const HEAP_WINDOW = 10;
const DRAIN_MS = 120_000;

export async function run(): Promise<Measured | Skipped> {
  const missing = await whyNoPostgres();
  if (missing) return { skipped: missing };
  const stack = await startBenchStack('memory-flat', { lightning: false });
  try {
    await liftPace(stack);
    const shot = await bothWays(stack, CUSTOMERS);
    const seconds = size(asked() * 60, 12);
    const before = messagesInOrg(stack);
    say(`${PER_SECOND} messages a second for ${seconds} s`);
    const busyOf = watchCores();
    const useOf = watchProcess(stack.service.pid);
    const heap = watchHeap(stack);
    const load = await atRate(`http://localhost:${stack.ports.service}`, shot, PER_SECOND, seconds);
    const [busy, use, heapMb] = [busyOf(), useOf(), heap.stop()];
    const left = await waiting(stack);
    await until('nothing waits any more', async () => (await waiting(stack)) === 0, DRAIN_MS).catch(() => false); // what is missing is counted
    const arrived = messagesInOrg(stack) - before;

    const resident = thirds(use.samplesMb);
    const live = thirds(lowest(heapMb));
    return {
      figures: [
        { name: 'resident memory, last third : first third', value: resident.last / resident.first, unit: '×', must: { atMost: 1.1 } },
        { name: 'live heap, last third : first third', value: live.last / live.first, unit: '×', must: { atMost: 1.1 } },
        { name: 'resident memory, slope in an hour', value: slope(resident.samples, seconds), unit: 'MB' },
        { name: 'live heap, slope in an hour', value: slope(live.samples, seconds), unit: 'MB' },
        { name: 'resident memory, first third', value: resident.first, unit: 'MB' },
        { name: 'resident memory, last third', value: resident.last, unit: 'MB', spread: [resident.first, use.maxMb] },
        { name: 'processor time per message', value: use.cpuMs / load.ok, unit: 'ms' },
        { name: 'waiting at the last message', value: left, unit: 'rows' },
        { name: 'accepted and not in the org', value: load.ok - arrived, unit: 'texts', must: { exactly: 0 } },
      ],
      invalid: [
        ...judgeCores(busy, stack.pinned),
        ...judgeLoad(load),
        ...(seconds < MINUTES * 60 ? [`it ran for ${seconds} s instead of ${MINUTES} minutes`] : []),
      ],
      notes: [
        `${load.ok} messages in ${load.seconds.toFixed(0)} s, half of them sent with three receipts each, ${CUSTOMERS} customers; the first sixth of the ` +
          `time is warm-up and not counted; thirds are medians; the live heap is the lowest of ${HEAP_WINDOW} samples, one a second; ` +
          `the service’s core was ${percent(busy?.[SERVICE_CORE] ?? Number.NaN)} busy; ${stack.notes.join('; ')}`,
      ],
      samples: { residentMb: everyTenth(use.samplesMb), heapMb, load: { ...load, latenciesMs: [] }, busy, cpuMs: use.cpuMs },
    };
  } finally {
    await stack.close();
  }
}

/** `--minutes=N` of the command line. */
function asked(): number {
  const word = process.argv.find((each) => each.startsWith('--minutes='));
  const minutes = Number(word?.slice('--minutes='.length) ?? MINUTES);
  if (!(minutes > 0)) throw new Error('--minutes= takes a number');
  return minutes;
}

/** Half of the messages go out through one account: its rate must not be what holds them up. */
async function liftPace(stack: BenchStack): Promise<void> {
  await stack.database?.value(`update carrier_account set rate_per_second = 200, window_size = 40 where kind = 'twilio' returning id`);
}

/** The heap in use as the service's own metrics tell it, MB. */
function watchHeap(stack: BenchStack): { stop(): number[] } {
  const samples: number[] = [];
  const timer = setInterval(() => void look(), HEAP_EVERY_MS);
  async function look(): Promise<void> {
    const text = await fetch(`http://localhost:${stack.ports.operator}/metrics`)
      .then((response) => response.text())
      .catch(() => '');
    const bytes = /^nodejs_heap_size_used_bytes (\S+)$/m.exec(text)?.[1];
    if (bytes) samples.push(Number(bytes) / 1e6);
  }
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}

function lowest(samples: readonly number[]): number[] {
  return Array.from({ length: Math.floor(samples.length / HEAP_WINDOW) }, (_, window) =>
    Math.min(...samples.slice(window * HEAP_WINDOW, (window + 1) * HEAP_WINDOW)),
  );
}

/** What comes after the warm-up, and the medians of its first and its last third. */
function thirds(all: readonly number[]): { samples: number[]; first: number; last: number } {
  const samples = all.slice(Math.ceil(all.length * WARM_UP));
  const third = Math.max(1, Math.floor(samples.length / 3));
  return { samples, first: median(samples.slice(0, third)), last: median(samples.slice(-third)) };
}

/** The straight line of least squares through samples that are evenly spread over the time after the warm-up, per hour. */
function slope(samples: readonly number[], seconds: number): number {
  const step = (seconds * (1 - WARM_UP)) / 3_600 / samples.length;
  const [middleX, middleY] = [((samples.length - 1) / 2) * step, samples.reduce((sum, value) => sum + value, 0) / samples.length];
  const over = samples.reduce((sum, value, index) => sum + (index * step - middleX) * (value - middleY), 0);
  return over / samples.reduce((sum, _, index) => sum + (index * step - middleX) ** 2, 0);
}

function everyTenth(samples: readonly number[]): number[] {
  return samples.filter((_, index) => index % 10 === 0);
}

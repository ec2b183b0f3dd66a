/** The service alone under 50 messages a second, half of them received, half sent: memory, processor time, what is left undone. */
import { until } from '../support/console.ts';
import { judgeCores, percent, SERVICE_CORE, watchCores } from '../support/cores.ts';
import { whyNoPostgres } from '../support/database.ts';
import { atRate, judgeLoad } from '../support/load.ts';
import { say, size } from '../support/output.ts';
import { watchProcess } from '../support/process-use.ts';
import type { Measured, Skipped } from '../support/result.ts';
import { startBenchStack } from '../support/stack.ts';
import { median, percentile } from '../support/stats.ts';
import { bothWays, messagesInOrg, waiting } from '../support/traffic.ts';

const PER_SECOND = 50;
const CUSTOMERS = 200;
/** Receipts of the last texts come within a second; a service that keeps up has nothing left soon after. */
const SETTLE_MS = 5_000;
const GIVE_UP_MS = 60_000;

export async function run(): Promise<Measured | Skipped> {
  const missing = await whyNoPostgres();
  if (missing) return { skipped: missing };
  const stack = await startBenchStack('service-memory', { lightning: false });
  try {
    const shot = await bothWays(stack, CUSTOMERS);
    const seconds = size(60, 5);
    const before = messagesInOrg(stack);
    say(`${PER_SECOND} messages a second for ${seconds} s`);
    const busyOf = watchCores();
    const useOf = watchProcess(stack.service.pid);
    const load = await atRate(`http://localhost:${stack.ports.service}`, shot, PER_SECOND, seconds);
    const busy = busyOf();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const left = await waiting(stack);
    const drainBegan = performance.now();
    await until('nothing waits any more', async () => (await waiting(stack)) === 0, GIVE_UP_MS).catch(() => false);
    const drainSeconds = SETTLE_MS / 1_000 + (performance.now() - drainBegan) / 1_000;
    const use = useOf();
    const arrived = messagesInOrg(stack) - before;

    return {
      figures: [
        {
          name: 'resident memory, highest',
          value: use.maxMb,
          unit: 'MB',
          spread: [use.samplesMb[0] ?? Number.NaN, use.maxMb],
          must: { atMost: 300 },
        },
        { name: `waiting ${SETTLE_MS / 1_000} s after the last message`, value: left, unit: 'rows', must: { exactly: 0 } },
        { name: 'accepted and not in the org', value: load.ok - arrived, unit: 'texts', must: { exactly: 0 } },
        { name: 'processor time per message', value: use.cpuMs / load.ok, unit: 'ms' },
        { name: 'request → answer, median', value: median(load.latenciesMs), unit: 'ms' },
        { name: 'request → answer, p95', value: percentile(load.latenciesMs, 0.95), unit: 'ms' },
      ],
      invalid: [...judgeCores(busy, stack.pinned), ...judgeLoad(load)],
      notes: [
        `${load.ok} messages in ${load.seconds.toFixed(0)} s, half of them sent with three receipts each, ${CUSTOMERS} customers; ` +
          `the service's core was ${percent(busy?.[SERVICE_CORE] ?? Number.NaN)} busy; seen empty ${drainSeconds.toFixed(0)} s after the last message; ` +
          stack.notes.join('; '),
      ],
      samples: { memoryMb: use.samplesMb, load, busy, cpuMs: use.cpuMs, drainSeconds },
    };
  } finally {
    await stack.close();
  }
}

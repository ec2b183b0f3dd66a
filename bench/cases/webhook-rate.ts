/** Inbound webhooks, signature checked and text stored before the answer, against a bare route that inserts one row: who takes how many. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { person } from '../../sandbox/control/people.ts';
import { until } from '../support/console.ts';
import { judgeCores, percent, pin, SERVICE_CORE, watchCores } from '../support/cores.ts';
import { whyNoPostgres } from '../support/database.ts';
import { asFastAsPossibleAside } from '../support/load-aside.ts';
import { judgeLoad, type LoadResult, type Shot } from '../support/load.ts';
import { say, size } from '../support/output.ts';
import { watchProcess } from '../support/process-use.ts';
import type { Measured, Skipped } from '../support/result.ts';
import { signedText, type WebhookTarget } from '../../sandbox/carrier/twilio/signed-text.ts';
import { startBenchStack, twilioTarget, type BenchStack } from '../support/stack.ts';
import { median, percentile, ratios, spread, type Round } from '../support/stats.ts';
import { messagesInOrg } from '../support/traffic.ts';

const ROUNDS = 5;
const WORKER_ROUNDS = 3;
const CALLERS = 32;
const CUSTOMERS = 500;
/** Requests prepared per second of a round; one that uses them up ends early and is counted by its real time. */
const MOST_PER_SECOND = 6_000;

export async function run(): Promise<Measured | Skipped> {
  const missing = await whyNoPostgres();
  if (missing) return { skipped: missing };
  const stack = await startBenchStack('webhook-rate', { lightning: false });
  const baseline = await startBaseline(stack);
  try {
    const target = await twilioTarget(stack);
    await stack.restart({ ROLE: 'web' });
    const seconds = size(5, 1);
    const product = async (time: number) => asFastAsPossibleAside(target.url, prepare(target, time), CALLERS, time);
    const bare = async (time: number) =>
      asFastAsPossibleAside(baseline.url, prepare({ ...target, url: `${baseline.url}/inbound` }, time), CALLERS, time);
    await product(size(3, 1));
    await bare(size(3, 1));

    const before = await stored(stack);
    const loads: { product: LoadResult; baseline: LoadResult; busy: number[] | undefined }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      const busyOf = watchCores();
      loads.push({ product: await product(seconds), baseline: await bare(seconds), busy: busyOf() });
    }
    const worker = await besideWorker(stack, product, seconds);
    const kept = await stored(stack);

    const rates = loads.map((load): Round => ({ product: rate(load.product), baseline: rate(load.baseline) }));
    const ratio = ratios(rates);
    const answered = (who: 'product' | 'baseline') => loads.reduce((sum, load) => sum + load[who].ok, 0);
    const latencies = (who: 'product' | 'baseline') => loads.flatMap((load) => load[who].latenciesMs);
    const of = (who: keyof Round) => rates.map((round) => round[who]);
    return {
      figures: [
        { name: 'webhooks taken', value: median(of('product')), unit: '/s', spread: spread(of('product')) },
        { name: 'webhook → answer, p95', value: percentile(latencies('product'), 0.95), unit: 'ms' },
        {
          name: 'answered and not stored',
          value: answered('product') + worker.ok - (kept.product - before.product),
          unit: 'texts',
          must: { exactly: 0 },
        },
        { name: 'baseline: bare route, one insert', value: median(of('baseline')), unit: '/s', spread: spread(of('baseline')) },
        { name: 'baseline: request → answer, p95', value: percentile(latencies('baseline'), 0.95), unit: 'ms' },
        { name: 'product : baseline', value: ratio.median, unit: '×', spread: ratio.spread, must: { atLeast: 0.7 } },
        { name: 'webhooks taken, a worker beside it', value: median(worker.rates), unit: '/s', spread: spread(worker.rates) },
        { name: 'product with a worker beside it : baseline', value: median(worker.rates) / median(of('baseline')), unit: '×' },
      ],
      invalid: [
        ...worker.wrong,
        ...judgeCores(busiest(loads.map(({ busy }) => busy)), stack.pinned),
        ...new Set(loads.flatMap((load) => [...judgeLoad(load.product), ...judgeLoad(load.baseline)])),
      ],
      notes: [
        `${ROUNDS} rounds of ${seconds} s each, ${CALLERS} callers, ${CUSTOMERS} customers; PostgreSQL commits with fsync ${kept.fsync} and synchronous_commit ${kept.commit}; ${stack.notes.join('; ')}`,
        worker.note,
      ],
      samples: {
        rounds: loads.map(({ busy, ...load }, index) => ({
          busy,
          ...rates[index],
          wrong: { product: load.product.wrong, baseline: load.baseline.wrong },
        })),
      },
    };
  } finally {
    await baseline.close();
    await stack.close();
  }
}

function prepare(target: WebhookTarget & { number?: string }, seconds: number): Shot[] {
  return Array.from({ length: Math.ceil(MOST_PER_SECOND * seconds) }, (_, index) =>
    signedText(target, { from: person('bench', index % CUSTOMERS).phone, to: target.number ?? '', body: `Text ${index} of a busy day.` }),
  );
}

/**
 * The same load while a second process (ROLE=worker) carries what was taken to the org. It shares the service's core, so what it takes is
 * missing there; the org shares the generator's core. The baseline is that of the rounds without it.
 */
async function besideWorker(stack: BenchStack, product: (time: number) => Promise<LoadResult>, seconds: number) {
  const worker = await stack.beside({ ROLE: 'worker' });
  try {
    await until('the worker has begun', () => messagesInOrg(stack) > 0);
    const [loads, arrived, busyOf]: [LoadResult[], number, ReturnType<typeof watchCores>] = [[], messagesInOrg(stack), watchCores()];
    const useOf = watchProcess(worker.pid);
    for (let round = 0; round < WORKER_ROUNDS; round += 1) {
      say(`a worker beside it: ${round + 1} of ${WORKER_ROUNDS}`);
      loads.push(await product(seconds));
    }
    const [busy, use] = [busyOf(), useOf()];
    const tooBusy = judgeCores(busy, stack.pinned);
    const passed = loads.reduce((sum, load) => sum + load.seconds, 0);
    return {
      ok: loads.reduce((sum, load) => sum + load.ok, 0),
      rates: loads.map(rate),
      wrong: [...new Set(loads.flatMap(judgeLoad))],
      note:
        `a worker beside it: web and worker share the service's core; the worker brought ${Math.round((messagesInOrg(stack) - arrived) / passed)} texts a second ` +
        `to the org and used ${percent(use.cpuMs / 1_000 / passed)} of the core${tooBusy.length > 0 ? `; these two figures do not count: ${tooBusy.join('; ')}` : ''}`,
    };
  } finally {
    await worker.stop();
  }
}

/** Of each core the busiest round. */
function busiest(rounds: (number[] | undefined)[]): number[] | undefined {
  const known = rounds.filter((round) => round !== undefined);
  return known[0]?.map((_, core) => Math.max(...known.map((round) => round[core] ?? 0)));
}

function rate({ ok, seconds }: LoadResult): number {
  return ok / seconds;
}

async function stored({ database }: BenchStack): Promise<{ product: number; fsync: string; commit: string }> {
  return {
    product: Number(await database?.value(`select count(*) from message where direction = 'inbound'`)),
    fsync: String(await database?.value('show fsync')),
    commit: String(await database?.value('show synchronous_commit')),
  };
}

/** The bare route as its own process, on the service's core and in the service's database. */
async function startBaseline(stack: BenchStack): Promise<{ url: string; close(): Promise<void> }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../baselines/webhook-insert.ts')], {
    env: { ...process.env, DATABASE_URL: stack.database?.url ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve((JSON.parse(text) as { port: number }).port));
    child.once('exit', (code) => reject(new Error(`the baseline ended with ${code}`)));
  });
  if (stack.pinned) pin(child.pid as number, SERVICE_CORE);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A million callers asked uniformly, keys checked, every answer logged: how many a second against a route that answers a constant. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import jsforce from 'jsforce';
import pg from 'pg';
import { connectLookups } from '../../sandbox/stack/first-start.ts';
import { until } from '../support/console.ts';
import { judgeCores, pin, SERVICE_CORE, watchCores } from '../support/cores.ts';
import { whyNoPostgres } from '../support/database.ts';
import { fillDirectory, freeForm, numberOf } from '../support/directory.ts';
import { asFastAsPossibleAside } from '../support/load-aside.ts';
import { atRate, judgeLoad, type LoadResult, type Shot } from '../support/load.ts';
import { say, size } from '../support/output.ts';
import { watchProcess } from '../support/process-use.ts';
import type { Measured, Skipped } from '../support/result.ts';
import { startBenchStack, type BenchStack } from '../support/stack.ts';
import { median, percentile, ratios, spread, type Round } from '../support/stats.ts';

const ROUNDS = 5;
const CALLERS = 32;
const MOST_PER_SECOND = 12_000;
const PER_SECOND = 500;
const KNOWN = 0.95;
const ADMIN = 'admin@sandbox.test';

export async function run(): Promise<Measured | Skipped> {
  const missing = await whyNoPostgres();
  if (missing) return { skipped: missing };
  const people = size(1_000_000, 2_000);
  const stack = await startBenchStack('acd-lookups', { lightning: false });
  const baseline = await startBaseline(stack);
  try {
    const { key } = await setUp(stack, people);
    const service = `http://localhost:${stack.ports.service}`;
    const useOf = watchProcess(stack.service.pid);
    const seconds = size(5, 1);
    const random = pseudoRandom(1);
    const pick = () => numberOf(Math.floor(random() * people));
    const shotOf = (secret: string, caller: string): Shot => ({
      method: 'GET',
      path: `/v1/acd/lookup?caller=${encodeURIComponent(caller)}`,
      headers: { authorization: `Bearer ${secret}` },
      body: '',
    });
    const shots = (secret: string, write: (number: string) => string) =>
      Array.from({ length: MOST_PER_SECOND * seconds }, () => shotOf(secret, write(pick())));
    const fast = (url: string, secret: string, write: (number: string) => string) =>
      asFastAsPossibleAside(url, shots(secret, write), CALLERS, seconds);

    const e164 = (number: string) => number;
    await fast(service, key, e164);
    await fast(baseline.url, baseline.key, e164);
    let asked = 0;
    const loads: { product: LoadResult; free: LoadResult; baseline: LoadResult; busy: number[] | undefined }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      const busyOf = watchCores();
      const product = await fast(service, key, e164);
      const bare = await fast(baseline.url, baseline.key, e164);
      loads.push({ product, baseline: bare, free: await fast(service, key, freeForm), busy: busyOf() });
    }
    const rates = (who: 'product' | 'free') =>
      loads.map((load): Round => ({ product: load[who].ok / load[who].seconds, baseline: load.baseline.ok / load.baseline.seconds }));
    const [plain, free] = [ratios(rates('product')), ratios(rates('free'))];

    say(`${PER_SECOND} a second`);
    const openSeconds = size(20, 2);
    const open = (url: string, secret: string) => atRate(url, () => shotOf(secret, pick()), PER_SECOND, openSeconds);
    const busyOf = watchCores();
    const bareOpen = await open(baseline.url, baseline.key);
    const openUp = await open(service, key);
    say('with the org down');
    await fault(stack, { status: 503, body: [] });
    const openDown = await open(service, key);
    await control(stack, 'DELETE', '/faults');
    const openBusy = busyOf();

    say('calls of the org');
    const before = await orgCalls(stack);
    const cost = await atRate(
      service,
      (index) => shotOf(key, index % 20 < KNOWN * 20 ? pick() : `+4930${1_000_000 + index}`),
      PER_SECOND,
      size(20, 2),
    );
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const calls = await orgCalls(stack);

    const use = useOf();
    const soqlMs = await liveSoql(stack, size(20, 3));
    for (const load of [...loads.flatMap(({ product, free: other }) => [product, other]), openUp, openDown, cost]) asked += load.ok;
    const logged = await loggedRows(stack, asked);
    const p99 = (load: LoadResult) => percentile(load.latenciesMs, 0.99);
    const perSecond = (who: 'product' | 'free' | 'baseline') => loads.map((load) => load[who].ok / load[who].seconds);
    return {
      figures: [
        { name: 'look-ups, E.164', value: median(perSecond('product')), unit: '/s', spread: spread(perSecond('product')) },
        { name: 'look-ups, as people write numbers', value: median(perSecond('free')), unit: '/s', spread: spread(perSecond('free')) },
        {
          name: 'baseline: a route that answers a constant',
          value: median(perSecond('baseline')),
          unit: '/s',
          spread: spread(perSecond('baseline')),
        },
        { name: 'E.164 : baseline', value: plain.median, unit: '×', spread: plain.spread, must: { atLeast: 0.7 } },
        { name: 'as people write : baseline', value: free.median, unit: '×', spread: free.spread, must: { atLeast: 0.5 } },
        { name: `${PER_SECOND}/s: baseline, p99`, value: p99(bareOpen), unit: 'ms' },
        { name: `${PER_SECOND}/s, p99`, value: p99(openUp), unit: 'ms', must: { atMost: Math.max(20, 2 * p99(bareOpen)) } },
        { name: `${PER_SECOND}/s, longest`, value: Math.max(...openUp.latenciesMs), unit: 'ms', must: { atMost: 1_500 } },
        { name: `${PER_SECOND}/s, the org down, p99`, value: p99(openDown), unit: 'ms', must: { atMost: Math.max(20, 2 * p99(bareOpen)) } },
        { name: `${PER_SECOND}/s, the org down, longest`, value: Math.max(...openDown.latenciesMs), unit: 'ms', must: { atMost: 1_500 } },
        { name: 'beside it: one live SOQL by jsforce, 150 ms away', value: soqlMs, unit: 'ms' },
        { name: 'answered and not in the log', value: asked - logged, unit: 'rows', must: { exactly: 0 } },
        { name: 'org calls per 10,000 at 95 % known', value: ((calls - before) * 10_000) / cost.ok, unit: 'calls', must: { atMost: 600 } },
        { name: 'resident memory', value: use.maxMb, unit: 'MB', must: { atMost: 500 } },
      ],
      invalid: [
        ...judgeCores(openBusy, stack.pinned),
        ...new Set(
          [...loads.flatMap((load) => [load.product, load.free, load.baseline]), openUp, openDown, bareOpen, cost].flatMap(judgeLoad),
        ),
      ],
      notes: [
        `${people} people with one number each; ${ROUNDS} rounds of ${seconds} s each way, ${CALLERS} callers; the generator has the other core, which is ` +
          `${Math.max(...loads.map(({ busy }) => busy?.[1] ?? 0)).toFixed(2)} busy in the rounds: the rates compare, they are not the most that the service can do; ${stack.notes.join('; ')}`,
      ],
      samples: { plain: rates('product'), free: rates('free'), use: use.samplesMb.filter((_, index) => index % 20 === 0) },
    };
  } finally {
    await baseline.close();
    await stack.close();
  }
}

/** A phone system with its people, all of them in the memory of the service. */
async function setUp(stack: BenchStack, people: number): Promise<{ key: string }> {
  const admin = stack.api.as(ADMIN);
  await connectLookups(stack, ADMIN);
  const rest = await stack.api.rest(ADMIN);
  const { records } = await rest<{ records: { Id: string }[] }>(
    'GET',
    `/query?q=${encodeURIComponent(`SELECT Id FROM User WHERE Username = '${ADMIN}'`)}`,
  );
  const ownerId = records[0]?.Id ?? '';
  await rest('PATCH', `/sobjects/User/${ownerId}`, { Extension: '2001' });
  const { key } = await admin.post<{ key: string }>('/v1/acd/pbxs', { name: 'Bench', rules: { country: 'US' } });
  await until('the org was read', async () => (await admin.get<{ sweptAt: string | null }>('/v1/acd/directory')).sweptAt !== null);
  const { orgId } = await admin.get<{ orgId: string }>('/v1/acd/connection');
  say(`${people} people`);
  await fillDirectory(stack.database?.url ?? '', orgId, people, ownerId);
  await until('they are in memory', async () => (await metric(stack, 'acd_directory_in_memory')) === 1, 300_000);
  return { key };
}

async function startBaseline(stack: BenchStack): Promise<{ url: string; key: string; close(): Promise<void> }> {
  const key = 'sb_acd_baseline-0123456789-0123456789-0123456789';
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../baselines/constant-route.ts')], {
    env: { ...process.env, BASELINE_KEY: key },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (stack.pinned) pin(child.pid as number, SERVICE_CORE);
  const { port } = await new Promise<{ port: number }>((resolve, reject) => {
    child.once('error', reject).once('exit', () => reject(new Error('the baseline did not start')));
    child.stdout.once('data', (data: Buffer) => resolve(JSON.parse(data.toString()) as { port: number }));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    close: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit').once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

const fault = (stack: BenchStack, action: object) =>
  control(stack, 'POST', '/faults', { match: { path: '/services/data' }, action, times: 1_000_000 });

/** The control surface of the org. */
async function control<T>(stack: BenchStack, method: string, where: string, body?: unknown): Promise<T> {
  const answer = await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox${where}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${where} answered ${answer.status}`);
  return (await answer.json()) as T;
}

/** A gauge of the service. */
async function metric(stack: BenchStack, name: string): Promise<number> {
  const text = await (await fetch(`http://localhost:${stack.ports.operator}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

async function orgCalls(stack: BenchStack): Promise<number> {
  const { items } = await control<{ items: { route: string; count: number }[] }>(stack, 'GET', '/calls');
  return items.filter(({ route }) => route.includes('/services/')).reduce((sum, { count }) => sum + count, 0);
}

/** What a phone system would wait that asked the org itself. */
async function liveSoql(stack: BenchStack, times: number): Promise<number> {
  await fault(stack, { latencyMs: 150 });
  const { accessToken, instanceUrl } = await control<{ accessToken: string; instanceUrl: string }>(stack, 'POST', '/token', {
    username: ADMIN,
  });
  const connection = new jsforce.Connection({ accessToken, instanceUrl, version: '65.0' });
  const took: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const began = performance.now();
    await connection.query(
      `SELECT Id, Name, Owner.Name FROM Contact WHERE Phone LIKE '%203%555%${String(turn).padStart(4, '0')}%' LIMIT 1`,
    );
    took.push(performance.now() - began);
  }
  await control(stack, 'DELETE', '/faults');
  return median(took);
}

/** Rows of the log once no more come: warm-up and rounds that were cut are among them. */
async function loggedRows(stack: BenchStack, atLeast: number): Promise<number> {
  const client = new pg.Client({ connectionString: stack.database?.url });
  await client.connect();
  const count = async () => Number((await client.query<{ count: string }>('select count(*) from acd_log')).rows[0]?.count);
  try {
    await until('the log is written', async () => (await count()) >= atLeast, 60_000).catch(() => false); // what is missing is counted
    return Math.min(atLeast, await count());
  } finally {
    await client.end();
  }
}

/** The same numbers in every run (mulberry32). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A million contacts are read into the directory the first time, the process is killed meanwhile; then numbers are changed in the org. */
import pg from 'pg';
import { connectLookups } from '../../sandbox/stack/first-start.ts';
import { until } from '../support/console.ts';
import { whyNoPostgres } from '../support/database.ts';
import { say, size } from '../support/output.ts';
import { watchProcess } from '../support/process-use.ts';
import type { Measured, Skipped } from '../support/result.ts';
import { startBenchStack, type BenchStack } from '../support/stack.ts';
import { median, spread } from '../support/stats.ts';

const ADMIN = 'admin@sandbox.test';
const CHANGES = 20;
/** Of the way of the first reading, the process is killed. */
const KILLED_AT = 0.4;
const FIRST_LOAD_MS = 15 * 60_000;
const AGE_SECONDS = 3600;

interface Directory {
  sweptAt: string | null;
  mode: string;
  sources: { object: string; recordsRead: number; recordsTotal: number | null; loadedAt: string | null }[];
}

export async function run(): Promise<Measured | Skipped> {
  const missing = await whyNoPostgres();
  if (missing) return { skipped: missing };
  const people = size(1_000_000, 15_000);
  const stack = await startBenchStack('acd-directory', { lightning: false });
  try {
    say(`${people} contacts in the org`);
    await seed(stack, people);
    const admin = stack.api.as(ADMIN);
    await connectLookups(stack, ADMIN);
    const directory = () => admin.get<Directory>('/v1/acd/directory').catch(() => undefined);
    const began = performance.now();
    const { key } = await admin.post<{ key: string }>('/v1/acd/pbxs', { name: 'Bench', rules: { country: 'US' } });
    say('the first reading');
    const readOf = (state: Directory | undefined) => state?.sources.find(({ object }) => object === 'Contact')?.recordsRead ?? 0;
    await until('a part of it is read', async () => readOf(await directory()) >= people * KILLED_AT, FIRST_LOAD_MS);
    process.kill(stack.service.pid, 'SIGKILL');
    const beforeKill = await stored(stack);
    await stack.restart({});
    const useOf = watchProcess(stack.service.pid);
    await until('all is read', async () => Boolean((await directory())?.sweptAt), FIRST_LOAD_MS);
    const loadMs = performance.now() - began;
    const use = useOf();
    const all = await stored(stack);

    say('changes');
    await until('change events come', async () => (await directory())?.mode === 'events', 60_000).catch(() => false);
    const rest = await stack.api.rest(ADMIN);
    const { records } = await rest<{ records: { Id: string }[] }>(
      'GET',
      `/query?q=${encodeURIComponent(`SELECT Id FROM Contact LIMIT ${CHANGES}`)}`,
    );
    const seenMs: number[] = [];
    for (const [index, { Id }] of records.entries()) {
      const number = `+1203556${String(1000 + index)}`;
      const changed = performance.now();
      await rest('PATCH', `/sobjects/Contact/${Id}`, { Phone: number });
      await until('it is found', async () => (await foundBy(stack, key, number)) === 'index', 70_000);
      seenMs.push(performance.now() - changed);
    }
    return {
      figures: [
        { name: 'first reading, killed once', value: loadMs / 1_000, unit: 's', must: { atMost: 300 } },
        { name: 'contacts that are missing', value: people - all, unit: 'rows', must: { atMost: 0 } },
        { name: 'kept over the kill', value: beforeKill, unit: 'rows' },
        { name: 'resident memory while it reads', value: use.maxMb, unit: 'MB', must: { atMost: 500 } },
        { name: 'number changed in the org → found, longest of 20', value: Math.max(...seenMs), unit: 'ms', must: { atMost: 2_000 } },
        { name: 'number changed in the org → found', value: median(seenMs), unit: 'ms', spread: spread(seenMs) },
      ],
      invalid: [],
      notes: [
        `${people} contacts by Bulk API 2.0 of the sandbox's org, which shares the other core with the generator; ${stack.notes.join('; ')}`,
      ],
      samples: { seenMs },
    };
  } finally {
    await stack.close();
  }
}

async function seed(stack: BenchStack, count: number): Promise<void> {
  const step = 50_000;
  for (let from = 0; from < count; from += step) {
    const answer = await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/seed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object: 'Contact', count: Math.min(step, count - from), from, seed: 'bench' }),
    });
    if (!answer.ok) throw new Error(`seeding answered ${answer.status}: ${await answer.text()}`);
    await answer.json();
  }
  // Nobody makes a million contacts in the quarter of an hour before look-ups are connected, which the directory reads twice.
  await advanceClock(stack, AGE_SECONDS);
}

/** The org's clock goes on: what was made before is old. */
async function advanceClock(stack: BenchStack, advanceSeconds: number): Promise<void> {
  const answer = await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds }),
  });
  if (!answer.ok) throw new Error(`the clock answered ${answer.status}`);
}

async function stored(stack: BenchStack): Promise<number> {
  const client = new pg.Client({ connectionString: stack.database?.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(`select count(*) from directory_record where object = 'Contact'`);
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}

/** Where the answer about a number comes from; undefined when nobody has it. */
async function foundBy(stack: BenchStack, key: string, number: string): Promise<string | undefined> {
  const answer = await fetch(`http://localhost:${stack.ports.service}/v1/acd/lookup?caller=${encodeURIComponent(number)}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { matched, source } = (await answer.json()) as { matched: boolean; source: string };
  return matched ? source : undefined;
}

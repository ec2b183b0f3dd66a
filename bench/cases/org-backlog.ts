/** A backlog that gathered while the message connection was off, into an org that answers each call 200 ms late: how fast, with how many calls. */
import pg from 'pg';
import { checkArrival, messagesInOrg, seedCustomers, storeBacklog, type Arrival } from '../support/backlog.ts';
import { until } from '../support/console.ts';
import { judgeCores, OTHER_CORE, percent, SERVICE_CORE, watchCores } from '../support/cores.ts';
import { whyNoPostgres } from '../support/database.ts';
import { say, size } from '../support/output.ts';
import { watchProcess } from '../support/process-use.ts';
import type { Measured, Skipped } from '../support/result.ts';
import { startBenchStack, type BenchStack } from '../support/stack.ts';
import { median, spread } from '../support/stats.ts';

const ROUNDS = 3;
const LATENCY_MS = 200;
const GIVE_UP_MS = 120_000;
const ADMIN = 'admin@sandbox.test';

interface Round {
  seconds: number;
  perSecond: number;
  calls: Record<string, number>;
  callsPer100: number;
  cpuMsPerMessage: number;
  generatorCpuMs: number;
  maxMb: number;
  bells: number;
  busy: number[] | undefined;
  arrival: Arrival;
}

export async function run(): Promise<Measured | Skipped> {
  const missing = await whyNoPostgres();
  if (missing) return { skipped: missing };
  const stack = await startBenchStack('org-backlog', { lightning: false });
  try {
    const customers = size(2_000, 200);
    const perCustomer = 10;
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) rounds.push(await oneRound(stack, round, customers, perCustomer));

    const middle = (name: string, value: 'perSecond' | 'callsPer100' | 'cpuMsPerMessage' | 'maxMb') => {
      const values = rounds.map((round) => round[value]);
      return { name, value: median(values), spread: spread(values) };
    };
    const none = (name: string, value: keyof Arrival, unit: 'texts' | 'rows' = 'texts') => {
      const count = rounds.reduce((sum, { arrival }) => sum + arrival[value], 0);
      return { name, value: count, unit, must: { exactly: 0 } };
    };
    return {
      figures: [
        { ...middle('backlog carried into the org', 'perSecond'), unit: '/s', must: { atLeast: 1_000 } },
        { ...middle('calls of the org per 100 messages', 'callsPer100'), unit: 'calls', must: { atMost: 1 } },
        none('not in the org', 'missing'),
        none('in the org more than once', 'surplus'),
        none('out of their conversation’s order', 'outOfOrder'),
        none('conversations matched wrongly', 'mismatched', 'rows'),
        { ...middle('processor time of the service per message', 'cpuMsPerMessage'), unit: 'ms' },
        { ...middle('resident memory, highest', 'maxMb'), unit: 'MB' },
      ],
      invalid: judgeCores(busiest(rounds), stack.pinned),
      notes: [
        `${ROUNDS} rounds of ${customers * perCustomer} texts in ${customers} new conversations, half of the numbers unknown to the org, each call answered ` +
          `${LATENCY_MS} ms late; the clock runs from the moment that the message connection is switched on to the last outbox row; matching and ` +
          `${rounds[0]?.bells ?? 0} notifications are in it; calls of the first round: ${listCalls(rounds[0])}`,
        `cores of service and sandbox ${rounds.map(({ busy }) => `${percent(busy?.[SERVICE_CORE] ?? Number.NaN)} and ${percent(busy?.[OTHER_CORE] ?? Number.NaN)}`).join(', ')} busy; ` +
          `the sandbox’s process used ${median(rounds.map(({ generatorCpuMs }) => generatorCpuMs / (customers * perCustomer))).toFixed(2)} ms per message; ${stack.notes.join('; ')}`,
      ],
      samples: { rounds },
    };
  } finally {
    await stack.close();
  }
}

/** Gathers a backlog while the connection is off, switches it on and waits until nothing is left of it. */
async function oneRound(stack: BenchStack, round: number, customers: number, perCustomer: number): Promise<Round> {
  const admin = stack.api.as(ADMIN);
  const setMode = async (connectionMode: boolean) => {
    const { status } = await admin.call('PATCH', '/v1/org', { connectionMode });
    if (status !== 200) throw new Error(`the message connection could not be switched (${status})`);
  };
  say(`round ${round} of ${ROUNDS}: a backlog of ${customers * perCustomer} texts`);
  await setMode(false);
  const people = await seedCustomers(stack, (round - 1) * customers, customers);
  const texts = await storeBacklog(stack, people, perCustomer);
  await stack.database?.value('vacuum analyze');
  const there = messagesInOrg(stack);
  await slow(stack);
  const { waits, end } = await watchOutbox(stack);

  say('the connection is switched on');
  const [callsBefore, bellsBefore] = [await orgCalls(stack), bells(stack)];
  const useOf = watchProcess(stack.service.pid);
  const ownCpu = process.cpuUsage();
  const busyOf = watchCores();
  const began = performance.now();
  await setMode(true);
  const lasted = until('nothing waits any more', async () => !(await waits()), GIVE_UP_MS);
  await lasted.catch(() => false); // what is left is counted below
  const seconds = (performance.now() - began) / 1_000;
  await end();
  const [busy, use, own] = [busyOf(), useOf(), process.cpuUsage(ownCpu)];
  const calls = difference(await orgCalls(stack), callsBefore);
  await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/faults`, { method: 'DELETE' });

  const arrival = checkArrival(stack, texts, people, there);
  const carried = texts.length - arrival.missing;
  const sum = Object.values(calls).reduce((all, count) => all + count, 0);
  return {
    seconds,
    perSecond: carried / seconds,
    calls,
    callsPer100: (sum / carried) * 100,
    cpuMsPerMessage: use.cpuMs / carried,
    generatorCpuMs: (own.user + own.system) / 1_000,
    maxMb: use.maxMb,
    bells: bells(stack) - bellsBefore,
    busy,
    arrival,
  };
}

/** Every call of the org is answered late, whatever it asks. */
async function slow(stack: BenchStack): Promise<void> {
  const response = await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: {}, action: { latencyMs: LATENCY_MS } }),
  });
  if (!response.ok) throw new Error(`the org could not be made slow: ${await response.text()}`);
}

/** The org's own count of the calls it got, by route. */
async function orgCalls(stack: BenchStack): Promise<Record<string, number>> {
  const response = await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/calls`);
  return ((await response.json()) as { byRoute: Record<string, number> }).byRoute;
}

function difference(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  const all = Object.entries(after).map(([route, count]) => [route, count - (before[route] ?? 0)] as const);
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

function listCalls(round: Round | undefined): string {
  return Object.entries(round?.calls ?? {})
    .map(([route, count]) => `${count} × ${route}`)
    .join(', ');
}

/** Whether rows are still to go, parked ones too: they would be messages that are not in the org. On a connection of its own, which costs little. */
async function watchOutbox({ database }: BenchStack): Promise<{ waits(): Promise<boolean>; end(): Promise<void> }> {
  const client = new pg.Client({ connectionString: database?.url });
  await client.connect();
  return {
    async waits() {
      const { rows } = await client.query<{ some: boolean }>("select exists (select 1 from outbox where purpose = 'org') as some");
      return rows[0]?.some === true;
    },
    end: () => client.end(),
  };
}

function bells({ salesforce: { org } }: BenchStack): number {
  return Number(org.db.prepare('SELECT count(*) AS n FROM plat_notification').get()?.['n']);
}

function busiest(rounds: readonly Round[]): number[] | undefined {
  const known = rounds.map(({ busy }) => busy).filter((busy) => busy !== undefined);
  return known[0]?.map((_, core) => Math.max(...known.map((busy) => busy[core] ?? 0)));
}

/** Plays one schedule, takes every fault back, waits until nothing is under way and gathers what is on all sides. */
import pg from 'pg';
import { harmCarrier, harmOrg, harmUser, healCarrier, healOrg, MID_BATCH_MS, slowDown } from './faults.ts';
import type { Facts, OrgRow, StatusMove } from './oracle.ts';
import type { Act, Step } from './schedule.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { USERS, type World } from './world.ts';

const FROZEN_MS = 900;
const AWAY_MS = 1_200;
const RESTART_MS = 2_000;
const SILENT_MS = 10_000;
const LOST_ADDRESS_MS = 1_500;
const JUMP_SECONDS = 3_600;
const RESTART_AFTER_MS = 12_000;
const GIVE_UP_MS = 90_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** `number` must be another one for each schedule of a world. */
export async function playSchedule(world: World, steps: readonly Step[], number: number): Promise<Facts> {
  const [marks] = await world.rows<{ move: number; event: number }>(
    'select coalesce(max(id), 0)::int as move, (select coalesce(max(id), 0)::int from connection_event) as event from prove_move',
  );
  const replayedBefore = replayed(world);
  const traffic = createTraffic(world, number);
  const began = Date.now();
  const texts: Promise<unknown>[] = [];
  const harms: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  for (const { at, ...act } of steps) {
    await sleep(Math.max(0, began + at - Date.now()));
    const isText = act.do === 'inbound' || act.do === 'outbound' || act.do === 'webhook' || act.do === 'stop';
    const done = isText ? traffic.play(act) : harm(world, act);
    (isText ? texts : harms).push(done.catch((error: unknown) => failures.push(error)));
  }
  await sleep(300); // what the last fault hits is under way
  await Promise.all(harms);
  await heal(world);
  const settling = Date.now();
  for (;;) {
    const quiet = await settle(world, traffic, Promise.all(texts), settling);
    if (failures.length > 0) throw new AggregateError(failures, 'the proof itself failed');
    const facts = await gather(world, traffic, marks ?? { move: 0, event: 0 }, replayedBefore);
    // A late receipt may come between the last look and the gathering; it has its time as well.
    if (!quiet || facts.waiting + facts.held === 0) return facts;
  }
}

async function harm(world: World, act: Act): Promise<void> {
  if (act.do === 'org' && act.fault === 'dns-failure') await world.loseAddress(LOST_ADDRESS_MS);
  else if (act.do === 'org') await harmOrg(act.fault, world.salesforce, USERS);
  if (act.do === 'carrier') await harmCarrier(act.fault, world.carrier, world.setWebhook);
  if (act.do === 'user') {
    const [main] = await world
      .rows<{ username: string }>('select u.username from org_link l join connected_user u on u.id = l.main_id')
      .catch(() => []);
    if (act.midBatch) {
      await slowDown(world.salesforce);
      await sleep(MID_BATCH_MS / 2);
    }
    for (const name of targets(act.who, main?.username ?? USERS[0])) await harmUser(act.fault, name, world.salesforce);
  }
  if (act.do === 'process') await harmProcess(world, act);
  if (act.do === 'database') await harmDatabase(world, act.fault);
}

function targets(who: Extract<Act, { do: 'user' }>['who'], main: string): readonly string[] {
  if (who === 'all') return USERS;
  return who === 'main' ? [main] : USERS.filter((user) => user !== main).slice(0, 1);
}

type ProcessAct = Extract<Act, { do: 'process' }>;

/** What happens to one process happens one after the other: two of it would fight for its port. */
const harmProcess = (world: World, act: ProcessAct) => world.processes.inTurn(act.index, () => harmOne(world, act));

async function harmOne({ processes, endLeases }: World, { fault, index, point }: ProcessAct): Promise<void> {
  if (fault === 'kill') await processes.kill(index);
  if (fault === 'stop') await processes.stop(index);
  if (fault === 'update') await processes.update(index);
  if (fault === 'clock-ahead' || fault === 'clock-behind')
    await processes.jump(index, fault === 'clock-ahead' ? JUMP_SECONDS : -JUMP_SECONDS);
  if (fault === 'crash') {
    await processes.stop(index);
    await processes.start(index, { FAIL_POINTS: `${point}=crash` });
  }
  if (fault === 'freeze') {
    processes.freeze(index);
    await sleep(FROZEN_MS / 2);
    await endLeases().catch(() => undefined); // others take over what it holds; then it goes on
    await sleep(FROZEN_MS / 2);
    processes.thaw();
  }
}

async function harmDatabase({ server, databaseName, link }: World, fault: Extract<Act, { do: 'database' }>['fault']): Promise<void> {
  if (fault === 'restarted') return link.restart(RESTART_MS);
  if (fault === 'silent') return link.silence(SILENT_MS);
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    if (fault === 'away') await client.query(`alter database ${databaseName} with allow_connections false`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [databaseName]);
    if (fault === 'away') await sleep(AWAY_MS);
  } finally {
    await client.query(`alter database ${databaseName} with allow_connections true`);
    await client.end();
  }
}

async function heal(world: World): Promise<void> {
  await healOrg(world.salesforce, USERS);
  await healCarrier(world.carrier, world.setWebhook);
  await world.processes.mend();
  await world.endLeases();
}

/** Waits until nothing is under way; false when that took too long since `began`. */
async function settle(world: World, traffic: Traffic, under: Promise<unknown>, began: number): Promise<boolean> {
  let restarted = Date.now() - began > RESTART_AFTER_MS;
  let answered = false;
  void under.then(() => (answered = true));
  for (;;) {
    await sleep(250);
    await world.processes.mend();
    await world.endLeases();
    await world.signInAgain().catch(() => undefined);
    await world.turnClocksForward();
    await fetch(`${world.service}/v1/parked/retry`, { method: 'POST', headers: { authorization: `Bearer ${world.key()}` } }).catch(
      () => undefined,
    );
    const took = Date.now() - began;
    if (took > 1_000 && answered && (await isQuiet(world, traffic))) return true;
    if (took > RESTART_AFTER_MS && !restarted) {
      restarted = true; // pauses that a process keeps for itself are over with it
      await world.processes.restart();
    }
    if (took > GIVE_UP_MS) {
      traffic.giveUp();
      return false;
    }
  }
}

async function isQuiet(world: World, traffic: Traffic): Promise<boolean> {
  const [left] = await world.rows<{ rows: number; texts: number }>(
    `select (select count(*)::int from outbox) as rows, (select count(*)::int from message where status in ('queued', 'sending')) as texts`,
  );
  if (!left || left.rows + left.texts > 0) return false;
  const { pending } = (await world.carrier('GET', '/smsc')) as { pending?: number };
  if (pending) return false;
  const bodies = new Set(orgRows(world).map(({ body }) => body));
  return traffic.handed.every(({ body, refused }) => refused !== undefined || bodies.has(body)) && (await carriersAreDone(world));
}

/** Receipts are on their way for a moment after the last text was sent; what the carrier never tells stays as it is. */
async function carriersAreDone(world: World): Promise<boolean> {
  const count = async () => (await world.rows<{ n: number }>(`select count(*)::int as n from message where status = 'sent'`))[0]?.n ?? 0;
  const before = await count();
  if (before === 0) return true;
  await sleep(1_000);
  return (await count()) === before;
}

function orgRows({ stack }: World): OrgRow[] {
  return stack.salesforce.org
    .query(
      'SELECT ExternalId__c, Body__c, Direction__c, SentStatus__c, DeliveryStatus__c, Sequence__c, Conversation__r.CustomerNumber__c, Conversation__r.OurNumber__c FROM Message__c',
    )
    .map((row) => ({
      externalId: row['ExternalId__c'] as string,
      body: (row['Body__c'] as string | null) ?? '',
      direction: row['Direction__c'] as string,
      sent: row['SentStatus__c'] as string,
      delivery: (row['DeliveryStatus__c'] as string | null) ?? '',
      sequence: Number(row['Sequence__c']),
      phone: parent(row)['CustomerNumber__c'] ?? '',
      ours: parent(row)['OurNumber__c'] ?? '',
    }));
}

const parent = (row: Record<string, unknown>) => (row['Conversation__r'] ?? {}) as Record<string, string | undefined>;

function replayed({ stack }: World): number {
  return Number(stack.salesforce.org.db.prepare(`select count(*) as n from auth_grant where ended = 'reused'`).get()?.['n'] ?? 0);
}

async function gather(world: World, traffic: Traffic, marks: { move: number; event: number }, replayedBefore: number): Promise<Facts> {
  const phones = new Map<string, string[]>();
  for (const phone of new Set(traffic.handed.map((text) => text.phone))) {
    const report = (await world.carrier('GET', `/phones/${encodeURIComponent(phone)}`)) as {
      messages: { direction: string; body: string; company: string }[];
    };
    for (const { direction, body, company } of report.messages) {
      if (direction !== 'received') continue;
      const key = `${phone} ${company}`;
      phones.set(key, [...(phones.get(key) ?? []), body]);
    }
  }
  const own = new Set(traffic.handed.map(({ phone }) => phone));
  const [left] = await world.rows<{ waiting: number; held: number }>(
    `select (select count(*)::int from outbox) + (select count(*)::int from message where status in ('queued', 'sending')) as waiting,
      (select count(*)::int from lane where held_until > now()) as held`,
  );
  return {
    handed: traffic.handed,
    org: orgRows(world).filter(({ phone }) => own.has(phone)),
    phones,
    moves: await world.rows<StatusMove>(
      'select message as id, was as "from", now as "to" from prove_move where prove_move.id > $1 order by prove_move.id',
      [marks.move],
    ),
    replayed: replayed(world) - replayedBefore,
    switches: await world.rows<{ from: string; cause: string }>(
      `select from_user as "from", coalesce(cause, '') as cause from connection_event where kind = 'switched' and id > $1 order by id`,
      [marks.event],
    ),
    deaths: world.processes.takeDeaths(),
    waiting: left?.waiting ?? -1,
    held: left?.held ?? -1,
    left: left && left.waiting + left.held > 0 ? await stuck(world) : undefined,
  };
}

/** What a person would look at first where something still waits; neither texts nor tokens. */
async function stuck({ rows }: World): Promise<Record<string, unknown[]>> {
  return {
    outbox: await rows('select * from outbox order by id'),
    lanes: await rows('select *, now() from lane'),
    messages: await rows(
      `select id, status, direction, account_id, occurred_at, error_code from message where status in ('queued', 'sending')`,
    ),
    links: await rows('select * from org_link'),
    users: await rows(
      'select id, username, status, token_generation, in_doubt, refresh_claim is not null as claimed, refresh_until, probe_at, cool_until from connected_user',
    ),
    sessions: await rows(
      'select pid, state, wait_event_type, wait_event, xact_start, left(query, 200) as query from pg_stat_activity where datname = current_database()',
    ),
  };
}

/** What is on all sides after a schedule. */
import type { Helps } from './helps.ts';
import type { Facts, OrgRow, Outage, StatusMove } from './facts.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

export function orgRows({ stack }: World): OrgRow[] {
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

/** What was there before the schedule began. */
export interface Marks {
  move: number;
  event: number;
  replayed: number;
  killed: number;
}

export async function marksOf(world: World): Promise<Marks> {
  const [marks] = await world.rows<{ move: number; event: number }>(
    'select coalesce(max(id), 0)::int as move, (select coalesce(max(id), 0)::int from connection_event) as event from prove_move',
  );
  return { move: marks?.move ?? 0, event: marks?.event ?? 0, replayed: replayed(world), killed: world.processes.killed.length };
}

/** What the schedule itself knows. */
export interface Played {
  traffic: Traffic;
  helps: Helps;
  outages: readonly Outage[];
  hidden: Facts['hidden'];
}

export async function gather(world: World, { traffic, helps, outages, hidden }: Played, marks: Marks): Promise<Facts> {
  const phones = new Map<string, string[]>();
  const doubledParts = new Map<string, number>();
  const own = new Set([...traffic.handed.map(({ phone }) => phone), ...traffic.stops.keys()]);
  for (const phone of own) {
    const report = (await world.carrier('GET', `/phones/${encodeURIComponent(phone)}`)) as {
      messages: { direction: string; body: string; company: string }[];
      counts: { duplicateParts: number };
    };
    doubledParts.set(phone, report.counts.duplicateParts);
    for (const { direction, body, company } of report.messages) {
      if (direction !== 'received') continue;
      const key = `${phone} ${company}`;
      phones.set(key, [...(phones.get(key) ?? []), body]);
    }
  }
  const [left] = await world.rows<{ waiting: number; held: number }>(
    `select (select count(*)::int from outbox) + (select count(*)::int from message where status in ('queued', 'sending')) as waiting,
      (select count(*)::int from lane where held_until > now()) as held`,
  );
  const killed = world.processes.killed.slice(marks.killed);
  return {
    handed: traffic.handed,
    stopped: traffic.stopped,
    stops: traffic.stops,
    stopTaken: traffic.stopTaken,
    org: orgRows(world).filter(({ phone }) => own.has(phone)),
    phones,
    doubledParts,
    moves: await world.rows<StatusMove>(
      'select message as id, was as "from", now as "to", at from prove_move where prove_move.id > $1 order by prove_move.id',
      [marks.move],
    ),
    replayed: replayed(world) - marks.replayed,
    switches: await world.rows<{ from: string; cause: string }>(
      `select from_user as "from", coalesce(cause, '') as cause from connection_event where kind = 'switched' and id > $1 order by id`,
      [marks.event],
    ),
    outages: [...outages, ...killed.map(({ at, point }) => ({ what: point ? `crash at ${point}` : 'process kill', from: at, to: at }))],
    hidden,
    helps: helps.list,
    parked: helps.parked,
    crashes: killed.flatMap(({ point }) => point ?? []),
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

import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** A lane: everything of one org that goes to one place in one order. One worker at a time holds its lease. */
export interface LaneAddress {
  orgId: string;
  purpose: string;
  key: string;
}

/** "This record changed and must reach that place." One row per record; a record that changes again only raises the row's version. */
export interface OutboxEntry extends LaneAddress {
  subjectKind: string;
  subjectId: string;
}

export interface OutboxRow {
  id: number;
  version: number;
  subjectKind: string;
  subjectId: string;
  attempts: number;
  createdAt: Date;
}

/** What became of the rows of a batch. Rows that are named nowhere stay as they are and come again. */
export interface Outcome {
  /** Reached their place in the version that was sent. A row whose record changed meanwhile stays. */
  done?: { id: number; version: number }[];
  /**
   * Try again after a while; later rows of the lane go on. `waits`: it was not the row's own try that failed, so it is not counted. With a
   * `version`, a row whose record changed meanwhile is left as it is: due at once, its tries at none.
   */
  retry?: { id: number; version?: number; afterMs: number; code: string; reason: string; waits?: boolean }[];
  /** Needs a person: stays with its reason until it is retried or discarded. */
  park?: { id: number; version: number; code: string; reason: string }[];
  /** The whole lane waits. */
  hold?: { until: Date; code: string; reason: string };
}

/** Adds rows to lanes in the order given, or raises the version of those that wait already; a parked row is set free, since its record changed. */
export async function enqueue(db: Db, entries: OutboxEntry[]): Promise<void> {
  if (entries.length === 0) return;
  // One statement may not touch a row twice; removing doubles in SQL would lose the order.
  const once = [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
  await sql`
    insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
    select "orgId", purpose, key, "subjectKind", "subjectId"
    from json_to_recordset(cast(${JSON.stringify(once)} as json))
      as entry("orgId" uuid, purpose text, key text, "subjectKind" text, "subjectId" uuid)
    on conflict (org_id, purpose, subject_kind, subject_id) do update
      set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null
  `.execute(db);
}

/** The rows of a lane that are due, oldest first. */
export async function readDue(db: Db, lane: LaneAddress, limit: number): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select id, version, subject_kind as "subjectKind", subject_id as "subjectId", attempts, created_at as "createdAt"
    from outbox
    where org_id = ${lane.orgId} and purpose = ${lane.purpose} and lane_key = ${lane.key} and state = 'waiting' and due_at <= now()
    order by id limit ${limit}
  `.execute(db);
  return rows;
}

/** Writes what became of a batch. Call it only inside `guarded`. */
export async function applyOutcome(tx: Db, outcome: Outcome): Promise<void> {
  if (outcome.done?.length) {
    await sql`
      delete from outbox using json_to_recordset(cast(${JSON.stringify(outcome.done)} as json)) as sent(id bigint, version integer)
      where outbox.id = sent.id and outbox.version = sent.version`.execute(tx);
  }
  if (outcome.retry?.length) {
    await sql`
      update outbox set attempts = attempts + case when waits then 0 else 1 end, due_at = now() + "afterMs" * interval '1 millisecond', code = retry.code, reason = retry.reason
      from json_to_recordset(cast(${JSON.stringify(outcome.retry)} as json))
        as retry(id bigint, version integer, "afterMs" float8, code text, reason text, waits boolean)
      where outbox.id = retry.id and (retry.version is null or outbox.version = retry.version)`.execute(tx);
  }
  if (outcome.park?.length) {
    await sql`
      update outbox set state = 'parked', parked_at = now(), attempts = attempts + 1, code = park.code, reason = park.reason
      from json_to_recordset(cast(${JSON.stringify(outcome.park)} as json)) as park(id bigint, version integer, code text, reason text)
      where outbox.id = park.id and outbox.version = park.version`.execute(tx);
  }
}

/** How much of an org waits or is parked for a purpose, and since when. */
export async function backlog(
  db: Db,
  orgId: string,
  purposes: string[],
): Promise<{ waiting: number; oldestAt: Date | null; parked: number }> {
  const { rows } = await sql<{ waiting: number; oldestAt: Date | null; parked: number }>`
    select count(*) filter (where state = 'waiting') as waiting, min(created_at) filter (where state = 'waiting') as "oldestAt",
      count(*) filter (where state = 'parked') as parked
    from outbox where org_id = ${orgId} and purpose = any(${purposes})`.execute(db);
  return rows[0] ?? { waiting: 0, oldestAt: null, parked: 0 };
}

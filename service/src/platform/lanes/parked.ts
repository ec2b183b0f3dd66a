import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

export interface ParkedRow {
  id: number;
  purpose: string;
  laneKey: string;
  subjectKind: string;
  subjectId: string;
  code: string;
  reason: string;
  parkedAt: Date;
  attempts: number;
}

/** Rows of an org that wait for a person, oldest first. `after` is the id of the last row of the page before. */
export async function listParked(db: Db, orgId: string, purpose: string, after: number, limit: number): Promise<ParkedRow[]> {
  const { rows } = await sql<ParkedRow>`
    select id, purpose, lane_key as "laneKey", subject_kind as "subjectKind", subject_id as "subjectId", coalesce(code, '') as code,
      coalesce(reason, '') as reason, parked_at as "parkedAt", attempts
    from outbox where org_id = ${orgId} and purpose = ${purpose} and state = 'parked' and id > ${after} order by id limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** Sets parked rows free (all of a purpose without `id`) and returns the lanes to wake. */
export async function retryParked(db: Db, orgId: string, purpose: string, id?: number): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    update outbox set state = 'waiting', due_at = now(), attempts = 0, parked_at = null, code = null, reason = null
    where org_id = ${orgId} and purpose = ${purpose} and state = 'parked' ${id === undefined ? sql`` : sql`and id = ${id}`}
    returning lane_key as key`.execute(db);
  return rows.map((row) => row.key);
}

/** Gives a parked row up and tells which it was; undefined when there is none. The record itself stays with the service. */
export async function discardParked(
  db: Db,
  orgId: string,
  purpose: string,
  id: number,
): Promise<Pick<ParkedRow, 'subjectKind' | 'subjectId'> | undefined> {
  const { rows } = await sql<Pick<ParkedRow, 'subjectKind' | 'subjectId'>>`
    delete from outbox where org_id = ${orgId} and purpose = ${purpose} and state = 'parked' and id = ${id}
    returning subject_kind as "subjectKind", subject_id as "subjectId"`.execute(db);
  return rows[0];
}

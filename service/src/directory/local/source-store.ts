import { sql } from 'kysely';
import type { Place } from '../../feed/index.ts';
import type { Db } from '../../platform/db/database.ts';
import { noteEverything } from './change-store.ts';
import { removeRecords } from './store.ts';

/** How far an object was read. `loadedAt`: when its first reading was through. `recordsTotal`: how many there were when that began, if counted. */
export interface SourceState {
  object: string;
  fields: string[];
  /** ISO 3166: what its numbers were read with. */
  country: string | null;
  place: Place | null;
  recordsRead: number;
  recordsTotal: number | null;
  loadedAt: Date | null;
  problem: string | null;
}

export async function listSources(db: Db, orgId: string): Promise<SourceState[]> {
  const { rows } = await sql<Omit<SourceState, 'place'> & { placeAt: string | null; placeId: string | null }>`
    select object, fields, country, place_at as "placeAt", place_id as "placeId", records_read as "recordsRead",
      records_total as "recordsTotal", loaded_at as "loadedAt", problem
    from directory_source where org_id = ${orgId} order by object`.execute(db);
  return rows.map(({ placeAt, placeId, ...row }) => ({ ...row, place: placeAt === null ? null : { at: placeAt, id: placeId ?? '' } }));
}

/** Why an object cannot be read for now; how far it was read stays. */
export const noteProblem = (tx: Db, orgId: string, object: string, problem: string): Promise<unknown> =>
  sql`update directory_source set problem = ${problem} where org_id = ${orgId} and object = ${object}`.execute(tx);

export async function saveSource(tx: Db, orgId: string, state: SourceState): Promise<void> {
  await sql`insert into directory_source (org_id, object, fields, country, place_at, place_id, records_read, records_total, loaded_at, problem)
    values (${orgId}, ${state.object}, ${state.fields}, ${state.country}, ${state.place?.at ?? null}, ${state.place?.id ?? null}, ${state.recordsRead},
      ${state.recordsTotal}, ${state.loadedAt}, ${state.problem})
    on conflict (org_id, object) do update set fields = excluded.fields, country = excluded.country, place_at = excluded.place_at, place_id = excluded.place_id,
      records_read = excluded.records_read, records_total = excluded.records_total, loaded_at = excluded.loaded_at, problem = excluded.problem`.execute(
    tx,
  );
}

/** Forgets what an org that was read anew does not have any more. */
export async function dropUnread(tx: Db, orgId: string, object: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select r.id from directory_record r join directory_org o on o.org_id = r.org_id
    where r.org_id = ${orgId} and r.object = ${object} and r.read_at < o.reload_at`.execute(tx);
  await removeRecords(
    tx,
    orgId,
    rows.map(({ id }) => id),
  );
}

/** Forgets some records of an object that is not wanted any more, and with the last of them how far it was read. False: there are more. */
export async function dropObject(tx: Db, orgId: string, object: string, most: number): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    select id from directory_record where org_id = ${orgId} and object = ${object} limit ${most}`.execute(tx);
  await removeRecords(
    tx,
    orgId,
    rows.map(({ id }) => id),
    { noted: false },
  );
  if (rows.length > 0) await noteEverything(tx, orgId);
  if (rows.length === most) return false;
  await sql`delete from directory_source where org_id = ${orgId} and object = ${object}`.execute(tx);
  await sql`delete from directory_load where org_id = ${orgId} and object = ${object}`.execute(tx);
  return true;
}

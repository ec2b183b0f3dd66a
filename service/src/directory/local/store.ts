import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { noteChanges } from './change-store.ts';

/** A record of the org as it is kept here. */
export interface LocalRecord {
  id: string;
  object: string;
  name: string;
  ownerId: string | null;
  accountId: string | null;
  activityAt: Date | null;
  changedAt: Date;
  /** Further values, by field name. */
  fields: Record<string, string | boolean | null>;
}

/** A record and the keys under which it is found, each with the field that holds it. */
export interface KeyedRecord extends LocalRecord {
  keys: { key: string; field: string }[];
}

/** A record that was found. */
export interface Found extends LocalRecord {
  key: string;
  field: string;
}

const RECORD = sql`r.id, r.object, r.name, r.owner_id as "ownerId", r.account_id as "accountId", r.activity_at as "activityAt",
  r.changed_at as "changedAt", r.fields`;

/** Of a number that more people share (a company's switchboard) the most recently active ones are found. */
const MOST_OF_A_KEY = 100;

/** The records under any of these keys. */
export async function findByKeys(db: Db, orgId: string, keys: readonly string[]): Promise<Found[]> {
  const { rows } = await sql<Found>`select found.* from unnest(${[...keys]}::text[]) as wanted(key) cross join lateral (
      select k.key, k.field, ${RECORD} from directory_key k
      join directory_record r on r.org_id = k.org_id and r.id = k.record_id
      where k.org_id = ${orgId} and k.key = wanted.key
      order by r.activity_at desc nulls last, r.changed_at desc limit ${MOST_OF_A_KEY}
    ) found`.execute(db);
  return rows;
}

export async function findRecords(db: Db, orgId: string, ids: readonly string[]): Promise<LocalRecord[]> {
  const { rows } = await sql<LocalRecord>`select ${RECORD} from directory_record r
    where r.org_id = ${orgId} and r.id = any(${[...ids]}::text[])`.execute(db);
  return rows;
}

/** Records of an org in the order of their ids. */
export async function pageOfRecords(db: Db, orgId: string, after: string, limit: number): Promise<LocalRecord[]> {
  const { rows } = await sql<LocalRecord>`select ${RECORD} from directory_record r
    where r.org_id = ${orgId} and r.id > ${after} order by r.id limit ${limit}`.execute(db);
  return rows;
}

/**
 * Keys of an org with their records, in the order of the keys; a page ends with a whole key. Without the ends of whole numbers and addresses, which
 * only callers of whom less is known are found by.
 */
export async function pageOfKeys(
  db: Db,
  orgId: string,
  after: string,
  limit: number,
): Promise<{ keys: Map<string, { id: string; field: string }[]>; isLast: boolean; next: string }> {
  const { rows } = await sql<{ key: string; id: string; field: string }>`
    select key, record_id as id, field from directory_key
    where org_id = ${orgId} and key > ${after} and key not like '9:%' and key not like '7:%' and key not like 'mail:%' order by key, record_id limit ${limit}`.execute(
    db,
  );
  const isLast = rows.length < limit;
  const last = rows.at(-1)?.key ?? '';
  const keys = Map.groupBy(rows, ({ key }) => key);
  // The last one may go on; one that alone is a page is cut.
  if (!isLast && keys.size > 1) keys.delete(last);
  const ends = [...keys.keys()];
  return { keys, isLast, next: ends.at(-1) ?? last };
}

/** Sweeps, loads, change events and searches store the same rows: one after the other, so that none waits for another in a circle. */
const lockOrg = (tx: Db, orgId: string) => sql`select pg_advisory_xact_lock(hashtextextended(${`directory ${orgId}`}, 0))`.execute(tx);

/**
 * Stores records that are newer than what is kept, with their keys. Rows that say nothing new cost a look and no write, unless `anew`: other
 * fields are read than before, so that the keys may be other ones although the record has not changed. `noted` false: the caller notes that
 * everything changed.
 */
export async function putRecords(
  tx: Db,
  orgId: string,
  records: readonly KeyedRecord[],
  { anew, noted = true }: { anew: boolean; noted?: boolean },
): Promise<number> {
  if (records.length === 0) return 0;
  await lockOrg(tx, orgId);
  const { rows } = await sql<{ id: string }>`
    insert into directory_record as kept (org_id, id, object, name, owner_id, account_id, activity_at, changed_at, fields, keys, read_at)
    select ${orgId}, x.id, x.object, x.name, x."ownerId", x."accountId", x."activityAt", x."changedAt", x.fields, x.keys, now()
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as x(id text, object text, name text, "ownerId" text, "accountId" text,
      "activityAt" timestamptz, "changedAt" timestamptz, fields jsonb, keys jsonb)
    on conflict (org_id, id) do update set name = excluded.name, owner_id = excluded.owner_id, account_id = excluded.account_id,
      activity_at = excluded.activity_at, changed_at = excluded.changed_at, fields = excluded.fields, keys = excluded.keys, read_at = excluded.read_at
      where ${anew}::boolean or kept.changed_at < excluded.changed_at or (kept.changed_at = excluded.changed_at and (kept.name, kept.owner_id, kept.account_id,
        kept.activity_at, kept.fields, kept.keys) is distinct from (excluded.name, excluded.owner_id, excluded.account_id, excluded.activity_at,
        excluded.fields, excluded.keys))
    returning id`.execute(tx);
  const changed = new Set(rows.map(({ id }) => id));
  if (changed.size === 0) return 0;
  const keys = records
    .filter(({ id }) => changed.has(id))
    .flatMap(({ id, keys: own }) => own.map(({ key, field }) => ({ id, key, field })));
  const gone = await sql<{ key: string }>`
    delete from directory_key k where k.org_id = ${orgId} and k.record_id = any(${[...changed]}::text[]) returning k.key`.execute(tx);
  await sql`insert into directory_key (org_id, key, record_id, field)
    select distinct ${orgId}::uuid, x.key, x.id, x.field from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as x(id text, key text, field text)`.execute(
    tx,
  );
  if (noted)
    await noteChanges(tx, orgId, [
      ...gone.rows.map(({ key }) => key),
      ...keys.map(({ key }) => key),
      ...[...changed].map((id) => `#${id}`),
    ]);
  return changed.size;
}

/** Forgets records that were deleted in the org, or that nobody is to be found by any more. `noted` as in `putRecords`. */
export async function removeRecords(tx: Db, orgId: string, ids: readonly string[], { noted = true } = {}): Promise<void> {
  if (ids.length === 0) return;
  await lockOrg(tx, orgId);
  const { rows } = await sql<{ key: string }>`
    delete from directory_key where org_id = ${orgId} and record_id = any(${[...ids]}::text[]) returning key`.execute(tx);
  await sql`delete from directory_record where org_id = ${orgId} and id = any(${[...ids]}::text[])`.execute(tx);
  if (noted) await noteChanges(tx, orgId, [...rows.map(({ key }) => key), ...ids.map((id) => `#${id}`)]);
}

import { sql } from 'kysely';
import { forgetFeed, type Place } from '../../feed/index.ts';
import type { Db } from '../../platform/db/database.ts';

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
 * Keys of an org with their records, in the order of the keys; a page ends with a whole key. Without the ends of whole numbers, which only callers
 * of whom less is known are found by.
 */
export async function pageOfKeys(
  db: Db,
  orgId: string,
  after: string,
  limit: number,
): Promise<{ keys: Map<string, { id: string; field: string }[]>; isLast: boolean; next: string }> {
  const { rows } = await sql<{ key: string; id: string; field: string }>`
    select key, record_id as id, field from directory_key
    where org_id = ${orgId} and key > ${after} and key not like '9:%' and key not like '7:%' order by key, record_id limit ${limit}`.execute(
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

/** Stands in `directory_change` for every key and record of an org. */
export const EVERYTHING = '*';

/** Whatever is remembered of this org may be out of date. */
export const noteEverything = (tx: Db, orgId: string): Promise<unknown> =>
  sql`insert into directory_change (org_id, what) values (${orgId}, ${EVERYTHING})`.execute(tx);

/** What changed under keys and ids, as `directory_change` notes it: `key` as it is, ids behind a `#`. */
const noteChanges = (tx: Db, orgId: string, what: readonly string[]) =>
  what.length === 0
    ? undefined
    : sql`insert into directory_change (org_id, what) select ${orgId}, unnest(${[...new Set(what)]}::text[])`.execute(tx);

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

export interface DirectoryOrg {
  orgId: string;
  country: string;
  sweptAt: Date | null;
  problem: string | null;
  /** Further fields that are kept, by object. */
  wanted: Partial<Record<string, string[]>>;
  /** The org's (IANA); null until it was read. */
  timeZone: string | null;
}

const ORG = sql`org_id as "orgId", country, swept_at as "sweptAt", problem, wanted, time_zone as "timeZone"`;

/** Keeps this org's people from now on; `country` is only taken the first time. */
export async function keepOrg(tx: Db, orgId: string, country: string): Promise<void> {
  await sql`insert into directory_org (org_id, country) values (${orgId}, ${country}) on conflict do nothing`.execute(tx);
}

/** Everything is read anew where it is another one: numbers without a prefix are found under other keys. */
export async function setCountry(tx: Db, orgId: string, country: string): Promise<void> {
  const { numAffectedRows } =
    await sql`update directory_org set country = ${country} where org_id = ${orgId} and country <> ${country}`.execute(tx);
  if (!numAffectedRows) return;
  await sql`update directory_source set place_at = null, place_id = null, loaded_at = null where org_id = ${orgId}`.execute(tx);
  // Pages of a bulk query that were stored already hold keys of the old country.
  await sql`delete from directory_load where org_id = ${orgId}`.execute(tx);
}

/** These fields are kept from the next sweep on, besides those that the directory reads by itself. */
export async function wantFields(tx: Db, orgId: string, wanted: DirectoryOrg['wanted']): Promise<void> {
  await sql`update directory_org set wanted = ${JSON.stringify(wanted)}::jsonb where org_id = ${orgId}`.execute(tx);
}

export async function noteTimeZone(tx: Db, orgId: string, timeZone: string): Promise<void> {
  await sql`update directory_org set time_zone = ${timeZone} where org_id = ${orgId}`.execute(tx);
}

/** With all that is kept of it. Processes forget it as well: it may be kept again. */
export async function dismissOrg(db: Db, orgId: string): Promise<void> {
  await sql`delete from directory_org where org_id = ${orgId}`.execute(db);
  await forgetFeed(db, orgId);
  await noteEverything(db, orgId);
}

export async function listKeptOrgs(db: Db): Promise<DirectoryOrg[]> {
  return (await sql<DirectoryOrg>`select ${ORG} from directory_org order by swept_at nulls first`.execute(db)).rows;
}

export async function findKeptOrg(db: Db, orgId: string): Promise<DirectoryOrg | undefined> {
  return (await sql<DirectoryOrg>`select ${ORG} from directory_org where org_id = ${orgId}`.execute(db)).rows[0];
}

/** `whole`: everything was read up to now. */
export async function noteSweep(db: Db, orgId: string, { problem, whole }: { problem: string | null; whole: boolean }): Promise<void> {
  await sql`update directory_org set problem = ${problem}, swept_at = case when ${whole}::boolean then now() else swept_at end,
      reload_at = case when ${whole}::boolean then null else reload_at end
    where org_id = ${orgId}`.execute(db);
}

/**
 * Reads an org anew that was not read for so long that deletions may have left its recycle bin. What is kept goes on answering meanwhile. Not while
 * it is read anew already, however long that takes.
 */
export async function beginReload(db: Db, orgId: string): Promise<void> {
  await sql`with due as (update directory_org set reload_at = now() where org_id = ${orgId} and reload_at is null returning org_id)
    delete from directory_source where org_id in (select org_id from due)`.execute(db);
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

export async function saveSource(tx: Db, orgId: string, state: SourceState): Promise<void> {
  await sql`insert into directory_source (org_id, object, fields, country, place_at, place_id, records_read, records_total, loaded_at, problem)
    values (${orgId}, ${state.object}, ${state.fields}, ${state.country}, ${state.place?.at ?? null}, ${state.place?.id ?? null}, ${state.recordsRead},
      ${state.recordsTotal}, ${state.loadedAt}, ${state.problem})
    on conflict (org_id, object) do update set fields = excluded.fields, country = excluded.country, place_at = excluded.place_at, place_id = excluded.place_id,
      records_read = excluded.records_read, records_total = excluded.records_total, loaded_at = excluded.loaded_at, problem = excluded.problem`.execute(
    tx,
  );
}

/** Changes that became visible since the last look. `seen` is what the next look begins with. */
export async function changesSince(db: Db, seen: string | null): Promise<{ seen: string; changes: { orgId: string; what: string }[] }> {
  const { rows } = await sql<{ seen: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as seen`.execute(db);
  const next = rows[0]?.seen as string;
  if (seen === null) return { seen: next, changes: [] };
  const changes = await sql<{ orgId: string; what: string }>`
    select org_id as "orgId", what from directory_change where xid >= ${seen}::xid8`.execute(db);
  return { seen: next, changes: changes.rows };
}

/** Notes are kept this long; a process that has not looked for longer knows nothing any more. */
export const KEEP_CHANGES_MS = 10 * 60_000;

export async function dropOldChanges(db: Db, before: Date): Promise<void> {
  await sql`delete from directory_change where at < ${before}`.execute(db);
}

import { sql } from 'kysely';
import { forgetFeed } from '../../feed/index.ts';
import type { Db } from '../../platform/db/database.ts';
import { noteEverything } from './change-store.ts';
import type { Wanted } from './objects.ts';

export interface DirectoryOrg {
  orgId: string;
  country: string;
  sweptAt: Date | null;
  problem: string | null;
  /** Further fields that are kept, by object. */
  wanted: Wanted;
  /** The org's (IANA); null until it was read. */
  timeZone: string | null;
}

const ORG = sql`org_id as "orgId", country, swept_at as "sweptAt", problem, wanted, time_zone as "timeZone"`;

/** Keeps this org's people from now on; `country` is only taken the first time. */
export async function keepOrg(tx: Db, orgId: string, country: string): Promise<void> {
  await sql`insert into directory_org (org_id, country) values (${orgId}, ${country}) on conflict do nothing`.execute(tx);
}

const readAnew = (tx: Db, orgId: string) =>
  sql`update directory_source set place_at = null, place_id = null, loaded_at = null, records_read = 0 where org_id = ${orgId}`.execute(tx);

/** Everything is read anew where it is another one: numbers without a prefix are found under other keys. */
export async function setCountry(tx: Db, orgId: string, country: string): Promise<void> {
  const { numAffectedRows } =
    await sql`update directory_org set country = ${country} where org_id = ${orgId} and country <> ${country}`.execute(tx);
  if (!numAffectedRows) return;
  await readAnew(tx, orgId);
  // Until then the keys are those of the old country.
  await sql`update directory_org set swept_at = null where org_id = ${orgId}`.execute(tx);
  // Pages of a bulk query that were stored already hold keys of the old country.
  await sql`delete from directory_load where org_id = ${orgId}`.execute(tx);
}

/**
 * These fields are kept from the next sweep on, besides those that the directory reads by itself. Whoever wants some at the same time waits, and
 * then finds ours.
 */
export async function wantFields(tx: Db, orgId: string, find: () => Promise<DirectoryOrg['wanted']>): Promise<void> {
  await sql`select 1 from directory_org where org_id = ${orgId} for update`.execute(tx);
  const wanted = await find();
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
  await db.transaction().execute(async (tx) => {
    const begun = sql`update directory_org set reload_at = now() where org_id = ${orgId} and reload_at is null`;
    if ((await begun.execute(tx)).numAffectedRows) await readAnew(tx, orgId);
  });
}

import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** Stands in `directory_change` for every key and record of an org. */
export const EVERYTHING = '*';

/** Whatever is remembered of this org may be out of date. */
export const noteEverything = (tx: Db, orgId: string): Promise<unknown> =>
  sql`insert into directory_change (org_id, what) values (${orgId}, ${EVERYTHING})`.execute(tx);

/** What changed under keys and ids, as `directory_change` notes it: `key` as it is, ids behind a `#`. */
export const noteChanges = (tx: Db, orgId: string, what: readonly string[]) =>
  what.length === 0
    ? undefined
    : sql`insert into directory_change (org_id, what) select ${orgId}, unnest(${[...new Set(what)]}::text[])`.execute(tx);

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

import { sql } from 'kysely';
import type { Place } from '../../feed/index.ts';
import type { Db } from '../../platform/db/database.ts';

/** How far the first reading of an object by a bulk query has come. */
export interface Load {
  object: string;
  /** What the reading of changes begins with when the load is over; null until the first job is made. */
  place: Place | null;
  /** The job, and who made it. */
  job: { id: string; connectionId: string } | null;
  /** Where the next page begins; null before the first. */
  locator: string | null;
  /** Jobs that came to nothing. */
  attempts: number;
}

/** Loads of an org that are not over, by object. */
export async function listLoads(db: Db, orgId: string): Promise<Map<string, Load>> {
  const { rows } = await sql<{
    object: string;
    placeAt: string | null;
    placeId: string | null;
    connectionId: string | null;
    jobId: string | null;
    locator: string | null;
    attempts: number;
  }>`select object, place_at as "placeAt", place_id as "placeId", connection_id as "connectionId", job_id as "jobId", locator, attempts
    from directory_load where org_id = ${orgId}`.execute(db);
  const loads = rows.map(({ placeAt, placeId, connectionId, jobId, ...row }) => ({
    ...row,
    place: placeAt === null ? null : { at: placeAt, id: placeId ?? '' },
    job: jobId === null || connectionId === null ? null : { id: jobId, connectionId },
  }));
  return new Map(loads.map((load) => [load.object, load]));
}

export async function saveLoad(tx: Db, orgId: string, load: Load): Promise<void> {
  await sql`insert into directory_load (org_id, object, place_at, place_id, connection_id, job_id, locator, attempts)
    values (${orgId}, ${load.object}, ${load.place?.at ?? null}, ${load.place?.id ?? null}, ${load.job?.connectionId ?? null},
      ${load.job?.id ?? null}, ${load.locator}, ${load.attempts})
    on conflict (org_id, object) do update set place_at = excluded.place_at, place_id = excluded.place_id,
      connection_id = excluded.connection_id, job_id = excluded.job_id, locator = excluded.locator, attempts = excluded.attempts`.execute(
    tx,
  );
}

export async function removeLoad(tx: Db, orgId: string, object: string): Promise<void> {
  await sql`delete from directory_load where org_id = ${orgId} and object = ${object}`.execute(tx);
}

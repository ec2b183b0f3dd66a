import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';

/**
 * Counts a try before it is judged, so that tries at the same moment are counted too. `mayGo` false: `most` tries were made already. What was
 * counted is over `forMs` after the first try, or (`slides`) after the last one that was let through, by the database's clock.
 */
export async function countTry(
  db: Db,
  orgId: string,
  subject: string,
  { most, forMs, slides }: { most: number; forMs: number; slides: boolean },
): Promise<{ mayGo: boolean; waitMs: number }> {
  const { rows } = await sql<{ tries: number; waitMs: number }>`
    insert into acd_pin_try as kept (org_id, subject, tries, until_at)
    values (${orgId}, ${subject}, 1, now() + ${forMs} * interval '1 millisecond')
    on conflict (org_id, subject) do update set
      tries = case when kept.until_at <= now() then 1 else least(kept.tries + 1, ${most + 1}::integer) end,
      until_at = case when kept.until_at <= now() or (${slides}::boolean and kept.tries < ${most}) then excluded.until_at else kept.until_at end
    returning tries, extract(epoch from until_at - now())::float8 * 1000 as "waitMs"`.execute(db);
  const { tries, waitMs } = rows[0] as { tries: number; waitMs: number };
  return { mayGo: tries <= most, waitMs };
}

/** A try that turned out to be right counts for nothing. */
export async function takeBackTry(db: Db, orgId: string, subject: string): Promise<void> {
  await sql`update acd_pin_try set tries = greatest(tries - 1, 0) where org_id = ${orgId} and subject = ${subject}`.execute(db);
}

export async function forgetTries(db: Db, orgId: string, subject: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from acd_pin_try where org_id = ${orgId} and subject = ${subject}`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

export async function eraseOldTries(db: Db): Promise<void> {
  await sql`delete from acd_pin_try where until_at < now()`.execute(db);
}

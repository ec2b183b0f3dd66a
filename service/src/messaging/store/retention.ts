import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE } from '../types.ts';

const AT_ONCE = 2_000;

const reachedTheOrg = (kind: 'message' | 'conversation', table: 'message' | 'conversation') => sql`
  not exists (select 1 from outbox o where o.org_id = ${sql.ref(table)}.org_id and o.purpose = ${ORG_LANE}
    and o.subject_kind = ${kind} and o.subject_id = ${sql.ref(table)}.id)`;

/**
 * Erases texts and pictures that are older than the retention and have reached the org, and what lists show of them. Works in small
 * steps, so that no statement runs long however much there is. Returns how many messages.
 */
export async function eraseOld(db: Db, before: Date, at: Date): Promise<number> {
  await inSteps(() =>
    sql`
    update media set content = null where (org_id, id) in (
      select d.org_id, d.id from media d join message m on m.org_id = d.org_id and m.id = d.message_id
      where d.content is not null and m.occurred_at < ${before} limit ${AT_ONCE})`.execute(db),
  );
  await inSteps(() =>
    sql`
    update conversation set last_text = '' where (org_id, id) in (
      select org_id, id from conversation where last_text <> '' and last_message_at < ${before}
        and ${reachedTheOrg('conversation', 'conversation')} limit ${AT_ONCE})`.execute(db),
  );
  return inSteps(() =>
    sql`
    update message set body = '', erased_at = ${at} where (org_id, id) in (
      select org_id, id from message where erased_at is null and occurred_at < ${before} and status not in ('queued', 'sending')
        and ${reachedTheOrg('message', 'message')} limit ${AT_ONCE})`.execute(db),
  );
}

async function inSteps(step: () => Promise<{ numAffectedRows?: bigint | undefined }>): Promise<number> {
  for (let total = 0; ;) {
    const changed = Number((await step()).numAffectedRows ?? 0);
    total += changed;
    if (changed < AT_ONCE) return total;
  }
}

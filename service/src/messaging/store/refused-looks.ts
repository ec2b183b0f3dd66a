import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE } from '../types.ts';
import { lockConversations } from './conversations.ts';
import { shard } from './messages.ts';

/** A conversation for which somebody wanted to look and was refused. */
const REFUSED = sql`matched_at is null and match_note is not null`;
const AT_ONCE = 500;

/** Puts conversations of an org for which nobody could be looked for on their lane, the newest first; answers how many did not wait there already. */
export async function touchRefused(db: Db, orgId: string, most = AT_ONCE): Promise<number> {
  const { rows } = await sql<{ id: string }>`select id from conversation where org_id = ${orgId} and ${REFUSED}
    order by last_message_at desc limit ${most}`.execute(db);
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return 0;
  return db.transaction().execute(async (tx) => {
    await lockConversations(tx, orgId, ids);
    // What is parked waits for an admin, and what waits is looked for anyway.
    const result = await sql`
      insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
      select org_id, ${ORG_LANE}, ${shard(sql`id`)}, 'conversation', id from conversation where org_id = ${orgId} and id = any(${ids}::uuid[])
      on conflict (org_id, purpose, subject_kind, subject_id) do nothing`.execute(tx);
    return Number(result.numAffectedRows ?? 0);
  });
}

/** Orgs with such conversations that somebody has written in since. */
export async function orgsWithRefused(db: Db, since: Date): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select distinct org_id as id from conversation where ${REFUSED} and last_message_at > ${since}`.execute(db);
  return rows.map(({ id }) => id);
}

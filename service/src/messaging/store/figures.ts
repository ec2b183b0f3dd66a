import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE } from '../types.ts';

/** Messages that are not yet in the org. A text also moves its conversation, which is a row of its own and no message. */
export async function countWaitingMessages(db: Db, orgId: string): Promise<number> {
  const { rows } = await sql<{ messages: number }>`select count(*) as messages from outbox
    where org_id = ${orgId} and purpose = ${ORG_LANE} and state = 'waiting' and subject_kind = 'message'`.execute(db);
  return rows[0]?.messages ?? 0;
}

/** Whether a carrier ever reported a text of this org as delivered. */
export async function wasEverDelivered(db: Db, orgId: string): Promise<boolean> {
  const { rows } =
    await sql`select 1 from message where org_id = ${orgId} and direction = 'outbound' and status = 'delivered' limit 1`.execute(db);
  return rows.length > 0;
}

import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE } from '../types.ts';

export interface Parent {
  conversationId: string;
  /** Of its own row on the way to the org; null when it has none, so that it should be there. */
  state: 'waiting' | 'parked' | null;
}

/** The conversations of messages, by message id, and whether they are still on their way to the org. */
export async function findParents(db: Db, orgId: string, messageIds: string[]): Promise<Map<string, Parent>> {
  if (messageIds.length === 0) return new Map();
  const { rows } = await sql<Parent & { id: string }>`
    select m.id, m.conversation_id as "conversationId", o.state
    from message m left join outbox o on o.org_id = m.org_id and o.purpose = ${ORG_LANE} and o.subject_kind = 'conversation'
      and o.subject_id = m.conversation_id
    where m.org_id = ${orgId} and m.id = any(${messageIds}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, ...parent }) => [id, parent]));
}

/** The conversation was given up: its messages cannot be written without it, so they leave the lane as well. Run it with giving it up. */
export async function discardChildren(tx: Db, orgId: string, conversationId: string): Promise<void> {
  await sql`
    delete from outbox using message m
    where outbox.org_id = ${orgId} and outbox.purpose = ${ORG_LANE} and outbox.subject_kind = 'message' and outbox.state = 'waiting'
      and outbox.code = 'PARENT_MISSING' and m.org_id = outbox.org_id and m.id = outbox.subject_id
      and m.conversation_id = ${conversationId}`.execute(tx);
}

/** Parked conversations were set free: their messages need not wait any longer. */
export async function releaseChildren(db: Db, orgId: string): Promise<void> {
  await sql`update outbox set due_at = now() where org_id = ${orgId} and purpose = ${ORG_LANE} and state = 'waiting'
    and code = 'PARENT_MISSING'`.execute(db);
}

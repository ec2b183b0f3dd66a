import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE, ORG_SHARDS } from '../types.ts';
import { findInboundIds, type StoredMessage } from './messages.ts';

/** A text from a phone that its carrier knows by an id; its conversation is found or made by the two numbers. */
export interface NewInbound {
  id: string;
  /** Used only when the conversation is new. */
  newConversationId: string;
  accountId: string;
  carrierId: string;
  ourNumber: string;
  customerNumber: string;
  body: string;
  preview: string;
  segments: number;
  occurredAt: Date;
}

/**
 * Stores texts of one org in one statement: conversations, messages and the rows of the org's lane, as `insertMessage` does for one. The
 * sequence numbers of a conversation follow the order of the list, which names each (account, carrier id) once. Gives what was stored, by
 * message id; a text whose person was erased is left out. When one of them is there already, the unique violation of `message_inbound_once`
 * is thrown: nobody looks before, since it seldom is (`findStored`). Whatever is thrown, nothing was written.
 *
 * Conversations that exist are locked by id, as `lockConversations` does, and before any outbox row; new ones are made in the order of their
 * numbers. A lock that somebody else keeps for more than `lockMs` milliseconds (0: without end) ends the waiting with lock_not_available
 * (55P03). The limit is set by the same statement, because one of its own would cost every batch a way to the server and back, and holds
 * until its transaction ends.
 */
export async function insertInbound(db: Db, orgId: string, texts: readonly NewInbound[], lockMs = 0): Promise<Map<string, StoredMessage>> {
  if (texts.length === 0) return new Map();
  const list = texts.map(({ occurredAt, ...text }, position) => ({ ...text, occurredAt: occurredAt.toISOString(), position }));
  const pairs = [...new Map(texts.map((text) => [`${text.customerNumber} ${text.ourNumber}`, text])).values()];
  const { rows } = await sql<StoredMessage>`
    select id, conversation_id as "conversationId", sequence
    from (select set_config('lock_timeout', ${String(lockMs)}, true) as lock_ms offset 0) patience, -- first, since the call depends on it
      store_inbound(${orgId}, ${ORG_LANE}, ${ORG_SHARDS}, ${pairs.map((pair) => pair.customerNumber)}, ${pairs.map((pair) => pair.ourNumber)},
        case when patience.lock_ms is not null then cast(${JSON.stringify(list)} as json) end)`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Which of the texts are stored already, or were until their person was erased. */
export async function findStored<T extends Pick<NewInbound, 'accountId' | 'carrierId'>>(
  db: Db,
  orgId: string,
  texts: readonly T[],
): Promise<Set<T>> {
  const found = new Set<T>();
  for (const [accountId, some] of Map.groupBy(texts, (text) => text.accountId)) {
    const known = await findInboundIds(
      db,
      orgId,
      accountId,
      some.map((text) => text.carrierId),
    );
    for (const text of some) if (known.has(text.carrierId)) found.add(text);
  }
  return found;
}

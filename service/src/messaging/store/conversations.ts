import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE, type Conversation, type RecordObject } from '../types.ts';
import { shard } from './messages.ts';

const CONVERSATION = sql`id, org_id as "orgId", our_number as "ourNumber", customer_number as "customerNumber", record_object as "recordObject",
  record_id as "recordId", account_record_id as "accountRecordId", record_name as "recordName", owner_id as "ownerId", match_note as "matchNote",
  matched_at as "matchedAt", owner_written as "ownerWritten", last_message_at as "lastMessageAt", last_text as "lastText",
  last_direction as "lastDirection", unread, opted_out as "optedOut", salesforce_id as "salesforceId"`;

export async function findConversations(db: Db, orgId: string, ids: string[]): Promise<Conversation[]> {
  if (ids.length === 0) return [];
  return (
    await sql<Conversation>`select ${CONVERSATION} from conversation where org_id = ${orgId} and id = any(${ids}::uuid[])`.execute(db)
  ).rows;
}

export async function findConversationByNumbers(db: Db, orgId: string, customerNumber: string): Promise<Conversation[]> {
  return (
    await sql<Conversation>`select ${CONVERSATION} from conversation where org_id = ${orgId} and customer_number = ${customerNumber}
      order by last_message_at desc`.execute(db)
  ).rows;
}

/**
 * Locks conversations in one order (by id), before anything else of them is touched: two workers that write several at once would else wait
 * for each other. Every change of a conversation locks it before its outbox row.
 */
export async function lockConversations(tx: Db, orgId: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await inOrder(orgId, ids).execute(tx);
}

function inOrder(orgId: string, ids: string[]): RawBuilder<unknown> {
  return sql`select id from conversation where org_id = ${orgId} and id = any(${ids}::uuid[]) order by id for no key update`;
}

export interface Match {
  conversationId: string;
  recordObject: RecordObject | null;
  recordId: string | null;
  accountRecordId: string | null;
  recordName: string | null;
  ownerId: string | null;
  note: string;
  /** Nobody could look: another connected user, or the next text, does. */
  again?: boolean;
  /** The org was asked for the number and answered. */
  searched?: boolean;
}

/** Remembers whom the conversations belong to. A changed owner is written to the org once. Run it in a transaction. */
export async function saveMatches(tx: Db, orgId: string, matches: Match[], at: Date): Promise<void> {
  await lockConversations(
    tx,
    orgId,
    matches.map((match) => match.conversationId),
  );
  await sql`
    update conversation set record_object = match."recordObject", record_id = match."recordId", account_record_id = match."accountRecordId",
      record_name = match."recordName", match_note = match.note, matched_at = case when match.again then null else ${at}::timestamptz end,
      owner_written = conversation.owner_written and conversation.owner_id is not distinct from match."ownerId", owner_id = match."ownerId"
    from json_to_recordset(cast(${JSON.stringify(matches)} as json)) as match("conversationId" uuid, "recordObject" text, "recordId" text,
      "accountRecordId" text, "recordName" text, "ownerId" text, note text, again boolean)
    where conversation.org_id = ${orgId} and conversation.id = match."conversationId"`.execute(tx);
}

/** The org has these conversations now: their ids there, and that their owner is set (agents may change it afterwards). */
export async function saveSalesforceIds(tx: Db, orgId: string, saved: { id: string; salesforceId: string | null }[]): Promise<void> {
  await sql`
    update conversation set salesforce_id = coalesce(saved."salesforceId", salesforce_id), owner_written = true
    from json_to_recordset(cast(${JSON.stringify(saved)} as json)) as saved(id uuid, "salesforceId" text)
    where conversation.org_id = ${orgId} and conversation.id = saved.id`.execute(tx);
}

/** Falls back to the queue: the owner that was to be written is gone or inactive. */
export async function dropOwner(tx: Db, orgId: string, id: string): Promise<void> {
  await sql`update conversation set owner_id = null, owner_written = false where org_id = ${orgId} and id = ${id}`.execute(tx);
}

/** Sets the unread count to zero; false when there is no such conversation. */
export async function markRead(db: Db, orgId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    with known as (select id, unread from conversation where org_id = ${orgId} and id = ${id}),
    changed as (update conversation set unread = 0, alerted = false, alert_claimed_at = null where org_id = ${orgId} and id = ${id} and unread > 0 returning id),
    o as (
      insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
      select ${orgId}::uuid, ${ORG_LANE}, ${shard(sql`id`)}, 'conversation', id from changed
      on conflict (org_id, purpose, subject_kind, subject_id) do update
        set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null
    )
    select 1 from known`.execute(db);
  return rows.length > 0;
}

/** Puts conversations on their org lane, for example because their person or consent changed. */
export async function touchConversations(tx: Db, orgId: string, ids: string[]): Promise<void> {
  await sql`
    insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
    select org_id, ${ORG_LANE}, ${shard(sql`id`)}, 'conversation', id from conversation where org_id = ${orgId} and id = any(${ids}::uuid[])
    on conflict (org_id, purpose, subject_kind, subject_id) do update
      set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null`.execute(
    tx,
  );
}

/** Has their owners written again: somebody deleted these conversations in the org, and as new ones they have none. */
export async function rewriteOwners(tx: Db, orgId: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await lockConversations(tx, orgId, ids);
  await sql`update conversation set owner_written = false where org_id = ${orgId} and id = any(${ids}::uuid[])`.execute(tx);
  await touchConversations(tx, orgId, ids);
}

/** Conversations whose bell somebody is about to ring, and since when: the time tells this claim from a later one. */
export interface BellClaim {
  at: Date | undefined;
  conversations: Conversation[];
}

/**
 * Those of the conversations whose owner is to be told of unread messages: each once until it is read, whoever asks at the same time. What
 * is neither confirmed nor given back may be claimed again after two minutes: its claimer died, or is too slow to count.
 */
export async function claimBells(db: Db, orgId: string, ids: string[]): Promise<BellClaim> {
  if (ids.length === 0) return { at: undefined, conversations: [] };
  // As precise as the times that come back.
  const { rows } = await sql<Conversation & { claimedAt: Date }>`
    update conversation set alert_claimed_at = date_trunc('milliseconds', now()) where org_id = ${orgId} and id in (${inOrder(orgId, ids)})
      and not alerted and (alert_claimed_at is null or alert_claimed_at < now() - interval '2 minutes')
      and unread > 0 and salesforce_id is not null returning ${CONVERSATION}, alert_claimed_at as "claimedAt"`.execute(db);
  return { at: rows[0]?.claimedAt, conversations: rows };
}

/**
 * The bells rang, or did not: then the next text rings. A text that came while they were claimed rings nothing of its own, so it may be the
 * one after that. Reading a conversation ends its claim as well, and what was claimed anew is the later claimer's to settle.
 */
export async function settleBells(db: Db, orgId: string, { at, conversations }: BellClaim, rang: boolean): Promise<void> {
  if (!at) return;
  const ids = conversations.map((conversation) => conversation.id);
  await sql`update conversation set alerted = ${rang}, alert_claimed_at = null
    where org_id = ${orgId} and id in (${inOrder(orgId, ids)}) and alert_claimed_at = ${at}`.execute(db);
}

/** The record it belonged to is gone: the conversation is matched anew. */
export async function forgetMatch(tx: Db, orgId: string, id: string): Promise<void> {
  await sql`update conversation set matched_at = null where org_id = ${orgId} and id = ${id}`.execute(tx);
}

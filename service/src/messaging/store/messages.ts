import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { ORG_LANE, ORG_SHARDS, CARRIER_LANE, type Message, type MessageStatus } from '../types.ts';

const MESSAGE = sql`m.id, m.org_id as "orgId", m.conversation_id as "conversationId", m.sequence, m.direction, m.status, m.body, m.segments,
  m.account_id as "accountId", m.carrier_id as "carrierId", m.accepted, m.error_code as "errorCode", m.error_text as "errorText",
  m.sender_user_id as "senderUserId", m.occurred_at as "occurredAt", m.submitted_at as "submittedAt",
  m.erased_at is not null as erased`;

/** Everything a new message needs; the conversation is found or made by its two numbers. */
export interface NewMessage {
  orgId: string;
  id: string;
  /** Used only when the conversation is new. */
  newConversationId: string;
  ourNumber: string;
  customerNumber: string;
  direction: 'inbound' | 'outbound';
  status: 'received' | 'queued';
  body: string;
  preview: string;
  segments: number;
  accountId: string;
  carrierId: string | null;
  idempotencyKey: string | null;
  requestHash: string | null;
  senderUserId: string | null;
  occurredAt: Date;
  replyConfirmed: boolean;
  /** SMPP only: the bind it came on. */
  bindId: string | null;
  /** Only for a new conversation: the record it was started from. */
  record?: { object: string; id: string } | undefined;
}

export interface StoredMessage {
  id: string;
  conversationId: string;
  sequence: number;
}

/**
 * One statement: conversation (found or made, its row locked, so that sequence numbers have one order), message, the rows of the org's
 * lane, and for an outbound message the row of the carrier's lane. Throws the unique violation of `message_inbound_once` or
 * `message_asked_once` when the message is there already, and AccountGoneError where nobody would send it; nothing is written then.
 */
export async function insertMessage(db: Db, message: NewMessage): Promise<StoredMessage> {
  const inbound = message.direction === 'inbound';
  // Whoever removes the account waits for this lock, which the foreign key takes anyway, or is waited for and then seen.
  const sendable = sql`select id from carrier_account
    where org_id = ${message.orgId} and id = ${message.accountId} and removed_at is null for key share`;
  const { rows } = await sql<StoredMessage>`
    with a as (${inbound ? sql`select 1` : sendable}), c as (
      insert into conversation (org_id, id, our_number, customer_number, last_message_at, last_text, last_direction, unread, record_object, record_id, owner_id, opted_out)
      select ${message.orgId}::uuid, ${message.newConversationId}::uuid, ${message.ourNumber}, ${message.customerNumber},
        ${message.occurredAt}::timestamptz, ${message.preview}, ${message.direction}, ${inbound ? 1 : 0}::int, ${message.record?.object ?? null},
        ${message.record?.id ?? null}, ${message.record ? null : message.senderUserId},
        exists (select 1 from opt_out where org_id = ${message.orgId} and number = ${message.customerNumber} and state = 'opted_out')
      from a
      on conflict (org_id, customer_number, our_number) do update
        set last_sequence = conversation.last_sequence + 1, last_message_at = greatest(conversation.last_message_at, excluded.last_message_at),
          -- what a list brings late is not the newest
          last_text = case when excluded.last_message_at >= conversation.last_message_at then excluded.last_text else conversation.last_text end,
          last_direction = case when excluded.last_message_at >= conversation.last_message_at then excluded.last_direction else conversation.last_direction end,
          unread = conversation.unread + ${inbound ? 1 : 0}
      returning id, last_sequence
    ), m as (
      insert into message (org_id, id, conversation_id, sequence, direction, status, body, segments, account_id, carrier_id,
        idempotency_key, request_hash, sender_user_id, occurred_at, reply_confirmed, bind_id)
      select ${message.orgId}::uuid, ${message.id}::uuid, c.id, c.last_sequence, ${message.direction}, ${message.status}, ${message.body},
        ${message.segments}::int, ${message.accountId}::uuid, ${message.carrierId}, ${message.idempotencyKey}, ${message.requestHash},
        ${message.senderUserId}, ${message.occurredAt}::timestamptz, ${message.replyConfirmed}::boolean, ${message.bindId}
      from c returning id, conversation_id, sequence
    ), o as (
      insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
      select ${message.orgId}::uuid, ${ORG_LANE}, ${shard(sql`c.id`)}, 'conversation', c.id from c
      union all
      select ${message.orgId}::uuid, ${ORG_LANE}, ${shard(sql`c.id`)}, 'message', ${message.id}::uuid from c
      ${inbound ? sql`` : sql`union all select ${message.orgId}::uuid, ${CARRIER_LANE}, ${message.accountId}::text, 'message', ${message.id}::uuid from c`}
      on conflict (org_id, purpose, subject_kind, subject_id) do update
        set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null
    )
    select m.id, m.conversation_id as "conversationId", m.sequence from m`.execute(db);
  if (!rows[0]) throw new AccountGoneError();
  return rows[0];
}

/** The carrier account of an outbound message was removed: nobody would send it. */
export class AccountGoneError extends Error {
  constructor() {
    super('the carrier account of the message was removed');
    this.name = 'AccountGoneError';
  }
}

/** The same lane as `shardOf`, in SQL. */
export function shard(id: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`((('x' || right(${id}::text, 2))::bit(8)::int % ${sql.lit(ORG_SHARDS)})::text)`;
}

export async function findMessages(db: Db, orgId: string, ids: string[]): Promise<Message[]> {
  if (ids.length === 0) return [];
  return (await sql<Message>`select ${MESSAGE} from message m where org_id = ${orgId} and id = any(${ids}::uuid[])`.execute(db)).rows;
}

/** A message asked for with this Idempotency-Key before, with the hash of that request. */
export async function findByIdempotencyKey(db: Db, orgId: string, key: string): Promise<(Message & { requestHash: string }) | undefined> {
  const { rows } = await sql<Message & { requestHash: string }>`
    select ${MESSAGE}, m.request_hash as "requestHash" from message m where org_id = ${orgId} and idempotency_key = ${key}`.execute(db);
  return rows[0];
}

/**
 * Which of a carrier's ids are inbound messages that are stored already, or were until their person was erased. Each id is looked up for
 * itself (`offset 0` keeps it so): with a list of them, and statistics that a table has outgrown, all texts of the account were read.
 */
export async function findInboundIds(db: Db, orgId: string, accountId: string, carrierIds: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${carrierIds}::text[]) as asked (id)
    left join lateral (select true as known from message
      where org_id = ${orgId} and account_id = ${accountId} and carrier_id = asked.id and direction = 'inbound' offset 0) stored on true
    left join lateral (select true as known from erased_message
      where org_id = ${orgId} and account_id = ${accountId} and carrier_id = asked.id offset 0) erased on true
    where stored.known or erased.known`.execute(db);
  return new Set(rows.map((row) => row.id));
}

export interface StatusChange {
  orgId: string;
  id: string;
  status: MessageStatus;
  /** Only from one of these: statuses never go backwards. */
  from: MessageStatus[];
  accepted?: boolean;
  errorCode?: string | null;
  errorText?: string | null;
  submittedAt?: Date;
}

/** Moves messages on and puts the moved ones on their org lane. Returns the ids that did move. */
export async function changeStatuses(tx: Db, changes: StatusChange[]): Promise<string[]> {
  const moved: string[] = [];
  for (const change of changes) {
    const { rows } = await sql<{ id: string }>`
      with moved as (
        update message set status = ${change.status}, accepted = accepted or ${change.accepted ?? false},
          error_code = ${change.errorCode ?? null}, error_text = ${change.errorText ?? null},
          submitted_at = coalesce(${change.submittedAt ?? null}::timestamptz, submitted_at)
        where org_id = ${change.orgId} and id = ${change.id} and status = any(${change.from})
        returning id, conversation_id
      ), o as (
        insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
        select ${change.orgId}::uuid, ${ORG_LANE}, ${shard(sql`conversation_id`)}, 'message', id from moved
        on conflict (org_id, purpose, subject_kind, subject_id) do update
          set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null
      )
      select id from moved`.execute(tx);
    moved.push(...rows.map((row) => row.id));
  }
  return moved;
}

/** What is submitted to the carrier: the message with its two numbers. */
export interface Submission extends Message {
  ourNumber: string;
  customerNumber: string;
  optedOut: boolean;
}

export async function findSubmissions(db: Db, orgId: string, ids: string[]): Promise<Submission[]> {
  const { rows } = await sql<Submission>`
    select ${MESSAGE}, c.our_number as "ourNumber", c.customer_number as "customerNumber", coalesce(o.state = 'opted_out', false) as "optedOut"
    from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    left join opt_out o on o.org_id = m.org_id and o.number = c.customer_number
    where m.org_id = ${orgId} and m.id = any(${ids}::uuid[])`.execute(db);
  return rows;
}

/** Outbound messages of an account in one status, for example those a crashed worker left in *sending*. */
export async function findInDoubt(db: Db, orgId: string, accountId: string, status: 'sending' | 'unknown'): Promise<Submission[]> {
  const { rows } = await sql<Submission>`
    select ${MESSAGE}, c.our_number as "ourNumber", c.customer_number as "customerNumber", false as "optedOut"
    from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    where m.org_id = ${orgId} and m.account_id = ${accountId} and m.status = ${status} order by m.submitted_at limit 500`.execute(db);
  return rows;
}

/** Messages to a phone whose answer is to come or was lost; at most a few. */
export async function findOpen(
  db: Db,
  orgId: string,
  accountId: string,
  customerNumber: string,
  ourNumber: string | null,
): Promise<{ id: string; status: 'sending' | 'unknown'; segments: number }[]> {
  const { rows } = await sql<{ id: string; status: 'sending' | 'unknown'; segments: number }>`
    select m.id, m.status, m.segments from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    where m.org_id = ${orgId} and m.account_id = ${accountId} and m.status in ('sending', 'unknown')
      and c.customer_number = ${customerNumber} and (${ourNumber}::text is null or c.our_number = ${ourNumber}) limit 2`.execute(db);
  return rows;
}

import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { ReceiptStatus } from '../types.ts';

export interface MessagePart {
  messageId: string;
  part: number;
  carrierId: string;
  status: ReceiptStatus;
  errorCode: string | null;
  /** The carrier's words for a failure, where it gave any. */
  errorText: string | null;
}

/** Remembers what the carrier calls the parts of a message. `key` is the tolerant form of the id. Only Twilio can be asked what became of them. */
export async function saveParts(
  tx: Db,
  orgId: string,
  accountId: string,
  messageId: string,
  parts: { part: number; carrierId: string; key: string }[],
): Promise<void> {
  for (const { part, carrierId, key } of parts) {
    await sql`insert into message_part (org_id, message_id, part, account_id, carrier_id, carrier_key, ask_at)
      select org_id, ${messageId}::uuid, ${part}::int, id, ${carrierId}, ${key}, case kind when 'twilio' then now() + interval '10 minutes' end
      from carrier_account where org_id = ${orgId} and id = ${accountId}
      on conflict (org_id, message_id, part) do nothing`.execute(tx);
  }
}

/** Parts that the carrier took and said nothing more of, due to be asked for, the longest due first. */
export async function listToAsk(
  db: Db,
  orgId: string,
  accountId: string,
  limit: number,
): Promise<{ messageId: string; part: number; carrierId: string }[]> {
  const { rows } = await sql<{ messageId: string; part: number; carrierId: string }>`
    select message_id as "messageId", part, carrier_id as "carrierId" from message_part
    where org_id = ${orgId} and account_id = ${accountId} and ask_at <= now()
    order by ask_at limit ${limit}`.execute(db);
  return rows;
}

/** The carrier was asked about a part. It is asked again when the message is four times as old. */
export async function noteAsked(db: Db, orgId: string, messageId: string, part: number): Promise<void> {
  await sql`
    update message_part set ask_at = now() + 3 * (now() - m.submitted_at)
    from message m where m.org_id = message_part.org_id and m.id = message_part.message_id and message_part.ask_at is not null
      and message_part.org_id = ${orgId} and message_part.message_id = ${messageId} and message_part.part = ${part}`.execute(db);
}

/**
 * Nothing more is asked about messages that were settled otherwise, and after two days about none: some networks never say that a text
 * arrived, and each question is a call. Rows that somebody has locked are left for the next time, so that nobody waits in a circle.
 */
export async function endAsking(db: Db, orgId: string, accountId: string): Promise<void> {
  await sql`
    update message_part set ask_at = null where (org_id, message_id, part) in (
      select p.org_id, p.message_id, p.part from message_part p join message m on m.org_id = p.org_id and m.id = p.message_id
      where p.org_id = ${orgId} and p.account_id = ${accountId} and p.ask_at <= now()
        and (m.status <> 'sent' or m.submitted_at < now() - interval '2 days')
      for update of p skip locked)`.execute(db);
}

/** Parts that a carrier id may mean; several distinct messages mean that it cannot be told. */
export async function findParts(db: Db, orgId: string, accountId: string, keys: string[]): Promise<MessagePart[]> {
  const { rows } = await sql<MessagePart>`
    select message_id as "messageId", part, carrier_id as "carrierId", status, error_code as "errorCode", error_text as "errorText"
    from message_part where org_id = ${orgId} and account_id = ${accountId} and carrier_key = any(${keys})`.execute(db);
  return rows;
}

/**
 * Receipts of several parts at the same moment draw their conclusion one after another: else none would see that the others are in. Whoever
 * writes a part locks its message first; of this strength, because the part's foreign key holds the message as well, which a stronger lock
 * would wait for. False when the message was erased.
 */
export async function lockMessage(tx: Db, orgId: string, id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from message where org_id = ${orgId} and id = ${id} for no key update`.execute(tx);
  return rows.length > 0;
}

/** Moves a part on (never back from a final status). */
export async function saveReceipt(
  tx: Db,
  orgId: string,
  messageId: string,
  part: number,
  { status, errorCode, errorText }: Pick<MessagePart, 'status' | 'errorCode' | 'errorText'>,
): Promise<void> {
  await sql`update message_part set status = ${status}, error_code = ${errorCode}, error_text = ${errorText},
      ask_at = case when ${status} = 'sent' then ask_at end
    where org_id = ${orgId} and message_id = ${messageId} and part = ${part} and status = 'sent'`.execute(tx);
}

/**
 * The parts that the carrier has, in order, and of how many. A carrier that cuts texts itself gives one id for the whole. The message's row is
 * locked first: of two receipts at the same moment the second must see the first one's part, or neither would find the message complete.
 */
export async function partsOf(tx: Db, orgId: string, messageId: string): Promise<{ parts: MessagePart[]; total: number }> {
  const total = await sql<{ total: number }>`
    select case a.kind when 'smpp' then m.segments else 1 end as total
    from message m join carrier_account a on a.org_id = m.org_id and a.id = m.account_id
    where m.org_id = ${orgId} and m.id = ${messageId} for no key update of m`.execute(tx);
  const { rows } = await sql<MessagePart>`
    select message_id as "messageId", part, carrier_id as "carrierId", status, error_code as "errorCode", error_text as "errorText"
    from message_part where org_id = ${orgId} and message_id = ${messageId} order by part`.execute(tx);
  return { parts: rows, total: total.rows[0]?.total ?? 1 };
}

export interface UnmatchedReceipt {
  carrierId: string;
  /** Tolerant forms of the id, the likeliest first. */
  keys: string[];
  status: ReceiptStatus;
  errorCode: string | null;
  errorText: string | null;
  ourNumber: string | null;
  customerNumber: string | null;
}

/**
 * Whoever writes down what the carrier calls a message, and whoever looks a receipt up by that name, waits for the other: else each would
 * look before the other's row is there, and the receipt would be kept for nobody. First statement of their transactions.
 */
export async function lockCarrierIds(tx: Db, accountId: string, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  const names = [...new Set(keys)].sort().map((key) => `receipt:${accountId}:${key}`); // always in one order, so that nobody waits in a circle
  await sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(cast(${names} as text[])) as name`.execute(tx);
}

/** Keeps a receipt whose message is not known (yet). */
export async function keepUnmatched(db: Db, orgId: string, accountId: string, receipt: UnmatchedReceipt): Promise<void> {
  await sql`insert into receipt (org_id, account_id, carrier_id, carrier_keys, status, error_code, error_text, our_number, customer_number)
    values (${orgId}, ${accountId}, ${receipt.carrierId}, ${receipt.keys}, ${receipt.status}, ${receipt.errorCode}, ${receipt.errorText}, ${receipt.ourNumber}, ${receipt.customerNumber})
    on conflict (org_id, account_id, carrier_id, status) do nothing`.execute(db);
}

type EarlyReceipt = Pick<UnmatchedReceipt, 'carrierId' | 'keys' | 'status' | 'errorCode' | 'errorText'> & { id: number };

/** The kept receipts that may mean a part of this message, oldest first. */
export async function findUnmatched(tx: Db, orgId: string, accountId: string, messageId: string): Promise<EarlyReceipt[]> {
  const { rows } = await sql<EarlyReceipt>`
    select id, carrier_id as "carrierId", carrier_keys as keys, status, error_code as "errorCode", error_text as "errorText" from receipt
    where org_id = ${orgId} and account_id = ${accountId}
      and carrier_keys && array(select carrier_key from message_part where org_id = ${orgId} and message_id = ${messageId})
    order by id for update`.execute(tx);
  return rows;
}

export async function dropUnmatched(tx: Db, id: number): Promise<void> {
  await sql`delete from receipt where id = ${id}`.execute(tx);
}

/** Receipts that nobody claimed for so long are of messages that were not ours. */
export async function dropOldReceipts(db: Db, before: Date): Promise<void> {
  await sql`delete from receipt where received_at < ${before}`.execute(db);
  await sql`delete from inbound_part where received_at < ${before}`.execute(db);
}

import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { ReceiptStatus } from '../types.ts';

export interface MessagePart {
  messageId: string;
  part: number;
  carrierId: string;
  status: ReceiptStatus;
  errorCode: string | null;
}

/** Remembers what the carrier calls the parts of a message. `key` is the tolerant form of the id. */
export async function saveParts(
  tx: Db,
  orgId: string,
  accountId: string,
  messageId: string,
  parts: { part: number; carrierId: string; key: string }[],
): Promise<void> {
  for (const { part, carrierId, key } of parts) {
    await sql`insert into message_part (org_id, message_id, part, account_id, carrier_id, carrier_key)
      values (${orgId}, ${messageId}, ${part}, ${accountId}, ${carrierId}, ${key})
      on conflict (org_id, message_id, part) do nothing`.execute(tx);
  }
}

/** Parts that a carrier id may mean; several distinct messages mean that it cannot be told. */
export async function findParts(db: Db, orgId: string, accountId: string, keys: string[]): Promise<MessagePart[]> {
  const { rows } = await sql<MessagePart>`
    select message_id as "messageId", part, carrier_id as "carrierId", status, error_code as "errorCode"
    from message_part where org_id = ${orgId} and account_id = ${accountId} and carrier_key = any(${keys})`.execute(db);
  return rows;
}

/** Moves a part on (never back from a final status). */
export async function saveReceipt(
  tx: Db,
  orgId: string,
  messageId: string,
  part: number,
  status: ReceiptStatus,
  errorCode: string | null,
): Promise<void> {
  await sql`update message_part set status = ${status}, error_code = ${errorCode}
    where org_id = ${orgId} and message_id = ${messageId} and part = ${part} and status = 'sent'`.execute(tx);
}

/** The parts that the carrier has, in order, and of how many. A carrier that cuts texts itself gives one id for the whole. */
export async function partsOf(tx: Db, orgId: string, messageId: string): Promise<{ parts: MessagePart[]; total: number }> {
  const total = await sql<{ total: number }>`
    select case a.kind when 'smpp' then m.segments else 1 end as total
    from message m join carrier_account a on a.org_id = m.org_id and a.id = m.account_id
    where m.org_id = ${orgId} and m.id = ${messageId}`.execute(tx);
  const { rows } = await sql<MessagePart>`
    select message_id as "messageId", part, carrier_id as "carrierId", status, error_code as "errorCode"
    from message_part where org_id = ${orgId} and message_id = ${messageId} order by part`.execute(tx);
  return { parts: rows, total: total.rows[0]?.total ?? 1 };
}

export interface UnmatchedReceipt {
  carrierId: string;
  key: string;
  status: ReceiptStatus;
  errorCode: string | null;
  ourNumber: string | null;
  customerNumber: string | null;
}

/** Keeps a receipt whose message is not known (yet). */
export async function keepUnmatched(db: Db, orgId: string, accountId: string, receipt: UnmatchedReceipt): Promise<void> {
  await sql`insert into receipt (org_id, account_id, carrier_id, carrier_key, status, error_code, our_number, customer_number)
    values (${orgId}, ${accountId}, ${receipt.carrierId}, ${receipt.key}, ${receipt.status}, ${receipt.errorCode}, ${receipt.ourNumber}, ${receipt.customerNumber})
    on conflict (org_id, account_id, carrier_id, status) do nothing`.execute(db);
}

/** Takes the kept receipts of these ids out, oldest first. */
export async function takeUnmatched(tx: Db, orgId: string, accountId: string, keys: string[]): Promise<UnmatchedReceipt[]> {
  const { rows } = await sql<UnmatchedReceipt & { id: number }>`
    delete from receipt where org_id = ${orgId} and account_id = ${accountId} and carrier_key = any(${keys})
    returning id, carrier_id as "carrierId", carrier_key as key, status, error_code as "errorCode", our_number as "ourNumber", customer_number as "customerNumber"`.execute(
    tx,
  );
  return rows.sort((a, b) => a.id - b.id);
}

/** Receipts that nobody claimed for so long are of messages that were not ours. */
export async function dropOldReceipts(db: Db, before: Date): Promise<void> {
  await sql`delete from receipt where received_at < ${before}`.execute(db);
  await sql`delete from inbound_part where received_at < ${before}`.execute(db);
}

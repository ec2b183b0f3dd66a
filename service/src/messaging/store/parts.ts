import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** Parts with the same key belong to one long text. */
export interface PartsKey {
  orgId: string;
  accountId: string;
  customerNumber: string;
  ourNumber: string;
  reference: number;
  total: number;
}

export interface StoredPart {
  part: number;
  payload: Buffer;
  dataCoding: number;
}

/** How long a part that comes again counts as a repetition; the carrier's own timeouts are shorter. */
const REPEATED = sql`interval '5 minutes'`;

const same = (key: PartsKey) => sql`org_id = ${key.orgId} and account_id = ${key.accountId} and customer_number = ${key.customerNumber}
  and our_number = ${key.ourNumber} and reference = ${key.reference} and total = ${key.total}`;

/**
 * Keeps a part of a long text. Gives the whole when it was the last missing one, and `left` when the reference was taken up by a new text
 * while parts of an earlier one still waited. A part that was there already gives neither. Run it in one transaction with storing the whole.
 */
export async function addInboundPart(tx: Db, key: PartsKey, part: StoredPart): Promise<{ whole?: StoredPart[]; left?: StoredPart[] }> {
  // Parts may come on several binds at once; whoever is second must see the first one's.
  await sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify([key.accountId, key.customerNumber, key.reference])}, 0))`.execute(
    tx,
  );
  const { rows } = await sql<{ payload: Uint8Array; joined: boolean }>`
    select payload, joined_at is not null as joined from inbound_part
    where ${same(key)} and part = ${part.part} and (joined_at is null or joined_at > now() - ${REPEATED})`.execute(tx);
  const [there] = rows;
  if (there && part.payload.equals(there.payload)) return {};
  await sql`delete from inbound_part where ${same(key)} and joined_at is not null`.execute(tx);
  const left = there && !there.joined ? await takeParts(tx, key) : undefined;
  if (left) await sql`delete from inbound_part where ${same(key)}`.execute(tx);
  await sql`insert into inbound_part (org_id, account_id, customer_number, our_number, reference, total, part, payload, data_coding)
    values (${key.orgId}, ${key.accountId}, ${key.customerNumber}, ${key.ourNumber}, ${key.reference}, ${key.total}, ${part.part}, ${part.payload}, ${part.dataCoding})`.execute(
    tx,
  );
  const waiting = await sql<{ count: number }>`select count(*) as count from inbound_part where ${same(key)} and joined_at is null`.execute(
    tx,
  );
  return { ...(left && { left }), ...(waiting.rows[0]?.count === key.total && { whole: await takeParts(tx, key) }) };
}

/** Takes the waiting parts of a text out, in order. They stay marked for some minutes, so that a repetition is known. */
export async function takeParts(tx: Db, key: PartsKey): Promise<StoredPart[]> {
  const { rows } = await sql<{ part: number; payload: Uint8Array; dataCoding: number }>`
    update inbound_part set joined_at = now() where ${same(key)} and joined_at is null
    returning part, payload, data_coding as "dataCoding"`.execute(tx);
  return rows
    .map((row) => ({ part: row.part, payload: Buffer.from(row.payload), dataCoding: row.dataCoding }))
    .sort((a, b) => a.part - b.part);
}

/** Texts of all orgs whose parts stopped coming before `before`. */
export async function listStalledParts(db: Db, before: Date, limit: number): Promise<PartsKey[]> {
  const { rows } = await sql<PartsKey>`
    select org_id as "orgId", account_id as "accountId", customer_number as "customerNumber", our_number as "ourNumber", reference, total
    from inbound_part where joined_at is null
    group by org_id, account_id, customer_number, our_number, reference, total
    having max(received_at) < ${before} limit ${limit}`.execute(db);
  return rows;
}

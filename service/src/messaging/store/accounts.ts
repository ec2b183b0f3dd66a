import { sql, type RawBuilder } from 'kysely';
import { json, type Db, type Tx } from '../../platform/db/database.ts';
import { CARRIER_LANE, ORG_LANE, type CarrierAccount, type CarrierState, type OurNumber } from '../types.ts';
import { shard } from './messages.ts';

const REMOVED = 'The carrier account was removed before the message was sent.';
const IN_DOUBT = 'The carrier account was removed before the carrier answered. The message may have been sent; an admin settles it.';

const ACCOUNT = sql`id, org_id as "orgId", kind, label, settings, secret, rate_per_second as "ratePerSecond", window_size as "windowSize",
  state, state_text as "stateText", state_since as "stateSince", polled_until as "polledUntil", polled_numbers as "polledNumbers"`;
const NUMBER = sql`id, org_id as "orgId", account_id as "accountId", number, kind, label, country, is_default as "isDefault", users`;

export async function listAccounts(db: Db, orgId: string): Promise<CarrierAccount[]> {
  return (
    await sql<CarrierAccount>`select ${ACCOUNT} from carrier_account where org_id = ${orgId} and removed_at is null order by created_at`.execute(
      db,
    )
  ).rows;
}

/** Accounts of all orgs, for the workers that lease them; `taken` when a worker somewhere has it. */
export async function listAllAccounts(db: Db): Promise<(CarrierAccount & { taken: boolean })[]> {
  return (
    await sql<CarrierAccount & { taken: boolean }>`
      select ${ACCOUNT}, exists (select 1 from lane where lane.org_id = carrier_account.org_id and lane.purpose = ${CARRIER_LANE}
        and lane.key = carrier_account.id::text and lane.lease_until >= now()) as taken
      from carrier_account where removed_at is null order by id`.execute(db)
  ).rows;
}

export async function findAccount(db: Db, id: string, orgId?: string): Promise<CarrierAccount | undefined> {
  const { rows } = await sql<CarrierAccount>`select ${ACCOUNT} from carrier_account
    where id = ${id} and removed_at is null ${orgId ? sql`and org_id = ${orgId}` : sql``}`.execute(db);
  return rows[0];
}

const listOf = (settings: RawBuilder<unknown>) => sql`(${settings}->>'accountSid', rtrim(${settings}->>'baseUrl', '/'))`;
/** Of another account of the carrier, or at another address, nothing was read yet. */
const SAME_LIST = sql`${listOf(sql`carrier_account.settings`)} is not distinct from ${listOf(sql`excluded.settings`)}`;

export async function saveAccount(
  db: Db,
  account: Omit<CarrierAccount, 'state' | 'stateText' | 'stateSince' | 'polledUntil' | 'polledNumbers'>,
): Promise<void> {
  await sql`
    insert into carrier_account (org_id, id, kind, label, settings, secret, rate_per_second, window_size)
    values (${account.orgId}, ${account.id}, ${account.kind}, ${account.label}, ${json(account.settings)}, ${account.secret}, ${account.ratePerSecond}, ${account.windowSize})
    on conflict (org_id, id) do update set label = excluded.label, settings = excluded.settings, secret = excluded.secret,
      rate_per_second = excluded.rate_per_second, window_size = excluded.window_size,
      polled_until = case when ${SAME_LIST} then carrier_account.polled_until end,
      polled_numbers = case when ${SAME_LIST} then carrier_account.polled_numbers else '{}' end, ${anew('state', sql`'connecting'`)},
      ${anew('state_text', sql`''`)}, ${anew('state_since', sql`now()`)}`.execute(db);
}

/** A worker opens a new session only for these; a new label changes nothing about the connection. */
function anew(column: string, value: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`${sql.ref(column)} = case
    when (carrier_account.settings, carrier_account.secret, carrier_account.rate_per_second, carrier_account.window_size)
      is distinct from (excluded.settings, excluded.secret, excluded.rate_per_second, excluded.window_size)
    then ${value} else ${sql.ref(`carrier_account.${column}`)} end`;
}

/** Marks the account removed. What still waited for it will never be sent, which its messages then say; what was under way is in doubt. */
export async function removeAccount(tx: Db, orgId: string, id: string, at: Date): Promise<void> {
  // Waits for messages that are just being queued, which lock the account as their foreign key does; those after it find it removed.
  await sql`select 1 from carrier_account where org_id = ${orgId} and id = ${id} for update`.execute(tx);
  await sql`update carrier_account set removed_at = ${at}, state = 'off' where org_id = ${orgId} and id = ${id}`.execute(tx);
  // Before they are changed, and in one order: who erases a person locks messages as well.
  await sql`select 1 from message where org_id = ${orgId} and account_id = ${id} and status in ('queued', 'sending')
    order by id for no key update`.execute(tx);
  await sql`
    with left_behind as (
      update message set status = case status when 'queued' then 'failed' else 'unknown' end,
        error_code = case status when 'queued' then 'account_removed' else 'outcome_unknown' end,
        error_text = case status when 'queued' then ${REMOVED} else ${IN_DOUBT} end
      where org_id = ${orgId} and account_id = ${id} and status in ('queued', 'sending') returning id, conversation_id
    )
    insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
    select ${orgId}::uuid, ${ORG_LANE}, ${shard(sql`conversation_id`)}, 'message', id from left_behind
    on conflict (org_id, purpose, subject_kind, subject_id) do update
      set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null`.execute(
    tx,
  );
  await sql`delete from outbox where org_id = ${orgId} and purpose = ${CARRIER_LANE} and lane_key = ${id}`.execute(tx);
}

/** Whether the account is still there; it cannot be removed before the transaction ends. What is queued for a removed one is never sent. */
export async function keepAccount(tx: Db, orgId: string, id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from carrier_account where org_id = ${orgId} and id = ${id} and removed_at is null for share`.execute(
    tx,
  );
  return rows.length > 0;
}

export async function saveSecret(db: Db, account: Pick<CarrierAccount, 'orgId' | 'id' | 'secret'>): Promise<void> {
  await sql`update carrier_account set secret = ${account.secret} where org_id = ${account.orgId} and id = ${account.id}`.execute(db);
}

export async function saveAccountState(db: Db, orgId: string, id: string, state: CarrierState, text: string): Promise<void> {
  await sql`update carrier_account set state = ${state}, state_text = ${text}, state_since = case when state = ${state} then state_since else now() end
    where org_id = ${orgId} and id = ${id} and (state <> ${state} or state_text <> ${text})`.execute(db);
}

/** How far the carrier's list was read, and for which numbers; nothing happens when the account leads to another list by now. */
export async function savePolled(
  db: Db,
  { orgId, id, settings, polledUntil, polledNumbers }: Pick<CarrierAccount, 'orgId' | 'id' | 'settings' | 'polledUntil' | 'polledNumbers'>,
): Promise<void> {
  await sql`update carrier_account set polled_until = ${polledUntil}, polled_numbers = ${polledNumbers}
    where org_id = ${orgId} and id = ${id} and ${listOf(sql`settings`)} is not distinct from ${listOf(json(settings))}`.execute(db);
}

export async function listNumbers(db: Db, orgId: string): Promise<OurNumber[]> {
  return (
    await sql<OurNumber>`select ${NUMBER} from number where org_id = ${orgId} and removed_at is null order by is_default desc, label, number`.execute(
      db,
    )
  ).rows;
}

export async function findNumber(db: Db, orgId: string, id: string): Promise<OurNumber | undefined> {
  return (await sql<OurNumber>`select ${NUMBER} from number where org_id = ${orgId} and id = ${id} and removed_at is null`.execute(db))
    .rows[0];
}

/** Numbers that are or were the org's: all of them, and those whose texts stand in the list of a Twilio account. Sender names get none. */
export async function listNumbersEver(db: Db, orgId: string): Promise<{ all: Set<string>; listed: Set<string> }> {
  const { rows } = await sql<{ number: string; listed: boolean }>`
    select n.number, bool_or(n.kind <> 'sender_name' and a.kind = 'twilio') as listed
    from number n join carrier_account a on a.org_id = n.org_id and a.id = n.account_id where n.org_id = ${orgId} group by n.number`.execute(
    db,
  );
  return {
    all: new Set(rows.map((row) => row.number)),
    listed: new Set(rows.filter((row) => row.listed).map((row) => row.number)),
  };
}

/** Whoever changes an org's numbers waits here for whoever else does: which of them is the default one is decided in turn. */
export async function lockNumbers(tx: Tx, orgId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`numbers:${orgId}`}, 0))`.execute(tx);
}

/**
 * Inserts or changes a number; a default one takes the mark from the others. The org's numbers are locked before (`lockNumbers`). Throws the
 * unique violation of `number_in_use`.
 */
export async function saveNumber(tx: Tx, number: OurNumber): Promise<void> {
  if (number.isDefault)
    await sql`update number set is_default = false where org_id = ${number.orgId} and id <> ${number.id} and is_default`.execute(tx);
  await sql`
    insert into number (org_id, id, account_id, number, kind, label, country, is_default, users)
    values (${number.orgId}, ${number.id}, ${number.accountId}, ${number.number}, ${number.kind}, ${number.label}, ${number.country}, ${number.isDefault}, ${number.users})
    on conflict (org_id, id) do update set account_id = excluded.account_id, label = excluded.label, country = excluded.country,
      is_default = excluded.is_default, users = excluded.users`.execute(tx);
}

export async function removeNumber(db: Db, orgId: string, id: string, at: Date): Promise<void> {
  await sql`update number set removed_at = ${at}, is_default = false where org_id = ${orgId} and id = ${id}`.execute(db);
}

export async function listPhoneFields(db: Db, orgId: string): Promise<{ object: string; fields: string[] }[]> {
  return (
    await sql<{ object: string; fields: string[] }>`select object, fields from phone_field where org_id = ${orgId} order by object`.execute(
      db,
    )
  ).rows;
}

/** Two who save at once are served one after another: the later one's choice stands, whole. */
export async function savePhoneFields(tx: Db, orgId: string, objects: { object: string; fields: string[] }[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`phone fields:${orgId}`}, 0))`.execute(tx);
  await sql`delete from phone_field where org_id = ${orgId}`.execute(tx);
  for (const { object, fields } of objects)
    await sql`insert into phone_field (org_id, object, fields) values (${orgId}, ${object}, ${fields})`.execute(tx);
}

import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { CARRIER_LANE, MEDIA_LANE, ORG_LANE } from '../types.ts';

export interface PersonMessage {
  direction: 'inbound' | 'outbound';
  status: string;
  body: string;
  occurredAt: Date;
  pictures: { fileName: string; contentType: string }[];
}

/** Every message of a conversation, oldest first, in pages by sequence number. */
export async function readThread(
  db: Db,
  orgId: string,
  conversationId: string,
  after: number,
  limit: number,
): Promise<(PersonMessage & { sequence: number })[]> {
  const { rows } = await sql<PersonMessage & { sequence: number }>`
    select m.sequence, m.direction, m.status, m.body, m.occurred_at as "occurredAt",
      coalesce((select json_agg(json_build_object('fileName', d.file_name, 'contentType', d.content_type) order by d.position)
        from media d where d.org_id = m.org_id and d.message_id = m.id), '[]'::json) as pictures
    from message m where m.org_id = ${orgId} and m.conversation_id = ${conversationId} and m.sequence > ${after}
    order by m.sequence limit ${limit}`.execute(db);
  return rows;
}

/**
 * Erases a person's conversations with their messages, parts, pictures, receipts and lane rows; what a carrier calls the inbound
 * ones is kept, so that its list does not bring them back. The opt-out stays: it must go on being respected. Returns how many conversations.
 */
export async function erasePerson(tx: Db, orgId: string, number: string): Promise<number> {
  // Records before their outbox rows, as everywhere.
  await sql`select 1 from conversation where org_id = ${orgId} and customer_number = ${number} order by id for update`.execute(tx);
  await sql`select 1 from message where org_id = ${orgId} and conversation_id in (
    select id from conversation where org_id = ${orgId} and customer_number = ${number}) order by id for update`.execute(tx);
  await sql`
    insert into erased_message (org_id, account_id, carrier_id)
    select m.org_id, m.account_id, m.carrier_id from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    where c.org_id = ${orgId} and c.customer_number = ${number} and m.direction = 'inbound' and m.carrier_id is not null
    on conflict do nothing`.execute(tx);
  await sql`
    delete from outbox where org_id = ${orgId} and (
      (purpose = ${ORG_LANE} and subject_kind = 'conversation' and subject_id in (select id from conversation where org_id = ${orgId} and customer_number = ${number}))
      or (purpose in (${ORG_LANE}, ${CARRIER_LANE}) and subject_kind = 'message' and subject_id in (
        select m.id from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
        where c.org_id = ${orgId} and c.customer_number = ${number}))
      or (purpose = ${MEDIA_LANE} and subject_id in (
        select d.id from media d join message m on m.org_id = d.org_id and m.id = d.message_id
        join conversation c on c.org_id = m.org_id and c.id = m.conversation_id where c.org_id = ${orgId} and c.customer_number = ${number})))`.execute(
    tx,
  );
  await sql`delete from receipt where org_id = ${orgId} and customer_number = ${number}`.execute(tx);
  await sql`delete from inbound_part where org_id = ${orgId} and customer_number = ${number}`.execute(tx);
  const result = await sql`delete from conversation where org_id = ${orgId} and customer_number = ${number}`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

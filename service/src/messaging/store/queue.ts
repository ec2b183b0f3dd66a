import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { CARRIER_LANE, type MessageStatus } from '../types.ts';
import { shard } from './messages.ts';

export interface QueuedRow {
  id: number;
  version: number;
  messageId: string;
  conversationId: string;
  attempts: number;
}

/**
 * What a carrier account may send now, oldest first: of each conversation that is not `busy` its first waiting text, where that is due. A later
 * text never overtakes an earlier one, and however much waits for one person, the others go on. The two `offset 0` keep the planner on the lane's
 * own index, row by row until there are enough: its guesses would read the whole queue, or other lanes' rows, for each text that is sent.
 */
export async function readQueue(db: Db, orgId: string, accountId: string, busy: string[], limit: number): Promise<QueuedRow[]> {
  const { rows } = await sql<QueuedRow>`
    select o.id, o.version, o.subject_id as "messageId", m.conversation_id as "conversationId", o.attempts
    from (
      select * from outbox where org_id = ${orgId} and purpose = ${CARRIER_LANE} and lane_key = ${accountId} and state = 'waiting'
        and due_at <= now() order by id offset 0
    ) o cross join lateral (
      select q.conversation_id from message q
      where q.org_id = o.org_id and q.id = o.subject_id and q.status = 'queued' and q.conversation_id <> all(cast(${busy} as uuid[]))
        and not exists (
          select 1 from message e join outbox eo on eo.org_id = e.org_id and eo.purpose = ${CARRIER_LANE} and eo.subject_kind = 'message'
            and eo.subject_id = e.id and eo.lane_key = ${accountId} and eo.state = 'waiting' and eo.id < o.id
          where e.org_id = q.org_id and e.conversation_id = q.conversation_id and e.status = 'queued')
      offset 0
    ) m
    order by o.id limit ${limit}`.execute(db);
  return rows;
}

/**
 * Commits the intent before the submission: whoever finds *sending* after a crash knows that the carrier may have it. False when the message
 * is not to be sent any more: the person opted out meanwhile, or it was settled otherwise.
 */
export async function beginSubmission(tx: Db, orgId: string, message: { id: string; customerNumber: string }, at: Date): Promise<boolean> {
  const result = await sql`update message set status = 'sending', submitted_at = ${at}
    where org_id = ${orgId} and id = ${message.id} and status = 'queued'
      and not exists (select 1 from opt_out where org_id = ${orgId} and number = ${message.customerNumber} and state = 'opted_out')`.execute(
    tx,
  );
  return result.numAffectedRows === 1n;
}

/**
 * Back to the queue: the carrier certainly does not have it (or has only the parts that are noted). The org never saw *sending*. True when it
 * waits now, also where an earlier try has written that already and only its commit was not confirmed: its row must stay then.
 */
export async function requeue(tx: Db, orgId: string, messageId: string): Promise<boolean> {
  const result =
    await sql`update message set status = 'queued' where org_id = ${orgId} and id = ${messageId} and status in ('sending', 'queued')`.execute(
      tx,
    );
  return result.numAffectedRows === 1n;
}

/** How many parts the carrier took in earlier tries. */
export async function countParts(db: Db, orgId: string, messageId: string): Promise<number> {
  const { rows } = await sql<{
    parts: number;
  }>`select count(*) as parts from message_part where org_id = ${orgId} and message_id = ${messageId}`.execute(db);
  return rows[0]?.parts ?? 0;
}

/** A crash or a cut left these (or one) with the carrier or not: they become *unknown*, and leave the carrier's lane for good. */
export async function markInDoubt(tx: Db, orgId: string, accountId: string, reason: string, messageId?: string): Promise<number> {
  const one = messageId ? sql`and id = ${messageId}` : sql``;
  // Before they are changed, and in one order: who erases a person locks messages as well.
  await sql`select 1 from message where org_id = ${orgId} and account_id = ${accountId} and status = 'sending' ${one}
    order by id for no key update`.execute(tx);
  const { rows } = await sql`
    with doubted as (
      update message set status = 'unknown', error_code = 'outcome_unknown', error_text = ${reason}
      where org_id = ${orgId} and account_id = ${accountId} and status = 'sending' ${one} returning id, conversation_id
    ), left_lane as (
      delete from outbox using doubted where outbox.org_id = ${orgId} and outbox.purpose = ${CARRIER_LANE}
        and outbox.subject_kind = 'message' and outbox.subject_id = doubted.id
    ), o as (
      insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
      select ${orgId}::uuid, 'org', ${shard(sql`conversation_id`)}, 'message', id from doubted
      on conflict (org_id, purpose, subject_kind, subject_id) do update
        set version = outbox.version + 1, state = 'waiting', due_at = now(), attempts = 0, code = null, reason = null, parked_at = null
    )
    select id from doubted`.execute(tx);
  return rows.length;
}

/** Counts of messages by status, for the health page. */
export async function countByStatus(db: Db, orgId: string, status: MessageStatus): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*) as count from message where org_id = ${orgId} and status = ${status}`.execute(db);
  return rows[0]?.count ?? 0;
}

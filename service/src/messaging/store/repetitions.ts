import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { StoredMessage } from './messages.ts';

/** On one bind a carrier repeats only after it has waited in vain for our reply; an equal text before that is a person's second one. */
const SAME_BIND_MS = 5_000;
/** How old the first one may be. Where the clock was set back it may seem to be younger than the second one, within the same bounds. */
const AGE_MS = 5 * 60_000;
/** A reply that is confirmed this long after the text was marked as late; one in time is confirmed within seconds. */
const LATE_MS = 30_000;
/** More texts than one person's and ours of five minutes. */
const LATEST = 500;

/**
 * SMPP gives inbound messages no id: the same text is a repetition when it was handed over within five minutes and before the carrier had
 * read our reply to the first one; on the same bind only when the carrier has waited for the reply. `now` is when it was handed over, which
 * may be long before its turn came. When it may have lain unread for `unreadMs` before that, the first one may have as well, and been that much
 * older. A confirmation long after the text is the mark of a reply that came too late for the carrier (`newTextsFrom`).
 */
export async function findUnconfirmedTwin(
  db: Db,
  twin: {
    orgId: string;
    accountId: string;
    ourNumber: string;
    customerNumber: string;
    body: string;
    bindId: string | null;
    now: Date;
    unreadMs: number;
  },
): Promise<StoredMessage | undefined> {
  const { rows } = await sql<StoredMessage>`
    select m.id, m.conversation_id as "conversationId", m.sequence from conversation c cross join lateral (
      select * from message where org_id = c.org_id and conversation_id = c.id order by sequence desc limit ${LATEST}
    ) m
    where c.org_id = ${twin.orgId} and c.our_number = ${twin.ourNumber} and c.customer_number = ${twin.customerNumber}
      and m.account_id = ${twin.accountId} and m.direction = 'inbound' and m.body = ${twin.body}
      and m.occurred_at > ${new Date(twin.now.getTime() - AGE_MS)} and m.occurred_at < ${new Date(twin.now.getTime() + AGE_MS)}
      and (not m.reply_confirmed or m.reply_confirmed_at > ${twin.now})
      and (m.bind_id is distinct from ${twin.bindId} or m.reply_confirmed_at > m.occurred_at + ${LATE_MS} * interval '1 millisecond'
        or m.occurred_at < ${new Date(twin.now.getTime() - SAME_BIND_MS + twin.unreadMs)})
    order by m.occurred_at desc limit 1`.execute(db);
  return rows[0];
}

/** The first of these messages that is stored. */
export async function findStoredTry(db: Db, orgId: string, ids: string[]): Promise<StoredMessage | undefined> {
  const { rows } = await sql<StoredMessage>`select id, conversation_id as "conversationId", sequence from message
    where org_id = ${orgId} and id = any(${ids}::uuid[]) order by sequence limit 1`.execute(db);
  return rows[0];
}

/** The same text is a new message when it is handed over after `at`: by then the carrier had read these replies. */
export async function confirmReplies(db: Db, orgId: string, accountId: string, ids: string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await sql`update message set reply_confirmed = true, reply_confirmed_at = ${at}
    where org_id = ${orgId} and account_id = ${accountId} and id = any(${ids}::uuid[])`.execute(db);
}

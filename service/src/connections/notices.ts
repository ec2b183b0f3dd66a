import { randomUUID } from 'node:crypto';
import type { Mailer } from '../gateways/mail/index.ts';
import { MailError } from '../gateways/mail/index.ts';
import type { Clock } from '../platform/clock.ts';
import { SecretBoxError, type SecretBox } from '../platform/crypto.ts';
import type { Db } from '../platform/db/database.ts';
import type { LaneBatch, LanePurpose } from '../platform/lanes/engine.ts';
import { enqueue, type LaneAddress } from '../platform/lanes/outbox.ts';
import type { Logger } from '../platform/log.ts';
import { CallFailedError, OrgHeldError } from './errors.ts';
import type { Store } from './store.ts';
import { MAIL_CAUSE, type CallOptions, type UserRow, type Work } from './types.ts';

export const NOTICE_MAIL = 'notice-mail';
export const NOTICE_SALESFORCE = 'notice-salesforce';
const MAX_ATTEMPTS = 12;

const INVITE = 'request.';
/** The key of the notice that carries an invitation: it leads back to the user, and shows nothing of the link. */
export const inviteKey = (inviteHash: string): string => INVITE + inviteHash.slice(0, 24);

export interface Notice {
  /** Names this notice for ever within the org: it goes out once, however often it is asked for. */
  key: string;
  subject: string;
  /** Plain text; links stand on their own line. */
  text: string;
  /** E-mail addresses. */
  to: readonly string[];
  /** Salesforce user ids for a custom notification; none for an e-mail only. */
  userIds?: readonly string[];
}

export type Notices = ReturnType<typeof createNotices>;

/** Notices to administrators. They are rows of their own lanes, written with what they tell of, so that a crash neither loses nor doubles them. */
export function createNotices(deps: { store: Store; secretBox: SecretBox; wake: (lane: LaneAddress) => void; canMail: boolean }) {
  const { store, secretBox, wake, canMail } = deps;
  return {
    canMail,
    /** Part of the caller's transaction; call `wakeUp` after its commit. */
    async add(tx: Db, orgId: string, notice: Notice): Promise<void> {
      const ways = [
        { channel: 'mail' as const, purpose: NOTICE_MAIL, recipients: canMail ? [...new Set(notice.to)] : [] },
        { channel: 'salesforce' as const, purpose: NOTICE_SALESFORCE, recipients: [...(notice.userIds ?? [])] },
      ];
      for (const { channel, purpose, recipients } of ways) {
        if (recipients.length === 0) continue;
        const id = randomUUID();
        const body = secretBox.seal(notice.text, `notice:${id}`);
        if (await store.journal.addNotice(tx, { orgId, id, key: notice.key, channel, recipients, subject: notice.subject, body })) {
          await enqueue(tx, [{ orgId, purpose, key: '0', subjectKind: 'notice', subjectId: id }]);
        }
      }
    },
    wakeUp(orgId: string): void {
      for (const purpose of [NOTICE_MAIL, NOTICE_SALESFORCE]) wake({ orgId, purpose, key: '0' });
    },
  };
}

export interface NoticeLaneDeps {
  store: Store;
  secretBox: SecretBox;
  mailer: Mailer | null;
  call: <T>(orgId: string, options: CallOptions, work: Work<T>) => Promise<T>;
  clock: Clock;
  logger: Logger;
}

/** The lanes that carry notices out. */
export function createNoticeLanes(deps: NoticeLaneDeps): LanePurpose[] {
  return [
    { name: NOTICE_MAIL, batchSize: 5, leaseMs: 120_000, run: (batch) => deliver(batch, deps, sendMail) },
    { name: NOTICE_SALESFORCE, batchSize: 5, leaseMs: 200_000, run: (batch) => deliver(batch, deps, sendToSalesforce) },
  ];
}

/** Without `retryMs` there is no use in trying again. */
type Result = 'sent' | { retryMs?: number; code: string; reason: string };
interface Opened {
  orgId: string;
  id: string;
  key: string;
  recipients: string[];
  subject: string;
  text: string;
  state: string;
}

async function deliver(
  batch: LaneBatch,
  deps: NoticeLaneDeps,
  send: (notice: Opened, deps: NoticeLaneDeps) => Promise<Result>,
): Promise<void> {
  const { orgId } = batch.lease;
  const notices = new Map(
    (
      await deps.store.journal.notices(
        orgId,
        batch.rows.map((row) => row.subjectId),
      )
    ).map((notice) => [notice.id, notice]),
  );
  for (const row of batch.rows) {
    if (batch.signal.aborted) return;
    const notice = notices.get(row.subjectId);
    const done = { done: [{ id: row.id, version: row.version }] };
    if (!notice?.body || notice.state === 'sent' || notice.state === 'failed') {
      await batch.settle(done);
      continue;
    }
    // One slow server must not eat the time of the notices after it: each has the whole lease to itself.
    await batch.renew();
    const text = openBody(notice.id, notice.body, deps);
    const result = text === undefined ? SEALED : await send({ ...notice, text }, deps);
    if (result === 'sent') {
      await batch.settle(done, (tx) => deps.store.journal.setNotice(tx, orgId, notice.id, 'sent'));
    } else if (result.retryMs !== undefined && row.attempts < MAX_ATTEMPTS) {
      await batch.settle({
        retry: [{ id: row.id, afterMs: result.retryMs * 2 ** Math.min(row.attempts, 7), code: result.code, reason: result.reason }],
      });
    } else {
      await batch.settle(done, async (tx) => {
        await deps.store.journal.setNotice(tx, orgId, notice.id, 'failed');
        if (notice.channel === 'mail') await tellUndelivered(tx, notice, result, deps);
      });
    }
  }
}

/** The key may come back, so the notice waits as for a mail server. The notices behind it go out meanwhile: they may be the links that end this. */
const SEALED = { retryMs: 15_000, code: `${MAIL_CAUSE}key_missing`, reason: 'The master key that the text was sealed with is missing.' };

/** The text of a notice; undefined where its master key is not there. */
function openBody(id: string, body: string, { secretBox, logger }: NoticeLaneDeps): string | undefined {
  try {
    return secretBox.open(body, `notice:${id}`);
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    logger.error({ err: error, notice: id }, 'a notice cannot be opened: see ENCRYPTION_KEYS');
    return undefined;
  }
}

/** A mail that will never arrive is told where an admin looks; of an invitation also beside the user who waits for it. */
async function tellUndelivered(
  tx: Db,
  notice: { orgId: string; key: string; subject: string; recipients: string[] },
  { code, reason }: { code: string; reason: string },
  { store, clock }: NoticeLaneDeps,
): Promise<void> {
  const { orgId } = notice;
  const to = notice.recipients.join(', ');
  const nextStep =
    code === SEALED.code
      ? 'The operator sees that every key is in ENCRYPTION_KEYS of the service.'
      : `See that the address is right (${to}) and that the mail server works.`;
  const isInvite = notice.key.startsWith(INVITE);
  const again = `${nextStep} Then press Reconnect, or remove the user and invite it again with another address.`;
  const lost = { cause: code, causeText: `The invitation did not reach ${to}. ${reason}`, nextStep: again };
  const user = isInvite ? await store.users.setInviteLost(tx, orgId, notice.key.slice(INVITE.length), lost) : undefined;
  // A newer link is on its way, or the user is gone: nobody waits for this one.
  if (isInvite && !user) return;
  await store.journal.addEvent(tx, orgId, clock.now(), {
    kind: 'mail_failed',
    text: user ? `The link for ${user.username} could not be mailed.` : `The notice “${notice.subject}” could not be mailed.`,
    cause: code,
    causeText: reason,
    nextStep: user ? again : nextStep,
    ...(user ? { to: user.username } : {}),
  });
}

async function sendMail(notice: Opened, { mailer, logger }: NoticeLaneDeps): Promise<Result> {
  if (!mailer) return { code: 'mail_off', reason: 'No mail server is set.' };
  try {
    // The same Message-ID every time: a mail that was taken although we did not learn it counts as one.
    await mailer.send({ to: notice.recipients, subject: notice.subject, text: notice.text, key: `${notice.key}.${notice.id}` });
    return 'sent';
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    logger.warn({ err: error, notice: notice.id }, 'a notice could not be mailed');
    return error.permanent
      ? { code: 'mail_refused', reason: 'The mail server refused the mail for good.' }
      : { retryMs: 15_000, code: 'mail_failed', reason: 'The mail server did not take the mail.' };
  }
}

const UNCERTAIN = { code: 'uncertain', reason: 'The answer of the org was lost.' };

/** A notification has no key that Salesforce would know again, so the try is committed first and an uncertain one is not repeated: the mail tells the same. */
async function sendToSalesforce(notice: Opened, { call, store, logger }: NoticeLaneDeps): Promise<Result> {
  if (notice.state === 'sending') return UNCERTAIN;
  try {
    await call(notice.orgId, { replay: 'never', lane: 'messaging', timeoutMs: 15_000 }, async (client, session) => {
      await store.journal.setNotice(store.db, notice.orgId, notice.id, 'sending');
      const notification = {
        title: notice.subject,
        body: firstParagraph(notice.text),
        recipientIds: notice.recipients,
        targetId: session.userId,
      };
      await client.sendNotifications('Switchboard_Connection', [notification]);
    });
    return 'sent';
  } catch (error) {
    if (!(error instanceof CallFailedError)) throw error;
    if (error.failure.sent === 'maybe') return UNCERTAIN;
    await store.journal.setNotice(store.db, notice.orgId, notice.id, 'waiting');
    if (error instanceof OrgHeldError) return { retryMs: 15_000, code: error.failure.code, reason: error.failure.text };
    logger.warn({ failure: error.failure.code, notice: notice.id }, 'the org refused a notification');
    return { code: error.failure.code, reason: error.failure.text };
  }
}

function firstParagraph(text: string): string {
  return text.split('\n\n')[0]?.replace(/\s+/g, ' ').trim() ?? '';
}

/** Whom an org's notices go to: the addresses an admin set, else the connected users themselves. */
export function noticeRecipients(notifyEmails: readonly string[], users: readonly UserRow[]): { to: string[]; userIds: string[] } {
  const signedIn = users.filter((user) => user.status !== 'requested');
  const to = notifyEmails.length > 0 ? [...notifyEmails] : signedIn.map((user) => user.email).filter((email) => email !== '');
  return { to, userIds: signedIn.map((user) => user.userId) };
}

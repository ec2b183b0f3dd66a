import { errorText, type CarrierMessage, type TwilioClient } from '../../gateways/twilio/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import { savePolledUntil } from '../store/accounts.ts';
import { findInDoubt, findInboundIds, type Submission } from '../store/messages.ts';
import { findParts } from '../store/receipts.ts';
import type { CarrierAccount, InboundMedia, ReceiptStatus } from '../types.ts';

/** Webhooks and list may disagree about a second or two; asking again costs nothing, since everything is known by its id. */
const OVERLAP_MS = 2 * 60_000;
const FIRST_LOOK_BACK_MS = 24 * 3600_000;
const CLOCKS_DIFFER_MS = 5_000;
const CLOSING = 'The account is being closed.';

export interface PollOptions {
  account: CarrierAccount;
  db: Db;
  clock: Clock;
  receive: Receive;
  receipts: Receipts;
}

export type PollClient = Pick<TwilioClient, 'listMessages' | 'listMedia'>;

/** Takes from the carrier's list what no webhook brought. Answers why it could not be read to its end; the next time begins where this one did. */
export async function poll(options: PollOptions, client: PollClient, signal: AbortSignal): Promise<string | undefined> {
  const { account, db, clock } = options;
  const startedAt = clock.now();
  const since = new Date((account.polledUntil?.getTime() ?? startedAt.getTime() - FIRST_LOOK_BACK_MS) - OVERLAP_MS);
  // The list begins with the newest, and a thread with the oldest: all pages first, then from the last one back.
  const pages: CarrierMessage[][] = [];
  let page: string | undefined;
  do {
    if (signal.aborted) return CLOSING;
    const result = await client.listMessages(page ? { page } : { since: since.toISOString(), pageSize: 200 });
    if (!result.ok) return result.problem.text;
    pages.unshift([...result.value.messages].reverse());
    page = result.value.nextPage ?? undefined;
  } while (page);
  for (const messages of pages) {
    if (signal.aborted) return CLOSING;
    await takeInbound(
      options,
      client,
      messages.filter((message) => message.direction === 'inbound'),
    );
    await takeOutbound(
      options,
      messages.filter((message) => message.direction !== 'inbound'),
    );
  }
  account.polledUntil = startedAt;
  await savePolledUntil(db, account.orgId, account.id, startedAt);
  return undefined;
}

async function takeInbound({ account, db, receive }: PollOptions, client: PollClient, messages: CarrierMessage[]): Promise<void> {
  const ids = { orgId: account.orgId, accountId: account.id };
  const known = await findInboundIds(db, account.orgId, account.id, sids(messages));
  for (const message of messages) {
    if (known.has(message.sid)) continue;
    await receive({
      ...ids,
      carrierId: message.sid,
      from: message.from,
      to: message.to,
      body: message.body,
      media: message.mediaCount > 0 ? await picturesOf(client, message.sid) : [],
      receivedAt: message.createdAt ? new Date(message.createdAt) : undefined,
    });
  }
}

/** A text whose pictures the carrier has no more is a text without pictures; where it cannot be asked, both come with the next look. */
async function picturesOf(client: PollClient, sid: string): Promise<InboundMedia[]> {
  const media = await client.listMedia(sid);
  if (media.ok) return [...media.value];
  if (media.problem.kind === 'not-found') return [];
  throw new Error(media.problem.text);
}

async function takeOutbound(options: PollOptions, messages: CarrierMessage[]): Promise<void> {
  const { orgId, id: accountId } = options.account;
  const open = await findOpen(options);
  // Read after what is open: a message that was settled in between is known here then, and in doubt nowhere.
  const known = new Set((await findParts(options.db, orgId, accountId, sids(messages))).map((part) => part.carrierId));
  for (const message of messages) {
    if (!known.has(message.sid) && !(await mayBeOurs(options, message, open))) continue;
    const status = receiptStatus(message.status);
    if (!status) continue;
    await options.receipts.apply({
      orgId,
      accountId,
      carrierId: message.sid,
      keys: [message.sid],
      status,
      errorCode: message.errorCode,
      errorText: message.errorCode ? errorText(message.errorCode) : null,
      // What is in doubt was compared with the text; numbers alone would take another system's message for ours.
      ourNumber: null,
      customerNumber: null,
    });
  }
}

async function findOpen({ account, db }: PollOptions): Promise<Submission[]> {
  const [sending, unknown] = [
    await findInDoubt(db, account.orgId, account.id, 'sending'),
    await findInDoubt(db, account.orgId, account.id, 'unknown'),
  ];
  return [...sending, ...unknown];
}

/**
 * A message whose answer was lost is in the carrier's list if it was taken: same numbers and text, made after we submitted it. While another
 * one with the same text is being sent, the list may mean that one: its receipt is kept then, and nothing is settled. All else is another
 * system's that uses the account.
 */
async function mayBeOurs({ account, receipts }: PollOptions, listed: CarrierMessage, open: Submission[]): Promise<boolean> {
  const twins = open.filter(
    (message) => message.customerNumber === listed.to && message.ourNumber === listed.from && message.body === listed.body,
  );
  if (twins.some((message) => message.status === 'sending')) return true;
  const [only] = twins;
  const createdAt = listed.createdAt ? Date.parse(listed.createdAt) : Number.NaN;
  if (!only || twins.length > 1 || !(createdAt >= (only.submittedAt?.getTime() ?? 0) - CLOCKS_DIFFER_MS)) return false;
  open.splice(open.indexOf(only), 1);
  const { orgId, id: accountId } = account;
  await receipts.identify({ orgId, accountId, messageId: only.id, carrierId: listed.sid, keys: [listed.sid], listed: true });
  return true;
}

/** The carrier's *queued* and *sending* say only that it has the message, which we know. */
export function receiptStatus(status: CarrierMessage['status']): ReceiptStatus | undefined {
  return status === 'sent' || status === 'delivered' || status === 'undelivered' || status === 'failed' ? status : undefined;
}

function sids(messages: CarrierMessage[]): string[] {
  return messages.map((message) => message.sid);
}

import { errorText, type CarrierMessage, type TwilioClient } from '../../gateways/twilio/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import { listNumbersEver, savePolled } from '../store/accounts.ts';
import { findInDoubt, findInboundIds, type Submission } from '../store/messages.ts';
import { endAsking, findParts, listToAsk, noteAsked } from '../store/receipts.ts';
import type { CarrierAccount, InboundMedia, ReceiptStatus } from '../types.ts';
import { readWindows, type Stretch } from './twilio-windows.ts';

/** Webhooks and list may disagree about a second or two; asking again costs nothing, since everything is known by its id. */
const OVERLAP_MS = 2 * 60_000;
const LOOK_BACK_MS = 24 * 3600_000;
const CLOCKS_DIFFER_MS = 5_000;
const TAKE_AT_ONCE = 200;
/** Each is a call: a backlog after an outage is worked off over several looks. */
const ASK_AT_ONCE = 100;

/** What one look learns for the next one; a new session begins anew. */
export interface PollMemory {
  stretch: Stretch;
  /** Where a look that failed goes on. Only a look that came to its end is followed by an overlap: throttled ones would else read nothing but that. */
  goesOnAt: Date | null;
  /** How far the list was read again for a number that is new. */
  newNumbers: Map<string, { stretch: Stretch; goesOnAt: Date }>;
}

export const newPollMemory = (): PollMemory => ({ stretch: { ms: Infinity }, goesOnAt: null, newNumbers: new Map() });

export interface PollOptions {
  account: CarrierAccount;
  db: Db;
  clock: Clock;
  receive: Receive;
  receipts: Receipts;
  memory: PollMemory;
}

export type PollClient = Pick<TwilioClient, 'listMessages' | 'listMedia' | 'fetchMessage'>;

/**
 * Takes from the carrier's list what no webhook brought, and asks for receipts that did not come. Throws with the carrier's words where it
 * cannot be read; the next time goes on where this one ended.
 */
export async function poll(options: PollOptions, client: PollClient, signal: AbortSignal): Promise<void> {
  const { account, db, clock, memory } = options;
  const now = clock.now();
  const ours = await listNumbersEver(db, account.orgId);
  // The first look reaches a day back for all of them.
  if (account.polledUntil === null) account.polledNumbers = [...ours.listed];
  // At most now: a clock that was set back must not leave a gap.
  const done = new Date(Math.min(account.polledUntil?.getTime() ?? dayBefore(now).getTime(), now.getTime()));
  const from = new Date(Math.min(memory.goesOnAt?.getTime() ?? Infinity, done.getTime() - (memory.goesOnAt ? 0 : OVERLAP_MS)));
  for await (const { messages, until } of readWindows(client, from, now, signal, memory.stretch)) {
    for (const some of portions(messages)) {
      if (signal.aborted) return;
      await takeInbound(
        options,
        client,
        some.filter((message) => message.direction === 'inbound' && ours.all.has(message.to)),
      );
      await takeOutbound(
        options,
        some.filter((message) => message.direction !== 'inbound'),
      );
    }
    account.polledUntil = until > done ? until : done;
    await savePolled(db, account);
    memory.goesOnAt = until;
  }
  if (signal.aborted) return;
  memory.goesOnAt = null;
  await readBack(options, client, ours.listed, signal);
  await askForReceipts(options, client, signal);
}

/**
 * A number that the looks before did not know gets what was texted to it within a day before: they passed that over. Only its own texts are
 * asked for, so that neither the place in the list nor what is in doubt depends on it.
 */
async function readBack(options: PollOptions, client: PollClient, listed: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  const { account, db, clock, memory } = options;
  const known = new Set(account.polledNumbers);
  for (const number of listed) {
    if (known.has(number)) continue;
    const place = memory.newNumbers.get(number) ?? { stretch: { ms: Infinity }, goesOnAt: dayBefore(clock.now()) };
    memory.newNumbers.set(number, place);
    const to = account.polledUntil ?? clock.now();
    for await (const { messages, until } of readWindows(client, place.goesOnAt, to, signal, place.stretch, number)) {
      for (const some of portions(messages.filter((message) => message.direction === 'inbound' && message.to === number))) {
        if (signal.aborted) return;
        await takeInbound(options, client, some);
      }
      place.goesOnAt = until;
    }
    if (signal.aborted) return;
    memory.newNumbers.delete(number);
    account.polledNumbers = [...account.polledNumbers, number];
    await savePolled(db, account);
  }
}

function dayBefore(time: Date): Date {
  return new Date(time.getTime() - LOOK_BACK_MS);
}

function* portions(messages: CarrierMessage[]): Generator<CarrierMessage[]> {
  for (let at = 0; at < messages.length; at += TAKE_AT_ONCE) yield messages.slice(at, at + TAKE_AT_ONCE);
}

/** Texts to numbers that were never this org's are another system's that uses the account. */
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
  for (const message of messages)
    if (known.has(message.sid) || (await mayBeOurs(options, message, open))) await applyListed(options, message);
}

/** What the carrier says of a message of ours, as a receipt would have said it. */
async function applyListed({ account, receipts }: PollOptions, message: CarrierMessage): Promise<void> {
  const status = receiptStatus(message.status);
  if (!status) return;
  await receipts.apply({
    orgId: account.orgId,
    accountId: account.id,
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

/**
 * Asks what became of messages whose receipts did not come, as while the service was away: the list is read from where it ended and does
 * not show again what was sent before. What cannot be asked now is asked with the next look.
 */
async function askForReceipts(options: PollOptions, client: PollClient, signal: AbortSignal): Promise<void> {
  const { db, account } = options;
  await endAsking(db, account.orgId, account.id);
  for (const { messageId, part, carrierId } of await listToAsk(db, account.orgId, account.id, ASK_AT_ONCE)) {
    if (signal.aborted) return;
    const found = await client.fetchMessage(carrierId);
    if (found.ok) await applyListed(options, found.value);
    else if (found.problem.retryable) return;
    await noteAsked(db, account.orgId, messageId, part);
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

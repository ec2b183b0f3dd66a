import type { Dispatcher } from 'undici';
import { createTwilioClient, errorText, type CarrierMessage, type TwilioClient } from '../../gateways/twilio/index.ts';
import { sleep, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import { savePolledUntil } from '../store/accounts.ts';
import { findInDoubt, type Submission } from '../store/messages.ts';
import { findParts } from '../store/receipts.ts';
import type { CarrierAccount, ReceiptStatus } from '../types.ts';
import type { CarrierSession, SessionEvents, SubmitResult } from './session.ts';

/** Webhooks and list may disagree about a second or two; asking again costs nothing, since everything is known by its id. */
const OVERLAP_MS = 2 * 60_000;
const FAILED_POLL_MS = 30_000;
const FIRST_LOOK_BACK_MS = 24 * 3600_000;
const RETRY_MS = 2_000;
/** A message whose answer was lost is looked for in the list after this; by then the carrier has sent it, if it has it. */
const SETTLE_MS = 3_000;

export interface TwilioSessionOptions {
  account: CarrierAccount;
  authToken: string;
  db: Db;
  clock: Clock;
  dispatcher: Dispatcher;
  statusUrl: string;
  /** How often the carrier's list is asked for what a lost webhook missed, milliseconds. */
  pollMs: number;
  receive: Receive;
  receipts: Receipts;
  events: SessionEvents;
}

export function twilioClient(account: Pick<CarrierAccount, 'settings'>, authToken: string, dispatcher: Dispatcher) {
  const { accountSid, baseUrl } = account.settings as { accountSid: string; baseUrl?: string };
  return createTwilioClient({ accountSid, authToken, dispatcher, ...(baseUrl && { baseUrl }) });
}

/** Sends through a Twilio-compatible account, and polls its list at start and every five minutes. */
export function openTwilioSession(options: TwilioSessionOptions): CarrierSession {
  const { account } = options;
  const client = twilioClient(account, options.authToken, options.dispatcher);
  const closing = new AbortController();
  let hurry = new AbortController();
  const polling = pollForever();

  async function pollForever(): Promise<void> {
    while (!closing.signal.aborted) {
      const failure = await poll(options, client).catch((error: unknown) => (error instanceof Error ? error.message : 'unexpected error'));
      if (closing.signal.aborted) return;
      if (failure === undefined) options.events.onState('connected', '');
      else options.events.onState('failed', failure);
      hurry = new AbortController();
      await sleep(
        failure === undefined ? options.pollMs : Math.min(options.pollMs, FAILED_POLL_MS),
        AbortSignal.any([closing.signal, hurry.signal]),
      );
    }
  }

  return {
    async submit(message) {
      const result = await submit(client, message, options.statusUrl);
      if (result.kind === 'unknown') setTimeout(() => hurry.abort(), SETTLE_MS).unref();
      return result;
    },
    async close() {
      closing.abort();
      await polling;
      await client.close();
    },
  };
}

async function submit(client: TwilioClient, message: Submission, statusCallback: string): Promise<SubmitResult> {
  const outcome = await client.send({ from: message.ourNumber, to: message.customerNumber, body: message.body, statusCallback });
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted', parts: [{ part: 1, carrierId: outcome.sid, key: outcome.sid }] };
    case 'rejected':
      return outcome.permanent || outcome.scope === 'account'
        ? { kind: 'rejected', parts: [], code: outcome.code, text: outcome.text, scope: outcome.scope }
        : { kind: 'retry', parts: [], afterMs: RETRY_MS, code: outcome.code, text: outcome.text, refused: true };
    case 'throttled':
      return { kind: 'retry', parts: [], afterMs: outcome.retryAfterMs, code: 'throttled', text: 'The carrier asked to slow down.' };
    case 'not-sent':
      return { kind: 'retry', parts: [], afterMs: RETRY_MS, code: 'unreachable', text: 'The carrier cannot be reached.' };
    case 'unknown':
      return { kind: 'unknown', parts: [], why: outcome.why, part: 1 };
  }
}

/** Reads the carrier's list since the last time. Returns the problem in words when it could not be read to its end. */
async function poll(options: TwilioSessionOptions, client: TwilioClient): Promise<string | undefined> {
  const { account, db, clock } = options;
  const startedAt = clock.now();
  const since = new Date((account.polledUntil?.getTime() ?? startedAt.getTime() - FIRST_LOOK_BACK_MS) - OVERLAP_MS);
  let page: string | undefined;
  do {
    const result = await client.listMessages(page ? { page } : { since: since.toISOString(), pageSize: 200 });
    if (!result.ok) return result.problem.text;
    for (const message of [...result.value.messages].reverse()) await take(options, client, message);
    page = result.value.nextPage ?? undefined;
  } while (page);
  account.polledUntil = startedAt;
  await savePolledUntil(db, account.orgId, account.id, startedAt);
  return undefined;
}

async function take(options: TwilioSessionOptions, client: TwilioClient, message: CarrierMessage): Promise<void> {
  const { account } = options;
  const ids = { orgId: account.orgId, accountId: account.id };
  if (message.direction === 'inbound') {
    const media = message.mediaCount > 0 ? await client.listMedia(message.sid) : undefined;
    if (media && !media.ok) throw new Error(media.problem.text);
    await options.receive({
      ...ids,
      carrierId: message.sid,
      from: message.from,
      to: message.to,
      body: message.body,
      media: media ? [...media.value] : [],
      receivedAt: message.createdAt ? new Date(message.createdAt) : undefined,
    });
    return;
  }
  await settleInDoubt(options, message);
  const status = receiptStatus(message.status);
  if (status) {
    const text = message.errorCode ? errorText(message.errorCode) : null;
    await options.receipts.apply({
      ...ids,
      carrierId: message.sid,
      keys: [message.sid],
      status,
      errorCode: message.errorCode,
      errorText: text,
      // What is in doubt was compared with the text above; numbers alone would take another system's message for ours.
      ourNumber: null,
      customerNumber: null,
    });
  }
}

/** A message whose answer was lost is in the carrier's list if it was taken: same numbers and text, made after we submitted it. */
async function settleInDoubt(options: TwilioSessionOptions, listed: CarrierMessage): Promise<void> {
  const { account, db } = options;
  // The same text to the same phone may be in the list from an earlier message: what is known as that one settles no other.
  if ((await findParts(db, account.orgId, account.id, [listed.sid])).length > 0) return;
  const inDoubt = await findInDoubt(db, account.orgId, account.id, 'unknown');
  const twins = inDoubt.filter(
    (message) => message.customerNumber === listed.to && message.ourNumber === listed.from && message.body === listed.body,
  );
  const [only] = twins;
  const createdAt = listed.createdAt ? Date.parse(listed.createdAt) : Number.NaN;
  if (!only || twins.length > 1 || !(createdAt >= (only.submittedAt?.getTime() ?? 0) - 5_000)) return;
  await options.receipts.identify({
    orgId: account.orgId,
    accountId: account.id,
    messageId: only.id,
    carrierId: listed.sid,
    keys: [listed.sid],
  });
}

/** The carrier's *queued* and *sending* say only that it has the message, which we know. */
export function receiptStatus(status: CarrierMessage['status']): ReceiptStatus | undefined {
  return status === 'sent' || status === 'delivered' || status === 'undelivered' || status === 'failed' ? status : undefined;
}

import type { Dispatcher } from 'undici';
import { createTwilioClient, type TwilioClient } from '../../gateways/twilio/index.ts';
import { sleep, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import type { Submission } from '../store/messages.ts';
import type { CarrierAccount } from '../types.ts';
import type { CarrierSession, SessionEvents, SubmitResult } from './session.ts';
import { newPollMemory, poll } from './twilio-poll.ts';

const FAILED_POLL_MS = 30_000;
const RETRY_MS = 2_000;
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
  /** How long after a lost answer the list is asked for its message, milliseconds; by then the carrier has sent it, if it has it. */
  settleMs?: number;
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
  const polls = { ...options, memory: newPollMemory() };
  let hurry = new AbortController();
  const polling = pollForever();

  async function pollForever(): Promise<void> {
    while (!closing.signal.aborted) {
      hurry = new AbortController(); // before the look: who hurries during it wants another one
      const failure = await poll(polls, client, closing.signal).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : 'unexpected error'),
      );
      if (closing.signal.aborted) return;
      if (failure === undefined) options.events.onState('connected', '');
      else options.events.onState('failed', failure);
      await sleep(
        failure === undefined ? options.pollMs : Math.min(options.pollMs, FAILED_POLL_MS),
        AbortSignal.any([closing.signal, hurry.signal]),
      );
    }
  }

  return {
    async submit(message) {
      const result = await submit(client, message, options.statusUrl);
      if (result.kind === 'unknown') setTimeout(() => hurry.abort(), options.settleMs ?? SETTLE_MS).unref();
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

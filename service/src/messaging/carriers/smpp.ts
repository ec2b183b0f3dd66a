import {
  connectSmpp,
  messageIdKey,
  type InboundMessage,
  type LateAnswer,
  type Receipt as SmppReceipt,
  type SmppLink,
  type SmppOptions,
  type SubmitOutcome,
} from '../../gateways/smpp/index.ts';
import { sleep, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Logger } from '../../platform/log.ts';
import type { AddressGuard } from '../../platform/net.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import { confirmReplies } from '../store/repetitions.ts';
import type { CarrierAccount } from '../types.ts';
import { newTextsFrom, type ReadReply } from './replies.ts';
import type { CarrierPart, CarrierSession, SessionEvents, SubmitResult } from './session.ts';

const RETRY_MS = 2_000;
const SETTLING_MS = 500;
const SETTLING_LOOKS = 10;

export interface SmppSessionOptions {
  account: CarrierAccount;
  password: string;
  db: Db;
  clock: Clock;
  guard: AddressGuard;
  logger: Logger;
  receive: Receive;
  receipts: Receipts;
  events: SessionEvents;
}

export interface SmppSettings {
  host: string;
  port: number;
  systemId: string;
  systemType?: string;
  tls?: boolean;
}

/** The gateway's options for an account. Throws AddressRefusedError for a private address that is not allowed. */
export function smppOptions(
  account: Pick<CarrierAccount, 'settings' | 'ratePerSecond' | 'windowSize'>,
  password: string,
  guard: AddressGuard,
): SmppOptions {
  const settings = account.settings as unknown as SmppSettings;
  guard.checkLiteral(settings.host, settings.port);
  return {
    host: settings.host,
    port: settings.port,
    systemId: settings.systemId,
    password,
    window: account.windowSize,
    ratePerSecond: account.ratePerSecond,
    lookup: guard.lookup(settings.port),
    ...(settings.systemType && { systemType: settings.systemType }),
    ...(settings.tls && { tls: true }),
  };
}

/** Holds the bind of an SMPP account: submits, and takes what the carrier hands over. */
export function openSmppSession(options: SmppSessionOptions): CarrierSession {
  const { account, db, receive, receipts } = options;
  const ids = { orgId: account.orgId, accountId: account.id };
  const unconfirmed = new Map<string, ReadReply & { bindId: string }>();

  const link: SmppLink = connectSmpp(
    { ...smppOptions(account, options.password, options.guard), log: options.logger },
    {
      async onInbound(message: InboundMessage) {
        const began = performance.now();
        const stored = await receive({
          ...ids,
          carrierId: null,
          bindId: message.bindId,
          // When it was handed over, not when its turn came: that tells a carrier's repetition from a person's second text.
          receivedAt: new Date(options.clock.now().getTime() - message.waitedMs),
          unreadMs: message.unreadMs,
          from: message.from,
          to: message.to,
          body: message.text,
          media: [],
          ...(message.concatenation && { part: { ...message.concatenation, payload: message.payload, dataCoding: message.dataCoding } }),
        });
        // What a bind has not confirmed when another one takes over, nobody will confirm.
        for (const [deliveryId, { bindId }] of unconfirmed) if (bindId !== message.bindId) unconfirmed.delete(deliveryId);
        const tookMs = message.unreadMs + message.waitedMs + performance.now() - began;
        if (stored) unconfirmed.set(message.deliveryId, { messageId: stored.id, bindId: message.bindId, tookMs });
      },
      onReceipt: (receipt: SmppReceipt) => applyReceipt(receipt),
      onRepliesConfirmed(deliveryIds) {
        const read = deliveryIds.flatMap((id) => unconfirmed.get(id) ?? []);
        for (const id of deliveryIds) unconfirmed.delete(id);
        const changes = newTextsFrom(read, options.clock.now());
        // Failing to note it only makes an equal text within five minutes after a cut look like a repetition.
        Promise.all(changes.map(({ at, messageIds }) => confirmReplies(db, account.orgId, account.id, messageIds, at))).catch(
          (error: unknown) => options.logger.warn({ err: error }, 'confirmed replies were not noted'),
        );
      },
      onLateAnswer: (answer) =>
        void applyLateAnswer(answer).catch((error: unknown) =>
          options.logger.error({ err: error }, 'a late answer of the carrier was not noted'),
        ),
      onState: ({ state, text }) =>
        options.events.onState(
          ({ bound: 'connected', closed: 'off' } as const)[state as 'bound' | 'closed'] ?? (state as 'connecting' | 'failed'),
          text,
        ),
    },
  );

  async function applyReceipt(receipt: SmppReceipt): Promise<void> {
    if (receipt.messageId === null) return; // names no message: nothing can be told from it
    await receipts.apply({
      ...ids,
      carrierId: receipt.messageId,
      keys: [...receipt.candidates],
      status: receipt.status,
      errorCode: receipt.errorCode ?? (receipt.status === 'delivered' || receipt.status === 'sent' ? null : receipt.stat),
      errorText:
        receipt.status === 'delivered' || receipt.status === 'sent'
          ? null
          : `The carrier reported ${receipt.stat}${receipt.errorCode ? ` (error ${receipt.errorCode})` : ''}.`,
      ourNumber: receipt.to,
      customerNumber: receipt.from,
    });
  }

  async function applyLateAnswer({ key, part, outcome }: LateAnswer): Promise<void> {
    if (outcome.kind === 'accepted') {
      await receipts.identify({ ...ids, messageId: key, part, carrierId: outcome.id, keys: [messageIdKey(outcome.id)] });
    } else if (!outcome.permanent) {
      // The end of the try that it answers may be on its way into the database: only then is the message in doubt.
      for (let tries = 0; !(await receipts.resume({ ...ids, messageId: key })) && tries < SETTLING_LOOKS; tries += 1)
        await sleep(SETTLING_MS);
    } else {
      await receipts.fail({ ...ids, messageId: key, code: outcome.code, text: outcome.text });
    }
  }

  return {
    async submit(message, acceptedParts) {
      const outcome = await link.submit({
        from: message.ourNumber,
        to: message.customerNumber,
        text: message.body,
        reference: referenceOf(message.id),
        startPart: acceptedParts + 1,
        key: message.id,
      });
      return toResult(outcome, acceptedParts);
    },
    close: () => link.close(),
  };
}

/** The number that joins the parts on the phone: the same at every try, so that a phone drops a doubled part. */
function referenceOf(messageId: string): number {
  return Number.parseInt(messageId.slice(-2), 16);
}

function toResult(outcome: SubmitOutcome, before: number): SubmitResult {
  const accepted = outcome.kind === 'accepted' ? outcome.ids : outcome.acceptedIds;
  const parts = accepted.map((carrierId, index): CarrierPart => ({ part: before + index + 1, carrierId, key: messageIdKey(carrierId) }));
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted', parts };
    case 'rejected':
      return outcome.permanent
        ? { kind: 'rejected', parts, code: outcome.code, text: outcome.text, scope: 'message' }
        : { kind: 'retry', parts, afterMs: RETRY_MS, code: outcome.code, text: outcome.text, refused: true };
    case 'throttled':
      return { kind: 'retry', parts, afterMs: outcome.retryAfterMs, code: 'throttled', text: 'The carrier asked to slow down.' };
    case 'not-sent':
      return { kind: 'retry', parts, afterMs: RETRY_MS, code: 'unreachable', text: outcome.why };
    case 'unknown':
      return { kind: 'unknown', parts, why: outcome.why, part: outcome.nextPart };
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { countSegments } from '../../../force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts';
import type { Clock } from '../platform/clock.ts';
import { onceMoreWhenContended } from '../platform/db/contention.ts';
import { uniqueViolation, type Db } from '../platform/db/database.ts';
import { notFound, Problem } from '../platform/errors.ts';
import { toAddress } from '../platform/phone.ts';
import {
  accountRemoved,
  idempotencyKeyReused,
  invalidNumber,
  noSender,
  optedOut,
  senderNotAllowed,
  textEmpty,
  textTooLong,
} from './errors.ts';
import { listNumbers } from './store/accounts.ts';
import { findConversations } from './store/conversations.ts';
import { AccountGoneError, findByIdempotencyKey, insertMessage } from './store/messages.ts';
import { findOptOut } from './store/opt-outs.ts';
import { CARRIER_LANE, ORG_LANE, shardOf, type Message, type OurNumber, type RecordObject } from './types.ts';

/** Ten segments of Latin text; more is a mistake more often than a message, and some carriers cut it. */
export const MAX_TEXT = 1_600;

export interface SendRequest {
  /** Either the conversation to go on with, or the number to write to. */
  conversationId?: string | undefined;
  to?: string | undefined;
  /** One of the org's numbers; the conversation's own or the default one unless told. */
  from?: string | undefined;
  /** Record that a new conversation belongs to. */
  recordId?: string | undefined;
  body: string;
}

export interface Accepted {
  id: string;
  conversationId: string;
  to: string;
  from: string;
  status: Message['status'];
  segments: number;
  encoding: 'GSM-7' | 'UCS-2';
  createdAt: Date;
  sequence: number;
}

export interface SendOptions {
  db: Db;
  clock: Clock;
  /** Wakes the lanes that got rows. */
  wake(lane: { orgId: string; purpose: string; key: string }): void;
}

/**
 * Accepts a message for sending: it is stored with its carrier lane row before this returns, so it survives whatever comes. The same
 * Idempotency-Key gives the same answer again; with another text or number it is refused.
 * Problems: text_empty, text_too_long, invalid_number, no_sender, sender_not_allowed, account_removed, opted_out, not_found,
 * idempotency_key_reused.
 */
export function createSend({ db, clock, wake }: SendOptions) {
  return async function send(orgId: string, userId: string | undefined, key: string, request: SendRequest): Promise<Accepted> {
    const requestHash = createHash('sha256')
      .update(JSON.stringify([request.conversationId, request.to, request.from, request.recordId, request.body]))
      .digest('hex');
    const known = await findByIdempotencyKey(db, orgId, key);
    if (known) return replay(known);

    const { encoding, segments } = checkText(request.body);
    const numbers = await listNumbers(db, orgId);
    const target = request.conversationId ? await existingTarget(orgId, request.conversationId) : typedTarget(request, numbers);
    const sender = chooseSender(numbers, target.from, userId);
    if ((await findOptOut(db, orgId, target.to))?.state === 'opted_out') {
      const before = await findByIdempotencyKey(db, orgId, key); // the same request, accepted a moment ago, before the person asked for no more
      if (before) return replay(before);
      throw optedOut(
        'The person behind this number asked for no more messages. Nothing was sent. A supervisor can change it with a reason when the person agreed again.',
      );
    }
    const message = {
      orgId,
      id: randomUUID(),
      newConversationId: randomUUID(),
      ourNumber: sender.number,
      customerNumber: target.to,
      direction: 'outbound' as const,
      status: 'queued' as const,
      body: request.body,
      preview: preview(request.body),
      segments,
      accountId: sender.accountId,
      carrierId: null,
      idempotencyKey: key,
      requestHash,
      senderUserId: userId ?? null,
      occurredAt: clock.now(),
      replyConfirmed: true,
      bindId: null,
      record: recordOf(request.recordId),
    };
    try {
      const stored = await onceMoreWhenContended(() => insertMessage(db, message));
      wake({ orgId, purpose: CARRIER_LANE, key: sender.accountId });
      wake({ orgId, purpose: ORG_LANE, key: shardOf(stored.conversationId) });
      return { ...stored, to: target.to, from: sender.number, status: 'queued', segments, encoding, createdAt: message.occurredAt };
    } catch (error) {
      if (error instanceof AccountGoneError)
        throw accountRemoved(
          `The carrier account of ${sender.number} was removed. Nothing was sent: choose another number, or ask an admin to move this one to another account.`,
        );
      if (uniqueViolation(error) !== 'message_asked_once') throw error;
      const twin = await findByIdempotencyKey(db, orgId, key); // the same request arrived twice at the same moment
      if (!twin) throw error;
      return replay(twin);
    }

    async function replay(message: Message & { requestHash: string }): Promise<Accepted> {
      if (message.requestHash !== requestHash)
        throw idempotencyKeyReused('Use a new key for a new message; this key belongs to one with another text or number.');
      const [conversation] = await findConversations(db, orgId, [message.conversationId]);
      const { encoding, segments } = countSegments(message.body || request.body);
      return {
        id: message.id,
        conversationId: message.conversationId,
        to: conversation?.customerNumber ?? '',
        from: conversation?.ourNumber ?? '',
        status: message.status,
        segments,
        encoding,
        createdAt: message.occurredAt,
        sequence: message.sequence,
      };
    }
  };

  async function existingTarget(orgId: string, id: string): Promise<{ to: string; from: string }> {
    const [conversation] = await findConversations(db, orgId, [id]);
    if (!conversation) throw notFound('There is no such conversation.');
    return { to: conversation.customerNumber, from: conversation.ourNumber };
  }
}

function checkText(body: string) {
  if (body.trim() === '') throw textEmpty('Write a text first.');
  if (body.length > MAX_TEXT) throw textTooLong(`The text has ${body.length} characters; at most ${MAX_TEXT} can be sent at once.`);
  return countSegments(body);
}

function typedTarget(request: SendRequest, numbers: OurNumber[]): { to: string; from: string | undefined } {
  const to = toAddress(request.to ?? '', countryOfTyped(numbers, request.from));
  if (!to)
    throw invalidNumber('This cannot be a phone number. Write it with its country, such as +1 415 555 0123.', {
      errors: [{ field: 'to', message: 'is not a phone number' }],
    });
  return { to, from: request.from };
}

/** The country (ISO 3166) that a typed number without a prefix belongs to: that of the number it is to be sent from, or of the default one. */
export function countryOfTyped(numbers: OurNumber[], from: string | undefined): string {
  return (
    numbers.find((number) => number.number === from)?.country ??
    numbers.find((number) => number.isDefault)?.country ??
    numbers[0]?.country ??
    'US'
  );
}

function chooseSender(numbers: OurNumber[], wanted: string | undefined, userId: string | undefined): OurNumber {
  const mine = numbers.filter((number) => mayUse(number, userId));
  const sender = wanted ? numbers.find((number) => number.number === wanted) : (mine.find((number) => number.isDefault) ?? mine[0]);
  if (!sender)
    throw noSender(
      wanted
        ? 'The number of this conversation is not set up any more. Choose another one.'
        : 'No number is set up for you yet. An admin adds one under Numbers & carriers.',
    );
  if (!mine.includes(sender))
    throw senderNotAllowed('An admin allowed this number for other users only. Choose another number, or ask an admin.');
  return sender;
}

/** Whether a user may send from a number: everyone may when no users are named. */
export function mayUse(number: OurNumber, userId: string | undefined): boolean {
  return number.users.length === 0 || (userId !== undefined && number.users.some((id) => id.slice(0, 15) === userId.slice(0, 15)));
}

const PREVIEW = 200;

/** The beginning for lists, at most 200 UTF-16 units as Salesforce counts them; never cut inside a character. */
export function preview(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line.length <= PREVIEW ? line : line.slice(0, PREVIEW).replace(/[\uD800-\uDBFF]$/, '');
}

const OBJECT_OF_PREFIX: Record<string, RecordObject> = { '003': 'Contact', '00Q': 'Lead', '001': 'Account' };

function recordOf(recordId: string | undefined): { object: RecordObject; id: string } | undefined {
  const object = recordId && /^[A-Za-z0-9]{15,18}$/.test(recordId) && OBJECT_OF_PREFIX[recordId.slice(0, 3)];
  return object ? { object, id: recordId } : undefined;
}

/** What the caller of a batch learns about one of its messages. */
export function refusal(error: unknown): { status: 'rejected'; code: string; error: string } {
  if (error instanceof Problem && error.status < 500) return { status: 'rejected', code: error.code, error: error.message };
  throw error;
}

import { randomUUID } from 'node:crypto';
import { countSegments } from '../../../force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts';
import type { Clock } from '../platform/clock.ts';
import { joinParts } from '../gateways/smpp/index.ts';
import { uniqueViolation, type Db } from '../platform/db/database.ts';
import { storable } from '../platform/text.ts';
import type { Figures } from './figures.ts';
import { createIntake } from './intake.ts';
import { joinWithGaps } from './gaps.ts';
import { readKeyword, type Keyword } from './keywords.ts';
import { preview } from './send.ts';
import { findStored, insertInbound, type NewInbound } from './store/inbound.ts';
import { findInboundIds, insertMessage, type StoredMessage } from './store/messages.ts';
import { saveHelp, saveOptOut } from './store/opt-outs.ts';
import { addMedia } from './store/media.ts';
import { addInboundPart, listStalledParts, takeParts, type PartsKey } from './store/parts.ts';
import { findStoredTry, findUnconfirmedTwin } from './store/repetitions.ts';
import { MEDIA_LANE, ORG_LANE, shardOf, type Attempt, type Inbound, type InboundMedia } from './types.ts';
import { createUnsure } from './unsure.ts';

/** Parts of one text come within seconds; a phone that was switched off in between may take longer. */
const STALLED_MS = 10 * 60_000;

export interface ReceiveOptions {
  db: Db;
  clock: Clock;
  wake(lane: { orgId: string; purpose: string; key: string }): void;
  figures?: Figures;
}

export type Receiving = ReturnType<typeof createReceive>;
export type Receive = Receiving['receive'];

/**
 * Stores an inbound text; only when this returned may the carrier be told that we have it. The same text handed over twice is stored
 * once: by the carrier's id where there is one, else by numbers and text within five minutes after a reply that may not have arrived.
 * Returns the stored message (over SMPP also the earlier one of a repetition), or undefined for what is there already and for a part
 * whose siblings are missing.
 */
export function createReceive({ db, clock, wake, figures }: ReceiveOptions) {
  const intake = createIntake({ storeMany, storeAlone, isAlone, figures });
  const unsure = createUnsure();
  return { receive, storeStalled };

  async function receive(inbound: Inbound): Promise<StoredMessage | undefined> {
    // What waits for its turn came now.
    const attempt = { id: randomUUID(), isWritten: false };
    const stored = await takeNoting({ ...inbound, receivedAt: inbound.receivedAt ?? clock.now(), attempt });
    if (!stored) return undefined;
    wake({ orgId: inbound.orgId, purpose: ORG_LANE, key: shardOf(stored.conversationId) });
    if (inbound.media.length > 0) wake({ orgId: inbound.orgId, purpose: MEDIA_LANE, key: inbound.accountId });
    return stored;
  }

  async function takeNoting(inbound: Inbound & { attempt: Attempt }): Promise<StoredMessage | undefined> {
    try {
      const stored = await intake.take(inbound);
      if (stored && stored.id !== inbound.attempt.id) unsure.found(inbound, stored.id);
      return stored;
    } catch (error) {
      unsure.failed(inbound, inbound.attempt);
      throw error;
    }
  }

  /** Pictures, keywords, parts and what has no id take more than one statement. */
  function isAlone({ carrierId, part, media, body }: Inbound): boolean {
    return carrierId === null || part !== undefined || media.length > 0 || readKeyword(body) !== undefined;
  }

  async function storeMany(
    orgId: string,
    texts: Inbound[],
    { mayBeThere, lockMs }: { mayBeThere: boolean; lockMs: number },
  ): Promise<(StoredMessage | undefined)[]> {
    const messages = texts.map((inbound) => toListed(inbound));
    const there = mayBeThere ? await findStored(db, orgId, messages) : undefined;
    const stored = await insertInbound(
      db,
      orgId,
      messages.filter((message) => !there?.has(message)),
      lockMs,
    );
    return messages.map(({ id }) => stored.get(id));
  }

  async function storeAlone(inbound: Inbound): Promise<StoredMessage | undefined> {
    return once(inbound, () =>
      db.transaction().execute(async (tx) => {
        const { part } = inbound;
        if (!part) return storeWhole(tx, inbound, inbound.body);
        const { left, whole } = await addInboundPart(tx, keyOf(inbound, part), part);
        const early = left && (await insertMessage(tx, toMessage({ ...inbound, attempt: undefined }, joinWithGaps(left, part.total))));
        return whole ? storeWhole(tx, inbound, joinParts(whole)) : early;
      }),
    );
  }

  async function storeWhole(tx: Db, inbound: Inbound, body: string): Promise<StoredMessage | undefined> {
    if (!inbound.carrierId) {
      const { orgId, accountId, to: ourNumber, from: customerNumber } = inbound;
      const tries = unsure.of(inbound);
      const earlier = tries.length > 0 && (await findStoredTry(tx, orgId, tries));
      if (earlier) return earlier;
      const twin = await findUnconfirmedTwin(tx, {
        orgId,
        accountId,
        ourNumber,
        customerNumber,
        body: storable(body),
        bindId: inbound.bindId ?? null,
        now: inbound.receivedAt ?? clock.now(),
        unreadMs: inbound.unreadMs ?? 0,
      });
      if (twin) return twin; // once the carrier has seen this reply, the same text is a new one
    }
    if (inbound.attempt) inbound.attempt.isWritten = true;
    const stored = await insertMessage(tx, toMessage(inbound, body));
    if (inbound.media.length > 0) await addMedia(tx, inbound.orgId, inbound.accountId, stored.id, named(inbound.media));
    await applyKeyword(tx, inbound, readKeyword(body));
    return stored;
  }

  /**
   * Stores what came of long texts whose other parts did not come within ten minutes, with a mark where they are missing: half a text is
   * worth more than none. Returns how many.
   */
  async function storeStalled(): Promise<number> {
    const stalled = await listStalledParts(db, new Date(clock.now().getTime() - STALLED_MS), 500);
    for (const key of stalled) {
      const stored = await db.transaction().execute(async (tx) => {
        const parts = await takeParts(tx, key);
        const inbound = { ...key, carrierId: null, from: key.customerNumber, to: key.ourNumber, body: '', media: [] };
        return parts.length > 0 ? insertMessage(tx, toMessage(inbound, joinWithGaps(parts, key.total))) : undefined;
      });
      if (stored) wake({ orgId: key.orgId, purpose: ORG_LANE, key: shardOf(stored.conversationId) });
    }
    return stalled.length;
  }

  /** A unique violation means that the carrier handed the same message over before: not an error, and nothing was written twice. */
  async function once(inbound: Inbound, insert: () => Promise<StoredMessage | undefined>): Promise<StoredMessage | undefined> {
    const { orgId, accountId, carrierId } = inbound;
    if (carrierId && (await findInboundIds(db, orgId, accountId, [carrierId])).size > 0) return undefined;
    try {
      return await insert();
    } catch (error) {
      if (uniqueViolation(error) === 'message_inbound_once') return undefined;
      throw error;
    }
  }

  function toMessage(inbound: Inbound, raw: string) {
    const body = storable(raw);
    return {
      orgId: inbound.orgId,
      id: inbound.attempt?.id ?? randomUUID(),
      newConversationId: randomUUID(),
      ourNumber: inbound.to,
      customerNumber: inbound.from,
      direction: 'inbound' as const,
      status: 'received' as const,
      body,
      preview: preview(body) || (inbound.media.length > 0 ? 'Picture' : ''),
      segments: countSegments(body).segments,
      accountId: inbound.accountId,
      carrierId: inbound.carrierId,
      idempotencyKey: null,
      requestHash: null,
      senderUserId: null,
      occurredAt: inbound.receivedAt ?? clock.now(),
      replyConfirmed: inbound.carrierId !== null,
      bindId: inbound.bindId ?? null,
    };
  }

  /** What the statement for many takes of it. */
  function toListed(inbound: Inbound): NewInbound {
    const { id, newConversationId, ourNumber, customerNumber, accountId, body, preview, segments, occurredAt } = toMessage(
      inbound,
      inbound.body,
    );
    const carrierId = inbound.carrierId as string;
    return { id, newConversationId, ourNumber, customerNumber, accountId, carrierId, body, preview, segments, occurredAt };
  }

  async function applyKeyword(tx: Db, inbound: Inbound, keyword: Keyword | undefined): Promise<void> {
    if (!keyword) return;
    // One that a list brings late must not undo what the person texted after it; a carrier's clock that is ahead must not either.
    const at = new Date(Math.min(inbound.receivedAt?.getTime() ?? Infinity, clock.now().getTime()));
    const [id, number] = [randomUUID(), inbound.from];
    // HELP changes no consent; it stands in the conversation for the agent to answer, and with the number.
    if (keyword.kind === 'help') return saveHelp(tx, inbound.orgId, { id, number, keyword: keyword.word, at });
    await saveOptOut(tx, inbound.orgId, {
      id,
      number,
      state: keyword.kind === 'stop' ? 'opted_out' : 'opted_in',
      kind: 'keyword',
      keyword: keyword.word,
      reason: `The person texted ${keyword.word}.`,
      changedAt: at,
      changedBy: null,
    });
  }
}

function named(media: InboundMedia[]) {
  return media.map((item, index) => ({
    ...item,
    id: randomUUID(),
    fileName: `picture-${index + 1}.${item.contentType.split('/')[1]?.replace(/\W.*$/, '') ?? 'bin'}`,
  }));
}

function keyOf(inbound: Inbound, part: { reference: number; total: number }): PartsKey {
  const { orgId, accountId, from, to } = inbound;
  return { orgId, accountId, customerNumber: from, ourNumber: to, reference: part.reference, total: part.total };
}

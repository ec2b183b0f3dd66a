/** Carriers wait at least this long for a reply. One that came later may have been passed over although it was read, and the text is repeated. */
const CARRIER_PATIENCE_MS = 5_000;
/** Within this after a late reply. */
const LATE_REPEAT_MS = 60_000;

/** A reply that the carrier has read: to which message, and how long after the delivery it was sent, milliseconds. */
export interface ReadReply {
  messageId: string;
  tookMs: number;
}

/**
 * From when on the same text is a new message, for messages whose replies were read at `now`. Several deliveries may have stood for one
 * message (repetitions): one reply in time is enough.
 */
export function newTextsFrom(read: readonly ReadReply[], now: Date): { at: Date; messageIds: string[] }[] {
  const inTime = new Set(read.filter(({ tookMs }) => tookMs <= CARRIER_PATIENCE_MS).map(({ messageId }) => messageId));
  const late = new Set(read.map(({ messageId }) => messageId).filter((id) => !inTime.has(id)));
  return [
    { at: now, messageIds: [...inTime] },
    { at: new Date(now.getTime() + LATE_REPEAT_MS), messageIds: [...late] },
  ].filter(({ messageIds }) => messageIds.length > 0);
}

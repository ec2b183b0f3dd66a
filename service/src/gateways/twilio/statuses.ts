import type { CarrierStatus } from './types.ts';

const AXIS: Readonly<Record<string, CarrierStatus>> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
  receiving: 'received',
  received: 'received',
};

/** The carrier's word on our axis, or null for a word that we do not know. */
export function statusOf(word: string): CarrierStatus | null {
  return AXIS[word.toLowerCase()] ?? null;
}

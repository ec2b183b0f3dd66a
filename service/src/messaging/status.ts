import type { MessageStatus, ReceiptStatus } from './types.ts';

/** From which statuses a message may come into each one. Nothing leaves a final status, and nothing goes backwards. */
export const COMES_FROM: Record<Exclude<MessageStatus, 'received' | 'queued'>, MessageStatus[]> = {
  sending: ['queued'],
  unknown: ['sending'],
  sent: ['sending', 'unknown'],
  delivered: ['sending', 'unknown', 'sent'],
  undelivered: ['sending', 'unknown', 'sent'],
  failed: ['queued', 'sending', 'unknown', 'sent'],
};

/**
 * A message of several parts is delivered when all are; it is undelivered or failed as soon as one is. Undefined as long as the carrier
 * does not have all of its parts: what it says about some of them is not yet true of the message.
 */
export function statusOfParts(parts: { status: ReceiptStatus }[], total: number): ReceiptStatus | undefined {
  if (parts.length < total) return undefined;
  for (const bad of ['failed', 'undelivered'] as const) if (parts.some((part) => part.status === bad)) return bad;
  return parts.every((part) => part.status === 'delivered') ? 'delivered' : 'sent';
}

/** Sent Status: the way from the org to the carrier. */
export function sentStatus(message: { direction: string; status: MessageStatus; accepted: boolean }): string {
  if (message.direction === 'inbound') return 'Received';
  if (message.status === 'queued') return 'Queued';
  if (message.status === 'sending') return 'Sending';
  if (message.status === 'unknown') return 'Unknown';
  return message.status === 'failed' && !message.accepted ? 'Failed' : 'Sent';
}

/** Delivery Status: what the carrier reported. Empty before the carrier has the message. */
export function deliveryStatus(message: { direction: string; status: MessageStatus; accepted: boolean }): string | null {
  if (message.direction === 'inbound') return null;
  if (message.status === 'sent') return 'Pending';
  if (message.status === 'delivered') return 'Delivered';
  if (message.status === 'undelivered') return 'Undelivered';
  return message.status === 'failed' && message.accepted ? 'Failed' : null;
}

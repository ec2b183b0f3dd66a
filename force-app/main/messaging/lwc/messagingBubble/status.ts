import type { DeliveryStatus, MessageView, SentStatus } from 'c/messagingData';
import { labels } from './labels';

/** A status as it is shown: always a word, with an icon beside it, so that colour never carries the meaning alone. */
export interface Badge {
  text: string;
  icon: string;
  /** Icon variant of lightning-icon. */
  variant: '' | 'error' | 'warning' | 'success';
}

const SENT: Record<SentStatus, Badge> = {
  Posting: { text: labels.posting, icon: 'utility:upload', variant: '' },
  NotSent: { text: labels.notSent, icon: 'utility:error', variant: 'error' },
  Queued: { text: labels.queued, icon: 'utility:clock', variant: '' },
  Sending: { text: labels.sending, icon: 'utility:upload', variant: '' },
  Sent: { text: labels.sent, icon: 'utility:check', variant: '' },
  Unknown: { text: labels.unknown, icon: 'utility:question', variant: 'warning' },
  Failed: { text: labels.failed, icon: 'utility:error', variant: 'error' },
  Received: { text: labels.received, icon: 'utility:reply', variant: '' },
};

const DELIVERY: Record<Exclude<DeliveryStatus, ''>, Badge> = {
  Pending: { text: labels.deliveryPending, icon: 'utility:clock', variant: '' },
  Delivered: { text: labels.delivered, icon: 'utility:success', variant: 'success' },
  Undelivered: { text: labels.undelivered, icon: 'utility:warning', variant: 'warning' },
  Failed: { text: labels.deliveryFailed, icon: 'utility:error', variant: 'error' },
};

const NOT_CONFIRMED: Badge = { text: labels.notConfirmed, icon: 'utility:question', variant: 'warning' };

/** True where the service itself refused: then the message is surely not sent. Else its answer was lost on the way. */
function isRefused({ problem }: MessageView): boolean {
  const status = problem?.status ?? 0; // Apex gives 0 where nothing came back
  return status >= 400 && status < 500;
}

/** Both axes of a message we sent; a received one needs none. */
export function badgesOf(message: MessageView): Badge[] {
  const { inbound, sent, delivery } = message;
  if (inbound) return [];
  if (sent === 'NotSent' && !isRefused(message)) return [NOT_CONFIRMED];
  const badges = [SENT[sent] ?? SENT.Unknown];
  if (delivery && DELIVERY[delivery]) badges.push(DELIVERY[delivery]);
  return badges;
}

/** A reason of more than one sentence says already what to do. */
function advises(errorText: string): boolean {
  return /[.!?]\s+\S/.test(errorText);
}

/** What the reader can do now, in one sentence; empty where nothing is wrong, or where the reason says it. */
export function nextStepOf(message: MessageView): string {
  const { sent, delivery, errorCode, errorText } = message;
  if (errorCode === 'opted_out') return labels.nextOptedOut;
  if (sent === 'NotSent') return isRefused(message) ? labels.nextNotSent : labels.nextNotConfirmed;
  if (sent === 'Unknown') return labels.nextUnknown;
  if (advises(errorText)) return '';
  if (delivery === 'Undelivered') return labels.nextLater;
  return sent === 'Failed' || delivery === 'Failed' ? labels.nextCarrier : '';
}

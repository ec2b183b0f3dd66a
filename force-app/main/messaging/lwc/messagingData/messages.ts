import BODY from '@salesforce/schema/Message__c.Body__c';
import DELIVERY from '@salesforce/schema/Message__c.DeliveryStatus__c';
import DIRECTION from '@salesforce/schema/Message__c.Direction__c';
import ERROR_CODE from '@salesforce/schema/Message__c.ErrorCode__c';
import ERROR_TEXT from '@salesforce/schema/Message__c.ErrorText__c';
import EXTERNAL_ID from '@salesforce/schema/Message__c.ExternalId__c';
import MEDIA from '@salesforce/schema/Message__c.Media__c';
import OCCURRED_AT from '@salesforce/schema/Message__c.OccurredAt__c';
import SEGMENTS from '@salesforce/schema/Message__c.Segments__c';
import SENT from '@salesforce/schema/Message__c.SentStatus__c';
import SENT_BY from '@salesforce/schema/Message__c.SentBy__c';
import SEQUENCE from '@salesforce/schema/Message__c.Sequence__c';
import USER_ID from '@salesforce/user/Id';
import type { Problem } from 'c/coreErrors';
import { number, related, text } from './rows';
import type { Row } from './rows';

/** First status axis: the way from the org to the carrier. `Posting` is ours: the service has not answered yet. */
export type SentStatus = 'Posting' | 'NotSent' | 'Queued' | 'Sending' | 'Sent' | 'Unknown' | 'Failed' | 'Received';
/** Second axis: what the carrier reported; empty before it has the message, and for messages we received. */
export type DeliveryStatus = '' | 'Pending' | 'Delivered' | 'Undelivered' | 'Failed';

export interface MediaItem {
  id: string;
  contentType: string;
  bytes: number;
  fileName: string;
}

export interface MessageView {
  /** Stays the same while a just-sent message turns into its org row, so that the bubble is not built anew. */
  key: string;
  /** External id; empty until the service has answered. */
  id: string;
  inbound: boolean;
  body: string;
  /** ISO 8601. */
  at: string;
  /** Order within the conversation; undefined until the service has given one. */
  sequence: number | undefined;
  sent: SentStatus;
  delivery: DeliveryStatus;
  errorCode: string;
  errorText: string;
  segments: number | undefined;
  sentByName: string;
  /** Sent by the user who looks. */
  mine: boolean;
  media: MediaItem[];
  /** Why the service did not take a message written here. */
  problem: Problem | undefined;
}

/** Upper bound that takes in every message: the read wants `Sequence__c < beforeSequence`. */
export const NO_LIMIT_SEQUENCE = 999_999_999_999;
/** Characters; the service takes no longer text. */
export const LONGEST_TEXT = 1600;
/** Messages per read. */
export const PAGE_SIZE = 50;

export function toMessage(row: Row): MessageView {
  const id = text(row, EXTERNAL_ID);
  return {
    key: id,
    id,
    inbound: text(row, DIRECTION) === 'Inbound',
    body: text(row, BODY),
    at: text(row, OCCURRED_AT),
    sequence: number(row, SEQUENCE),
    sent: (text(row, SENT) || 'Unknown') as SentStatus,
    delivery: text(row, DELIVERY) as DeliveryStatus,
    errorCode: text(row, ERROR_CODE),
    errorText: text(row, ERROR_TEXT),
    segments: number(row, SEGMENTS),
    sentByName: String(related(row, SENT_BY)?.['Name'] ?? ''),
    mine: text(row, SENT_BY) !== '' && text(row, SENT_BY) === USER_ID,
    media: parseMedia(text(row, MEDIA)),
    problem: undefined,
  };
}

/** The field may be cut at its length; a list that cannot be read is no list, the message itself still shows. */
function parseMedia(json: string): MediaItem[] {
  if (!json) return [];
  try {
    const items: unknown = JSON.parse(json);
    return Array.isArray(items) ? items.filter((item: Partial<MediaItem> | null) => typeof item?.id === 'string') : [];
  } catch {
    return [];
  }
}

/** What happened to a message as one word per axis, with the failure first: used for words, icon and colour. */
export type Outcome = 'received' | 'posting' | 'waiting' | 'sent' | 'delivered' | 'unknown' | 'failed';

export function outcomeOf({ sent, delivery }: MessageView): Outcome {
  if (sent === 'Received') return 'received';
  if (sent === 'Posting') return 'posting';
  if (sent === 'NotSent' || sent === 'Failed' || delivery === 'Failed' || delivery === 'Undelivered') return 'failed';
  if (sent === 'Unknown') return 'unknown';
  if (delivery === 'Delivered') return 'delivered';
  return sent === 'Sent' ? 'sent' : 'waiting';
}

import { randomBytes } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import segmentsCalculator from 'sms-segments-calculator';
import type { TwilioAccount } from '../accounts.ts';
import type { ApiMessage, StoredMedia } from '../store.ts';
import { mediaUri } from './shapes.ts';

export interface OutgoingRequest {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly mediaUrls: string[];
  readonly statusCallback: string | null;
}

/** A new message as the carrier keeps it. */
export function buildMessage(
  account: TwilioAccount,
  request: OutgoingRequest,
  direction: ApiMessage['direction'],
  status: string,
  mms = request.mediaUrls.length > 0,
  at = new Date().toISOString(),
): ApiMessage {
  return {
    sid: newSid(mms ? 'MM' : 'SM'),
    accountSid: account.accountSid,
    direction,
    from: request.from,
    to: request.to,
    body: request.body,
    status,
    errorCode: null,
    errorMessage: null,
    numSegments: mms ? 1 : new segmentsCalculator.SegmentedMessage(request.body).segmentsCount,
    mediaSids: [],
    mediaUrls: request.mediaUrls,
    statusCallback: request.statusCallback,
    createdAt: at,
    sentAt: null,
    updatedAt: at,
  };
}

/** The form of the inbound webhook. */
export function inboundParams(
  account: TwilioAccount,
  message: ApiMessage,
  media: readonly StoredMedia[],
  base: string,
): Record<string, string> {
  return {
    ToCountry: message.to.startsWith('+1') ? 'US' : '',
    SmsMessageSid: message.sid,
    NumMedia: String(media.length),
    SmsSid: message.sid,
    SmsStatus: 'received',
    Body: message.body,
    To: message.to,
    NumSegments: String(message.numSegments),
    MessageSid: message.sid,
    AccountSid: account.accountSid,
    From: message.from,
    ApiVersion: '2010-04-01',
    ...Object.fromEntries(
      media.flatMap((file, index) => [
        [`MediaUrl${index}`, base + mediaUri(file)],
        [`MediaContentType${index}`, file.contentType],
      ]),
    ),
  };
}

/** The texts of `<Message>` verbs in a TwiML answer; one of pictures only has none. */
export function twimlMessages(xml: string): string[] {
  try {
    // Values as they are written: a text of digits is no number.
    const parsed = new XMLParser({ ignoreAttributes: true, parseTagValue: false }).parse(xml) as { Response?: { Message?: unknown } };
    return [parsed.Response?.Message ?? []].flat().map(textOf).filter(Boolean);
  } catch {
    return [];
  }
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  const { Body: body, '#text': text } = message as { Body?: unknown; '#text'?: unknown };
  return String(body ?? text ?? '');
}

/** A carrier's id: a prefix and 32 hexadecimal digits. */
export function newSid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}

import { z } from 'zod';
import { storable } from '../../platform/text.ts';
import { errorText } from './error-codes.ts';
import type { FormParams } from './signature.ts';
import { statusOf } from './statuses.ts';
import type { CarrierStatus } from './types.ts';

export interface InboundMedia {
  readonly url: string;
  readonly contentType: string;
}

/** A text from a phone. The key that tells a repeat from a new one is `accountSid` + `sid`. */
export interface InboundWebhook {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  /** May be empty, with and without media. */
  readonly body: string;
  readonly media: readonly InboundMedia[];
  readonly segments: number | null;
}

/** A change of status. The key that tells a repeat from a new one is `sid` + `word`; `sid` alone would lose later changes. */
export interface StatusWebhook {
  readonly sid: string;
  readonly accountSid: string;
  /** The carrier's own word. */
  readonly word: string;
  /** null for a word that we do not know; then nothing is to be changed. */
  readonly status: CarrierStatus | null;
  readonly errorCode: string | null;
  /** The error in words; null when there is none. */
  readonly errorText: string | null;
}

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly { path: string; message: string }[] };

/** At most ten attachments by the carrier's own limit. */
const MAX_MEDIA = 10;

const sid = z.string().regex(/^(SM|MM)[0-9a-fA-F]{32}$/, 'is not a message id');
const account = z.string().regex(/^AC[0-9a-fA-F]{32}$/, 'is not an account id');
const address = z.string().trim().min(1, 'is empty').max(64, 'is too long');
const count = z.coerce.number().int().min(0);

const inboundSchema = z.object({
  MessageSid: sid,
  AccountSid: account,
  From: address,
  To: address,
  Body: z.string().max(32_000, 'is too long').default(''),
  NumMedia: count.max(MAX_MEDIA).default(0),
  NumSegments: count.optional().catch(undefined),
});

const statusSchema = z.object({
  MessageSid: sid,
  AccountSid: account,
  MessageStatus: z.string().min(1, 'is empty').max(32, 'is too long'),
  ErrorCode: z.string().max(16).optional(),
});

/**
 * Reads the form of an inbound webhook. The body may be empty: a picture needs no words, and phones can send an empty text, which is still
 * a sign of life from a customer.
 */
export function parseInbound(form: FormParams): Parsed<InboundWebhook> {
  const params = lastValues(form);
  const parsed = inboundSchema.safeParse({ ...params, MessageSid: params.MessageSid ?? params.SmsMessageSid ?? params.SmsSid });
  if (!parsed.success) return { ok: false, errors: issues(parsed.error) };
  const data = parsed.data;
  const media: InboundMedia[] = [];
  for (let index = 0; index < data.NumMedia; index += 1) {
    const url = params[`MediaUrl${index}`];
    if (!url || !URL.canParse(url)) return { ok: false, errors: [{ path: `MediaUrl${index}`, message: 'is not an address' }] };
    media.push({ url, contentType: mediaType(params[`MediaContentType${index}`]) });
  }
  return {
    ok: true,
    value: {
      sid: data.MessageSid,
      accountSid: data.AccountSid,
      from: data.From,
      to: data.To,
      body: data.Body,
      media,
      segments: data.NumSegments ?? null,
    },
  };
}

/** Reads the form of a status callback. */
export function parseStatus(form: FormParams): Parsed<StatusWebhook> {
  const params = lastValues(form);
  const parsed = statusSchema.safeParse({
    ...params,
    MessageSid: params.MessageSid ?? params.SmsSid,
    MessageStatus: params.MessageStatus ?? params.SmsStatus,
  });
  if (!parsed.success) return { ok: false, errors: issues(parsed.error) };
  const { MessageSid, AccountSid, MessageStatus, ErrorCode } = parsed.data;
  const errorCode = ErrorCode && ErrorCode !== '0' ? ErrorCode : null;
  return {
    ok: true,
    value: {
      sid: MessageSid,
      accountSid: AccountSid,
      word: MessageStatus.toLowerCase(),
      status: statusOf(MessageStatus),
      errorCode,
      errorText: errorCode === null ? null : errorText(errorCode),
    },
  };
}

/** `image/jpeg; charset=…` → `image/jpeg`; missing → `application/octet-stream`. */
export function mediaType(header: string | undefined): string {
  const type = header?.split(';', 1)[0]?.trim().toLowerCase();
  return type ? type : 'application/octet-stream';
}

function lastValues(form: FormParams): Record<string, string | undefined> {
  const last = (value: string | readonly string[]) => (typeof value === 'string' ? value : (value.at(-1) ?? ''));
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, storable(last(value))]));
}

function issues(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}

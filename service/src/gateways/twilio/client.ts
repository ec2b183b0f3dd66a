import { z } from 'zod';
import { parseStorable } from '../../platform/text.ts';
import { errorText, isAccountCode, isTransientCode } from './error-codes.ts';
import { DEFAULT_BASE, createHttp } from './http.ts';
import type { Exchange, Http } from './http.ts';
import { downloadMedia } from './media.ts';
import { problemOf, retryAfter } from './problems.ts';
import { statusOf } from './statuses.ts';
import type { CarrierMessage, ListRequest, MessagePage, Result, SendOutcome, SendRequest, TwilioClient, TwilioOptions } from './types.ts';

const VERSION = '/2010-04-01';

const messageSchema = z.object({
  sid: z.string().min(1),
  from: z.string().nullish(),
  to: z.string().nullish(),
  body: z.string().nullish(),
  direction: z.string().nullish(),
  status: z.string(),
  error_code: z.union([z.string(), z.number()]).nullish(),
  num_media: z.coerce.number().catch(0),
  num_segments: z.coerce.number().nullish().catch(null),
  date_created: z.string().nullish(),
  date_sent: z.string().nullish(),
});

const pageSchema = z.object({ messages: z.array(messageSchema), next_page_uri: z.string().nullish() });
const mediaListSchema = z.object({ media_list: z.array(z.object({ sid: z.string(), content_type: z.string(), uri: z.string() })) });
const accountSchema = z.object({
  sid: z.string(),
  friendly_name: z.string().default(''),
  status: z.string(),
  type: z.string().default(''),
});
const errorSchema = z.object({ code: z.union([z.string(), z.number()]).optional(), message: z.string().optional() });

/**
 * Client of the Twilio-compatible messages API of one account. Every call is one HTTP request with an explicit timeout and no retry.
 * `close()` ends the connections it opened itself.
 */
export function createTwilioClient(options: TwilioOptions): TwilioClient & { close(): Promise<void> } {
  const http = createHttp(options);
  const base = (options.baseUrl ?? DEFAULT_BASE).replace(/\/+$/, '');
  const account = `${VERSION}/Accounts/${encodeURIComponent(options.accountSid)}`;

  return {
    send: async (message) => {
      const exchange = await http.exchange('POST', `${base}${account}/Messages.json`, { form: sendForm(message) });
      return sendOutcome(exchange);
    },
    fetchMessage: (sid) =>
      read(http, `${base}${account}/Messages/${encodeURIComponent(sid)}.json`, (body) => toMessage(messageSchema.parse(body))),
    listMessages: async (request = {}) => {
      const path = listPath(account, request);
      if (path === null) return foreign('The page does not belong to this account.');
      return read(http, base + path, toPage);
    },
    listMedia: (messageSid) =>
      read(http, `${base}${account}/Messages/${encodeURIComponent(messageSid)}/Media.json`, (body) =>
        mediaListSchema.parse(body).media_list.map((media) => ({
          sid: media.sid,
          contentType: media.content_type,
          url: base + media.uri.replace(/\.json$/, ''),
        })),
      ),
    downloadMedia: (url) => downloadMedia(http, { base, account, url, maxBytes: options.maxMediaBytes ?? 5 * 1024 * 1024 }),
    checkAccount: async () => {
      const found = await read(http, `${base}${account}.json`, (body) => accountSchema.parse(body));
      if (!found.ok) return found;
      const { sid, friendly_name: name, status, type } = found.value;
      if (status === 'active') return { ok: true, value: { sid, name, status, type } };
      return { ok: false, problem: { kind: 'refused', text: `The carrier account is ${status}. Ask the carrier why.`, retryable: false } };
    },
    close: () => http.close(),
  };
}

function sendForm(message: SendRequest): URLSearchParams {
  const form = new URLSearchParams({ From: message.from, To: message.to, Body: message.body });
  if (message.statusCallback) form.set('StatusCallback', message.statusCallback);
  for (const url of message.mediaUrls ?? []) form.append('MediaUrl', url);
  return form;
}

/** Rules of section "honest promise": only an answer that says so is accepted or rejected; whatever else left this process is unknown. */
function sendOutcome(exchange: Exchange): SendOutcome {
  if (exchange.kind === 'failed') {
    return exchange.written ? { kind: 'unknown', why: exchange.why } : { kind: 'not-sent', why: exchange.why };
  }
  if (exchange.kind === 'too-large') return { kind: 'unknown', why: 'the answer was too large to read' };
  const { status } = exchange;
  if (status >= 200 && status < 300) {
    const message = messageSchema.safeParse(json(exchange.body));
    if (!message.success) return { kind: 'unknown', why: `the carrier answered ${status}, but not with a message` };
    const { sid, status: word, num_segments: segments } = message.data;
    return { kind: 'accepted', sid, status: statusOf(word) ?? 'queued', segments: segments ?? null };
  }
  if (status === 429) return { kind: 'throttled', retryAfterMs: retryAfter(exchange.headers) };
  if (status >= 500 || status === 408) return { kind: 'unknown', why: `the carrier answered ${status}` };
  const error = errorSchema.safeParse(json(exchange.body));
  const code = String((error.success ? error.data.code : undefined) ?? `http_${status}`);
  const accountWide = status === 401 || status === 403 || status < 400 || isAccountCode(code);
  return {
    kind: 'rejected',
    code,
    text: errorText(code, error.success ? error.data.message : undefined),
    httpStatus: status,
    permanent: !isTransientCode(code),
    scope: accountWide ? 'account' : 'message',
  };
}

/** The path and query of a list call, or null when a page address was given that is not of this account's list. */
function listPath(account: string, request: ListRequest): string | null {
  const list = `${account}/Messages.json`;
  if (request.page !== undefined) return request.page.startsWith(`${list}?`) ? request.page : null;
  const query = new URLSearchParams({ PageSize: String(Math.min(1000, Math.max(1, Math.trunc(request.pageSize ?? 100)))) });
  if (request.to) query.set('To', request.to);
  if (request.from) query.set('From', request.from);
  // The comparison is part of the name: `DateSent>` `=` `2026-…`. The carrier's pages speak of days; its libraries send whole seconds.
  if (request.since) query.set('DateSent>', wholeSecond(request.since));
  if (request.before) query.set('DateSent<', wholeSecond(request.before));
  return `${list}?${query.toString()}`;
}

function wholeSecond(time: string): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function toPage(body: unknown): MessagePage {
  const page = pageSchema.parse(body);
  return { messages: page.messages.map(toMessage), nextPage: page.next_page_uri ?? null };
}

function toMessage(raw: z.infer<typeof messageSchema>): CarrierMessage {
  const code = raw.error_code === null || raw.error_code === undefined ? null : String(raw.error_code);
  return {
    sid: raw.sid,
    from: raw.from ?? '',
    to: raw.to ?? '',
    body: raw.body ?? '',
    direction: raw.direction === 'inbound' ? 'inbound' : 'outbound',
    status: statusOf(raw.status),
    errorCode: code,
    mediaCount: raw.num_media,
    segments: raw.num_segments ?? null,
    createdAt: isoDate(raw.date_created),
    sentAt: isoDate(raw.date_sent),
  };
}

/** RFC 2822 (`Sun, 22 Nov 2026 08:00:00 +0000`) to ISO 8601 UTC. */
function isoDate(text: string | null | undefined): string | null {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

async function read<T>(http: Http, url: string, shape: (body: unknown) => T): Promise<Result<T>> {
  const exchange = await http.exchange('GET', url);
  if (exchange.kind !== 'answer' || exchange.status < 200 || exchange.status >= 300) return { ok: false, problem: problemOf(exchange) };
  try {
    return { ok: true, value: shape(json(exchange.body)) };
  } catch {
    return { ok: false, problem: { kind: 'unreadable', text: 'The carrier answered something that cannot be read.', retryable: true } };
  }
}

function foreign<T>(text: string): Result<T> {
  return { ok: false, problem: { kind: 'foreign-address', text, retryable: false } };
}

function json(body: Buffer): unknown {
  try {
    return parseStorable(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

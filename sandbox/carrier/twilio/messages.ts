import type { TwilioAccount, TwilioNumber } from '../accounts.ts';
import type { Behaviours } from '../behaviours.ts';
import type { Phones } from '../phones.ts';
import type { ApiMessage, PhoneMessage, Store, StoredMedia } from '../store.ts';
import { buildMessage, inboundParams, newSid, twimlMessages } from './records.ts';
import type { OutgoingRequest } from './records.ts';
import { createWebhooks } from './webhook.ts';
import type { WebhookCaller } from './webhook.ts';

export interface Attachment {
  readonly contentType: string;
  readonly fileName: string;
  readonly data: Buffer;
}

export interface TwilioMessages {
  /** Takes a message for sending; its status then runs by itself. */
  create(account: TwilioAccount, request: OutgoingRequest, direction?: ApiMessage['direction']): ApiMessage;
  /** A person's text to a number of the company: kept in the list, then posted to the number's webhook. One with a time in the past is only in the list. */
  inbound(
    account: TwilioAccount,
    number: TwilioNumber,
    message: { from: string; body: string; attachments: readonly Attachment[]; at?: string | undefined },
  ): PhoneMessage;
  /** Forgets statuses that are still to come. */
  reset(): void;
}

export interface TwilioMessagesOptions {
  readonly store: Store;
  readonly phones: Phones;
  readonly behaviours: Behaviours;
  readonly publicBase: () => string;
  /** Time between two statuses of a message, ms. */
  readonly stepMs: number;
}

const STOP_WORDS = /^(stop|stopall|unsubscribe|cancel|end|quit)$/i;
const START_WORDS = /^(start|yes|unstop)$/i;

export function createTwilioMessages(options: TwilioMessagesOptions): TwilioMessages {
  const { store, phones, behaviours, stepMs } = options;
  const timers = new Set<NodeJS.Timeout>();
  const callWebhook = createWebhooks();

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };

  const setStatus = (account: TwilioAccount, message: ApiMessage, status: string, errorCode?: number): void => {
    message.status = status;
    message.updatedAt = new Date().toISOString();
    if (errorCode !== undefined) message.errorCode = errorCode;
    if (status === 'sent') message.sentAt = message.updatedAt;
    store.changed();
    if (!message.statusCallback) return;
    void callWebhook(message.statusCallback, account.authToken, {
      AccountSid: account.accountSid,
      ApiVersion: '2010-04-01',
      From: message.from,
      To: message.to,
      MessageSid: message.sid,
      MessageStatus: status,
      SmsSid: message.sid,
      SmsStatus: status,
      ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
    });
  };

  const run = (account: TwilioAccount, message: ApiMessage): void => {
    const behaviour = behaviours.of(message.to);
    later(stepMs, () => setStatus(account, message, 'sending'));
    if (behaviour.result === 'failed') {
      later(stepMs * 2, () => setStatus(account, message, 'failed', behaviour.errorCode ?? 30008));
      return;
    }
    later(stepMs * 2, () => {
      setStatus(account, message, 'sent');
      if (behaviour.result !== 'undelivered') showOnPhone(message);
    });
    if (behaviour.result === 'never') return;
    const code = behaviour.result === 'undelivered' ? behaviour.errorCode : undefined;
    later(stepMs * 3 + (behaviour.delayMs ?? 0), () => setStatus(account, message, behaviour.result, code));
  };

  const showOnPhone = (message: ApiMessage): void => {
    phones.receive({
      id: message.sid,
      phone: message.to,
      company: message.from,
      carrier: 'twilio',
      body: message.body,
      media: message.mediaUrls.map((url) => ({ sid: '', contentType: 'text/uri-list', fileName: url, bytes: 0, url })),
      parts: message.numSegments,
    });
  };

  const create: TwilioMessages['create'] = (account, request, direction = 'outbound-api') => {
    const message = buildMessage(account, request, direction, 'queued');
    store.state.messages.push(message);
    store.changed();
    run(account, message);
    return message;
  };

  const answerReplies = (account: TwilioAccount, from: string, to: string, contentType: string, body: string): void => {
    if (!/xml/.test(contentType)) return;
    for (const text of twimlMessages(body))
      create(account, { from, to, body: text, mediaUrls: [], statusCallback: null }, 'outbound-reply');
  };

  return {
    create,
    inbound: (account, number, { from, body, attachments, at }) => {
      const message = buildMessage(
        account,
        { from, to: number.number, body, mediaUrls: [], statusCallback: null },
        'inbound',
        'received',
        attachments.length > 0,
        at,
      );
      const media: StoredMedia[] = attachments.map((file) => ({
        sid: newSid('ME'),
        messageSid: message.sid,
        accountSid: account.accountSid,
        contentType: file.contentType,
        fileName: file.fileName,
        data: file.data.toString('base64'),
      }));
      message.mediaSids.push(...media.map((file) => file.sid));
      message.sentAt = message.createdAt;
      store.state.messages.push(message);
      store.state.media.push(...media);
      followKeyword(store, account, from, body);
      const seen = phones.send({
        phone: from,
        company: number.number,
        carrier: 'twilio',
        body,
        media: media.map((file, index) => ({
          sid: file.sid,
          contentType: file.contentType,
          fileName: file.fileName,
          bytes: attachments[index]?.data.length ?? 0,
          url: `/__media/${file.sid}`,
        })),
        parts: message.numSegments,
      });
      if (at) {
        phones.setStatus(seen.id, 'Kept by the carrier: nobody answered the webhook.');
        return seen;
      }
      const params = inboundParams(account, message, media, options.publicBase());
      void post(callWebhook, number, account, params).then((result) => {
        phones.setStatus(seen.id, result.text);
        if (result.ok) answerReplies(account, number.number, from, result.contentType, result.body);
      });
      return seen;
    },
    reset: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

async function post(
  callWebhook: WebhookCaller,
  number: TwilioNumber,
  account: TwilioAccount,
  params: Record<string, string>,
): Promise<{ ok: boolean; text: string; body: string; contentType: string }> {
  if (!number.smsUrl) return { ok: false, text: 'Kept by the carrier: the number has no webhook address.', body: '', contentType: '' };
  let result = await callWebhook(number.smsUrl, account.authToken, params);
  if (!result.ok && number.smsFallbackUrl) {
    result = await callWebhook(number.smsFallbackUrl, account.authToken, { ...params, ErrorCode: '11200', ErrorUrl: number.smsUrl });
  }
  const text = result.ok
    ? 'Delivered'
    : `Kept by the carrier: the webhook ${result.status ? `answered ${result.status}` : `did not answer (${result.error})`}.`;
  return { ok: result.ok, text, body: result.body, contentType: result.contentType };
}

function followKeyword(store: Store, account: TwilioAccount, from: string, body: string): void {
  const key = `${account.accountSid} ${from}`;
  if (STOP_WORDS.test(body.trim()) && !store.state.stopped.includes(key)) store.state.stopped.push(key);
  if (START_WORDS.test(body.trim())) store.state.stopped = store.state.stopped.filter((entry) => entry !== key);
  store.changed();
}

import type { FastifyReply } from 'fastify';
import type { TwilioAccount, TwilioNumber } from '../accounts.ts';
import type { ApiMessage, StoredMedia } from '../store.ts';

export const VERSION = '2010-04-01';

/** RFC 2822 in UTC, as this API writes times. */
function rfc2822(iso: string | null): string | null {
  return iso === null ? null : new Date(iso).toUTCString().replace('GMT', '+0000');
}

export function messageUri(message: { accountSid: string; sid: string }): string {
  return `/${VERSION}/Accounts/${message.accountSid}/Messages/${message.sid}`;
}

export function messageJson(message: ApiMessage): object {
  const uri = messageUri(message);
  return {
    account_sid: message.accountSid,
    api_version: VERSION,
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorMessage,
    from: message.from,
    messaging_service_sid: null,
    num_media: String(message.mediaSids.length + message.mediaUrls.length),
    num_segments: String(message.numSegments),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

export function mediaUri(media: StoredMedia): string {
  return `${messageUri({ accountSid: media.accountSid, sid: media.messageSid })}/Media/${media.sid}`;
}

export function mediaJson(media: StoredMedia): object {
  return {
    sid: media.sid,
    account_sid: media.accountSid,
    parent_sid: media.messageSid,
    content_type: media.contentType,
    uri: `${mediaUri(media)}.json`,
  };
}

export function numberJson(account: TwilioAccount, number: TwilioNumber): object {
  return {
    sid: number.sid,
    account_sid: account.accountSid,
    phone_number: number.number,
    friendly_name: number.label,
    sms_url: number.smsUrl,
    sms_method: 'POST',
    sms_fallback_url: number.smsFallbackUrl,
    capabilities: { sms: true, mms: true, voice: false },
    uri: `/${VERSION}/Accounts/${account.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
  };
}

/** The error shape of this API. */
export function errorJson(status: number, code: number, message: string): object {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}

export function sendError(reply: FastifyReply, status: number, code: number, message: string): FastifyReply {
  return reply.code(status).send(errorJson(status, code, message));
}

import { randomBytes } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';

export interface WebhookTarget {
  /** As the setup tab shows it. */
  url: string;
  accountSid: string;
  authToken: string;
}

/** A request that has not been sent yet. */
export interface SignedRequest {
  method: 'POST';
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** An inbound webhook as the Twilio-compatible carrier posts it; signed by that carrier's own library, so that our code does not vouch for itself. */
export function signedText(target: WebhookTarget, text: { from: string; to: string; body: string }): SignedRequest {
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const params = {
    ToCountry: 'US',
    SmsMessageSid: sid,
    NumMedia: '0',
    SmsSid: sid,
    SmsStatus: 'received',
    Body: text.body,
    To: text.to,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: target.accountSid,
    From: text.from,
    ApiVersion: '2010-04-01',
  };
  return {
    method: 'POST',
    path: new URL(target.url).pathname,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(target.authToken, target.url, params),
    },
    body: new URLSearchParams(params).toString(),
  };
}

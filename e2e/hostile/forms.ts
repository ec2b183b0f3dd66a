/** Forms: a carrier's webhooks and the pages of the sign-in. */
import fc, { type Arbitrary } from 'fast-check';
import { SECRET_MARK } from './marks.ts';
import type { HostileRequest } from './request.ts';
import { encode, evilText } from './values.ts';

/** Pages and files that the document leaves out, because people and not programs open them. */
const PAGES = [
  '/connect/register',
  '/connect/callback',
  '/connect/permissions',
  '/docs/errors/not_found',
  '/connect/assets/connect.css',
  '/openapi.json',
];

const field = fc.constantFrom(
  'MessageSid',
  'AccountSid',
  'From',
  'To',
  'Body',
  'NumMedia',
  'MediaUrl0',
  'MediaContentType0',
  'MessageStatus',
  'ErrorCode',
  '__proto__',
  'a[b]',
  '',
);

/** Webhooks of a carrier: signed, badly signed and not signed, with forms that are nearly those of the carrier. */
export const carrierForms = fc
  .record({
    sid: fc.stringMatching(/^[0-9a-f]{32}$/),
    from: fc.integer({ min: 1000, max: 9999 }).map((end) => `{{phone}}${end}`),
    text: evilText,
    odd: fc.array(
      fc.tuple(field, fc.oneof(evilText, fc.constantFrom('11', '-1', 'x', 'https://localhost:1/a', '{{phone}}0001', 'delivered'))),
      { maxLength: 3 },
    ),
    signature: fc.constantFrom('{{signature}}', '{{signature}}', '{{signature}}', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=', '', 'x'.repeat(3000)),
    broken: fc.constantFrom('', '', '', '&%', '&=&=', '&%ff%fe=%00', '&'.repeat(3000), '&Body=2&Body=3'),
  })
  .map(({ sid, from, text, odd, signature, broken }) => {
    const fields = {
      MessageSid: `SM${sid}`,
      AccountSid: '{{accountSid}}',
      From: from,
      To: '{{ours}}',
      Body: text,
      NumMedia: '0',
      MessageStatus: 'delivered',
    };
    const pairs = [...Object.entries(fields).filter(([name]) => !odd.some(([other]) => other === name)), ...odd];
    const body = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&') + broken;
    return { body, headers: [['x-twilio-signature', signature]] as [string, string][] };
  });

/** The pages of the sign-in: forms and cookies that nobody gave out. */
export const pages: Arbitrary<HostileRequest> = fc
  .record({
    page: fc.oneof(
      fc.constantFrom(...PAGES),
      fc.stringMatching(/^[abcXYZ019_.~%/-]{0,60}$/).map((token) => `/connect/invite/${token}`),
    ),
    method: fc.constantFrom('GET', 'GET', 'POST'),
    query: fc.array(
      fc.tuple(fc.constantFrom('login', 'return', 'state', 'code', 'error', 'error_description', 'flow', 'x'), evilText.map(encode)),
      { maxLength: 4 },
    ),
    login: fc.constantFrom('', 'login=production&', 'login=sandbox&', 'login=custom&host=localhost&', 'login=domain&domain=evil.example&'),
    cookie: fc.constantFrom('', 'switchboard_flow=x', `switchboard_flow=${SECRET_MARK}`, 'a=%'),
  })
  .map(({ page, method, query, login, cookie }) => {
    const text = login + query.map(([name, value]) => `${name}=${value}`).join('&');
    const headers: [string, string][] = cookie ? [['cookie', cookie]] : [];
    if (method === 'GET') return { method, target: `${page}?${text.slice(0, 12_000)}`, headers, framing: 'length' as const };
    return {
      method,
      target: page,
      headers: [...headers, ['content-type', 'application/x-www-form-urlencoded']],
      body: text,
      framing: 'length' as const,
    };
  });

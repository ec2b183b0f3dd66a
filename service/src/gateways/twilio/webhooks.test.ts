import fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { errorHelp, errorText } from './error-codes.ts';
import { computeSignature, verifySignature } from './signature.ts';
import { statusOf } from './statuses.ts';
import { parseInbound, parseStatus } from './webhooks.ts';

const SID = `SM${'1'.repeat(32)}`;
const ACCOUNT = `AC${'0'.repeat(31)}1`;
const inbound = {
  MessageSid: SID,
  AccountSid: ACCOUNT,
  From: '+14155550111',
  To: '+14155550100',
  Body: 'hi',
  NumMedia: '0',
  NumSegments: '1',
};

describe('signatures', () => {
  const vector = {
    authToken: 'tok',
    url: 'https://x.test/webhooks/twilio/sms?a=1',
    params: { Body: 'hi', From: '+1415', MessageSid: 'SM1' },
  };
  const signature = 'UAxRZxRFU1NkFrsaTlp+YI1LeNg=';

  it('equal the published vector', () => {
    expect(computeSignature(vector.authToken, vector.url, vector.params)).toBe(signature);
    expect(verifySignature({ ...vector, signature })).toBe(true);
  });

  it.each([
    ['another address', { url: `${vector.url}&b=2` }],
    ['another token', { authToken: 'token' }],
    ['another body', { params: { ...vector.params, Body: 'ho' } }],
    ['one parameter more', { params: { ...vector.params, X: '' } }],
    ['no signature', { signature: undefined }],
    ['an empty signature', { signature: '' }],
    ['a shorter signature', { signature: signature.slice(0, -1) }],
    ['no token', { authToken: '' }],
  ])('are refused with %s', (_name, change) => expect(verifySignature({ ...vector, signature, ...change })).toBe(false));

  it('equal those of the official library for any parameters', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { minLength: 1, maxLength: 3 }));
    const params = fc.dictionary(fc.string({ minLength: 1 }), value, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.string(), fc.webUrl({ withQueryParameters: true }), params, (token, url, given) => {
        const expected = webhooks.getExpectedTwilioSignature(token, url, given);
        expect(computeSignature(token, url, given)).toBe(expected);
        expect(verifySignature({ authToken: token, url, params: given, signature: expected })).toBe(token !== '');
      }),
    );
  });

  it.each([
    ['https://x.test/a', 'https://x.test:443/a'],
    ['https://x.test:443/a?b=1', 'https://x.test/a?b=1'],
    ['http://x.test/', 'http://x.test:80/'],
    ['https://x.test:8443/a', 'https://x.test/a'],
  ])('are found for %s when %s was signed, as the official library does', (url, signed) => {
    const made = computeSignature('tok', signed, vector.params);
    expect(verifySignature({ authToken: 'tok', url, params: vector.params, signature: made })).toBe(true);
    expect(webhooks.validateRequest('tok', made, url, vector.params)).toBe(true);
  });
});

describe('inbound forms', () => {
  it('are read', () => {
    expect(parseInbound(inbound)).toEqual({
      ok: true,
      value: { sid: SID, accountSid: ACCOUNT, from: '+14155550111', to: '+14155550100', body: 'hi', media: [], segments: 1 },
    });
  });

  it('may have media and no words', () => {
    const form = {
      ...inbound,
      Body: '',
      NumMedia: '2',
      MediaUrl0: 'https://api.twilio.com/a',
      MediaContentType0: 'image/jpeg; q=1',
      MediaUrl1: 'https://api.twilio.com/b',
    };
    expect(parseInbound(form)).toMatchObject({
      ok: true,
      value: {
        body: '',
        media: [
          { url: 'https://api.twilio.com/a', contentType: 'image/jpeg' },
          { url: 'https://api.twilio.com/b', contentType: 'application/octet-stream' },
        ],
      },
    });
  });

  it('with what cannot be stored have a sign in its place', () => {
    const parsed = parseInbound({ ...inbound, To: '\u0000', Body: 'a\u0000b\ud83d' });
    expect(parsed).toMatchObject({ ok: true, value: { to: '\ufffd', body: 'a\ufffdb\ufffd' } });
  });

  it('may use the older names and leave the body out', () => {
    const { MessageSid: _sid, Body: _body, ...rest } = inbound;
    expect(parseInbound({ ...rest, SmsSid: SID })).toMatchObject({ ok: true, value: { sid: SID, body: '' } });
  });

  it.each([
    ['MessageSid', { MessageSid: '../../etc' }],
    ['AccountSid', { AccountSid: '' }],
    ['From', { From: ' ' }],
    ['NumMedia', { NumMedia: '11' }],
    ['NumMedia', { NumMedia: 'many' }],
    ['MediaUrl0', { NumMedia: '1' }],
    ['MediaUrl0', { NumMedia: '1', MediaUrl0: 'no address' }],
    ['Body', { Body: 'x'.repeat(32_001) }],
  ])('with a bad %s are refused by name', (path, change) => {
    const parsed = parseInbound({ ...inbound, ...change });
    expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toEqual([path]);
  });
});

describe('status forms', () => {
  const form = { MessageSid: SID, AccountSid: ACCOUNT, MessageStatus: 'undelivered', ErrorCode: '30003' };
  it('are read with the error in words', () => {
    expect(parseStatus(form)).toEqual({
      ok: true,
      value: {
        sid: SID,
        accountSid: ACCOUNT,
        word: 'undelivered',
        status: 'undelivered',
        errorCode: '30003',
        errorText: 'The phone could not be reached; it is off, out of coverage or does not accept texts. Send again later or call.',
      },
    });
  });
  it('with a word that we do not know change nothing but are no error', () => {
    expect(parseStatus({ ...form, MessageStatus: 'Teleported', ErrorCode: '0' })).toMatchObject({
      ok: true,
      value: { word: 'teleported', status: null, errorCode: null, errorText: null },
    });
  });
  it('without a status are refused', () => {
    const { MessageStatus: _status, ...rest } = form;
    expect(parseStatus(rest)).toMatchObject({ ok: false, errors: [{ path: 'MessageStatus' }] });
  });
});

describe('words', () => {
  it.each([
    ['accepted', 'queued'],
    ['scheduled', 'queued'],
    ['sending', 'sending'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
    ['received', 'received'],
    ['other', null],
  ])('%s is %s', (word, status) => expect(statusOf(word)).toBe(status));

  it.each(['30003', '30005', '30006', '30007', '30008', '21610', '21211', '21614', '21408', '21606', '63038'])(
    'code %s has a cause and a next step',
    (code) => {
      const help = errorHelp(code);
      expect(help?.text).toMatch(/\.$/);
      expect(help?.nextStep).toMatch(/\.$/);
    },
  );

  it('of other codes are the carrier’s own', () => {
    expect(errorText('99999', 'Odd thing')).toBe('Odd thing');
    expect(errorText('99999')).toBe('The carrier reported error 99999.');
  });
});

import twilio from 'twilio';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN, OUR_TWILIO, createStopper, eventually, setWebhook, testCarrier, testHook } from './test-helpers.ts';
import type { TestCarrier } from './test-helpers.ts';
import { twimlMessages } from './twilio/records.ts';

const PHONE = '+14155550111';
const stopper = createStopper();
afterEach(() => stopper.stopAll());

/** The library knows its own hosts only: everything else (sign-in, forms, paging, errors) is done by its own HTTP client. */
function clientOf(carrier: TestCarrier, authToken = AUTH_TOKEN): twilio.Twilio {
  const httpClient = new twilio.RequestClient();
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) => request({ ...options, uri: options.uri.replace('https://api.twilio.com', carrier.url) });
  return twilio(ACCOUNT_SID, authToken, { httpClient, lazyLoading: true });
}

const start = async (): Promise<{ carrier: TestCarrier; client: twilio.Twilio }> => {
  const carrier = stopper.add(await testCarrier());
  return { carrier, client: clientOf(carrier) };
};

describe('the official library as a client of our sandbox', () => {
  it('creates a text, and reads every field of it', async () => {
    const { client } = await start();
    const sent = await client.messages.create({ from: OUR_TWILIO, to: PHONE, body: 'Zażółć 😀 & more=1' });
    expect(sent).toMatchObject({
      accountSid: ACCOUNT_SID,
      apiVersion: '2010-04-01',
      body: 'Zażółć 😀 & more=1',
      direction: 'outbound-api',
      errorCode: null,
      errorMessage: null,
      from: OUR_TWILIO,
      to: PHONE,
      numMedia: '0',
      numSegments: '1',
      priceUnit: 'USD',
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/) as string,
      status: 'queued',
      subresourceUris: { media: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${sent.sid}/Media.json` },
      uri: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${sent.sid}.json`,
    });
    expect(Object.entries(sent.toJSON()).filter(([, value]) => value === undefined)).toEqual([]);
    expect(Math.abs(sent.dateCreated.getTime() - Date.now())).toBeLessThan(60_000);
    const later = await eventually('delivered', async () => {
      const now = await client.messages(sent.sid).fetch();
      return now.status === 'delivered' ? now : undefined;
    });
    expect(later.dateSent.getTime()).toBeGreaterThanOrEqual(sent.dateCreated.getTime());
    expect(later.dateUpdated.getTime()).toBeGreaterThanOrEqual(later.dateSent.getTime());
  });

  it('pages through a list of any length, by the day and by the number', async () => {
    const { client, carrier } = await start();
    const bodies = Array.from({ length: 7 }, (_, index) => `text ${index}`);
    for (const body of bodies) await client.messages.create({ from: OUR_TWILIO, to: PHONE, body });
    await client.messages.create({ from: OUR_TWILIO, to: '+14155550112', body: 'elsewhere' });
    const all = await client.messages.list({ to: PHONE, pageSize: 3 });
    expect(all.map(({ body }) => body)).toEqual([...bodies].reverse());
    expect((await carrier.get('/__sandbox/calls')).byMethod.GET).toBe(3);
    expect(await client.messages.list({ to: PHONE, pageSize: 3, limit: 4 })).toHaveLength(4);
    const page = await client.messages.page({ to: PHONE, pageSize: 5 });
    expect(page.instances).toHaveLength(5);
    expect((await page.nextPage())?.instances.map(({ body }) => body)).toEqual(['text 1', 'text 0']);

    const [minute, day] = [60_000, 86_400_000];
    expect(await client.messages.list({ dateSentAfter: new Date(Date.now() - minute), from: OUR_TWILIO })).toHaveLength(8);
    expect(await client.messages.list({ dateSentBefore: new Date(Date.now() - minute) })).toEqual([]);
    expect(await client.messages.list({ dateSent: new Date(Date.now() - 3 * day) })).toEqual([]);
    expect(await client.messages.list({ to: '+14155550119' })).toEqual([]);
  });

  it.each([
    ['a number that is none', { to: '+15005550001' }, 400, 21211],
    ['a person who opted out', { to: '+15005550004' }, 400, 21610],
    ['a sender that is not ours', { from: '+14155550999' }, 400, 21606],
    ['no text', { body: '' }, 400, 21602],
    ['a text that is too long', { body: 'x'.repeat(1_601) }, 400, 21617],
  ])('is refused %s with code, words and where to read more', async (_what, change, status, code) => {
    const { client } = await start();
    const refused = client.messages.create({ from: OUR_TWILIO, to: PHONE, body: 'x', ...change });
    await expect(refused).rejects.toMatchObject({
      name: 'Error',
      status,
      code,
      message: expect.stringMatching(/^\S.+/) as string,
      moreInfo: `https://www.twilio.com/docs/errors/${code}`,
    });
    await expect(refused).rejects.toBeInstanceOf(twilio.RestException);
  });

  it('is told of what is not there, of a wrong token and of too many requests', async () => {
    const { client, carrier } = await start();
    const missing = `SM${'0'.repeat(32)}`;
    await expect(client.messages(missing).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    await expect(clientOf(carrier, 'wrong').messages.list()).rejects.toMatchObject({ status: 401, code: 20003 });
    await carrier.fault('/Messages.json', { status: 429 }, { times: 1 });
    await expect(client.messages.create({ from: OUR_TWILIO, to: PHONE, body: 'x' })).rejects.toMatchObject({ status: 429, code: 20429 });
    await carrier.fault('/Messages.json', { status: 503 }, { times: 1 });
    await expect(client.messages.create({ from: OUR_TWILIO, to: PHONE, body: 'x' })).rejects.toMatchObject({ status: 503, code: 20500 });
  });

  it('reads the account, its numbers and pictures, and sets the address of a number', async () => {
    const { client, carrier } = await start();
    expect(await client.api.v2010.accounts(ACCOUNT_SID).fetch()).toMatchObject({ status: 'active', friendlyName: 'Sandbox US' });
    const [number] = await client.incomingPhoneNumbers.list();
    expect(number).toMatchObject({ phoneNumber: OUR_TWILIO, capabilities: { sms: true } });
    const hook = stopper.add(await testHook());
    await client.incomingPhoneNumbers(number?.sid ?? '').update({ smsUrl: `${hook.url}/in` });
    await carrier.post('/__sandbox/inbound', { from: PHONE, to: OUR_TWILIO, body: 'look', media: ['parcel', 'sunset'] });
    const call = await eventually('the webhook', () => hook.calls[0]);
    const pictures = await client.messages(call.params['MessageSid'] ?? '').media.list();
    expect(pictures.map(({ contentType }) => contentType)).toEqual(['image/png', 'image/png']);
    expect(pictures.map(({ sid }) => call.params['MediaUrl0']?.includes(sid) || call.params['MediaUrl1']?.includes(sid))).toEqual([
      true,
      true,
    ]);
  });
});

describe('the official library as the judge of what our sandbox posts', () => {
  it.each(['', '?tenant=1', "?name=o'neil&empty="])(
    'takes the signature of texts, pictures and statuses at an address that ends in "%s"',
    async (query) => {
      const { client, carrier } = await start();
      const hook = stopper.add(await testHook());
      await setWebhook(carrier.url, `${hook.url}/in${query}`);
      await carrier.post('/__sandbox/inbound', { from: PHONE, to: OUR_TWILIO, body: 'Zażółć 😀 + & = %', media: ['parcel'] });
      await client.messages.create({ from: OUR_TWILIO, to: '+15005550092', body: 'x', statusCallback: `${hook.url}/status${query}` });
      await eventually('both', () =>
        ['received', 'undelivered'].every((word) => hook.calls.some((call) => call.params['SmsStatus'] === word)),
      );
      for (const { path, params, signature } of hook.calls) {
        const address = hook.url + path;
        expect(twilio.validateRequest(AUTH_TOKEN, signature, address, params)).toBe(true);
        expect(twilio.validateRequest(AUTH_TOKEN, signature, `${address}x`, params)).toBe(false);
        expect(twilio.validateRequest(AUTH_TOKEN, signature, address, { ...params, Body: 'forged' })).toBe(false);
      }
    },
  );

  it('writes TwiML that our sandbox reads', () => {
    const { MessagingResponse } = twilio.twiml;
    const answer = new MessagingResponse();
    answer.message('One & <only>');
    answer.message({ to: PHONE }, 'Zażółć 😀');
    answer.message('0012');
    const withPicture = answer.message('');
    withPicture.body('look');
    withPicture.media('https://example.test/a.png');
    answer.message('').media('https://example.test/b.png');
    expect(twimlMessages(answer.toString())).toEqual(['One & <only>', 'Zażółć 😀', '0012', 'look']);
    expect(twimlMessages(new MessagingResponse().toString())).toEqual([]);
  });
});

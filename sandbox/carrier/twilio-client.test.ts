import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTwilioClient } from '../../service/src/gateways/twilio/index.ts';
import type { TwilioOptions } from '../../service/src/gateways/twilio/index.ts';
import { ACCOUNT_SID, AUTH_TOKEN, OUR_TWILIO, createStopper, eventually, setWebhook, testCarrier, testHook } from './test-helpers.ts';

const PHONE = '+14155550111';
const stopper = createStopper();
afterEach(() => stopper.stopAll());

function clientOf(baseUrl: string, options: Partial<TwilioOptions> = {}): ReturnType<typeof createTwilioClient> {
  return stopper.add(createTwilioClient({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, baseUrl, timeoutMs: 3_000, ...options }));
}

const text = { from: OUR_TWILIO, to: PHONE, body: 'Hello 😀' };

describe('sending over the Twilio-compatible API', () => {
  it('hands a text in, reads it back and hears of each status once', async () => {
    const carrier = stopper.add(await testCarrier());
    const hook = stopper.add(await testHook());
    const client = clientOf(carrier.url);

    const sent = await client.send({ ...text, statusCallback: `${hook.url}/status?a=1` });

    expect(sent).toMatchObject({ kind: 'accepted', sid: expect.stringMatching(/^SM[0-9a-f]{32}$/), status: 'queued', segments: 1 });
    await eventually('delivered', () => hook.calls.some((call) => call.params.MessageStatus === 'delivered'));
    expect(hook.calls.map((call) => call.params.MessageStatus)).toEqual(['sending', 'sent', 'delivered']);
    const sid = sent.kind === 'accepted' ? sent.sid : '';
    expect(await client.fetchMessage(sid)).toMatchObject({
      ok: true,
      value: { status: 'delivered', body: text.body, direction: 'outbound', errorCode: null },
    });
    expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).messages).toMatchObject([{ id: sid, body: text.body, carrier: 'twilio' }]);
  });

  it.each([
    ['+15005550091', 'undelivered', '30003'],
    ['+15005550094', 'undelivered', '30007'],
    ['+15005550096', 'failed', '30008'],
  ])('%s ends as %s with %s', async (to, status, errorCode) => {
    const carrier = stopper.add(await testCarrier());
    const hook = stopper.add(await testHook());
    const sent = await clientOf(carrier.url).send({ ...text, to, statusCallback: hook.url });
    expect(sent.kind).toBe('accepted');
    const last = await eventually('the last status', () => hook.calls.find((call) => call.params.MessageStatus === status));
    expect(last.params.ErrorCode).toBe(errorCode);
  });

  it.each([
    [{ ...text, to: '+15005550001' }, '21211', 'message'],
    [{ ...text, to: '+15005550004' }, '21610', 'message'],
    [{ ...text, from: '+14155550999' }, '21606', 'message'],
    [{ ...text, body: 'x'.repeat(1_601) }, '21617', 'message'],
  ])('tells a refused message with its code and words', async (message, code, scope) => {
    const carrier = stopper.add(await testCarrier());
    const outcome = await clientOf(carrier.url).send(message);
    expect(outcome).toMatchObject({ kind: 'rejected', code, scope, httpStatus: 400, permanent: true });
    expect(outcome.kind === 'rejected' ? outcome.text : '').toMatch(/^[A-Z].+\./);
  });

  it('tells wrong credentials as a matter of the account', async () => {
    const carrier = stopper.add(await testCarrier());
    const client = clientOf(carrier.url, { authToken: 'wrong' });
    expect(await client.send(text)).toMatchObject({ kind: 'rejected', code: '20003', scope: 'account' });
    expect(await client.checkAccount()).toMatchObject({ ok: false, problem: { kind: 'unauthorized', retryable: false } });
    expect(await clientOf(carrier.url).checkAccount()).toMatchObject({ ok: true, value: { status: 'active', name: 'Sandbox US' } });
  });
});

describe('what a cut or slow line means', () => {
  it('cut before the work and after the work are both unknown, and the second message exists', async () => {
    const carrier = stopper.add(await testCarrier());
    const client = clientOf(carrier.url);
    await carrier.fault('/Messages.json', { drop: 'before' }, { times: 1, method: 'POST' });
    expect(await client.send(text)).toEqual({ kind: 'unknown', why: expect.stringContaining('cut') });
    await carrier.fault('/Messages.json', { drop: 'after' }, { times: 1, method: 'POST' });
    expect(await client.send(text)).toEqual({ kind: 'unknown', why: expect.stringContaining('cut') });
    const found = await client.listMessages({ to: PHONE });
    expect(found).toMatchObject({ ok: true, value: { messages: [{ body: text.body }], nextPage: null } });
  });

  it('no answer in time is unknown', async () => {
    const carrier = stopper.add(await testCarrier());
    await carrier.fault('/Messages.json', { latencyMs: 2_000 }, { method: 'POST' });
    expect(await clientOf(carrier.url, { timeoutMs: 100 }).send(text)).toEqual({ kind: 'unknown', why: 'no answer in time' });
  });

  it('a refused connection, an unknown host and a connection that never comes about are not sent', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await clientOf(`http://127.0.0.1:${port}`).send(text)).toMatchObject({
      kind: 'not-sent',
      why: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await clientOf('http://carrier.invalid').send(text)).toMatchObject({ kind: 'not-sent' });
    // TLS against a server that never answers the handshake.
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    stopper.add({ close: () => (sockets.forEach((socket) => socket.destroy()), mute.close()) });
    const muteUrl = `https://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    expect(await clientOf(muteUrl, { timeoutMs: 200 }).send(text)).toEqual({ kind: 'not-sent', why: 'no answer in time' });
  });

  it.each([
    [500, { kind: 'unknown', why: 'the carrier answered 500' }],
    [503, { kind: 'unknown', why: 'the carrier answered 503' }],
  ])('%i on create is unknown', async (status, expected) => {
    const carrier = stopper.add(await testCarrier());
    await carrier.fault('/Messages.json', { status }, { method: 'POST' });
    expect(await clientOf(carrier.url).send(text)).toEqual(expected);
  });

  it('429 asks to wait, as long as the carrier says', async () => {
    const carrier = stopper.add(await testCarrier());
    const client = clientOf(carrier.url);
    await carrier.fault('/Messages.json', { status: 429, headers: { 'retry-after': '7' } }, { times: 1, method: 'POST' });
    expect(await client.send(text)).toEqual({ kind: 'throttled', retryAfterMs: 7_000 });
    await carrier.fault('/Messages.json', { status: 429 }, { times: 1, method: 'POST' });
    expect(await client.send(text)).toEqual({ kind: 'throttled', retryAfterMs: 1_000 });
  });

  it('a created answer that cannot be read is unknown, never a failure', async () => {
    const carrier = stopper.add(await testCarrier());
    await carrier.fault('/Messages.json', { status: 201, body: 'oops' }, { method: 'POST' });
    expect(await clientOf(carrier.url).send(text)).toMatchObject({ kind: 'unknown' });
  });
});

describe('polling the list', () => {
  it('pages through everything since a time, newest first, also while new ones arrive', async () => {
    const carrier = stopper.add(await testCarrier());
    const client = clientOf(carrier.url);
    const since = new Date().toISOString();
    for (let index = 0; index < 7; index += 1) {
      await carrier.post('/__sandbox/inbound', { carrier: 'twilio', from: PHONE, to: OUR_TWILIO, body: `in ${index}` });
    }
    const bodies: string[] = [];
    let page: string | null = null;
    do {
      const found = await client.listMessages(page ? { page } : { to: OUR_TWILIO, since, pageSize: 3 });
      if (!found.ok) throw new Error(found.problem.text);
      bodies.push(...found.value.messages.map((message) => message.body));
      page = found.value.nextPage;
      await carrier.post('/__sandbox/inbound', { carrier: 'twilio', from: PHONE, to: OUR_TWILIO, body: 'late' });
    } while (page);
    expect(bodies).toEqual(['in 6', 'in 5', 'in 4', 'in 3', 'in 2', 'in 1', 'in 0']);
    const none = { ok: true, value: { messages: [] } };
    expect(await client.listMessages({ to: OUR_TWILIO, since: '2030-01-01T00:00:00Z' })).toMatchObject(none);
    expect(await client.listMessages({ to: OUR_TWILIO, before: new Date(Date.parse(since) - 60_000).toISOString() })).toMatchObject(none);
    const before = new Date(Date.now() + 60_000).toISOString();
    expect(await client.listMessages({ to: OUR_TWILIO, since, before })).toMatchObject({ value: { messages: { length: 10 } } });
  });

  it('follows no page of another account', async () => {
    const carrier = stopper.add(await testCarrier());
    const page = '/2010-04-01/Accounts/ACffffffffffffffffffffffffffffffff/Messages.json?Page=1';
    expect(await clientOf(carrier.url).listMessages({ page })).toMatchObject({ ok: false, problem: { kind: 'foreign-address' } });
  });
});

describe('pictures', () => {
  it('are listed and loaded through the redirect, within size and kind', async () => {
    const carrier = stopper.add(await testCarrier());
    const hook = stopper.add(await testHook());
    const client = clientOf(carrier.url);
    await setWebhook(carrier.url, `${hook.url}/in`);
    const html = { contentType: 'text/html', fileName: 'x.html', data: Buffer.from('<script>').toString('base64') };
    await carrier.post('/__sandbox/inbound', { carrier: 'twilio', from: PHONE, to: OUR_TWILIO, media: ['parcel', html] });
    const call = await eventually('the webhook', () => hook.calls[0]);
    const { MessageSid = '', MediaUrl0 = '', MediaUrl1 = '' } = call.params;

    const picture = await client.downloadMedia(MediaUrl0);
    expect(picture).toMatchObject({ ok: true, value: { contentType: 'image/png' } });
    expect(picture.ok ? picture.value.data.subarray(1, 4).toString() : '').toBe('PNG');
    expect(await client.downloadMedia(MediaUrl1)).toMatchObject({ ok: false, problem: { kind: 'wrong-type' } });
    expect(await client.listMedia(MessageSid)).toMatchObject({
      ok: true,
      value: [{ contentType: 'image/png', url: MediaUrl0 }, { contentType: 'text/html' }],
    });
    expect(await clientOf(carrier.url, { maxMediaBytes: 100 }).downloadMedia(MediaUrl0)).toMatchObject({
      ok: false,
      problem: { kind: 'too-large' },
    });
  });

  it('are never asked for elsewhere, and credentials stay at home', async () => {
    const carrier = stopper.add(await testCarrier());
    const client = clientOf(carrier.url);
    for (const url of ['http://169.254.169.254/latest', `${carrier.url}/__sandbox/accounts`, 'file:///etc/passwd', 'nonsense']) {
      expect(await client.downloadMedia(url)).toMatchObject({ ok: false, problem: { kind: 'foreign-address' } });
    }
    const home = `${carrier.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/MM1/Media/ME1`;
    await carrier.fault('/Media/ME1', { status: 307, headers: { location: 'http://169.254.169.254/latest' } });
    expect(await client.downloadMedia(home)).toMatchObject({ ok: false, problem: { kind: 'foreign-address' } });
  });
});

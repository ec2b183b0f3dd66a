import { afterEach, describe, expect, it } from 'vitest';
import { parseInbound, parseStatus, verifySignature } from '../../service/src/gateways/twilio/index.ts';
import { ACCOUNT_SID, AUTH_TOKEN, OUR_TWILIO, createStopper, eventually, setWebhook, testCarrier, testHook } from './test-helpers.ts';
import type { Hook, HookCall, TestCarrier } from './test-helpers.ts';

const PHONE = '+14155550111';
const stopper = createStopper();
afterEach(() => stopper.stopAll());

async function start(
  fragment = '',
): Promise<{ carrier: TestCarrier; hook: Hook; text(body: string, media?: unknown[]): Promise<void>; status(): Promise<string> }> {
  const carrier = stopper.add(await testCarrier());
  const hook = stopper.add(await testHook());
  await setWebhook(carrier.url, `${hook.url}/in?tenant=1${fragment}`);
  return {
    carrier,
    hook,
    text: async (body, media = []) => {
      await carrier.post('/__sandbox/inbound', { carrier: 'twilio', from: PHONE, to: OUR_TWILIO, body, media });
    },
    status: async () => (await carrier.get(`/__sandbox/phones/${PHONE}`)).messages.at(-1).status,
  };
}

function valid(hook: Hook, call: HookCall): boolean {
  return verifySignature({ authToken: AUTH_TOKEN, url: hook.url + call.path, params: call.params, signature: call.signature });
}

describe('texts from phones over webhooks', () => {
  it('arrive signed and complete', async () => {
    const { hook, text, status } = await start();
    await text('Dzień dobry 😀 & more=1');
    const call = await eventually('the webhook', () => hook.calls[0]);
    expect(valid(hook, call)).toBe(true);
    expect(parseInbound(call.params)).toMatchObject({
      ok: true,
      value: { from: PHONE, to: OUR_TWILIO, body: 'Dzień dobry 😀 & more=1', accountSid: ACCOUNT_SID, media: [], segments: 1 },
    });
    await eventually('the phone says so', async () => (await status()) === 'Delivered');
  });

  it('may be a picture without words', async () => {
    const { hook, text } = await start();
    await text('', ['sunset', 'meter']);
    const call = await eventually('the webhook', () => hook.calls[0]);
    expect(parseInbound(call.params)).toMatchObject({
      ok: true,
      value: { sid: expect.stringMatching(/^MM/), body: '', media: [{ contentType: 'image/png' }, { contentType: 'image/png' }] },
    });
  });

  it('are tried again with the same token by the policy of the address, and kept in the list when nobody takes them', async () => {
    const { hook, text, status, carrier } = await start('#rc=3&rp=5xx');
    hook.answers.push(500, 502);
    await text('third time lucky');
    await eventually('delivered', async () => (await status()) === 'Delivered');
    expect(hook.calls).toHaveLength(3);
    expect(new Set(hook.calls.map((call) => call.token)).size).toBe(1);
    expect(hook.calls.every((call) => valid(hook, call))).toBe(true);

    await setWebhook(carrier.url, `${hook.url}/in`);
    hook.answers.push(500);
    await text('by default an error is not tried again');
    await eventually('kept', async () => /answered 500/.test(await status()));
    expect(hook.calls).toHaveLength(4);
  });

  it('are tried again once by default when nobody listens', async () => {
    const { hook, text, status } = await start();
    await hook.close();
    await text('anyone there?');
    await eventually('kept', async () => /did not answer/.test(await status()));
  });

  it('of 200 generated people all arrive, each once', async () => {
    const { hook, carrier } = await start();
    await carrier.post('/__sandbox/seed', { kind: 'twilio', count: 200, seed: 'crowd' });
    await eventually('all webhooks', () => hook.calls.length === 200);
    expect(new Set(hook.calls.map((call) => call.params.MessageSid)).size).toBe(200);
  });

  it('are answered by TwiML in the webhook reply', async () => {
    const { hook, text, carrier } = await start();
    hook.reply = { type: 'text/xml', body: '<Response><Message>One &amp; only</Message><Message><Body>two</Body></Message></Response>' };
    await text('ping');
    const bodies = await eventually('the replies', async () => {
      const { messages } = await carrier.get(`/__sandbox/phones/${PHONE}`);
      const received = messages.filter((message: { direction: string }) => message.direction === 'received');
      return received.length === 2 && received.map((message: { body: string }) => message.body);
    });
    expect(bodies).toEqual(['One & only', 'two']);
  });

  it('are refused with a reason when the number is not the company’s', async () => {
    const { carrier } = await start();
    const order = { from: PHONE, to: '+14155550000', body: 'x' };
    await expect(carrier.post('/__sandbox/inbound', order)).rejects.toThrow(/422.*not a number of the company/);
    await expect(carrier.post('/__sandbox/inbound', { ...order, to: OUR_TWILIO, carrier: 'smpp' })).rejects.toThrow(
      /belongs to the twilio carrier/,
    );
  });
});

describe('status callbacks', () => {
  it('read into our axis with the error in words', async () => {
    const { carrier, hook } = await start();
    const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
    await fetch(`${carrier.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ From: OUR_TWILIO, To: '+15005550092', Body: 'x', StatusCallback: `${hook.url}/status` }),
    });
    const call = await eventually('undelivered', () => hook.calls.find((one) => one.params.MessageStatus === 'undelivered'));
    expect(valid(hook, call)).toBe(true);
    expect(parseStatus(call.params)).toMatchObject({
      ok: true,
      value: { word: 'undelivered', status: 'undelivered', errorCode: '30005', errorText: expect.stringContaining('no longer in use') },
    });
  });
});

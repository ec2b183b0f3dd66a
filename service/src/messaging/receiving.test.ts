import { randomBytes } from 'node:crypto';
import MessagingResponse from 'twilio/lib/twiml/MessagingResponse.js';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN } from '../../../sandbox/carrier/test-helpers.ts';
import { OUR_UK, OUR_US, setWebhook, startRig, until, type Rig } from '../rig.test-helper.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
}, 60_000);
afterAll(() => rig.close());

const sid = () => `SM${randomBytes(16).toString('hex')}`;
let phones = 0;
/** A phone that no other test uses. */
const phone = () => `+1415555${String(2000 + (phones += 1))}`;

async function webhook(
  params: Record<string, string>,
  change: { account?: string; signature?: string | null; url?: string; path?: string } = {},
) {
  const path = `/carriers/twilio/${change.account ?? rig.twilioId}/${change.path ?? 'inbound'}`;
  const url = `http://localhost:${rig.ports.service}${path}`;
  const all = { AccountSid: ACCOUNT_SID, To: OUR_US, NumMedia: '0', ...params };
  const signature =
    change.signature === undefined ? webhooks.getExpectedTwilioSignature(AUTH_TOKEN, change.url ?? url, all) : change.signature;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...(signature !== null && { 'x-twilio-signature': signature }) },
    body: new URLSearchParams(all),
  });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
}

interface Stored {
  id: string;
  body: string;
  sequence: number;
  unread: number;
  confirmed: boolean;
  segments: number;
}
const storedFrom = (number: string) =>
  rig.rows<Stored>(`select m.id, m.body, m.reply_confirmed as confirmed, m.sequence, m.segments, c.unread from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    where c.customer_number = '${number}' and m.direction = 'inbound' order by m.sequence`);

describe('a webhook', () => {
  it('that comes a hundred times at once is one message', async () => {
    const from = phone();
    const params = { MessageSid: sid(), From: from, Body: 'Once, please' };
    const answers = await Promise.all(Array.from({ length: 100 }, () => webhook(params)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    // What the carrier's own library writes for "no reply".
    expect(answers[0]).toMatchObject({ type: expect.stringContaining('text/xml') as string, text: new MessagingResponse().toString() });
    expect(await storedFrom(from)).toMatchObject([{ body: 'Once, please', sequence: 1, unread: 1 }]);
    await rig.delivered();
    expect(rig.salesforce.org.query(`SELECT Id FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${from}'`)).toHaveLength(1);
  });

  it('of fifty different texts of one person at once gives each its place', async () => {
    const from = phone();
    await Promise.all(Array.from({ length: 50 }, (_, index) => webhook({ MessageSid: sid(), From: from, Body: `Text ${index}` })));
    const stored = await storedFrom(from);
    expect(stored.map((message) => message.sequence)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(new Set(stored.map((message) => message.body)).size).toBe(50);
    expect(stored[0]?.unread).toBe(50);
  });

  it.each<[string, Parameters<typeof webhook>[1], Record<string, string>, number, string]>([
    ['without a signature', { signature: null }, {}, 403, 'signature_invalid'],
    ['with a forged signature', { signature: 'bm90IGEgc2lnbmF0dXJl' }, {}, 403, 'signature_invalid'],
    ['signed for another address', { url: 'https://elsewhere.test/inbound' }, {}, 403, 'signature_invalid'],
    ['of another carrier account', {}, { AccountSid: `AC${'f'.repeat(32)}` }, 403, 'signature_invalid'],
    ['for an account that is not there', { account: '6f1c1c1e-0000-4000-8000-000000000000' }, {}, 404, 'not_found'],
    ['for no account at all', { account: 'nonsense' }, {}, 404, 'not_found'],
    ['without an id', {}, { MessageSid: 'nonsense' }, 400, 'invalid_request'],
    ['without a sender', {}, { From: '' }, 400, 'invalid_request'],
    ['with a picture without address', {}, { NumMedia: '1' }, 400, 'invalid_request'],
    ['with a status that has no id', { path: 'status' }, { MessageSid: '', MessageStatus: 'sent' }, 400, 'invalid_request'],
  ])('%s is refused and leaves nothing', async (_what, change, params, status, code) => {
    const from = phone();
    const answer = await webhook({ MessageSid: sid(), From: from, Body: 'Forged', ...params }, change);
    expect(answer.status).toBe(status);
    expect(answer.type).toContain('application/problem+json');
    expect(JSON.parse(answer.text)).toMatchObject({ code, status });
    expect(await storedFrom(from)).toEqual([]);
  });

  it('is not taken for an SMPP account', async () => {
    expect((await webhook({ MessageSid: sid(), From: phone(), Body: 'x' }, { account: rig.smppId })).status).toBe(404);
  });

  it('with characters that no database stores comes in all the same', async () => {
    const from = phone();
    expect((await webhook({ MessageSid: sid(), From: from, Body: 'nul\u0000 here 🙂' })).status).toBe(200);
    expect(await storedFrom(from)).toMatchObject([{ body: 'nul\uFFFD here 🙂' }]);
  });

  it('with a body full of emoji reaches the org', async () => {
    const from = phone();
    await webhook({ MessageSid: sid(), From: from, Body: '🙂'.repeat(300) });
    await rig.delivered();
    expect(await rig.rows(`select reason from outbox where state = 'parked'`)).toEqual([]);
    const [conversation] = rig.salesforce.org.query(`SELECT LastMessageText__c FROM Conversation__c WHERE CustomerNumber__c = '${from}'`);
    expect(String(conversation?.['LastMessageText__c'])).toMatch(/^(🙂){100}$/u);
  });
});

describe('pictures', () => {
  it('with no words are a message; they are fetched, kept and served to the org only', async () => {
    const from = phone();
    await rig.inbound(from, OUR_US, '', ['parcel']);
    await until('the picture is kept', async () => (await rig.rows(`select 1 from media where state = 'stored'`)).length === 1);
    await rig.delivered();
    const [row] = rig.salesforce.org.query(
      `SELECT Body__c, Media__c, Conversation__r.LastMessageText__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${from}'`,
    );
    const [media] = JSON.parse(String(row?.['Media__c'])) as { id: string; contentType: string; bytes: number; fileName: string }[];
    expect(row?.['Body__c']).toBeNull();
    expect(media?.contentType).toMatch(/^image\//);
    const answer = await rig.call<{ contentType: string; data: string; fileName: string }>('GET', `/v1/media/${media?.id}`, undefined, {
      key: rig.keys.agent,
    });
    expect(answer.status).toBe(200);
    expect(Buffer.from(answer.body.data, 'base64')).toHaveLength(media?.bytes ?? -1);
    expect(answer.body.fileName).toMatch(/^picture-1\./);
  });

  it('that the carrier does not give out any more are noted as such', async () => {
    const from = phone();
    await rig.carrier.fault('/Media/', { status: 404 }, { times: 5 });
    await rig.inbound(from, OUR_US, 'Look', ['parcel']);
    await until('given up', async () => (await rig.rows(`select 1 from media where state = 'failed'`)).length === 1);
    await rig.delivered();
    const [row] = rig.salesforce.org.query(`SELECT Media__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${from}'`);
    expect(JSON.parse(String(row?.['Media__c']))).toMatchObject([{ state: 'failed', bytes: 0 }]);
    await fetch(`${rig.carrier.url}/__sandbox/faults`, { method: 'DELETE' });
  });
});

describe('a text over SMPP', () => {
  const uk = () => `+4477009003${String((phones += 1)).padStart(2, '0')}`;
  const count = async (number: string) => (await storedFrom(number)).length;

  /** The carrier has certainly read our reply when it has answered something that we sent after it. */
  async function confirmed(from: string) {
    const probe = await rig.send('+447700900111', OUR_UK, 'anything');
    await until('answered', async () => ['sent', 'delivered'].includes(await rig.statusOf(probe.body.id)));
    await until('confirmed', async () => (await storedFrom(from)).every((message) => message.confirmed));
  }

  it('that is handed over again because our reply was lost is one message', async () => {
    const from = uk();
    await rig.carrier.fault('smpp:deliver_sm', { drop: 'after' }, { times: 1 });
    await rig.inbound(from, OUR_UK, 'Did you get this?');
    await until('handed over twice', async () => ((await rig.carrier.get('/__sandbox/smsc')) as { waiting: number }).waiting === 0);
    expect(await count(from)).toBe(1);
    await confirmed(from);
    await rig.inbound(from, OUR_UK, 'Did you get this?');
    await until('the third one is new', async () => (await count(from)) === 2);
  });

  it('that a person sends twice is two messages', async () => {
    const from = uk();
    for (const expected of [1, 2]) {
      await rig.inbound(from, OUR_UK, 'ok');
      await until(`stored ${expected}`, async () => (await count(from)) === expected);
      await confirmed(from);
    }
    expect(await storedFrom(from)).toMatchObject([{ body: 'ok' }, { body: 'ok' }]);
  });

  it('in several parts with every alphabet is one message, however its parts are cut', async () => {
    const from = uk();
    for (const longInbound of ['udh8', 'udh16', 'sar', 'payload']) {
      const set = await fetch(`${rig.carrier.url}/__sandbox/smsc`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ longInbound }),
      });
      if (!set.ok) continue; // this sandbox cuts in fewer ways
      const before = await count(from);
      await rig.inbound(from, OUR_UK, `Grüße ${longInbound} ${'€[]{}'.repeat(60)} end`);
      await rig.inbound(from, OUR_UK, `Ещё ${longInbound} ${'я🙂'.repeat(80)} конец`);
      await until(`two more (${longInbound})`, async () => (await count(from)) === before + 2);
      const last = (await storedFrom(from)).slice(-2).map((message) => message.body);
      expect(last.sort()).toEqual(
        [`Grüße ${longInbound} ${'€[]{}'.repeat(60)} end`, `Ещё ${longInbound} ${'я🙂'.repeat(80)} конец`].sort(),
      );
    }
    await rig.delivered();
  });
});

describe('the carrier’s list', () => {
  it('brings what a lost webhook missed, once, also the pictures', async () => {
    const from = phone();
    await setWebhook(rig.carrier, '');
    await rig.inbound(from, OUR_US, 'Nobody was told');
    await rig.inbound(from, OUR_US, '', ['parcel']);
    const { body: account } = await rig.call<{ webhookUrl: string }>('PATCH', `/v1/carrier-accounts/${rig.twilioId}`, {
      ratePerSecond: 400,
    });
    await until('found by polling', async () => (await storedFrom(from)).length === 2);
    await setWebhook(rig.carrier, account.webhookUrl);
    await rig.call('PATCH', `/v1/carrier-accounts/${rig.twilioId}`, { ratePerSecond: 500 });
    await until(
      'polled again',
      async () => (await rig.rows(`select 1 from carrier_account where id = '${rig.twilioId}' and state = 'connected'`)).length === 1,
    );
    expect(await storedFrom(from)).toHaveLength(2);
    await rig.delivered();
    expect(rig.salesforce.org.query(`SELECT Id FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${from}'`)).toHaveLength(2);
  });
});

it('logged no number, text or token of all this', () => {
  const output = rig.log.join('');
  for (const secret of ['+1415555', '+44770090', 'Once, please', 'Nobody was told', AUTH_TOKEN, rig.keys.admin, rig.keys.agent])
    expect(output).not.toContain(secret);
});

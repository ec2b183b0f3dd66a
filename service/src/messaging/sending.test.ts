import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { OUR_UK, OUR_US, startRig, until, type Rig } from '../rig.test-helper.ts';
import { createSend } from './send.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
}, 60_000);
afterAll(() => rig.close());
afterEach(() => fetch(`${rig.carrier.url}/__sandbox/faults`, { method: 'DELETE' }));

let people = 0;
const us = () => `+1415557${1000 + (people += 1)}`;
const uk = () => `+44770091${1000 + (people += 1)}`;
const ways = [
  ['Twilio', OUR_US, us],
  ['SMPP', OUR_UK, uk],
] as const;

const status = (id: string, wanted: string) => until(`${id} is ${wanted}`, async () => (await rig.statusOf(id)) === wanted);

async function messageOf(id: string): Promise<{ status: string; error_code: string | null; error_text: string | null; accepted: boolean }> {
  const [row] = await rig.rows<never>(`select status, error_code, error_text, accepted from message where id = '${id}'`);
  return row!;
}

async function connected(): Promise<void> {
  await until('both carriers are connected', async () =>
    (await rig.rows<{ state: string }>('select state from carrier_account where removed_at is null')).every(
      ({ state }) => state === 'connected',
    ),
  );
}

describe('the Idempotency-Key', () => {
  it('gives the same answer to the same request, and sends once', async () => {
    const [to, key] = [us(), randomUUID()];
    const first = await rig.send(to, OUR_US, 'Hello', key);
    expect(first).toMatchObject({
      status: 202,
      body: { to, from: OUR_US, status: 'queued', segments: 1, encoding: 'GSM-7', sequence: 1 },
    });
    const again = await rig.send(to, OUR_US, 'Hello', key);
    expect(again.body).toEqual({ ...first.body, status: (again.body as { status?: string }).status });
    await status(first.body.id, 'delivered');
    expect(await rig.received(to)).toEqual(['Hello']);
  });

  it('refuses another text, number or sender', async () => {
    const [to, key] = [us(), randomUUID()];
    await rig.send(to, OUR_US, 'One', key);
    for (const change of [
      () => rig.send(to, OUR_US, 'Two', key),
      () => rig.send(us(), OUR_US, 'One', key),
      () => rig.send(to, OUR_UK, 'One', key),
    ])
      expect(await change()).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
  });

  it('makes twins at the same moment one message', async () => {
    const [to, key] = [us(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => rig.send(to, OUR_US, 'Twin', key)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    await status(answers[0]!.body.id, 'delivered');
    expect(await rig.received(to)).toEqual(['Twin']);
    expect(await rig.rows(`select last_sequence as n from conversation where customer_number = '${to}'`)).toEqual([{ n: 1 }]);
  });

  it('gives the answer of the first of two, also when the person asked for no more texts between them', async () => {
    const [to, key] = [us(), randomUUID()];
    const { promise: accepted, resolve: goOn } = Promise.withResolvers<undefined>();
    let looks = 0;
    const late = rig.database.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if ((looks += 1) === 1) await accepted; // it has found nothing under its key yet
        return result;
      },
    });
    const [account] = await rig.rows<{ org: string }>('select org_id as org from carrier_account limit 1');
    const send = createSend({ db: late, clock: systemClock, wake: () => undefined });
    const second = send(account?.org ?? '', undefined, key, { to, from: OUR_US, body: 'Hello' });
    const first = await rig.send(to, OUR_US, 'Hello', key);
    await rig.inbound(to, OUR_US, 'STOP');
    await until('opted out', async () => (await rig.rows(`select 1 from opt_out where number = '${to}'`)).length === 1);
    goOn(undefined);
    expect((await second).id).toBe(first.body.id);
  });

  it('belongs to its org and holds over a batch', async () => {
    const [to, key] = [us(), `batch-${randomUUID()}`];
    const messages = [
      { key, to, body: 'From a batch' },
      { key: `${key}-2`, to: 'nobody', body: 'x' },
      { key, to, body: 'From a batch' },
      { key: `${key}-3`, to, body: 'x', recordId: 'not an id' },
      { key: `${key}-4`, to, body: 'Second', recordId: '003000000000001' },
    ];
    const answer = await rig.call<{ items: { status: string; id?: string; code?: string }[] }>('POST', '/v1/messages/batch', { messages });
    expect(answer.body.items).toMatchObject([
      { status: 'queued' },
      { status: 'rejected', code: 'invalid_number' },
      { status: 'queued', id: answer.body.items[0]?.id },
      { status: 'rejected', code: 'invalid_request' },
      { status: 'queued' },
    ]);
    await status(answer.body.items[4]!.id!, 'delivered');
    expect(await rig.received(to)).toEqual(['From a batch', 'Second']);
  });
});

describe.each(ways)('sending over %s', (_name, from, phone) => {
  it('reaches the phone in the order in which it was written, and ends as delivered', async () => {
    const to = phone();
    const sent = [];
    for (let index = 0; index < 12; index += 1) sent.push(await rig.send(to, from, `Text ${index}`));
    for (const { body } of sent) await status(body.id, 'delivered');
    expect(await rig.received(to)).toEqual(sent.map((_, index) => `Text ${index}`));
  });

  it('keeps the order when the carrier asks to slow down', async () => {
    const to = phone();
    await rig.carrier.fault(
      from === OUR_US ? '/Messages.json' : 'smpp:submit_sm',
      { status: from === OUR_US ? 429 : 0x58 },
      { times: from === OUR_US ? 3 : 1, method: from === OUR_US ? 'POST' : 'SMPP' },
    );
    const sent = [];
    for (let index = 0; index < 5; index += 1) sent.push(await rig.send(to, from, `Slow ${index}`));
    for (const { body } of sent) await status(body.id, 'delivered');
    expect(await rig.received(to)).toEqual(sent.map((_, index) => `Slow ${index}`));
  });

  it('carries long texts in every alphabet whole', async () => {
    const to = phone();
    const texts = [`Grüße €${'[x]'.repeat(120)}`, `Привет 🙂 ${'я'.repeat(200)}`];
    for (const text of texts) {
      const { body } = await rig.send(to, from, text);
      await status(body.id, 'delivered');
    }
    expect(await rig.received(to)).toEqual(texts);
  });

  it('is refused with the carrier’s reason, and nothing else suffers', async () => {
    const bad = from === OUR_US ? '+15005550001' : uk();
    if (from === OUR_UK) await rig.carrier.post(`/__sandbox/phones/${bad}`, { behaviour: 'invalid' });
    const refused = await rig.send(bad, from, 'Nobody');
    const good = await rig.send(phone(), from, 'Somebody');
    await status(refused.body.id, 'failed');
    await status(good.body.id, 'delivered');
    const message = await messageOf(refused.body.id);
    expect(message).toMatchObject({ accepted: false, error_code: expect.any(String) as string });
    expect(message.error_text).toMatch(/number/i);
  });

  it('is undelivered with the network’s reason', async () => {
    const to = phone();
    await rig.carrier.post(`/__sandbox/phones/${to}`, { behaviour: 'unreachable' });
    const { body } = await rig.send(to, from, 'Switched off');
    await status(body.id, 'undelivered');
    expect(await messageOf(body.id)).toMatchObject({
      accepted: true,
      error_code: expect.any(String) as string,
      error_text: expect.stringMatching(/\w/) as string,
    });
  });

  it('that was cut before the carrier took it is sent or unknown, never twice', async () => {
    const to = phone();
    await rig.carrier.fault(
      from === OUR_US ? '/Messages.json' : 'smpp:submit_sm',
      { drop: 'before' },
      { times: 1, method: from === OUR_US ? 'POST' : 'SMPP' },
    );
    const { body } = await rig.send(to, from, 'Cut before');
    await until('in doubt', async () => ['unknown', 'sent', 'delivered'].includes(await rig.statusOf(body.id)));
    await connected();
    const after = await rig.send(to, from, 'After');
    await status(after.body.id, 'delivered');
    expect((await rig.received(to)).filter((text) => text === 'Cut before').length).toBeLessThanOrEqual(1);
  });
});

describe('an outcome that nobody knows', () => {
  const lose = (from: string) =>
    rig.carrier.fault(
      from === OUR_US ? '/Messages.json' : 'smpp:submit_sm',
      { drop: 'after' },
      { times: 1, method: from === OUR_US ? 'POST' : 'SMPP' },
    );

  it('is shown, and settled by the receipt of an SMPP carrier', async () => {
    const to = uk();
    await lose(OUR_UK);
    const { body } = await rig.send(to, OUR_UK, 'Reply lost');
    await status(body.id, 'delivered');
    expect(await rig.received(to)).toEqual(['Reply lost']);
    expect(await messageOf(body.id)).toMatchObject({ accepted: true, error_code: null, error_text: null });
  });

  it('is settled by the list of the HTTP carrier, and not by an equal text that is known', async () => {
    const to = us();
    const known = await rig.send(to, OUR_US, 'Same words');
    await status(known.body.id, 'delivered');
    await rig.carrier.fault('/Messages.json', { drop: 'before' }, { times: 1, method: 'POST' });
    const lost = await rig.send(to, OUR_US, 'Same words');
    await status(lost.body.id, 'unknown');
    await lose(OUR_US);
    const taken = await rig.send(to, OUR_US, 'Other words');
    await status(taken.body.id, 'delivered');
    expect(await rig.statusOf(lost.body.id)).toBe('unknown');
    expect(await rig.received(to)).toEqual(['Same words', 'Other words']);
    await rig.delivered();
    const [row] = rig.salesforce.org.query(
      `SELECT SentStatus__c, DeliveryStatus__c, ErrorText__c FROM Message__c WHERE ExternalId__c = '${lost.body.id}'`,
    );
    expect(row).toMatchObject({
      SentStatus__c: 'Unknown',
      DeliveryStatus__c: null,
      ErrorText__c: expect.stringContaining('may have been sent') as string,
    });
  });

  it.each([
    ['sent', 'sent', true, []],
    ['failed', 'failed', false, []],
    ['resend', 'delivered', true, ['Settle me']],
  ] as const)('is settled by an admin as %s, once', async (outcome, wanted, accepted, received) => {
    const to = uk();
    await rig.carrier.post(`/__sandbox/phones/${to}`, { behaviour: 'silent' });
    await rig.carrier.fault('smpp:submit_sm', { drop: 'before' }, { times: 1, method: 'SMPP' });
    const { body } = await rig.send(to, OUR_UK, 'Settle me');
    await status(body.id, 'unknown');
    await connected();
    await rig.carrier.post(`/__sandbox/phones/${to}`, { behaviour: 'normal' });
    const resolve = () => rig.call('POST', `/v1/messages/${body.id}/resolve`, { outcome, reason: 'I called the customer.' });
    expect((await resolve()).status).toBe(200);
    await status(body.id, wanted);
    expect(await messageOf(body.id)).toMatchObject({ accepted });
    expect(await rig.received(to)).toEqual(received);
    expect(await resolve()).toMatchObject({ status: 409, body: { code: 'message_settled' } });
  });

  it('is counted for the admin', async () => {
    const { body } = await rig.call<{ unknown: number; backlog: { toCarrier: { waiting: number } } }>('GET', '/v1/health');
    const [row] = await rig.rows<{ n: number }>(`select count(*) as n from message where status = 'unknown'`);
    expect(body.unknown).toBe(row?.n);
    expect(body.backlog.toCarrier.waiting).toBe(0);
  });
});

describe('consent', () => {
  it('is taken back and given again by the person, for every sender', async () => {
    const to = us();
    await rig.inbound(to, OUR_US, ' Stop! ');
    await until(
      'opted out',
      async () => (await rig.rows(`select 1 from opt_out where number = '${to}' and state = 'opted_out'`)).length === 1,
    );
    for (const from of [OUR_US, OUR_UK])
      expect(await rig.send(to, from, 'Still there?')).toMatchObject({ status: 409, body: { code: 'opted_out' } });
    const batch = await rig.call<{ items: { code: string }[] }>('POST', '/v1/messages/batch', {
      messages: [{ key: `stop-${randomUUID()}`, to, body: 'x' }],
    });
    expect(batch.body.items).toMatchObject([{ status: 'rejected', code: 'opted_out' }]);
    await rig.delivered();
    expect(
      rig.salesforce.org.query(`SELECT State__c, Kind__c, Keyword__c, Reason__c FROM OptOut__c WHERE ExternalId__c = '${to}'`),
    ).toMatchObject([{ State__c: 'OptedOut', Kind__c: 'Keyword', Keyword__c: 'STOP' }]);
    expect(rig.salesforce.org.query(`SELECT OptedOut__c FROM Conversation__c WHERE CustomerNumber__c = '${to}'`)).toMatchObject([
      { OptedOut__c: true },
    ]);
    await rig.inbound(to, OUR_US, 'START');
    await until('opted in', async () => (await rig.send(to, OUR_US, 'Welcome back')).status === 202);
    await rig.delivered();
    expect(rig.salesforce.org.query(`SELECT State__c FROM OptOut__c WHERE ExternalId__c = '${to}'`)).toMatchObject([
      { State__c: 'OptedIn' },
    ]);
    expect(rig.salesforce.org.query(`SELECT OptedOut__c FROM Conversation__c WHERE CustomerNumber__c = '${to}'`)).toMatchObject([
      { OptedOut__c: false },
    ]);
  });

  it('is not touched by HELP or by talk about stopping', async () => {
    const to = us();
    for (const text of ['HELP', 'please stop calling', 'START now?']) await rig.inbound(to, OUR_US, text);
    await until('all came in', async () => (await rig.rows(`select 1 from message where body = 'START now?'`)).length === 1);
    await rig.delivered();
    expect(
      rig.salesforce.org.query(`SELECT State__c, Kind__c, Keyword__c, Reason__c FROM OptOut__c WHERE ExternalId__c = '${to}'`),
    ).toMatchObject([{ State__c: 'OptedIn', Kind__c: 'Keyword', Keyword__c: 'HELP', Reason__c: 'The person asked for help.' }]);
    expect((await rig.send(to, OUR_US, 'How can I help?')).status).toBe(202);
  });

  it('that is taken back while a text waits keeps it from going out', async () => {
    const to = uk();
    await rig.carrier.fault('smpp:submit_sm', { status: 0x58 }, { times: 2, method: 'SMPP' });
    const { body } = await rig.send(to, OUR_UK, 'Too late');
    await rig.inbound(to, OUR_UK, 'STOP');
    await until('settled', async () => ['failed', 'delivered'].includes(await rig.statusOf(body.id)));
    const [row] = await rig.rows<{ early: boolean }>(
      `select m.submitted_at < o.changed_at as early from message m, opt_out o where m.id = '${body.id}' and o.number = '${to}'`,
    );
    if ((await rig.statusOf(body.id)) === 'failed') {
      expect(await messageOf(body.id)).toMatchObject({ error_code: 'opted_out', accepted: false });
      expect(await rig.received(to)).toEqual([]);
    } else expect(row?.early).toBe(true);
    expect(await rig.rows(`select 1 from outbox where purpose = 'carrier' and subject_id = '${body.id}'`)).toEqual([]);
  });

  it('is changed by hand with a reason that the org shows', async () => {
    const to = us();
    const set = (state: string) =>
      rig.call(
        'POST',
        '/v1/opt-outs',
        { number: to, state, reason: 'Asked on the phone' },
        { headers: { 'x-user-id': '005000000000001AAA' } },
      );
    expect(await set('opted_out')).toMatchObject({
      status: 200,
      body: { number: to, state: 'opted_out', kind: 'manual', reason: 'Asked on the phone' },
    });
    expect((await rig.send(to, OUR_US, 'x')).status).toBe(409);
    expect((await set('opted_in')).status).toBe(200);
    expect((await rig.send(to, OUR_US, 'x')).status).toBe(202);
  });
});

describe('who may send from where', () => {
  it('is decided by the number’s users', async () => {
    const { body: numbers } = await rig.call<{ items: { id: string; number: string }[] }>('GET', '/v1/numbers');
    const uk = numbers.items.find((item) => item.number === OUR_UK)!;
    await rig.call('PATCH', `/v1/numbers/${uk.id}`, { users: ['005000000000001AAA'] });
    const send = (userId: string, from?: string) =>
      rig.call(
        'POST',
        '/v1/messages',
        { to: us(), from, body: 'x' },
        { headers: { 'idempotency-key': randomUUID(), 'x-user-id': userId } },
      );
    expect(await send('005000000000001', OUR_UK)).toMatchObject({ status: 202 });
    expect(await send('005000000000002AAA', OUR_UK)).toMatchObject({ status: 403, body: { code: 'sender_not_allowed' } });
    expect(await send('005000000000002AAA')).toMatchObject({ status: 202, body: { from: OUR_US } });
    const mine = await rig.call<{ items: { number: string }[] }>('GET', '/v1/numbers?mine=true', undefined, {
      headers: { 'x-user-id': '005000000000002AAA' },
    });
    expect(mine.body.items.map((item) => item.number)).toEqual([OUR_US]);
    await rig.call('PATCH', `/v1/numbers/${uk.id}`, { users: [] });
  });
});

it('left nothing waiting and logged no number or text', async () => {
  await until('the carriers’ lanes are empty', async () => (await rig.rows(`select 1 from outbox where purpose = 'carrier'`)).length === 0);
  const output = rig.log.join('');
  for (const secret of ['+1415557', '+44770091', 'Reply lost', 'Same words', 'sandbox-auth-token']) expect(output).not.toContain(secret);
  expect(rig.log.filter((line) => line.includes('"level":50'))).toEqual([]);
});

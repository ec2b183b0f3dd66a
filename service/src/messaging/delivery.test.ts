import { randomBytes, randomUUID } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN } from '../../../sandbox/carrier/test-helpers.ts';
import { SAMPLE_NUMBERS } from '../../../sandbox/salesforce/org.ts';
import { ADMIN, OUR_UK, OUR_US, startRig, until, type Rig } from '../rig.test-helper.ts';

let rig: Rig;
const wakeUps: string[][] = [];
beforeAll(async () => {
  rig = await startRig();
  rig.salesforce.org.events.subscribe('/event/ConversationChanged__e', ({ data }) =>
    wakeUps.push(String(data.payload['ConversationIds__c']).split(',')),
  );
}, 60_000);
afterAll(() => rig.close());
afterEach(() => rig.control('DELETE', '/faults'));

let people = 0;
const person = () => `+1415558${1000 + (people += 1)}`;

/** A text as the carrier posts it, also from senders that its own phones cannot be. */
async function text(from: string, body = 'Hello', to = OUR_US): Promise<void> {
  const url = `http://localhost:${rig.ports.service}/carriers/twilio/${rig.twilioId}/inbound`;
  const params = {
    AccountSid: ACCOUNT_SID,
    MessageSid: `SM${randomBytes(16).toString('hex')}`,
    From: from,
    To: to,
    Body: body,
    NumMedia: '0',
  };
  const signature = webhooks.getExpectedTwilioSignature(AUTH_TOKEN, url, params);
  const answer = await fetch(url, { method: 'POST', headers: { 'x-twilio-signature': signature }, body: new URLSearchParams(params) });
  expect(answer.status).toBe(200);
}

const CONVERSATION = `SELECT Id, ExternalId__c, Name, OwnerId, Owner.Name, Contact__c, Contact__r.Name, Lead__c, Account__c, MatchNote__c,
  UnreadCount__c, LastMessageText__c, LastDirection__c FROM Conversation__c`;
const conversation = (number: string) =>
  rig.salesforce.org.query(`${CONVERSATION} WHERE CustomerNumber__c = '${number}'`)[0] as Record<string, string & Record<string, string>>;
const messages = (number: string) =>
  rig.salesforce.org.query(
    `SELECT Body__c, Sequence__c, Direction__c, SentStatus__c, DeliveryStatus__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${number}' ORDER BY Sequence__c`,
  );
const composites = async () => {
  const calls = (await rig.control('GET', '/calls')) as { items: { route: string; count: number }[] };
  return calls.items.filter((item) => item.route.includes('composite')).reduce((sum, item) => sum + item.count, 0);
};
const userId = (name: string) => rig.salesforce.org.users.byUsername(name)!.id;
const parked = async () =>
  (
    await rig.call<{ items: { id: string; kind: string; label: string; code: string; reason: string; nextStep: string }[] }>(
      'GET',
      '/v1/parked',
    )
  ).body.items;

describe('a batch', () => {
  it('carries many conversations in few calls, each record once, and wakes the pages once per call', async () => {
    const numbers = Array.from({ length: 60 }, person);
    const mode = (connectionMode: boolean) => rig.call('PATCH', '/v1/org', { connectionMode });
    await mode(false);
    await Promise.all(numbers.flatMap((number) => [text(number, 'First'), text(number, 'Second')]));
    const { body } = await rig.call<{ backlog: { toOrg: { waiting: number; oldestAt: string } }; connectionMode: boolean }>(
      'GET',
      '/v1/health',
    );
    expect(body).toMatchObject({ connectionMode: false, backlog: { toOrg: { waiting: 180 } } });
    expect(rig.salesforce.org.query(`SELECT Id FROM Conversation__c WHERE CustomerNumber__c = '${numbers[0]}'`)).toEqual([]);
    wakeUps.length = 0;
    const before = await composites();
    await mode(true);
    await rig.delivered();
    expect((await composites()) - before).toBeLessThanOrEqual(12);
    expect(wakeUps.flat().sort()).toEqual(
      (await rig.rows<{ id: string }>(`select id::text as id from conversation where customer_number = any('{${numbers.join()}}')`))
        .map(({ id }) => id)
        .sort(),
    );
    expect(wakeUps.length).toBeLessThanOrEqual(8);
    for (const number of numbers) {
      expect(messages(number).map((message) => message['Sequence__c'])).toEqual([1, 2]);
      expect(conversation(number)).toMatchObject({ UnreadCount__c: 2, LastDirection__c: 'Inbound' });
    }
  });

  it('whose reply was lost makes no twins', async () => {
    const number = person();
    await rig.fault({ path: '/composite', object: 'Message__c' }, { drop: 'after' }, { times: 1 });
    await text(number, 'Once');
    await until('written', () => messages(number).length > 0);
    await rig.delivered();
    expect(messages(number)).toHaveLength(1);
    expect(rig.salesforce.org.query(`SELECT Id FROM Conversation__c WHERE CustomerNumber__c = '${number}'`)).toHaveLength(1);
  });

  it('arrives also when the org refuses to search for whom it is from', async () => {
    const number = person();
    await rig.fault({ path: '/search' }, { status: 400, body: [{ errorCode: 'INVALID_FIELD', message: 'No such column' }] });
    await text(number, 'Whoever I am');
    await rig.delivered();
    expect(messages(number)).toHaveLength(1);
    expect(conversation(number)['MatchNote__c']).toContain('INVALID_FIELD');
    expect(await parked()).toEqual([]);
    await rig.control('DELETE', '/faults');
    rig.advance(11 * 60_000); // by then the same user is asked again
    await text(number, 'Whoever I was');
    await until('looked for again', () => String(conversation(number)['MatchNote__c']).startsWith('No Contact, Lead or Account'));
  });

  it('is kept while the org has no calls left, and goes on by itself', async () => {
    const number = person();
    await rig.control('POST', '/limits', { remaining: 0 });
    await text(number, 'Patience');
    await until('held', async () => (await rig.call<{ hold: object | null }>('GET', '/v1/health')).body.hold !== null);
    expect(messages(number)).toEqual([]);
    await rig.control('POST', '/limits', { remaining: null });
    rig.advance(3600_000);
    await rig.rows(`update lane set held_until = now()`);
    await rig.delivered();
    expect(messages(number)).toHaveLength(1);
    rig.advance(-3600_000);
  });

  it('does not wait for a wake-up that the org refuses', async () => {
    const number = person();
    const field = { object: 'ConversationChanged__e', field: 'ConversationIds__c' };
    await rig.control('POST', `/users/${ADMIN}/fields`, { ...field, edit: false });
    wakeUps.length = 0;
    await text(number, 'Silent');
    await rig.delivered();
    expect(messages(number)).toHaveLength(1);
    expect(wakeUps).toEqual([]);
    await rig.control('POST', `/users/${ADMIN}/fields`, { ...field, edit: true });
  });
});

describe('an incoming number', () => {
  const agentOf = () => userId('agent@sandbox.test');

  it('belongs to the contact that has it, whose owner gets the conversation', async () => {
    await text(SAMPLE_NUMBERS.single);
    await rig.delivered();
    expect(conversation(SAMPLE_NUMBERS.single)).toMatchObject({
      Name: 'Maya Rivera',
      Contact__r: { Name: 'Maya Rivera' },
      OwnerId: agentOf(),
      MatchNote__c: 'Contact Maya Rivera has this number (Mobile Phone).',
    });
    expect(conversation(SAMPLE_NUMBERS.single)['Account__c']).toMatch(/^001/);
  });

  it('that several have belongs to the one with the newest activity, and the note says so', async () => {
    await text(SAMPLE_NUMBERS.shared);
    await rig.delivered();
    expect(conversation(SAMPLE_NUMBERS.shared)).toMatchObject({
      Name: 'Ingrid Lindqvist',
      MatchNote__c: expect.stringMatching(/^2 records have this number; Contact Ingrid Lindqvist has the newest activity/) as string,
    });
  });

  it.each([
    ['a lead', SAMPLE_NUMBERS.lead, 'Lead__c', '00Q'],
    ['an account', SAMPLE_NUMBERS.account, 'Account__c', '001'],
    ['somebody whose name is not Latin', SAMPLE_NUMBERS.unicode, 'Contact__c', '003'],
  ])('finds %s', async (_who, number, field, prefix) => {
    await text(number, 'Hi', OUR_UK);
    await rig.delivered();
    expect(conversation(number)[field]).toMatch(new RegExp(`^${prefix}`));
  });

  it('of nobody makes a conversation without a record in the inbox queue', async () => {
    const number = person();
    await text(number);
    await rig.delivered();
    const row = conversation(number);
    expect(row).toMatchObject({ Contact__c: null, Lead__c: null, Account__c: null, Name: expect.stringContaining('+1 415') as string });
    expect(row['OwnerId']).toMatch(/^00G/);
    expect(row['MatchNote__c']).toMatch(/^No Contact, Lead or Account/);
  });

  it('that is a short code or a name is searched for by nobody', async () => {
    for (const from of ['12345', 'ACME']) {
      await text(from, 'Your code is 1234');
      await rig.delivered();
      expect(conversation(from)).toMatchObject({ Name: from, Contact__c: null });
    }
  });

  it('of a contact whose owner left goes to the queue', async () => {
    const number = person();
    rig.salesforce.org.insert('Contact', { LastName: 'Orphan', MobilePhone: number, OwnerId: userId('agent2@sandbox.test') });
    await rig.control('POST', '/users/agent2@sandbox.test/deactivate');
    await until('found by search', async () => {
      await text(number);
      await rig.delivered();
      rig.advance(11 * 60_000);
      return conversation(number)['Contact__c'];
    });
    expect(conversation(number)['OwnerId']).toMatch(/^00G/);
    await rig.control('POST', '/users/agent2@sandbox.test/activate');
    expect(await parked()).toEqual([]);
  });
});

describe('a conversation', () => {
  it('keeps its new owner: the service writes one only once', async () => {
    const number = person();
    await text(number);
    await rig.delivered();
    rig.salesforce.org.update('Conversation__c', conversation(number)['Id']!, { OwnerId: userId('agent2@sandbox.test') });
    await text(number, 'Again');
    await rig.delivered();
    expect(conversation(number)).toMatchObject({ OwnerId: userId('agent2@sandbox.test'), UnreadCount__c: 2, LastMessageText__c: 'Again' });
  });

  it('loses its unread count when it is read, and gets it again', async () => {
    const number = person();
    await text(number);
    await rig.delivered();
    const id = conversation(number)['ExternalId__c'];
    expect((await rig.call('POST', `/v1/conversations/${id}/read`, undefined, { key: rig.keys.agent })).status).toBe(200);
    await rig.delivered();
    expect(conversation(number)).toMatchObject({ UnreadCount__c: 0 });
    wakeUps.length = 0;
    await rig.call('POST', `/v1/conversations/${id}/read`, undefined, { key: rig.keys.agent });
    await rig.delivered();
    expect(wakeUps).toEqual([]);
    await text(number);
    await rig.delivered();
    expect(conversation(number)).toMatchObject({ UnreadCount__c: 1 });
  });

  it('follows its lead into the contact, and its contact into the merged one', async () => {
    const number = person();
    const lead = rig.salesforce.org.insert('Lead', {
      LastName: 'Traveller',
      Company: 'Journeys',
      MobilePhone: number,
      OwnerId: userId('agent@sandbox.test'),
    });
    const sent = await rig.call(
      'POST',
      '/v1/messages',
      { to: number, from: OUR_US, recordId: lead, body: 'Welcome' },
      { headers: { 'idempotency-key': randomUUID() } },
    );
    expect(sent.status).toBe(202);
    await rig.delivered();
    expect(conversation(number)).toMatchObject({ Lead__c: lead, Name: 'Traveller', MatchNote__c: 'Started from Lead Traveller.' });
    const first = conversation(number)['Id'];

    const { contactId } = (await rig.control('POST', '/convert-lead', { leadId: lead })) as { contactId: string };
    await text(number, 'I am a contact now');
    await rig.delivered();
    expect(conversation(number)).toMatchObject({
      Id: first,
      Lead__c: null,
      Contact__c: contactId,
      MatchNote__c: expect.stringContaining('The Lead was converted') as string,
    });

    const master = rig.salesforce.org.insert('Contact', { LastName: 'Master', OwnerId: userId('agent@sandbox.test') });
    await rig.control('POST', '/merge', { masterId: master, loserIds: [contactId] });
    await text(number, 'And merged');
    await rig.delivered();
    expect(conversation(number)).toMatchObject({ Id: first, Contact__c: master });
    expect(messages(number)).toHaveLength(3);
    expect(await parked()).toEqual([]);
  });
});

describe('a record that the org refuses', () => {
  it('is parked alone, with the reason and the next step; it goes on when it is retried', async () => {
    const [bad, good] = [person(), person()];
    await rig.call(
      'POST',
      '/v1/messages',
      { to: bad, body: 'From a ghost' },
      { headers: { 'idempotency-key': randomUUID(), 'x-user-id': '005000000000999AAA' } },
    );
    await rig.send(good, OUR_US, 'From nobody in particular');
    const [row] = await until('parked', async () => ((await parked()).length === 1 ? parked() : undefined));
    await rig.delivered();
    expect(messages(good)).toHaveLength(1);
    expect(messages(bad)).toEqual([]);
    expect(row).toMatchObject({
      kind: 'message',
      label: expect.stringContaining('+1 415') as string,
      nextStep: expect.stringMatching(/Retry/) as string,
    });
    expect(row?.reason).toMatch(/Salesforce says/);
    await rig.rows(`update message set sender_user_id = '${userId('agent@sandbox.test')}' where sender_user_id = '005000000000999AAA'`);
    expect((await rig.call('POST', '/v1/parked/retry')).body).toEqual({ retried: 1 });
    await rig.delivered();
    expect(messages(bad)).toHaveLength(1);
    expect(await parked()).toEqual([]);
  });

  it('and is a conversation holds its messages without parking them and without calls, until it is mended', async () => {
    const number = `+1${'4155550123'.repeat(6)}`.slice(0, 60);
    await text(number, 'My number is too long');
    await until('parked', async () => (await parked()).some((row) => row.kind === 'conversation'));
    const held = await until(
      'held',
      async () =>
        (
          await rig.rows<{ code: string; attempts: number }>(
            `select code, attempts from outbox where state = 'waiting' and code = 'PARENT_MISSING'`,
          )
        )[0],
    );
    expect(held).toMatchObject({ attempts: 0 });
    const before = await composites();
    for (let times = 0; times < 3; times += 1) {
      await rig.rows(`update outbox set due_at = now() where code = 'PARENT_MISSING'`);
      await until(
        'looked at again',
        async () => (await rig.rows(`select 1 from outbox where code = 'PARENT_MISSING' and due_at > now()`)).length === 1,
      );
    }
    expect(await composites()).toBe(before);
    expect((await parked()).map((row) => row.kind)).toEqual(['conversation']);
    const [row] = await parked();
    expect(row).toMatchObject({ code: 'STRING_TOO_LONG' });

    await rig.rows(`update conversation set customer_number = '+14155580999' where customer_number = '${number}'`);
    expect((await rig.call('POST', `/v1/parked/${row?.id}/retry`)).status).toBe(200);
    await rig.delivered();
    expect(messages('+14155580999')).toHaveLength(1);
  });

  it('and is given up leaves nothing waiting, and later texts try anew', async () => {
    const number = `+1${'4155550177'.repeat(6)}`.slice(0, 60);
    await text(number, 'Too long again');
    const [row] = await until('parked', async () => ((await parked()).length > 0 ? parked() : undefined));
    await until('held', async () => (await rig.rows(`select 1 from outbox where code = 'PARENT_MISSING'`)).length === 1);
    expect((await rig.call('POST', `/v1/parked/${row?.id}/discard`)).status).toBe(200);
    expect((await rig.call('POST', `/v1/parked/${row?.id}/discard`)).status).toBe(404);
    await rig.delivered();
    expect(await parked()).toEqual([]);
    expect(conversation(number)).toBeUndefined();
    await text(number, 'Once more');
    await until('parked again', async () => (await parked()).length > 0);
    await rig.call('POST', `/v1/parked/${(await parked())[0]?.id}/discard`);
  });
});

it('never logged a number, a name or a text', () => {
  const output = rig.log.join('');
  for (const secret of ['+1415558', 'From a ghost', 'Traveller', 'Maya', 'Patience']) expect(output).not.toContain(secret);
});

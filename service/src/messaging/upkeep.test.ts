import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_NUMBERS } from '../../../sandbox/salesforce/org.ts';
import { createExchange, createSalesforceClient } from '../gateways/salesforce/index.ts';
import { systemClock } from '../platform/clock.ts';
import { createSecretBox } from '../platform/crypto.ts';
import { json } from '../platform/db/database.ts';
import { createLogger } from '../platform/log.ts';
import { createAddressGuard } from '../platform/net.ts';
import { ADMIN, OUR_UK, OUR_US, startRig, until, type Rig } from '../rig.test-helper.ts';
import { createOutboxSweep } from './outbox-sweep.ts';
import { createMessaging } from './service.ts';
import { addAccount, addMessage, addOrg } from './store.test-helper.ts';
import { eraseOld } from './store/retention.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
}, 60_000);
afterAll(() => rig.close());
afterEach(() => rig.control('DELETE', '/faults'));

const DAY = 24 * 3600_000;
let people = 0;
const person = () => `+1415556${5000 + (people += 1)}`;
const codeOf = (answer: { body: unknown }) => (answer.body as { code?: string }).code;

describe('rows of a Flow that nobody brought over', () => {
  /** What the job of the service runs every five minutes, over a sign-in of its own. */
  async function sweep(now = new Date(Date.now() + 10 * 60_000), log: string[] = []): Promise<void> {
    const { accessToken, instanceUrl } = (await rig.control('POST', '/token', { username: ADMIN })) as {
      accessToken: string;
      instanceUrl: string;
    };
    const guard = createAddressGuard(['localhost', '127.0.0.1']);
    const exchange = createExchange(guard.dispatcher);
    const sf = createSalesforceClient({ accessToken, instanceUrl, namespace: '', exchange } as never);
    const db = rig.database.db;
    await createOutboxSweep({
      messaging: createMessaging({ db, clock: systemClock, wake: () => undefined }),
      access: {
        call: (_org, work) => work(sf, { connectionId: 'main', rightsVersion: 0 }),
        tryOthers: () => Promise.resolve(undefined),
        heldBy: () => undefined,
        faultOf: () => undefined,
      },
      listOrgs: () => Promise.resolve([{ id: rig.id }]),
      logger: createLogger({ level: 'info', destination: { write: (line) => void log.push(line) } }),
      now: () => now,
    })();
    await guard.close();
  }
  const insert = (values: Record<string, unknown>) =>
    rig.salesforce.org.insert('MessageOutbox__c', { ClientKey__c: randomUUID(), Status__c: 'Pending', Body__c: 'From a flow', ...values });
  const read = (id: string) =>
    rig.salesforce.org.query(`SELECT Status__c, MessageKey__c, ErrorText__c FROM MessageOutbox__c WHERE Id = '${id}'`)[0];

  it('are taken once each, refused with a reason in words, and written back', async () => {
    const to = person();
    const key = randomUUID();
    const good = insert({ ToNumber__c: to, ClientKey__c: key });
    const bad = insert({ ToNumber__c: 'nobody' });
    const empty = insert({ ToNumber__c: to, Body__c: null });
    await sweep();
    const taken = read(good);
    expect(taken).toMatchObject({ Status__c: 'Accepted', ErrorText__c: null });
    expect(read(bad)).toMatchObject({ Status__c: 'Rejected', ErrorText__c: expect.stringContaining('phone number') as string });
    expect(read(empty)).toMatchObject({ Status__c: 'Rejected', ErrorText__c: 'Write a text first.' });
    await until('sent', async () => (await rig.statusOf(String(taken?.['MessageKey__c']))) === 'delivered');
    rig.salesforce.org.update('MessageOutbox__c', good, { Status__c: 'Pending' });
    await sweep();
    expect(read(good)).toEqual(taken);
    expect(await rig.received(to)).toEqual(['From a flow']);
  });

  it('are left to their Queueable for two minutes', async () => {
    const young = insert({ ToNumber__c: person() });
    await sweep(new Date());
    expect(read(young)).toMatchObject({ Status__c: 'Pending' });
    await sweep();
    expect(read(young)).toMatchObject({ Status__c: 'Accepted' });
  });

  it('beyond one page are taken in the same round', async () => {
    const rows = Array.from({ length: 230 }, () => insert({ ToNumber__c: 'nobody' }));
    await sweep();
    expect(rows.filter((id) => read(id)?.['Status__c'] === 'Pending')).toEqual([]);
  });

  it('that the org does not let us write keep no later ones from being taken, and are logged', async () => {
    const rows = Array.from({ length: 230 }, () => insert({ ToNumber__c: 'nobody' }));
    const results = Array.from({ length: 200 }, () => ({
      success: false,
      errors: [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not for nobody', fields: [] }],
    }));
    await rig.fault({ path: '/composite/sobjects', method: 'PATCH' }, { status: 200, body: results }, { times: 1 });
    const log: string[] = [];
    await sweep(undefined, log);
    const left = rows.filter((id) => read(id)?.['Status__c'] === 'Pending');
    expect(left).toHaveLength(200);
    expect(log.join()).toContain('FIELD_CUSTOM_VALIDATION_EXCEPTION');
    expect(log.join()).not.toContain('nobody');
    await sweep();
    expect(rows.filter((id) => read(id)?.['Status__c'] === 'Pending')).toEqual([]);
  });
});

describe('erasing', () => {
  it('empties old texts, pictures and previews that reached the org, and the org keeps its own', async () => {
    const [old, fresh, waiting] = [person(), person(), person()];
    await rig.inbound(old, OUR_US, 'An old secret', ['parcel']);
    await rig.inbound(fresh, OUR_US, 'A fresh text');
    await until('stored', async () => (await rig.rows(`select 1 from media where state = 'stored'`)).length === 1);
    await rig.delivered();
    const db = rig.database.db;
    const { conversationId } = await addMessage(db, {
      orgId: rig.id,
      accountId: rig.twilioId,
      customerNumber: waiting,
      body: 'Not sent yet',
    });
    await sql`delete from outbox where subject_id in (select id from message where conversation_id = ${conversationId})`.execute(db);
    await sql`update message set occurred_at = occurred_at - interval '40 days' where conversation_id in
      (select id from conversation where customer_number in (${old}, ${waiting}))`.execute(db);
    await sql`update conversation set last_message_at = last_message_at - interval '40 days' where customer_number = ${old}`.execute(db);

    expect(await eraseOld(db, new Date(Date.now() - 30 * DAY), new Date())).toBe(1);
    const bodies = await rig.rows<{
      number: string;
      body: string;
      text: string;
    }>(`select c.customer_number as number, m.body, c.last_text as text
      from message m join conversation c on c.id = m.conversation_id where c.customer_number in ('${old}', '${fresh}', '${waiting}')`);
    expect(Object.fromEntries(bodies.map(({ number, body, text }) => [number, [body, text]]))).toEqual({
      [old]: ['', ''],
      [fresh]: ['A fresh text', 'A fresh text'],
      [waiting]: ['Not sent yet', 'text'],
    });
    const [media] = await rig.rows<{ id: string; content: unknown }>('select id, content from media');
    expect(media?.content).toBeNull();
    expect((await rig.call('GET', `/v1/media/${media?.id}`)).status).toBe(404);

    // The records are written again for another reason: what the org shows stays.
    await sql`insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
      select m.org_id, 'org', '0', 'message', m.id from message m join conversation c on c.id = m.conversation_id where c.customer_number = ${old}
      union all select org_id, 'org', '0', 'conversation', id from conversation where customer_number = ${old}`.execute(db);
    await rig.delivered();
    expect(
      rig.salesforce.org.query(
        `SELECT Body__c, Conversation__r.LastMessageText__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${old}'`,
      ),
    ).toMatchObject([{ Body__c: 'An old secret', Conversation__r: { LastMessageText__c: 'An old secret' } }]);
  });

  it('keeps what has not reached the org, and never sends an erased text again', async () => {
    const db = rig.database.db;
    const orgId = await addOrg(db);
    const accountId = await addAccount(db, orgId, 'smpp');
    const { id } = await addMessage(db, { orgId, accountId, occurredAt: new Date(Date.now() - 40 * DAY) });
    await sql`update message set status = 'unknown' where id = ${id}`.execute(db);
    const before = new Date(Date.now() - 30 * DAY);
    expect(await eraseOld(db, before, new Date())).toBe(0);
    await sql`delete from outbox where org_id = ${orgId}`.execute(db);
    expect(await eraseOld(db, before, new Date())).toBe(1);
    const messaging = createMessaging({ db, clock: systemClock, wake: () => undefined });
    await expect(messaging.resolveUnknown(orgId, id, 'resend', 'again')).rejects.toThrow('erased');
    await messaging.resolveUnknown(orgId, id, 'sent', 'seen');
    await sql`delete from org where id = ${orgId}`.execute(db).catch(() => sql`delete from outbox where org_id = ${orgId}`.execute(db));
  });
});

describe('carrier accounts', () => {
  const create = (body: object) => rig.call<{ id: string }>('POST', '/v1/carrier-accounts', body);
  const smpp = (change: object = {}) => ({
    kind: 'smpp',
    label: 'Second',
    settings: { host: '127.0.0.1', port: rig.carrier.smppPort, systemId: 'switchboard' },
    secret: 'sandbox',
    ...change,
  });

  it('are tried before they are saved, and their secret is never read back', async () => {
    expect(codeOf(await create(smpp({ secret: 'wrong' })))).toBe('carrier_refused');
    expect(
      codeOf(
        await create({
          kind: 'twilio',
          label: 'x',
          settings: { accountSid: `AC${'0'.repeat(32)}`, baseUrl: rig.carrier.url },
          secret: 'wrong',
        }),
      ),
    ).toBe('carrier_refused');
    for (const host of ['10.0.0.1', '169.254.169.254', '[::1]'.slice(1, -1), '192.168.0.1'])
      expect(codeOf(await create(smpp({ settings: { host, port: 2775, systemId: 'a' } }))), host).toBe('host_not_allowed');
    expect(
      codeOf(
        await create({
          kind: 'twilio',
          label: 'x',
          settings: { accountSid: `AC${'0'.repeat(32)}`, baseUrl: 'http://192.168.0.1' },
          secret: 'x',
        }),
      ),
    ).toBe('host_not_allowed');
    const list = await rig.call<{ items: { label: string; hasSecret: boolean }[] }>('GET', '/v1/carrier-accounts');
    expect(list.body.items.map((item) => item.label)).toEqual(['US carrier', 'UK carrier']);
    for (const secret of ['sandbox-auth-token', '"sandbox"']) expect(JSON.stringify(list.body)).not.toContain(secret);
  });

  it('take no settings of another kind', async () => {
    const answer = await rig.call('PATCH', `/v1/carrier-accounts/${rig.smppId}`, { settings: { accountSid: `AC${'0'.repeat(32)}` } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ field: 'settings' }] } });
  });

  it('cannot be removed while numbers use them; what waited for a removed one says that it was not sent', async () => {
    expect(codeOf(await rig.call('DELETE', `/v1/carrier-accounts/${rig.smppId}`))).toBe('account_in_use');
    const { body: account } = await create(smpp());
    const { body: number } = await rig.call<{ id: string }>('POST', '/v1/numbers', {
      number: '07700 900222',
      label: 'Spare',
      accountId: account.id,
      country: 'GB',
    });
    await rig.carrier.fault('smpp:submit_sm', { status: 0x58 }, { times: 50 });
    const to = person();
    const sent = await rig.send(to, '+447700900222', 'Never');
    expect(sent.status).toBe(202);
    await rig.call('DELETE', `/v1/numbers/${number.id}`);
    expect((await rig.call('DELETE', `/v1/carrier-accounts/${account.id}`)).status).toBe(200);
    await until('settled', async () => ['failed', 'unknown'].includes(await rig.statusOf(sent.body.id)));
    await rig.delivered();
    expect(
      rig.salesforce.org.query(`SELECT SentStatus__c, ErrorText__c FROM Message__c WHERE ExternalId__c = '${sent.body.id}'`),
    ).toMatchObject([{ ErrorText__c: expect.stringContaining('removed before') as string }]);
    expect(await rig.rows(`select 1 from outbox where lane_key = '${account.id}'`)).toEqual([]);
    await fetch(`${rig.carrier.url}/__sandbox/faults`, { method: 'DELETE' });
  });

  it('with numbers: one default, no number twice, forms by kind', async () => {
    const add = (change: object) =>
      rig.call<{ id: string; isDefault: boolean }>('POST', '/v1/numbers', {
        number: '12345',
        kind: 'short_code',
        label: 'Code',
        accountId: rig.smppId,
        country: 'US',
        ...change,
      });
    expect(codeOf(await add({ number: OUR_UK, kind: 'phone' }))).toBe('number_in_use');
    expect(codeOf(await add({ number: '12' }))).toBe('invalid_number');
    expect(codeOf(await add({ number: '12345', kind: 'phone' }))).toBe('invalid_number');
    expect(codeOf(await add({ number: 'A name that is too long', kind: 'sender_name' }))).toBe('invalid_number');
    expect(codeOf(await add({ country: 'XX' }))).toBe('invalid_request');
    expect(codeOf(await add({ accountId: randomUUID() }))).toBe('not_found');
    const added = await add({ isDefault: true });
    expect(added).toMatchObject({ status: 201, body: { isDefault: true } });
    const { body } = await rig.call<{ items: { number: string; isDefault: boolean }[] }>('GET', '/v1/numbers');
    expect(body.items.filter((item) => item.isDefault).map((item) => item.number)).toEqual(['12345']);
    await rig.call('DELETE', `/v1/numbers/${added.body.id}`);
    const us = (await rig.call<{ items: { id: string; number: string }[] }>('GET', '/v1/numbers')).body.items.find(
      (item) => item.number === OUR_US,
    );
    await rig.call('PATCH', `/v1/numbers/${us?.id}`, { isDefault: true });
  });

  it('that cannot be opened say so and keep no other from working', async () => {
    const broken = randomUUID();
    const box = createSecretBox([{ id: 'gone', bytes: Buffer.alloc(32, 1) }]);
    await sql`insert into carrier_account (org_id, id, kind, label, settings, secret)
      values (${rig.id}, ${broken}, 'smpp', 'Broken', ${json({ host: '127.0.0.1', port: 1, systemId: 'x' })}, ${box.seal('x', `carrier_account:${broken}`)})`.execute(
      rig.database.db,
    );
    await sql`update carrier_account set id = '00000000-0000-4000-8000-000000000000' where id = ${broken}`.execute(rig.database.db);
    await rig.restart();
    await until('it says why', async () =>
      (await rig.rows<{ text: string }>(`select state_text as text from carrier_account where label = 'Broken'`))[0]?.text.includes(
        'cannot be opened',
      ),
    );
    const to = person();
    await rig.inbound(to, OUR_US, 'Are you there?');
    const sent = await rig.send(to, OUR_US, 'Yes');
    await until('the others work', async () => (await rig.statusOf(sent.body.id)) === 'delivered');
    await rig.rows(`delete from carrier_account where label = 'Broken'`);
  });

  it('are sealed anew with the newest key when the service starts with one', async () => {
    const [before] = await rig.rows<{ secret: string }>(`select secret from carrier_account where id = '${rig.twilioId}'`);
    await rig.restart({ ENCRYPTION_KEYS: `fresh:${Buffer.alloc(32, 7).toString('base64')},${rig.encryptionKeys}` });
    await until('sealed anew', async () =>
      (await rig.rows<{ secret: string }>(`select secret from carrier_account where id = '${rig.twilioId}'`))[0]?.secret.startsWith(
        'v1.fresh.',
      ),
    );
    expect(before?.secret).toMatch(/^v1\.rig\./);
    const to = person();
    const sent = await rig.send(to, OUR_US, 'Still signed in');
    await until('sent', async () => (await rig.statusOf(sent.body.id)) === 'delivered');
  });
});

describe('the settings of phone fields', () => {
  it('are what the connected user sees, and decide who is found', async () => {
    const read = await rig.call<{ objects: { object: string; fields: { name: string; selected: boolean }[] }[] }>(
      'GET',
      '/v1/phone-fields',
    );
    expect(read.body.objects.map((entry) => entry.object)).toEqual(['Contact', 'Lead', 'Account']);
    expect(read.body.objects[0]?.fields.find((field) => field.name === 'MobilePhone')?.selected).toBe(true);
    const saved = await rig.call<typeof read.body>('PUT', '/v1/phone-fields', { objects: [{ object: 'Contact', fields: ['HomePhone'] }] });
    expect(saved.body.objects[0]?.fields.filter((field) => field.selected).map((field) => field.name)).toEqual(['HomePhone']);
    const number = SAMPLE_NUMBERS.unicode;
    await rig.inbound(number, OUR_US, 'My mobile is not looked at');
    await until('stored', async () => (await rig.rows(`select 1 from conversation where customer_number = '${number}'`)).length === 1);
    await rig.delivered();
    expect(rig.salesforce.org.query(`SELECT Contact__c FROM Conversation__c WHERE CustomerNumber__c = '${number}'`)).toMatchObject([
      { Contact__c: null },
    ]);
    await rig.call('PUT', '/v1/phone-fields', { objects: [] });
  });

  it('name each object once, and who saves at the same time as another gets an answer too', async () => {
    const save = (...objects: string[]) =>
      rig.call('PUT', '/v1/phone-fields', { objects: objects.map((object) => ({ object, fields: [] })) });
    expect((await save('Lead', 'Lead')).status).toBe(400);
    for (const { status } of await Promise.all(['Lead', 'Contact', 'Lead', 'Contact'].map((object) => save(object))))
      expect(status).toBe(200);
    expect(await rig.rows('select 1 from phone_field')).toHaveLength(1);
    await save();
  });

  it('say when the org cannot be asked, and change nothing then', async () => {
    await rig.call('PATCH', '/v1/org', { connectionMode: false });
    const answer = await rig.call('PUT', '/v1/phone-fields', { objects: [{ object: 'Contact', fields: ['OtherPhone'] }] });
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await rig.rows('select 1 from phone_field')).toEqual([]);
    await rig.call('PATCH', '/v1/org', { connectionMode: true });
  });
});

describe('a lane that waits as a whole', () => {
  it('says why on the health page, unless the connection itself does', async () => {
    const hold = async () => (await rig.call<{ hold: { reason: string } | null }>('GET', '/v1/health')).body.hold;
    expect(await hold()).toBeNull();
    await sql`insert into lane (org_id, purpose, key, held_until, hold_code, hold_reason)
      values (${rig.id}, 'org', 'test', now() + interval '1 hour', 'api_budget', 'The share of API calls is used up.')`.execute(
      rig.database.db,
    );
    expect(await hold()).toMatchObject({ reason: 'The share of API calls is used up.' });
    await rig.rows(`update lane set hold_code = 'mode_off' where key = 'test'`);
    expect(await hold()).toBeNull();
    await rig.rows(`delete from lane where key = 'test'`);
  });
});

describe('the checks of an installation', () => {
  const read = async () => {
    const { body } = await rig.call<{ items: { id: string; title: string; status: string; detail: string }[] }>('POST', '/v1/checks');
    return new Map(body.items.map((item) => [item.id, item]));
  };

  it('name the fields and objects that the main user does not see', async () => {
    await rig.control('POST', `/users/${ADMIN}/fields`, { object: 'Message__c', field: 'Media__c', edit: false });
    const checks = await read();
    expect(checks.get('permissions')).toMatchObject({ status: 'failed', detail: expect.stringContaining('Media__c') as string });
    expect(checks.get('objects')).toMatchObject({ status: 'ok' });
    await rig.control('POST', `/users/${ADMIN}/fields`, { object: 'Message__c', field: 'Media__c', edit: true });
    await rig.fault({ path: '/sobjects/OptOut__c/describe' }, { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'not found' }] });
    expect((await read()).get('objects')).toMatchObject({ status: 'failed', detail: expect.stringContaining('OptOut__c') as string });
    await rig.control('DELETE', '/faults');
  });

  it('do not take a fault of the org for a lack of rights', async () => {
    await rig.fault({ path: '/sobjects/Message__c/describe' }, { status: 503 });
    const checks = await read();
    expect(checks.get('permissions')).toMatchObject({ title: 'The service reaches Salesforce', status: 'failed' });
    expect(checks.get('objects')).toBeUndefined();
    await rig.control('DELETE', '/faults');
    rig.advance(10 * 60_000);
    await rig.rows('update org_link set hold_until = null, hold_code = null');
  });

  it('are green when everything is set up but a second user', async () => {
    const { body } = await rig.call<{ items: { id: string; status: string; fix?: string }[] }>('POST', '/v1/checks');
    expect(Object.fromEntries(body.items.map((item) => [item.id, item.status]))).toMatchObject({
      credential: 'ok',
      permissions: 'ok',
      objects: 'ok',
      events: 'ok',
      notification: 'ok',
      users: 'warning',
      numbers: 'ok',
    });
    expect(body.items.find((item) => item.id === 'users')?.fix).toContain('second');
  });
});

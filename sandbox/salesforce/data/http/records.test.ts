import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';

interface Problem {
  errorCode: string;
  message: string;
  fields?: string[];
}
interface Saved {
  id: string;
  success: boolean;
  created?: boolean;
}

describe('single records over HTTP', () => {
  let t: TestOrg;
  let conversation: string;
  beforeAll(async () => {
    t = await startTestOrg();
    conversation = t.org.insert('Conversation__c', {
      Name: 'x',
      ExternalId__c: 'c-1',
      CustomerNumber__c: '+14155550100',
      OurNumber__c: '+14155550199',
    });
  });
  afterAll(() => t.close());

  const create = async (object: string, body: Record<string, unknown>): Promise<string> => {
    const reply = await t.call<Saved>('POST', `/sobjects/${object}`, { body });
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply.body.id;
  };
  const refused = async (object: string, body: unknown): Promise<Problem & { status: number }> => {
    const reply = await t.call<Problem[]>('POST', `/sobjects/${object}`, { body });
    return { status: reply.status, ...(reply.body[0] as Problem) };
  };

  it('creates, reads by 15 and 18 characters in any letter case, updates, deletes', async () => {
    const id = await create('Contact', { FirstName: 'Noor', LastName: 'Haddad', birthdate: '1990-02-03', HasOptedOutOfEmail: true });
    expect(id).toMatch(/^003\w{15}$/);
    const read = await t.call<Record<string, unknown>>('GET', `/sobjects/contact/${id.slice(0, 15)}`);
    expect(read.body).toMatchObject({
      Id: id,
      Name: 'Noor Haddad',
      Birthdate: '1990-02-03',
      HasOptedOutOfEmail: true,
      attributes: { type: 'Contact' },
    });
    expect(read.body['CreatedDate']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
    const patched = await t.call('PATCH', `/sobjects/Contact/${id.toLowerCase()}`, { body: { LastName: 'Rahman' } });
    expect([patched.status, patched.body]).toEqual([204, undefined]);
    expect((await t.call<Record<string, unknown>>('GET', `/sobjects/Contact/${id}?fields=Name`)).body).toEqual({
      attributes: { type: 'Contact', url: `/services/data/v65.0/sobjects/Contact/${id}` },
      Name: 'Noor Rahman',
      Id: id,
    });
    expect((await t.call('POST', `/sobjects/Contact/${id}?_HttpMethod=PATCH`, { body: { Title: 'Buyer' } })).status).toBe(204);
    expect((await t.call('DELETE', `/sobjects/Contact/${id}`)).status).toBe(204);
    const gone = await t.call<Problem[]>('GET', `/sobjects/Contact/${id}`);
    expect([gone.status, gone.body[0]?.errorCode]).toEqual([404, 'ENTITY_IS_DELETED']);
    expect(await t.soql(`SELECT Id FROM Contact WHERE Id = '${id}'`)).toHaveLength(0);
    const all = await t.call<{ records: unknown[] }>(
      'GET',
      `/queryAll?q=${encodeURIComponent(`SELECT Id FROM Contact WHERE IsDeleted = true AND Id = '${id}'`)}`,
    );
    expect(all.body.records).toHaveLength(1);
  });

  it.each([
    ['a missing required field', 'Contact', { FirstName: 'x' }, 400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]'],
    [
      'an unknown field',
      'Contact',
      { LastName: 'x', Nope__c: 1 },
      400,
      'INVALID_FIELD',
      "No such column 'Nope__c' on sobject of type Contact",
    ],
    [
      'a field the platform owns',
      'Contact',
      { LastName: 'x', CreatedDate: '2020-01-01T00:00:00Z' },
      400,
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'CreatedDate',
    ],
    ['an id in a create', 'Contact', { LastName: 'x', Id: '003000000000001' }, 400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id'],
    ['text that is too long', 'Contact', { LastName: 'x'.repeat(81) }, 400, 'STRING_TOO_LONG', '(max length=80)'],
    ['a bad e-mail address', 'Contact', { LastName: 'x', Email: 'nope' }, 400, 'INVALID_EMAIL_ADDRESS', 'invalid email address: nope'],
    ['a malformed id', 'Contact', { LastName: 'x', OwnerId: 'INVALID_OWNER' }, 400, 'MALFORMED_ID', 'id value of incorrect type'],
    [
      'an id of another object',
      'Contact',
      { LastName: 'x', AccountId: '003000000000001' },
      400,
      'FIELD_INTEGRITY_EXCEPTION',
      'id value of incorrect type',
    ],
    [
      'an id that leads nowhere',
      'Contact',
      { LastName: 'x', AccountId: '001000000000001' },
      400,
      'INVALID_CROSS_REFERENCE_KEY',
      'invalid cross reference id',
    ],
    [
      'a wrong type',
      'Contact',
      { LastName: 'x', DoNotCall: 'perhaps' },
      400,
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of boolean',
    ],
    ['a bad date', 'Contact', { LastName: 'x', Birthdate: '2020-02-31' }, 400, 'JSON_PARSER_ERROR', 'Cannot deserialize instance of date'],
    ['broken JSON', 'Contact', '{"LastName":', 400, 'JSON_PARSER_ERROR', 'JSON'],
  ])('refuses %s', async (_what, object, body, status, code, text) => {
    const problem = await refused(object, body);
    expect([problem.status, problem.errorCode]).toEqual([status, code]);
    expect(problem.message).toContain(text);
  });

  it('enforces what the metadata declares: picklists, lengths, numbers, required, unique without regard to case', async () => {
    const message = { Conversation__c: conversation, ExternalId__c: 'M-1', Direction__c: 'Inbound', SentStatus__c: 'Received' };
    await create('Message__c', message);
    expect(await refused('Message__c', { ...message, ExternalId__c: 'm-1' })).toMatchObject({
      errorCode: 'DUPLICATE_VALUE',
      message: expect.stringContaining('duplicate value found: ExternalId__c duplicates value on record with id: a') as string,
    });
    expect(await refused('Message__c', { ...message, ExternalId__c: 'm-2', Direction__c: 'Sideways' })).toMatchObject({
      errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      fields: ['Direction__c'],
    });
    expect(await refused('Message__c', { ExternalId__c: 'm-2', Direction__c: 'Inbound', SentStatus__c: 'Received' })).toMatchObject({
      errorCode: 'REQUIRED_FIELD_MISSING',
      fields: ['Conversation__c'],
    });
    expect(await refused('Message__c', { ...message, ExternalId__c: 'm-2', Body__c: 'x'.repeat(32_001) })).toMatchObject({
      errorCode: 'STRING_TOO_LONG',
    });
    expect(await refused('Message__c', { ...message, ExternalId__c: 'm-2', Segments__c: 1000 })).toMatchObject({
      errorCode: 'NUMBER_OUTSIDE_VALID_RANGE',
    });
    const [row] = await t.soql(
      "SELECT Name, Direction__c, Conversation__r.UnreadCount__c, Conversation__r.OptedOut__c FROM Message__c WHERE ExternalId__c = 'm-1'",
    );
    expect(row).toMatchObject({ Name: 'M-00000001', Direction__c: 'Inbound', Conversation__r: { UnreadCount__c: 0, OptedOut__c: false } });
  });

  it('deletes details with their master and empties look-ups', async () => {
    const contact = await create('Contact', { LastName: 'Parent' });
    const id = await create('Conversation__c', {
      Name: 'y',
      ExternalId__c: 'c-del',
      Contact__c: contact,
      CustomerNumber__c: '+14155550101',
      OurNumber__c: '+14155550199',
    });
    await create('Message__c', { Conversation__c: id, ExternalId__c: 'm-del', Direction__c: 'Inbound', SentStatus__c: 'Received' });
    await t.call('DELETE', `/sobjects/Contact/${contact}`);
    expect(await t.soql(`SELECT Contact__c FROM Conversation__c WHERE Id = '${id}'`)).toMatchObject([{ Contact__c: null }]);
    await t.call('DELETE', `/sobjects/Conversation__c/${id}`);
    expect(await t.soql("SELECT Id FROM Message__c WHERE ExternalId__c = 'm-del'")).toHaveLength(0);
    const again = await t.call<Saved>('PATCH', '/sobjects/Conversation__c/ExternalId__c/c-del', {
      body: { Name: 'z', CustomerNumber__c: '+14155550101', OurNumber__c: '+14155550199' },
    });
    expect([again.status, again.body.created]).toEqual([201, true]);
    const account = await create('Account', { Name: 'With case' });
    await create('Case', { Subject: 's', AccountId: account });
    expect((await t.call<Problem[]>('DELETE', `/sobjects/Account/${account}`)).body[0]?.errorCode).toBe('DELETE_FAILED');
  });

  it('upserts by external id: 201, 200, 404 for no key field, the key not in the body', async () => {
    const body = {
      PhoneNumber__c: '+14155550150',
      Name: '+14155550150',
      State__c: 'OptedOut',
      Kind__c: 'Keyword',
      ChangedAt__c: '2026-11-22T10:00:00Z',
    };
    const path = '/sobjects/OptOut__c/ExternalId__c/%2B14155550150';
    const first = await t.call<Saved>('PATCH', path, { body });
    expect([first.status, first.body]).toEqual([201, { id: first.body.id, success: true, errors: [], created: true }]);
    const second = await t.call<Saved>('PATCH', path, { body: { ...body, State__c: 'OptedIn' } });
    expect([second.status, second.body.id, second.body.created]).toEqual([200, first.body.id, false]);
    expect((await t.call<Record<string, unknown>>('GET', path)).body['State__c']).toBe('OptedIn');
    expect((await t.call<Problem[]>('PATCH', path, { body: { ...body, ExternalId__c: 'x' } })).body[0]?.message).toContain(
      'should not be specified in the sobject data',
    );
    expect((await t.call<Problem[]>('PATCH', '/sobjects/OptOut__c/Reason__c/x', { body })).status).toBe(404);
  });

  it('lists what was updated and deleted', async () => {
    const id = await create('Lead', { LastName: 'New', Company: 'C' });
    const dead = await create('Lead', { LastName: 'Dead', Company: 'C' });
    await t.call('DELETE', `/sobjects/Lead/${dead}`);
    const range = `start=${encodeURIComponent(new Date(Date.now() - 60_000).toISOString())}&end=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`;
    expect((await t.call('GET', `/sobjects/Lead/updated?${range}`)).body).toMatchObject({ ids: [id] });
    expect((await t.call('GET', `/sobjects/Lead/deleted/?${range}`)).body).toMatchObject({ deletedRecords: [{ id: dead }] });
    expect((await t.call<Problem[]>('GET', '/sobjects/Lead/updated?start=x&end=y')).body[0]?.errorCode).toBe('INVALID_REPLICATION_DATE');
  });

  it('answers versions without a session, the root map, unknown paths and methods', async () => {
    expect(await (await fetch(`${t.url}/services/data`)).json()).toMatchObject([
      { version: '60.0' },
      {},
      {},
      {},
      {},
      { version: '65.0', url: '/services/data/v65.0' },
    ]);
    expect((await t.call<Record<string, string>>('GET', '')).body['identity']).toMatch(new RegExp(`/id/${t.org.orgId}/005`));
    expect((await fetch(`${t.url}/services/data/v65.0/sobjects`)).status).toBe(401);
    expect((await fetch(`${t.url}/services/data/v59.0/sobjects`, { headers: { authorization: 'Bearer admin@sandbox.test' } })).status).toBe(
      404,
    );
    expect((await t.call<Problem[]>('GET', '/sobjects/Nope__c/describe')).body[0]?.errorCode).toBe('NOT_FOUND');
    expect((await t.call<Problem[]>('DELETE', '/sobjects/Contact')).status).toBe(405);
    expect((await t.call<Problem[]>('GET', '/sobjects/Contact/nonsense')).status).toBe(404);
  });

  it('describes objects as the metadata says', async () => {
    const body = (
      await t.call<{ fields: Record<string, unknown>[]; childRelationships: unknown[] }>('GET', '/sobjects/Message__c/describe')
    ).body;
    const field = (name: string) => body.fields.find((entry) => entry['name'] === name);
    expect(field('ExternalId__c')).toMatchObject({
      length: 36,
      externalId: true,
      unique: true,
      idLookup: true,
      nillable: false,
      type: 'string',
    });
    expect(field('Body__c')).toMatchObject({ type: 'textarea', length: 32_000, filterable: false });
    expect(field('Conversation__c')).toMatchObject({
      type: 'reference',
      referenceTo: ['Conversation__c'],
      relationshipName: 'Conversation__r',
      cascadeDelete: true,
    });
    expect(field('SentStatus__c')).toMatchObject({ restrictedPicklist: true });
    expect((await t.call<{ sobjects: { name: string; keyPrefix: string }[] }>('GET', '/sobjects')).body.sobjects).toContainEqual(
      expect.objectContaining({ name: 'Lead', keyPrefix: '00Q' }),
    );
    expect((await t.call<{ recentItems: unknown[] }>('GET', '/sobjects/Lead')).body.recentItems).toHaveLength(1);
  });
});

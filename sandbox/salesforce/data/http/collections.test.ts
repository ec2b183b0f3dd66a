import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';

interface Result {
  id?: string;
  success: boolean;
  created?: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
}

const conversation = (key: string, more: Record<string, unknown> = {}) => ({
  attributes: { type: 'Conversation__c' },
  ExternalId__c: key,
  Name: key,
  CustomerNumber__c: '+14155550100',
  OurNumber__c: '+14155550199',
  ...more,
});
const message = (key: string, parent: string) => ({
  attributes: { type: 'Message__c' },
  ExternalId__c: key,
  Conversation__r: { ExternalId__c: parent },
  Direction__c: 'Inbound',
  SentStatus__c: 'Received',
  Body__c: `text of ${key}`,
});

describe('collections', () => {
  let t: TestOrg;
  beforeAll(async () => {
    t = await startTestOrg();
  });
  afterAll(() => t.close());
  const upsert = async (object: string, records: unknown[], allOrNone = false) =>
    t.call<Result[]>('PATCH', `/composite/sobjects/${object}/ExternalId__c`, { body: { allOrNone, records } });
  const code = (result: Result | undefined) => result?.errors[0]?.statusCode;

  it('upserts with a result per record, created or not', async () => {
    const first = await upsert('Conversation__c', [conversation('u1'), conversation('u2')]);
    expect([first.status, first.body.map((result) => result.created)]).toEqual([200, [true, true]]);
    const second = await upsert('Conversation__c', [conversation('U2', { Name: 'changed' }), conversation('u3')]);
    expect(second.body.map((result) => [result.success, result.created])).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(second.body[0]?.id).toBe(first.body[1]?.id);
    expect(await t.soql("SELECT Name FROM Conversation__c WHERE ExternalId__c = 'u2'")).toMatchObject([{ Name: 'changed' }]);
  });

  it('refuses the same key twice in one call, for the later record', async () => {
    const { body } = await upsert('Conversation__c', [conversation('d1'), conversation('D1', { Name: 'later' })]);
    expect(body.map((result) => result.success)).toEqual([true, false]);
    expect(body[1]?.errors[0]).toMatchObject({ statusCode: 'DUPLICATE_VALUE', message: 'Duplicate external id specified: D1' });
  });

  it('finds parents by their own key and says when there is none', async () => {
    await upsert('Conversation__c', [conversation('p1')]);
    const { body } = await upsert('Message__c', [message('pm1', 'p1'), message('pm2', 'nobody'), message('pm3', 'P1')]);
    expect(body.map((result) => result.success)).toEqual([true, false, true]);
    expect(body[1]?.errors[0]).toMatchObject({
      statusCode: 'INVALID_FIELD',
      message: 'Foreign key external ID: nobody not found for field ExternalId__c in entity Conversation__c',
    });
    expect(await t.soql("SELECT Id FROM Message__c WHERE Conversation__r.ExternalId__c = 'p1'")).toHaveLength(2);
  });

  it('undoes everything with allOrNone', async () => {
    const { status, body } = await upsert(
      'Conversation__c',
      [conversation('n1'), conversation('n2', { LastDirection__c: 'Up' }), conversation('n3')],
      true,
    );
    expect(status).toBe(200);
    expect(body.map(code)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    ]);
    expect(await t.soql("SELECT Id FROM Conversation__c WHERE ExternalId__c IN ('n1', 'n2', 'n3')")).toHaveLength(0);
    const contacts = [{ LastName: 'A' }, { LastName: 'B', OwnerId: 'INVALID_OWNER' }].map((entry) => ({
      attributes: { type: 'Contact' },
      ...entry,
    }));
    const created = await t.call<Result[]>('POST', '/composite/sobjects', { body: { allOrNone: true, records: contacts } });
    expect(created.body.map(code)).toEqual(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'MALFORMED_ID']);
  });

  it('creates, updates, retrieves and deletes mixed records', async () => {
    const records = [
      { attributes: { type: 'Account' }, Name: 'Mixed' },
      { attributes: { type: 'Contact' }, LastName: 'Mixed' },
      { attributes: { type: 'Nope__c' }, Name: 'x' },
    ];
    const created = await t.call<Result[]>('POST', '/composite/sobjects', { body: { records } });
    expect(created.body.map((result) => code(result) ?? 'ok')).toEqual(['ok', 'ok', 'INVALID_TYPE']);
    const [account, contact] = created.body.map((result) => result.id as string);
    const changes = [
      { attributes: { type: 'Contact' }, id: contact, Title: 'Buyer' },
      { attributes: { type: 'Account' }, id: '001000000000009AAA', Name: 'nobody' },
    ];
    const updated = await t.call<Result[]>('PATCH', '/composite/sobjects', { body: { records: changes } });
    expect(updated.body.map((result) => code(result) ?? 'ok')).toEqual(['ok', 'INVALID_CROSS_REFERENCE_KEY']);
    const read = await t.call<(Record<string, unknown> | null)[]>(
      'GET',
      `/composite/sobjects/Contact?ids=${contact},003000000000009&fields=Title,Name`,
    );
    expect(read.body).toMatchObject([{ Title: 'Buyer', Name: 'Mixed' }, null]);
    const deleted = await t.call<Result[]>('DELETE', `/composite/sobjects?ids=${account},${contact}`);
    expect(deleted.body.map((result) => result.success)).toEqual([true, true]);
  });

  it('limits records and types', async () => {
    const many = Array.from({ length: 201 }, (_, index) => conversation(`many${index}`));
    expect(await upsert('Conversation__c', many)).toMatchObject({ status: 400, body: [{ errorCode: 'EXCEEDED_MAX_SIZE_REQUEST' }] });
    const types = Array.from({ length: 11 }, (_, index) => ({ attributes: { type: `T${index}__c` } }));
    expect((await t.call('POST', '/composite/sobjects', { body: { records: types } })).body).toMatchObject([
      { errorCode: 'EXCEEDED_MAX_TYPES_LIMIT' },
    ]);
    expect((await upsert('Conversation__c', many.slice(0, 200))).body.every((result) => result.success)).toBe(true);
  });

  it('publishes events with success and an enqueued entry; subscribers get them, later ones by replay', async () => {
    const seen: string[] = [];
    const subscription = t.org.events.subscribe('/event/ConversationChanged__e', (event) =>
      seen.push(String(event.data.payload['ConversationIds__c'])),
    );
    const single = await t.call<Result>('POST', '/sobjects/ConversationChanged__e', { body: { ConversationIds__c: 'a,b' } });
    expect([single.status, single.body.success, single.body.errors[0]?.statusCode]).toEqual([201, true, 'OPERATION_ENQUEUED']);
    const event = { attributes: { type: 'ConversationChanged__e' }, ConversationIds__c: 'c' };
    const list = await t.call<Result[]>('POST', '/composite/sobjects', {
      body: { allOrNone: true, records: [event, { attributes: { type: 'Contact' } }] },
    });
    expect(list.body[1]?.errors[0]?.statusCode).toBe('REQUIRED_FIELD_MISSING');
    subscription.close();
    await t.call('POST', '/sobjects/ConversationChanged__e', { body: { ConversationIds__c: 'd' } });
    // Published immediately: the roll-back around the second one did not take it back.
    expect(seen).toEqual(['a,b', 'c']);
    const replayed = t.org.events.replay('/event/ConversationChanged__e', -2);
    expect(replayed.map((entry) => entry.data.payload['ConversationIds__c'])).toEqual(['a,b', 'c', 'd']);
    expect(t.org.events.usage()).toEqual({ published: 3, delivered: 2 });
  });
});

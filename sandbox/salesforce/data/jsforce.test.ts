/** jsforce as a client that other people wrote: what it can do against our routes is protocol, not our own opinion. */
import { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRecords } from '../org.ts';
import { ADMIN, startTestOrg } from './testing.ts';
import type { TestOrg } from './testing.ts';

describe('jsforce against the sandbox org', () => {
  let t: TestOrg;
  let conn: Connection;
  beforeAll(async () => {
    t = await startTestOrg();
    conn = new Connection({ instanceUrl: t.url, accessToken: ADMIN, version: '65.0' });
  });
  afterAll(() => t.close());

  it('creates, retrieves, updates and deletes', async () => {
    const created = await conn.sobject('Account').create({ Name: 'By client' });
    expect(created).toMatchObject({ success: true, errors: [] });
    const id = created.id as string;
    expect(await conn.sobject('Account').retrieve(id)).toMatchObject({ Name: 'By client', attributes: { type: 'Account' } });
    expect(await conn.sobject('Account').update({ Id: id, Name: 'Changed' })).toMatchObject({ success: true });
    expect((await conn.sobject('Account').retrieve(id))['Name']).toBe('Changed');
    expect(await conn.sobject('Account').destroy(id)).toMatchObject({ success: true });
    await expect(conn.sobject('Account').retrieve(id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  it('creates, updates and deletes many at once, and sees per-record errors', async () => {
    const results = await conn.sobject('Contact').create([{ LastName: 'One' }, { FirstName: 'no last name' }, { LastName: 'Three' }]);
    expect(results.map((result) => result.success)).toEqual([true, false, true]);
    const strict = await conn
      .sobject('Contact')
      .create([{ LastName: 'Four' }, { LastName: 'Five', OwnerId: 'INVALID_OWNER' }], { allOrNone: true });
    expect(strict.map((result) => (result.errors[0] as { statusCode?: string } | undefined)?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'MALFORMED_ID',
    ]);
    const ids = results.flatMap((result) => (result.success ? [result.id] : []));
    const read = await conn.sobject('Contact').retrieve(ids);
    expect(read.map((row) => row['LastName'])).toEqual(['One', 'Three']);
    expect((await conn.sobject('Contact').update(ids.map((Id) => ({ Id, Title: 'Buyer' })))).every((result) => result.success)).toBe(true);
    expect((await conn.sobject('Contact').destroy(ids)).every((result) => result.success)).toBe(true);
  });

  it('upserts by external id, alone and in a list', async () => {
    const record = {
      ExternalId__c: '+14155550160',
      Name: '+14155550160',
      PhoneNumber__c: '+14155550160',
      State__c: 'OptedOut',
      Kind__c: 'Keyword',
      ChangedAt__c: '2026-11-22T10:00:00Z',
    };
    expect(await conn.sobject('OptOut__c').upsert(record, 'ExternalId__c')).toMatchObject({ success: true, created: true });
    expect(await conn.sobject('OptOut__c').upsert({ ...record, State__c: 'OptedIn' }, 'ExternalId__c')).toMatchObject({ success: true });
    const many = await conn.sobject('OptOut__c').upsert([record, { ...record, ExternalId__c: '+14155550161' }], 'ExternalId__c');
    expect(many.map((result) => result.success)).toEqual([true, true]);
    expect(await conn.sobject('OptOut__c').count()).toBe(2);
  });

  it('pages through a long query and gets a locator that only its user may use', async () => {
    seedRecords(t.org, { object: 'Lead', count: 4500 });
    const first = await conn.query<{ Id: string }>('SELECT Id, Name FROM Lead ORDER BY Email');
    expect([first.totalSize, first.done, first.records.length]).toEqual([4500, false, 2000]);
    expect(first.nextRecordsUrl).toMatch(/\/query\/01g\w+-2000$/);
    const second = await conn.queryMore<{ Id: string }>(first.nextRecordsUrl as string);
    const third = await conn.queryMore<{ Id: string }>(second.nextRecordsUrl as string);
    expect([second.records.length, third.records.length, third.done]).toEqual([2000, 500, true]);
    expect(new Set([...first.records, ...second.records, ...third.records].map((row) => row.Id)).size).toBe(4500);
    const other = new Connection({ instanceUrl: t.url, accessToken: 'standby@sandbox.test', version: '65.0' });
    await expect(other.queryMore(first.nextRecordsUrl as string)).rejects.toMatchObject({ errorCode: 'INVALID_QUERY_LOCATOR' });
    const all = await conn.query('SELECT Id FROM Lead', { autoFetch: true, maxFetch: 10_000 });
    expect(all.records).toHaveLength(4500);
  });

  it('builds queries, describes and searches', async () => {
    const found = await conn
      .sobject('Lead')
      .find({ Email: { $like: '%.7@example.com' } }, ['Id', 'Owner.Name'])
      .limit(3);
    expect(found).toMatchObject([{ Owner: { attributes: { type: 'Name' } } }]);
    const described = await conn.describe('Message__c');
    expect(described.fields.find((field) => field.name === 'SentStatus__c')?.picklistValues?.map((value) => value.value)).toContain(
      'Unknown',
    );
    expect((await conn.describeGlobal()).sobjects.map((object) => object.name)).toContain('Conversation__c');
    await conn.sobject('Contact').create({ LastName: 'Searchable', Phone: '(415) 555-0188' });
    const result = await conn.search('FIND {4155550188} IN PHONE FIELDS RETURNING Contact(Id, LastName)');
    expect(result.searchRecords).toMatchObject([{ LastName: 'Searchable' }]);
    await expect(conn.query('SELECT Nope FROM Contact')).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
  });

  it('lists changes, recent records and works with composite requests', async () => {
    const now = Date.now();
    const updated = await conn.sobject('Contact').updated(new Date(now - 3_600_000), new Date(now + 60_000));
    expect(updated.ids).toHaveLength(1);
    const deleted = await conn.sobject('Contact').deleted(new Date(now - 3_600_000), new Date(now + 60_000));
    expect(deleted.deletedRecords).toHaveLength(2);
    expect(await conn.sobject('Contact').recent()).toMatchObject([{ attributes: { type: 'Contact' } }]);
    const reply = await conn.request<{ compositeResponse: { httpStatusCode: number }[] }>({
      method: 'POST',
      url: '/composite',
      body: JSON.stringify({
        compositeRequest: [{ method: 'GET', url: '/services/data/v65.0/query?q=SELECT+Id+FROM+Account', referenceId: 'q' }],
      }),
      headers: { 'content-type': 'application/json' },
    });
    expect(reply.compositeResponse).toMatchObject([{ httpStatusCode: 200 }]);
    const batch = await conn.requestPost<{ hasErrors: boolean }>('/composite/batch', {
      batchRequests: [{ method: 'GET', url: 'v65.0/sobjects' }],
    });
    expect(batch.hasErrors).toBe(false);
  });
});

/** jsforce as a client that other people wrote reads and writes by Bulk API 2.0. */
import { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRecords } from '../../org.ts';
import { ADMIN, startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';

const POLL = { pollInterval: 20, pollTimeout: 20_000 };

describe('jsforce by Bulk API 2.0', () => {
  let t: TestOrg;
  let conn: Connection;
  beforeAll(async () => {
    t = await startTestOrg();
    conn = new Connection({ instanceUrl: t.url, accessToken: ADMIN, version: '65.0' });
    seedRecords(t.org, { object: 'Contact', count: 4_500 });
  });
  afterAll(() => t.close());

  const read = async (soql: string, more: object = {}) =>
    (await (await conn.bulk2.query(soql, { ...POLL, ...more })).toArray()) as Record<string, string>[];

  it('reads every record of a long query, with what has quotes, lines and delimiters in it', async () => {
    t.org.insert('Contact', { LastName: 'O"Hara, "Quoted"', MailingStreet: 'first line\nsecond line', Email: 'quoted@example.com' });
    const rows = await read('SELECT Id, Name, Email, MailingStreet, Owner.Name, IsDeleted, SystemModstamp FROM Contact');
    expect(rows).toHaveLength(4_501);
    expect(new Set(rows.map((row) => row['Id'])).size).toBe(4_501);
    const quoted = rows.find((row) => row['Email'] === 'quoted@example.com');
    expect(quoted).toMatchObject({ Name: 'O"Hara, "Quoted"', MailingStreet: 'first line\nsecond line', IsDeleted: 'false' });
    expect(quoted?.['Owner.Name']).not.toBe('');
    expect(quoted?.['SystemModstamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  it('reads deleted records when all are asked for, and none where none fits', async () => {
    const id = t.org.insert('Lead', { LastName: 'Gone', Company: 'Gone' });
    await conn.sobject('Lead').destroy(id);
    expect(await read('SELECT Id FROM Lead')).toEqual([]);
    expect(await read('SELECT Id, IsDeleted FROM Lead', { scanAll: true })).toEqual([{ Id: id, IsDeleted: 'true' }]);
  });

  it('refuses a query with the platform’s code', async () => {
    await expect(conn.bulk2.query('SELECT Nope FROM Contact', POLL)).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
    await expect(conn.bulk2.query('SELECT FROM Contact', POLL)).rejects.toMatchObject({ errorCode: 'MALFORMED_QUERY' });
  });

  it('inserts, updates, upserts and deletes, and tells each record’s result', async () => {
    const load = (operation: 'insert' | 'update' | 'delete', input: Record<string, string>[]) =>
      conn.bulk2.loadAndWaitForResults({ object: 'Lead', operation, input, ...POLL });
    const inserted = await load('insert', [
      { LastName: 'One', Company: 'A "quoted", company' },
      { LastName: '', Company: 'No name' },
      { LastName: 'Three', Company: 'C' },
    ]);
    expect(inserted.successfulResults).toMatchObject([
      { sf__Created: 'true', LastName: 'One' },
      { sf__Created: 'true', LastName: 'Three' },
    ]);
    expect(inserted.failedResults).toMatchObject([{ sf__Id: '', Company: 'No name' }]);
    expect(inserted.failedResults[0]?.sf__Error).toMatch(/^REQUIRED_FIELD_MISSING:.*LastName/);
    expect(inserted.unprocessedRecords).toEqual([]);
    const [one, three] = inserted.successfulResults.map((row) => row.sf__Id);
    const updated = await load('update', [
      { Id: one as string, Title: 'Chief', Company: '' },
      { Id: '00QSb0000000000AAA', Title: 'Nobody', Company: '' },
    ]);
    expect(updated.successfulResults).toMatchObject([{ sf__Id: one, sf__Created: 'false' }]);
    expect(updated.failedResults[0]?.sf__Error).toMatch(/^INVALID_CROSS_REFERENCE_KEY:/);
    expect(t.org.row('Lead', one as string)).toMatchObject({ Title: 'Chief', Company: 'A "quoted", company' });
    await load('update', [{ Id: one as string, Title: '#N/A' }]);
    expect(t.org.row('Lead', one as string)).toMatchObject({ Title: null });
    expect((await load('delete', [{ Id: three as string }])).successfulResults).toHaveLength(1);
    expect(t.org.row('Lead', three as string)).toMatchObject({ IsDeleted: 1 });

    const optOut = { PhoneNumber__c: '+14155550160', State__c: 'OptedOut', Kind__c: 'Keyword', ChangedAt__c: '2026-11-22T10:00:00Z' };
    const upsert = (ids: string[]) =>
      conn.bulk2.loadAndWaitForResults({
        object: 'OptOut__c',
        operation: 'upsert',
        externalIdFieldName: 'ExternalId__c',
        input: ids.map((id) => ({ ...optOut, ExternalId__c: id })),
        ...POLL,
      });
    expect((await upsert(['a', 'b', 'a'])).failedResults[0]?.sf__Error).toMatch(/^DUPLICATE_VALUE:Duplicate external id/);
    expect((await upsert(['a', 'c'])).successfulResults.map((row) => row.sf__Created)).toEqual(['false', 'true']);
  });

  it('writes more records than one transaction holds', async () => {
    const input = Array.from({ length: 1_050 }, (_, index) => ({ Name: `Company ${index}` }));
    const { successfulResults } = await conn.bulk2.loadAndWaitForResults({ object: 'Account', operation: 'insert', input, ...POLL });
    expect(successfulResults).toHaveLength(1_050);
  });

  it('tells why a whole job failed', async () => {
    const load = conn.bulk2.loadAndWaitForResults({ object: 'Lead', operation: 'insert', input: [{ Nope: 'x' }], ...POLL });
    await expect(load).rejects.toThrow('InvalidBatch : Field name not found : Nope');
  });
});

import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedRecords } from '../../../../sandbox/salesforce/org.ts';
import { startTestOrg, type TestOrg } from '../../../../sandbox/salesforce/data/testing.ts';
import { createAddressGuard } from '../../platform/net.ts';
import { BulkJobGoneError, type BulkJob } from './bulk-query.ts';
import { classifyFailure } from './classify.ts';
import { createSalesforceClient } from './client.ts';
import { startRawServer } from './raw-server.test-helper.ts';
import { createExchange } from './transport.ts';

const dispatcher = createAddressGuard(['127.0.0.1']).dispatcher;
afterAll(() => dispatcher.close());
const clientOf = (instanceUrl: string, accessToken: string, namespace?: string) =>
  createSalesforceClient({ instanceUrl, accessToken, exchange: createExchange(dispatcher), ...(namespace && { namespace }) });

describe('against the sandbox org', () => {
  let org: TestOrg;
  beforeAll(async () => {
    org = await startTestOrg();
    seedRecords(org.org, { object: 'Contact', count: 2_500 });
  });
  afterAll(() => org.close());

  const admin = () => clientOf(org.url, 'admin@sandbox.test');
  async function complete(soql: string): Promise<BulkJob> {
    const { bulk } = admin();
    let job = await bulk.create(soql);
    while (job.state === 'working') job = await bulk.status(job.id);
    return job;
  }

  it('reads page after page of a job, and deletes it', async () => {
    org.org.insert('Contact', { LastName: 'O"Brien,\nSon', Phone: '+1 415 555 0155' });
    const job = await complete('SELECT Id, Name, Phone, Owner.Name FROM Contact');
    expect(job).toMatchObject({ state: 'complete', recordsProcessed: 2_501, why: '' });
    expect(job.createdAt).toMatch(/^\d{4}-.*Z$/);
    const { bulk } = admin();
    const first = await bulk.page(job.id, null, 2_000);
    expect(first.rows).toHaveLength(2_000);
    const second = await bulk.page(job.id, first.locator, 2_000);
    expect([second.rows.length, second.locator]).toEqual([501, null]);
    const rows = [...first.rows, ...second.rows];
    expect(new Set(rows.map((row) => row['Id'])).size).toBe(2_501);
    expect(rows.find((row) => row['Name'] === 'O"Brien,\nSon')).toMatchObject({ Phone: '+1 415 555 0155' });
    expect(rows[0]).toMatchObject({ Phone: null }); // people are seeded with a mobile number only
    await bulk.remove(job.id);
    await expect(bulk.status(job.id)).rejects.toBeInstanceOf(BulkJobGoneError);
    await expect(bulk.page(job.id, null, 10)).rejects.toBeInstanceOf(BulkJobGoneError);
  });

  it('tells a job of another user, and a place that is none, from other faults', async () => {
    const job = await complete('SELECT Id FROM Contact');
    const other = clientOf(org.url, 'standby@sandbox.test').bulk;
    await expect(other.status(job.id)).rejects.toBeInstanceOf(BulkJobGoneError);
    await expect(other.page(job.id, null, 10)).rejects.toBeInstanceOf(BulkJobGoneError);
    await expect(admin().bulk.page(job.id, 'nonsense', 10)).rejects.toBeInstanceOf(BulkJobGoneError);
    const stranger = await clientOf(org.url, 'nobody@sandbox.test')
      .bulk.status(job.id)
      .catch((error: unknown) => error);
    expect(stranger).not.toBeInstanceOf(BulkJobGoneError);
    expect(classifyFailure(stranger).class).toBe('session');
  });

  it('says what is wrong with a query', async () => {
    await expect(admin().bulk.create('SELECT Nope FROM Contact')).rejects.toMatchObject({ errors: [{ code: 'INVALID_FIELD' }] });
  });

  it('counts records, of objects that the org knows', async () => {
    expect(await admin().recordCounts(['Contact', 'Lead', 'Nothing'])).toEqual(
      new Map([
        ['Contact', 2_501],
        ['Lead', 0],
      ]),
    );
  });
});

describe('answers that a sandbox does not give', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function answering(body: Buffer, headers: Record<string, string>, namespace?: string) {
    const server = await startRawServer((socket: Socket) => {
      const head = Object.entries({ 'Content-Type': 'text/csv', 'Content-Length': String(body.length), ...headers });
      socket.write(
        Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`), body]),
      );
    });
    closers.push(server.close);
    return { server, client: clientOf(server.origin, '00Dxx!secret', namespace) };
  }
  const page = async (csv: string, headers: Record<string, string>) =>
    (await answering(Buffer.from(csv), headers)).client.bulk.page('750000000000001AAA', null, 10);

  it('are read uncompressed too, with the names as the features know them', async () => {
    const csv = Buffer.from('"Id","Conversation__r.ns__Status__c"\n"1",""\n');
    const { server, client } = await answering(gzipSync(csv), { 'Content-Encoding': 'gzip', 'Sforce-Locator': 'MTA' }, 'ns');
    expect(await client.bulk.page('750000000000001AAA', 'NQ', 10)).toEqual({
      rows: [{ Id: '1', 'Conversation__r.Status__c': null }],
      locator: 'MTA',
    });
    expect(server.requests[0]).toMatch(
      /^GET \/services\/data\/v65\.0\/jobs\/query\/750000000000001AAA\/results\?maxRecords=10&locator=NQ /,
    );
    expect(await page('"Id"\n"1"\n', { 'Sforce-Locator': 'null' })).toEqual({ rows: [{ Id: '1' }], locator: null });
  });

  it('that are no CSV, or not whole, want another job', async () => {
    for (const [csv, count] of [
      ['"Id","Name"\n"1"\n', '1'],
      ['"Id"\n"1\n', '1'],
      ['"Id"\n"1"\n', '2'],
    ] as const)
      await expect(page(csv, { 'Sforce-Locator': 'null', 'Sforce-NumberOfRecords': count })).rejects.toBeInstanceOf(BulkJobGoneError);
  });

  it('without a locator came from something in front of the org', async () => {
    const error = await page('<html>', {}).catch((thrown: unknown) => thrown);
    expect(classifyFailure(error).class).toBe('org');
  });

  it('that were cut short or are no gzip are faults of the way', async () => {
    const whole = gzipSync('"Id"\n"1"\n');
    for (const bytes of [whole.subarray(0, -4), Buffer.from('nonsense')]) {
      const { client } = await answering(bytes, { 'Content-Encoding': 'gzip', 'Sforce-Locator': 'null' });
      const error = await client.bulk.page('750000000000001AAA', null, 10).catch((thrown: unknown) => thrown);
      expect(classifyFailure(error)).toMatchObject({ class: 'org', code: 'CUT' });
    }
  });
});

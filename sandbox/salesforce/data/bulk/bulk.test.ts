import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seedRecords } from '../../org.ts';
import { ADMIN, AGENT, startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';

type Job = Record<string, unknown> & { id: string; state: string };
type Problem = { errorCode: string; message: string }[];
const STANDBY = 'standby@sandbox.test';

let t: TestOrg;
beforeAll(async () => {
  t = await startTestOrg();
  seedRecords(t.org, { object: 'Contact', count: 4_500 });
});
afterAll(() => t.close());
afterEach(() => {
  t.org.settings.jobsWait = false;
});

const made = async (kind: string, body: object, as = ADMIN) => (await t.call<Job>('POST', `/jobs/${kind}`, { body, as })).body;
const stateOf = async (kind: string, id: string, as = ADMIN) => (await t.call<Job>('GET', `/jobs/${kind}/${id}`, { as })).body;
async function over(kind: string, id: string, as = ADMIN): Promise<Job> {
  for (;;) {
    const job = await stateOf(kind, id, as);
    if (['JobComplete', 'Failed', 'Aborted'].includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function csv(path: string, as = ADMIN): Promise<{ status: number; headers: Record<string, unknown>; lines: string[] }> {
  const answer = await request(`${t.url}/services/data/v65.0${path}`, { headers: { authorization: `Bearer ${as}` } });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const text = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes).toString() : bytes.toString();
  return { status: answer.statusCode, headers: answer.headers, lines: text.split(/\r?\n/).filter((line) => line !== '') };
}

const upload = (id: string, body: string, type = 'text/csv') =>
  t.call<Problem>('PUT', `/jobs/ingest/${id}/batches`, { body, headers: { 'content-type': type } });
const close = (id: string) => t.call<Job>('PATCH', `/jobs/ingest/${id}`, { body: { state: 'UploadComplete' } });

describe('query jobs', () => {
  it('go from UploadComplete to JobComplete and tell what a client wants to know', async () => {
    t.org.settings.jobsWait = true;
    const job = await made('query', { operation: 'query', query: 'SELECT Id FROM Contact' });
    expect(job).toMatchObject({ operation: 'query', object: 'Contact', state: 'UploadComplete', jobType: 'V2Query', contentType: 'CSV' });
    expect(job).toMatchObject({ createdById: t.userId(ADMIN), concurrencyMode: 'Parallel', lineEnding: 'LF', columnDelimiter: 'COMMA' });
    expect(job.id).toMatch(/^750\w{15}$/);
    const early = await t.call<Problem>('GET', `/jobs/query/${job.id}/results`);
    expect([early.status, early.body[0]?.errorCode]).toEqual([400, 'INVALIDJOBSTATE']);
    expect((await t.call('DELETE', `/jobs/query/${job.id}`)).status).toBe(400);
    t.org.settings.jobsWait = false;
    expect(await over('query', job.id)).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 4_500 });
  });

  it('hand out pages, the last with the word null, and compress them', async () => {
    const { id } = await made('query', { operation: 'query', query: 'select id, owner.name from contact order by id' });
    await over('query', id);
    const ids: string[] = [];
    let locator: string | undefined;
    for (const expected of [1_999, 1_999, 502]) {
      const page = await csv(`/jobs/query/${id}/results?maxRecords=1999${locator ? `&locator=${locator}` : ''}`);
      expect(page.headers).toMatchObject({ 'sforce-numberofrecords': String(expected), 'content-encoding': 'gzip' });
      expect(page.lines.shift()).toBe('"Id","Owner.Name"');
      expect(page.lines).toHaveLength(expected);
      ids.push(...page.lines.map((line) => line.slice(1, 19)));
      locator = String(page.headers['sforce-locator']);
    }
    expect(locator).toBe('null');
    expect(ids).toEqual([...new Set(ids)].sort());
    for (const wrong of ['locator=x', 'locator=null', 'maxRecords=0', 'maxRecords=many'])
      expect((await t.call('GET', `/jobs/query/${id}/results?${wrong}`)).status).toBe(400);
  });

  it('write the line ending and the delimiter that were asked for', async () => {
    const query = "SELECT FirstName, LastName FROM Contact WHERE LastName = 'Semi;colon'";
    t.org.insert('Contact', { FirstName: 'A', LastName: 'Semi;colon' });
    const { id } = await made('query', { operation: 'query', query, lineEnding: 'CRLF', columnDelimiter: 'SEMICOLON' });
    await over('query', id);
    const answer = await fetch(`${t.url}/services/data/v65.0/jobs/query/${id}/results`, { headers: { authorization: `Bearer ${ADMIN}` } });
    expect(await answer.text()).toBe('"FirstName";"LastName"\r\n"A";"Semi;colon"\r\n');
  });

  it('belong to the user who made them, and show only what that user sees', async () => {
    t.org.insert('Account', { Name: 'Seen', OwnerId: t.userId(AGENT) });
    t.org.insert('Account', { Name: 'Hidden', OwnerId: t.userId(ADMIN) });
    const { id } = await made('query', { operation: 'query', query: 'SELECT Name FROM Account' }, AGENT);
    await over('query', id, AGENT);
    expect((await csv(`/jobs/query/${id}/results`, AGENT)).lines).toEqual(['"Name"', '"Seen"']);
    for (const [method, path] of [
      ['GET', `/jobs/query/${id}`],
      ['GET', `/jobs/query/${id}/results`],
      ['GET', `/jobs/ingest/${id}`],
      ['DELETE', `/jobs/query/${id}`],
    ] as const)
      expect((await t.call<Problem>(method, path, { as: STANDBY })).body[0]?.errorCode).toBe('NOT_FOUND');
    expect((await t.call<{ records: Job[] }>('GET', '/jobs/query', { as: AGENT })).body).toMatchObject({ done: true, records: [{ id }] });
    expect((await t.call<{ records: Job[] }>('GET', '/jobs/query', { as: STANDBY })).body.records).toEqual([]);
    expect((await t.call('DELETE', `/jobs/query/${id}`, { as: AGENT })).status).toBe(204);
    expect((await t.call('GET', `/jobs/query/${id}`, { as: AGENT })).status).toBe(404);
  });

  it('can be aborted while they are not over', async () => {
    t.org.settings.jobsWait = true;
    const { id } = await made('query', { operation: 'query', query: 'SELECT Id FROM Contact' });
    const abort = () => t.call<Job | Problem>('PATCH', `/jobs/query/${id}`, { body: { state: 'Aborted' } });
    expect((await abort()).body).toMatchObject({ state: 'Aborted' });
    expect((await abort()).body).toMatchObject([{ errorCode: 'INVALIDJOBSTATE' }]);
    expect((await t.call('GET', `/jobs/query/${id}/results`)).status).toBe(400);
  });

  it('go on after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulk-'));
    const file = join(folder, 'org.db');
    const before = await startTestOrg({ file });
    before.org.settings.jobsWait = true;
    const body = { operation: 'query', query: 'SELECT Id FROM User' };
    const { id } = (await before.call<Job>('POST', '/jobs/query', { body })).body;
    await before.close();
    const after = await startTestOrg({ file });
    let job: Job;
    do job = (await after.call<Job>('GET', `/jobs/query/${id}`)).body;
    while (job.state !== 'JobComplete');
    expect(job['numberRecordsProcessed']).toBeGreaterThan(0);
    await after.close();
    rmSync(folder, { recursive: true });
  });

  it('are forgotten after seven days', async () => {
    const { id } = await made('query', { operation: 'query', query: 'SELECT Id FROM Contact LIMIT 1' });
    await over('query', id);
    t.org.clock.advance(8 * 24 * 3600);
    expect((await t.call('GET', `/jobs/query/${id}`)).status).toBe(404);
    t.org.clock.advance(-8 * 24 * 3600);
  });

  it.each([
    [{ operation: 'query', query: 'SELECT count() FROM Contact' }, 'API_ERROR'],
    [{ operation: 'query', query: 'SELECT Name FROM Contact GROUP BY Name' }, 'API_ERROR'],
    [{ operation: 'query', query: 'SELECT Id FROM Contact OFFSET 5' }, 'API_ERROR'],
    [{ operation: 'query', query: 'SELECT Id, (SELECT Id FROM Contacts) FROM Account' }, 'API_ERROR'],
    [{ operation: 'query', query: 'SELECT Nope FROM Contact' }, 'INVALID_FIELD'],
    [{ operation: 'query', query: 'SELECT Id FROM Nothing__c' }, 'INVALID_TYPE'],
    [{ operation: 'query', query: 'nonsense' }, 'MALFORMED_QUERY'],
    [{ operation: 'query', query: '' }, 'INVALIDJOB'],
    [{ operation: 'insert', query: 'SELECT Id FROM Contact' }, 'INVALIDJOB'],
    [{ operation: 'query', query: 'SELECT Id FROM Contact', contentType: 'JSON' }, 'INVALIDJOB'],
    [{ operation: 'query', query: 'SELECT Id FROM Contact', lineEnding: 'CR' }, 'INVALIDJOB'],
    [{ operation: 'query', query: 'SELECT Id FROM Contact', columnDelimiter: 'constructor' }, 'INVALIDJOB'],
    [{ operation: 'query', query: 'SELECT Id FROM Contact', surprise: 1 }, 'JSON_PARSER_ERROR'],
    [[], 'JSON_PARSER_ERROR'],
  ])('are refused: %j is %s', async (body, code) => {
    const reply = await t.call<Problem>('POST', '/jobs/query', { body });
    expect([reply.status, reply.body[0]?.errorCode]).toEqual([400, code]);
  });

  it('know no other paths or methods', async () => {
    const { id } = await made('query', { operation: 'query', query: 'SELECT Id FROM Contact LIMIT 1' });
    await over('query', id);
    const status = async (method: string, path: string, body?: object) => (await t.call(method, path, body ? { body } : {})).status;
    expect(await status('GET', '/jobs')).toBe(404);
    expect(await status('GET', '/jobs/other')).toBe(404);
    expect(await status('GET', `/jobs/query/${id}/batches`)).toBe(404);
    expect(await status('PUT', '/jobs/query', {})).toBe(405);
    expect(await status('PUT', `/jobs/query/${id}`, {})).toBe(405);
    expect(await status('POST', `/jobs/query/${id}/results`, {})).toBe(405);
    expect(await status('PATCH', `/jobs/query/${id}`, { state: 'UploadComplete' })).toBe(400);
  });
});

describe('ingest jobs', () => {
  const open = (more: object = {}) => made('ingest', { operation: 'insert', object: 'Lead', ...more });

  it('go from Open by their upload to JobComplete', async () => {
    const job = await open({ lineEnding: 'CRLF', columnDelimiter: 'BACKQUOTE' });
    expect(job).toMatchObject({ state: 'Open', contentUrl: `services/data/v65.0/jobs/ingest/${job.id}/batches`, jobType: 'V2Ingest' });
    expect((await upload(job.id, 'LastName`Company\r\nA`"with ` in it"\r\n')).status).toBe(201);
    expect((await upload(job.id, 'LastName`Company\r\nB`b\r\n')).body[0]?.errorCode).toBe('INVALIDJOBSTATE');
    expect((await close(job.id)).body).toMatchObject({ state: 'UploadComplete' });
    expect(await over('ingest', job.id)).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 1, numberRecordsFailed: 0 });
    const [header, line] = (await csv(`/jobs/ingest/${job.id}/successfulResults`)).lines;
    expect(header).toBe('"sf__Id"`"sf__Created"`"LastName"`"Company"');
    expect(line).toMatch(/^"00Q\w{15}"`"true"`"A"`"with ` in it"$/);
    expect((await csv(`/jobs/ingest/${job.id}/failedResults`)).lines).toEqual(['"sf__Id"`"sf__Error"`"LastName"`"Company"']);
    expect((await t.call('DELETE', `/jobs/ingest/${job.id}`)).status).toBe(204);
  });

  it.each([
    ['LastName,Company\r\nA,b\r\n', 'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF'],
    ['LastName,Nope\nA,b\n', 'InvalidBatch : Field name not found : Nope'],
    ['LastName,Owner.Nope.Name\nA,b\n', 'InvalidBatch : Field name not found : Owner.Nope.Name'],
    ['', 'InvalidBatch : The CSV is empty'],
  ])('fail as a whole: %j', async (data, message) => {
    const { id } = await open();
    await upload(id, data);
    await close(id);
    expect(await over('ingest', id)).toMatchObject({ state: 'Failed', errorMessage: message, numberRecordsProcessed: 0 });
  });

  it('leave unprocessed what stands behind a row with other columns than the header', async () => {
    const { id } = await open();
    const good = Array.from({ length: 200 }, (_, index) => `Name ${index},c`);
    await upload(id, `LastName,Company\n${good.join('\n')}\nA,b,c\nLast,one\n`);
    await close(id);
    expect(await over('ingest', id)).toMatchObject({ state: 'Failed', numberRecordsProcessed: 200 });
    expect((await csv(`/jobs/ingest/${id}/unprocessedrecords`)).lines).toEqual(['"LastName","Company"', '"A","b","c"', '"Last","one"']);
    expect((await csv(`/jobs/ingest/${id}/successfulResults`)).lines).toHaveLength(201);
  });

  it('leave everything unprocessed when they are aborted before their turn', async () => {
    t.org.settings.jobsWait = true;
    const { id } = await open();
    await upload(id, 'LastName,Company\nA,b\n');
    await close(id);
    await t.call('PATCH', `/jobs/ingest/${id}`, { body: { state: 'Aborted' } });
    expect((await csv(`/jobs/ingest/${id}/unprocessedrecords`)).lines).toEqual(['"LastName","Company"', '"A","b"']);
    expect(await t.soql("SELECT Id FROM Lead WHERE LastName = 'A' AND Company = 'b'")).toEqual([]);
  });

  it('run with the rights of their user, record by record', async () => {
    const mine = t.org.insert('Account', { Name: 'Mine', OwnerId: t.userId(AGENT) });
    const other = t.org.insert('Account', { Name: 'Not mine', OwnerId: t.userId(ADMIN) });
    const { id } = await made('ingest', { operation: 'update', object: 'Account' }, AGENT);
    await t.call('PUT', `/jobs/ingest/${id}/batches`, {
      body: `Id,Name\n${mine},Changed\n${other},Changed\n`,
      headers: { 'content-type': 'text/csv' },
      as: AGENT,
    });
    await t.call('PATCH', `/jobs/ingest/${id}`, { body: { state: 'UploadComplete' }, as: AGENT });
    expect(await over('ingest', id, AGENT)).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 2, numberRecordsFailed: 1 });
    expect([t.org.row('Account', mine)?.['Name'], t.org.row('Account', other)?.['Name']]).toEqual(['Changed', 'Not mine']);
  });

  it.each([
    [{ operation: 'query', object: 'Lead' }, 'INVALIDJOB'],
    [{ operation: 'hardDelete', object: 'Lead' }, 'INVALIDJOB'],
    [{ operation: 'insert' }, 'INVALIDJOB'],
    [{ operation: 'insert', object: 'Nothing__c' }, 'INVALIDENTITY'],
    [{ operation: 'insert', object: 'ConversationChanged__e' }, 'INVALIDENTITY'],
    [{ operation: 'upsert', object: 'Lead' }, 'INVALIDJOB'],
    [{ operation: 'insert', object: 'Lead', externalIdFieldName: 'Id' }, 'INVALIDJOB'],
    [{ operation: 'upsert', object: 'Lead', externalIdFieldName: 'Name' }, 'NOT_FOUND'],
  ])('are refused: %j is %s', async (body, code) => {
    expect((await t.call<Problem>('POST', '/jobs/ingest', { body })).body[0]?.errorCode).toBe(code);
  });

  it('take their data as CSV and in the right state only', async () => {
    const { id } = await open();
    expect((await upload(id, '{}', 'application/json')).body[0]?.errorCode).toBe('INVALIDJOB');
    expect((await t.call<Problem>('GET', `/jobs/ingest/${id}/failedResults`)).body[0]?.errorCode).toBe('INVALIDJOBSTATE');
    expect((await t.call('GET', `/jobs/ingest/${id}/batches`)).status).toBe(405);
    expect((await t.call<Problem>('PATCH', `/jobs/ingest/${id}`, { body: { state: 'JobComplete' } })).body[0]?.errorCode).toBe(
      'INVALIDJOB',
    );
    expect((await t.call('DELETE', `/jobs/ingest/${id}`)).status).toBe(204);
  });
});

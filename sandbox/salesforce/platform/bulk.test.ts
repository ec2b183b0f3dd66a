import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, AGENT, startTestOrg } from './testing.ts';
import type { TestOrg } from './testing.ts';

let org: TestOrg;
let token: string;
beforeAll(async () => {
  org = await startTestOrg();
  token = String((await org.control('token', { username: ADMIN.username }))['accessToken']);
});
afterAll(() => org.close());

const JOBS = '/services/data/v65.0/jobs';
const post = (path: string, body: object, as = token) => org.api(JOBS + path, as, { method: 'POST', body: JSON.stringify(body) });

test('requests for bulk jobs are counted, need a session, and are refused when the allowance is used up', async () => {
  const used = async () =>
    Number(/api-usage=(\d+)/.exec((await org.api(`${JOBS}/query`, token)).headers.get('sforce-limit-info') ?? '')?.[1]);
  const before = await used();
  expect((await post('/query', { operation: 'query', query: 'SELECT Id FROM Thing__c' })).status).toBe(200);
  expect(await used()).toBe(before + 2);
  expect((await org.api(`${JOBS}/query`, 'nonsense')).body).toMatchObject([{ errorCode: 'INVALID_SESSION_ID' }]);
  await org.control('limits', { remaining: 0 });
  expect((await org.api(`${JOBS}/ingest`, token)).body).toMatchObject([{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]);
  await org.control('limits', { remaining: 1_000 });
});

test('faults meet bulk jobs by their path, user and object', async () => {
  const query = (name: string, as = token) => post('/query', { operation: 'query', query: `SELECT Id FROM ${name}` }, as);
  await org.control('faults', { match: { object: 'Thing__c', method: 'POST' }, times: 2, action: { status: 503 } });
  expect((await query('Account')).status).toBe(200);
  expect((await query('Thing__c')).status).toBe(503);
  expect((await post('/ingest', { operation: 'insert', object: 'Thing__c' })).status).toBe(503);
  expect((await query('Thing__c')).status).toBe(200);
  const agent = String((await org.control('token', { username: AGENT.username }))['accessToken']);
  await org.control('faults', { match: { path: '/services/data/*/jobs/**', user: AGENT.username }, times: 1, action: { status: 500 } });
  expect((await org.api(`${JOBS}/query`, token)).status).toBe(200);
  expect((await org.api(`${JOBS}/query`, agent)).status).toBe(500);
});

test('calls are listed without the ids of jobs, and a reset forgets the jobs', async () => {
  const { body } = await post('/query', { operation: 'query', query: 'SELECT Id FROM Thing__c' });
  const { id } = body as { id: string };
  expect((await org.api(`${JOBS}/query/${id}`, token)).status).toBe(200);
  const calls = (await (await fetch(`${org.url}/__sandbox/calls`)).json()) as { items: { route: string }[] };
  expect(calls.items.map(({ route }) => route)).toContain(`${JOBS}/query/:id`);
  expect(JSON.stringify(calls)).not.toContain(id);
  await org.control('reset');
  expect((await org.api(`${JOBS}/query/${id}`, token)).status).toBe(404);
});

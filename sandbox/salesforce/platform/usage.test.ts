import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN, AGENT, STANDBY, startTestOrg } from './testing.ts';
import type { TestOrg } from './testing.ts';

let org: TestOrg;

beforeEach(async () => {
  org = await startTestOrg({ dailyApiCalls: 100 });
});
afterEach(() => org.close());

const DATA = '/services/data/v65.0';
const tokenOf = async (who: { username: string }) => String((await org.control('token', { username: who.username }))['accessToken']);
const limits = (body: unknown) => body as Record<string, { Max: number; Remaining: number }>;

test('every call with a session counts and tells the use; calls without one and the version list do not', async () => {
  const token = await tokenOf(ADMIN);
  await org.api(`${DATA}/limits`, 'nonsense');
  await org.api('/services/data', undefined);
  const first = await org.api(`${DATA}/limits`, token);
  expect(first.headers.get('sforce-limit-info')).toBe('api-usage=1/100');
  expect(first.headers.get('content-type')).toBe('application/json;charset=UTF-8');
  const second = await org.api(`${DATA}/limits`, token);
  expect(limits(second.body)['DailyApiRequests']).toEqual({ Max: 100, Remaining: 98 });
  for (const name of ['DataStorageMB', 'FileStorageMB', 'HourlyPublishedPlatformEvents', 'DailyDeliveredPlatformEvents']) {
    expect(limits(second.body)[name]?.Remaining).toBeGreaterThan(0);
  }
});

test('an exhausted allowance refuses everybody until 24 hours have passed', async () => {
  await org.control('limits', { remaining: 1 });
  const token = await tokenOf(ADMIN);
  expect((await org.api(`${DATA}/limits`, token)).status).toBe(200);
  for (const who of [ADMIN, STANDBY, AGENT]) {
    const refused = await org.api(`${DATA}/limits`, await tokenOf(who));
    expect(refused).toMatchObject({
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    });
    expect(refused.headers.get('retry-after')).toBeNull();
  }
  await org.control('clock', { advanceSeconds: 25 * 3600 });
  expect((await org.api(`${DATA}/limits`, await tokenOf(ADMIN))).status).toBe(200);
});

test('the limit of concurrent calls is a fault that passes', async () => {
  const token = await tokenOf(ADMIN);
  await org.control('limits', { concurrent: true });
  expect(await org.api(`${DATA}/limits`, token)).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] });
  await org.control('limits', { concurrent: false, remaining: null });
  expect((await org.api(`${DATA}/limits`, token)).status).toBe(200);
});

test('unknown resources, wrong methods and broken bodies answer in the shape of the API', async () => {
  const token = await tokenOf(ADMIN);
  expect(await org.api(`${DATA}/nothing/here`, token)).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] });
  expect(await org.api(`${DATA}/limits`, token, { method: 'DELETE' })).toMatchObject({
    status: 405,
    body: [{ errorCode: 'METHOD_NOT_ALLOWED' }],
  });
  const url = `${DATA}/actions/standard/customNotificationAction`;
  expect(await org.api(url, token, { method: 'POST', body: '{' })).toMatchObject({
    status: 400,
    body: [{ errorCode: 'JSON_PARSER_ERROR' }],
  });
  expect((await org.api(`/${DATA}//limits/`, token)).status).toBe(200);
  const oauth = await fetch(`${org.url}${DATA}/limits`, { headers: { authorization: `OAuth ${token}` } });
  expect(oauth.status).toBe(200);
});

test('a user without the API permission is told so', async () => {
  const token = await tokenOf(AGENT);
  const { profileId } = org.org.users.byUsername(AGENT.username) ?? { profileId: '' };
  org.org.db.prepare('UPDATE "PermissionSet" SET "PermissionsApiEnabled" = 0 WHERE "ProfileId" = ?').run(profileId);
  org.org.users.forgetRights();
  expect(await org.api(`${DATA}/limits`, token)).toMatchObject({
    status: 403,
    body: [{ errorCode: 'API_CURRENTLY_DISABLED', message: 'API is disabled for this User' }],
  });
});

test('reset takes back clock, limits, users and faults, and keeps grants unless told', async () => {
  const token = await tokenOf(ADMIN);
  await org.control('clock', { advanceSeconds: 3600 });
  await org.control('limits', { remaining: 0 });
  await org.control(`users/${STANDBY.username}/deactivate`);
  await org.control('faults', { action: { status: 500 } });
  expect(await org.control('reset')).toEqual({ reset: true, grants: false });
  expect(Math.abs(org.org.clock.now().getTime() - Date.now())).toBeLessThan(60_000);
  expect((await org.api(`${DATA}/limits`, token)).status).toBe(200);
  expect(org.org.users.byUsername(STANDBY.username)?.isActive).toBe(true);
  await org.control('reset', { grants: true });
  expect((await org.api(`${DATA}/limits`, token)).status).toBe(401);
});

test('calls are counted by route and user', async () => {
  await org.connect(ADMIN);
  const token = await tokenOf(AGENT);
  for (const id of ['001000000000001', '001000000000002']) await org.api(`${DATA}/sobjects/Account/${id}`, 'dead session');
  await org.api(`${DATA}/sobjects/Thing__c/Key__c/some%20value`, 'dead session');
  await org.api(`${DATA}/limits`, token);
  const report = (await (await fetch(`${org.url}/__sandbox/calls`)).json()) as {
    items: { route: string; user: string | null; count: number }[];
  };
  expect(report.items).toContainEqual({ method: 'GET', route: `${DATA}/limits`, user: AGENT.username, count: 1 });
  expect(report.items).toContainEqual({ method: 'GET', route: `${DATA}/sobjects/Account/:id`, user: null, count: 2 });
  expect(report.items).toContainEqual({ method: 'GET', route: `${DATA}/sobjects/Thing__c/Key__c/:value`, user: null, count: 1 });
  expect(report.items).toContainEqual({ method: 'POST', route: '/services/oauth2/token', user: ADMIN.username, count: 1 });
});

test('faults know the user by token and the object by path, query and body', async () => {
  const [admin, agent] = [await tokenOf(ADMIN), await tokenOf(AGENT)];
  await org.control('faults', { match: { user: ADMIN.username }, times: 1, action: { status: 503 } });
  expect((await org.api(`${DATA}/limits`, agent)).status).toBe(200);
  expect(await org.api(`${DATA}/limits`, admin)).toMatchObject({ status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE' }] });
  await org.control('faults', { match: { object: 'Thing__c' }, action: { status: 500, body: [{ errorCode: 'X', message: 'x' }] } });
  const query = `${DATA}/query?q=${encodeURIComponent('SELECT Id FROM Thing__c')}`;
  expect((await org.api(query, admin)).status).toBe(500);
  expect((await org.api(`${DATA}/sobjects/Thing__c/describe`, admin)).status).toBe(500);
  const body = JSON.stringify({ records: [{ attributes: { type: 'Thing__c' }, Name: 'x' }] });
  expect((await org.api(`${DATA}/composite/sobjects`, admin, { method: 'POST', body })).status).toBe(500);
  expect((await org.api(`${DATA}/query?q=${encodeURIComponent('SELECT Id FROM User')}`, admin)).status).toBe(200);
});

test('an org that is locked or in maintenance refuses everybody alike', async () => {
  const tokens = await org.connect(ADMIN);
  const refresh = () => org.token({ grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] ?? '' });
  await org.control('org', { state: 'locked' });
  expect(await org.api(`${DATA}/limits`, tokens['access_token'])).toMatchObject({ status: 403, body: [{ errorCode: 'ORG_LOCKED' }] });
  expect(await refresh()).toMatchObject({ status: 400, body: { error: 'inactive_org' } });
  await org.control('org', { state: 'maintenance' });
  expect(await org.api(`${DATA}/limits`, tokens['access_token'])).toMatchObject({
    status: 503,
    body: [{ errorCode: 'ORG_IN_MAINTENANCE' }],
  });
  expect((await refresh()).status).toBe(503);
  await org.control('org', { state: 'active' });
  expect((await refresh()).status).toBe(200);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signInAndAllow } from '../../control/browserless.ts';
import { ADMIN, STANDBY, VERIFIER, startTestOrg } from '../platform/testing.ts';
import type { TestOrg } from '../platform/testing.ts';
import { TOKEN_ERRORS } from './errors.ts';
import type { TokenErrorKind } from './errors.ts';

let org: TestOrg;

beforeEach(async () => {
  org = await startTestOrg();
});
afterEach(() => org.close());

const EXPIRED_SESSION = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
const REDIRECT = 'http://localhost:8080/connect/callback';
const LIMITS = '/services/data/v65.0/limits';

function refusal(kind: TokenErrorKind) {
  const { error, description } = TOKEN_ERRORS[kind];
  return { status: 400, body: { error, error_description: description } };
}

async function code(who = ADMIN): Promise<string> {
  return new URL(await signInAndAllow(org.authorizeUrl(), who)).searchParams.get('code') ?? '';
}

function exchange(value: string, more: Record<string, string> = {}) {
  return org.token({ grant_type: 'authorization_code', code: value, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...more });
}

const refresh = (token: string | undefined) => org.token({ grant_type: 'refresh_token', refresh_token: token ?? '' });
const works = async (token: string | undefined) => (await org.api(LIMITS, token)).status;

test('sign in, exchange, call, refresh, call: the thread of the web server flow', async () => {
  const tokens = await org.connect(ADMIN);
  expect(Object.keys(tokens).sort()).toEqual(
    ['access_token', 'id', 'instance_url', 'issued_at', 'refresh_token', 'scope', 'signature', 'token_type'].sort(),
  );
  expect(tokens['access_token']).toMatch(/^00D[A-Za-z0-9]{12}!AQ/);
  expect(tokens['instance_url']).toBe(org.url);
  expect(await works(tokens['access_token'])).toBe(200);
  const next = await refresh(tokens['refresh_token']);
  expect(next.status).toBe(200);
  expect(next.body['refresh_token']).not.toBe(tokens['refresh_token']);
  expect([await works(next.body['access_token']), await works(tokens['access_token'])]).toEqual([200, 200]);
  expect(await org.api(LIMITS, 'nonsense')).toMatchObject({ status: 401, body: EXPIRED_SESSION });
  expect(await org.api(LIMITS, undefined)).toMatchObject({ status: 401, body: EXPIRED_SESSION });
});

test('a code works once, for ten minutes, for its address, its client and its verifier', async () => {
  const first = await code();
  expect((await exchange(first, { code_verifier: 'x'.repeat(43) })).body).toEqual(refusal('invalidVerifier').body);
  expect(await exchange(first, { code_verifier: '' })).toEqual(refusal('missingVerifier'));
  expect(await exchange(first, { redirect_uri: `${REDIRECT}/` })).toEqual(refusal('redirectMismatch'));
  expect(await exchange(first, { client_secret: 'wrong' })).toEqual(refusal('invalidClient'));
  expect(await exchange(first, { client_id: 'someone' })).toEqual(refusal('invalidClientId'));
  expect((await exchange(first)).status).toBe(200);
  expect(await exchange(first)).toEqual(refusal('expiredCode'));
  const second = await code();
  await org.control('clock', { advanceSeconds: 601 });
  expect(await exchange(second)).toEqual(refusal('expiredCode'));
  expect(await exchange('aPrxNothing')).toEqual(refusal('invalidCode'));
  expect(await org.token({ grant_type: 'password' })).toEqual(refusal('unsupportedGrant'));
  const json = await fetch(`${org.url}/services/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'authorization_code', code: second }),
  });
  expect([json.status, await json.json()]).toEqual([400, refusal('unsupportedGrant').body]);
});

test('a replayed refresh token kills its family and no other', async () => {
  const mine = await org.connect(ADMIN);
  const other = await org.connect(ADMIN);
  const second = (await refresh(mine['refresh_token'])).body;
  expect(await refresh(mine['refresh_token'])).toEqual(refusal('expiredToken'));
  expect(await refresh(second['refresh_token'])).toEqual(refusal('expiredToken'));
  expect([await works(mine['access_token']), await works(second['access_token'])]).toEqual([401, 401]);
  expect([await works(other['access_token']), (await refresh(other['refresh_token'])).status]).toEqual([200, 200]);
});

test('the sixth grant of a user and app ends the oldest', async () => {
  const grants = [];
  for (let n = 0; n < 6; n += 1) grants.push(await org.connect(ADMIN));
  const standby = await org.connect(STANDBY);
  expect(await works(grants[0]?.['access_token'])).toBe(401);
  expect(await refresh(grants[0]?.['refresh_token'])).toEqual(refusal('expiredToken'));
  for (const live of [...grants.slice(1), standby]) expect((await refresh(live['refresh_token'])).status).toBe(200);
});

test('sessions end after two idle hours, refresh tokens after thirty idle days, both sliding', async () => {
  const first = await org.connect(ADMIN);
  await org.control('clock', { advanceSeconds: 7000 });
  expect(await works(first['access_token'])).toBe(200);
  await org.control('clock', { advanceSeconds: 7000 });
  expect(await works(first['access_token'])).toBe(200);
  await org.control('clock', { advanceSeconds: 7201 });
  expect(await works(first['access_token'])).toBe(401);

  const day = 86_400;
  await org.control('clock', { advanceSeconds: 29 * day });
  const second = await refresh(first['refresh_token']);
  expect(second.status).toBe(200);
  await org.control('clock', { advanceSeconds: 29 * day });
  const third = await refresh(second.body['refresh_token']);
  expect(third.status).toBe(200);
  await org.control('clock', { advanceSeconds: 30 * day + 1 });
  expect(await refresh(third.body['refresh_token'])).toEqual(refusal('expiredToken'));
});

test('what happens to the user decides what the token endpoint and the API say', async () => {
  const user = (verb: string, body = {}) => org.control(`users/${ADMIN.username}/${verb}`, body);
  let tokens = await org.connect(ADMIN);
  const apiCode = async () => ((await org.api(LIMITS, tokens['access_token'])).body as { errorCode: string }[])[0]?.errorCode;

  await user('lock');
  expect(await apiCode()).toBe('PASSWORD_LOCKOUT');
  expect(await refresh(tokens['refresh_token'])).toEqual(refusal('authenticationFailure'));
  await user('unlock');
  await user('login-hours', { closed: true });
  expect(await apiCode()).toBe('LOGIN_DURING_RESTRICTED_TIME');
  expect(await refresh(tokens['refresh_token'])).toEqual(refusal('loginHours'));
  await user('login-hours', { closed: false });
  expect(await works(tokens['access_token'])).toBe(200);

  await user('expire-session');
  expect(await apiCode()).toBe('INVALID_SESSION_ID');
  tokens = (await refresh(tokens['refresh_token'])).body;
  await user('deactivate');
  expect(await apiCode()).toBe('INVALID_SESSION_ID');
  expect(await refresh(tokens['refresh_token'])).toEqual(refusal('inactiveUser'));
  await user('activate');
  tokens = (await refresh(tokens['refresh_token'])).body;
  expect(await works(tokens['access_token'])).toBe(200);

  await user('change-password', { password: 'new one' });
  expect(await apiCode()).toBe('INVALID_SESSION_ID');
  expect(await refresh(tokens['refresh_token'])).toEqual(refusal('authenticationFailure'));
  tokens = await org.connect({ ...ADMIN, password: 'new one' });
  await user('revoke');
  expect(await apiCode()).toBe('INVALID_SESSION_ID');
  expect(await refresh(tokens['refresh_token'])).toEqual(refusal('expiredToken'));
});

test('a refresh whose reply is lost has been done: the stored token is a replay afterwards', async () => {
  const tokens = await org.connect(ADMIN);
  await org.control('faults', { match: { path: '/services/oauth2/token', user: ADMIN.username }, times: 1, action: { drop: 'after' } });
  await expect(refresh(tokens['refresh_token'])).rejects.toThrow('fetch failed');
  expect(await refresh(tokens['refresh_token'])).toEqual(refusal('expiredToken'));
  expect(await works(tokens['access_token'])).toBe(401);

  const second = await org.connect(STANDBY);
  await org.control('faults', { match: { path: '/services/oauth2/token' }, times: 1, action: { drop: 'before' } });
  await expect(refresh(second['refresh_token'])).rejects.toThrow('fetch failed');
  expect((await refresh(second['refresh_token'])).status).toBe(200);
});

test('revoke ends an access token alone and a refresh token with its family', async () => {
  const revoke = (token: string | undefined) =>
    fetch(`${org.url}/services/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token: token ?? '' }) });
  const tokens = await org.connect(ADMIN);
  const answer = await revoke(tokens['access_token']);
  expect([answer.status, await answer.text()]).toEqual([200, '']);
  expect(await works(tokens['access_token'])).toBe(401);
  const next = (await refresh(tokens['refresh_token'])).body;
  expect((await revoke(next['refresh_token'])).status).toBe(200);
  expect([await works(next['access_token']), (await refresh(next['refresh_token'])).status]).toEqual([401, 400]);
  expect((await revoke(next['refresh_token'])).status).toBe(400);
});

test('introspection, identity and userinfo name the user of a live token only', async () => {
  const tokens = await org.connect(ADMIN);
  const introspect = async (token: string | undefined) => {
    const form = { token: token ?? '', client_id: 'switchboard-sandbox', client_secret: 'switchboard-sandbox-secret' };
    return (await (
      await fetch(`${org.url}/services/oauth2/introspect`, { method: 'POST', body: new URLSearchParams(form) })
    ).json()) as object;
  };
  expect(await introspect(tokens['access_token'])).toMatchObject({ active: true, username: ADMIN.username, token_type: 'access_token' });
  expect(await introspect(tokens['refresh_token'])).toMatchObject({ active: true, token_type: 'refresh_token' });
  const identity = await org.api(new URL(tokens['id'] ?? '').pathname, tokens['access_token']);
  expect(identity.body).toMatchObject({ username: ADMIN.username, organization_id: org.org.orgId, photos: {}, urls: {} });
  const info = await org.api('/services/oauth2/userinfo', tokens['access_token']);
  expect(info.body).toMatchObject({ preferred_username: ADMIN.username, organization_id: org.org.orgId, sub: tokens['id'] });
  await org.control(`users/${ADMIN.username}/revoke`);
  expect(await introspect(tokens['access_token'])).toEqual({ active: false });
  const dead = await fetch(tokens['id'] ?? '', { headers: { authorization: `Bearer ${tokens['access_token']}` } });
  expect([dead.status, await dead.text()]).toEqual([403, 'Bad_OAuth_Token']);
});

test('more logins than an hour allows are refused', async () => {
  await org.close();
  org = await startTestOrg({ loginsPerHour: 3 });
  let tokens = await org.connect(ADMIN);
  tokens = (await refresh(tokens['refresh_token'])).body;
  expect(await refresh(tokens['refresh_token'])).toEqual(refusal('rateLimit'));
  await org.control('clock', { advanceSeconds: 3601 });
  expect((await refresh(tokens['refresh_token'])).status).toBe(200);
});

test('grants and sessions outlive a restart of the org', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-file-'));
  try {
    const file = join(folder, 'org.sqlite');
    await org.close();
    org = await startTestOrg({ file });
    const tokens = await org.connect(ADMIN);
    await org.control(`users/${STANDBY.username}/lock`);
    await org.close();
    org = await startTestOrg({ file });
    expect(await works(tokens['access_token'])).toBe(200);
    expect((await refresh(tokens['refresh_token'])).status).toBe(200);
    await expect(org.connect(STANDBY)).rejects.toThrow('locked out');
  } finally {
    await org.close();
    rmSync(folder, { recursive: true, force: true });
    org = await startTestOrg();
  }
});

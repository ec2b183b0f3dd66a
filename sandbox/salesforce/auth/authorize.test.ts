import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FormClient, signInAndAllow } from '../../control/browserless.ts';
import { DEFAULT_APP } from './apps.ts';
import { ADMIN, AGENT, STANDBY, startTestOrg } from '../platform/testing.ts';
import type { TestOrg } from '../platform/testing.ts';

let org: TestOrg;

beforeAll(async () => {
  org = await startTestOrg();
});
afterAll(() => org.close());

/** Where the authorize endpoint sends a browser that is not signed in. */
async function firstAnswer(more: Record<string, string | undefined>): Promise<{ status: number; location: URL | undefined; text: string }> {
  const response = await fetch(org.authorizeUrl(more), { redirect: 'manual' });
  const location = response.headers.get('location');
  return { status: response.status, location: location ? new URL(location, org.url) : undefined, text: await response.text() };
}

test('the forms lead to the callback with a code and the state as it was', async () => {
  const callback = new URL(await signInAndAllow(org.authorizeUrl({ state: 'a b&c=d' }), ADMIN));
  expect(callback.origin + callback.pathname).toBe('http://localhost:8080/connect/callback');
  expect([...callback.searchParams.keys()]).toEqual(['code', 'state']);
  expect(callback.searchParams.get('state')).toBe('a b&c=d');
});

test('deny tells the callback, with the state', async () => {
  const callback = new URL(await signInAndAllow(org.authorizeUrl(), { ...STANDBY, deny: true }));
  expect(Object.fromEntries(callback.searchParams)).toEqual({
    error: 'access_denied',
    error_description: 'end-user denied authorization',
    state: 'st4te',
  });
});

test('an unknown client and a foreign redirect address stop on a page, and nothing reaches the address', async () => {
  for (const [more, word] of [
    [{ client_id: 'someone' }, 'invalid_client_id'],
    [{ redirect_uri: 'http://localhost:8080/connect/callback/../evil' }, 'redirect_uri_mismatch'],
    [{ redirect_uri: 'https://evil.example/' }, 'redirect_uri_mismatch'],
    [{ redirect_uri: undefined }, 'redirect_uri_mismatch'],
  ] as const) {
    const answer = await firstAnswer(more);
    expect([answer.status, answer.location]).toEqual([400, undefined]);
    expect(answer.text).toContain(word);
  }
});

test('faults of the request are told to the callback', async () => {
  for (const [more, error] of [
    [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ scope: 'api chatter_api' }, 'invalid_scope'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ prompt: 'none' }, 'immediate_unsuccessful'],
  ] as const) {
    const { location } = await firstAnswer(more);
    expect([location?.pathname, location?.searchParams.get('error'), location?.searchParams.get('state')]).toEqual([
      '/connect/callback',
      error,
      'st4te',
    ]);
  }
});

test('consent is asked until it is given, again with prompt=consent, and a new sign-in with prompt=login', async () => {
  const client = new FormClient();
  const visit = await client.open(org.authorizeUrl({ login_hint: AGENT.username }));
  const login = visit.kind === 'page' ? visit.page.forms[0] : undefined;
  expect(login?.fields['username']).toBe(AGENT.username);
  await org.connect(AGENT);
  const direct = await client.submit(login as NonNullable<typeof login>, AGENT);
  expect(direct.kind).toBe('callback');
  const consent = await client.open(org.authorizeUrl({ prompt: 'consent' }));
  expect(consent.kind === 'page' && consent.page.text).toContain('Allow access?');
  const again = await client.open(org.authorizeUrl({ prompt: 'login consent' }));
  expect(again.kind === 'page' && new URL(again.page.url).pathname).toBe('/login');
  const loginForm = again.kind === 'page' ? again.page.forms[0] : undefined;
  const after = await client.submit(loginForm as NonNullable<typeof loginForm>, AGENT);
  expect(after.kind === 'page' && after.page.text).toContain('Allow access?');
});

test('a wrong password, a forged form and a foreign start address get nowhere', async () => {
  await expect(signInAndAllow(org.authorizeUrl(), { ...ADMIN, password: 'wrong' })).rejects.toThrow('check your username and password');
  const forged = await fetch(`${org.url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ ...ADMIN, csrf: 'x' }),
    redirect: 'manual',
  });
  expect([forged.status, forged.headers.get('set-cookie')?.includes('sandbox_sf_sid')]).toEqual([401, false]);

  const client = new FormClient();
  const visit = await client.open(`${org.url}/login?startURL=//evil.example/`);
  const form = visit.kind === 'page' ? visit.page.forms[0] : undefined;
  expect(form?.fields['startURL']).toBe('/');
});

test('the consent form counts only with the token of its own session', async () => {
  const client = new FormClient();
  await client.open(org.authorizeUrl());
  const visit = await client.open(org.authorizeUrl());
  const login = visit.kind === 'page' ? visit.page.forms[0] : undefined;
  const page = await client.submit(login as NonNullable<typeof login>, STANDBY);
  const consent = page.kind === 'page' ? page.page.forms[0] : undefined;
  const refused = await client.submit(consent as NonNullable<typeof consent>, { csrf: 'forged' }, 'Allow');
  expect(refused.kind === 'page' && refused.page.text).toContain('not sent by this session');
});

test('a blocked app ends on the error page and the callback never hears of it', async () => {
  await org.control('app-installed', { installed: false });
  try {
    await expect(signInAndAllow(org.authorizeUrl(), ADMIN)).rejects.toThrow('OAUTH_APPROVAL_ERROR_GENERIC');
    const client = new FormClient();
    await expect(signInAndAllow(org.authorizeUrl(), { ...ADMIN, client })).rejects.toMatchObject({
      page: {
        url: `${org.url}/setup/secur/RemoteAccessErrorPage.apexp?error=invalid_client&error_description=app+must+be+installed+into+org`,
      },
    });
  } finally {
    await org.control('app-installed', { installed: true });
  }
  expect(await signInAndAllow(org.authorizeUrl(), ADMIN)).toContain('code=');
});

test('who may not sign in is told why', async () => {
  for (const [verb, undo, words] of [
    ['deactivate', 'activate', 'deactivated'],
    ['lock', 'unlock', 'locked out'],
  ] as const) {
    await org.control(`users/${STANDBY.username}/${verb}`);
    await expect(signInAndAllow(org.authorizeUrl(), STANDBY)).rejects.toThrow(words);
    await org.control(`users/${STANDBY.username}/${undo}`);
  }
  await org.control(`users/${STANDBY.username}/login-hours`, { closed: true });
  await expect(signInAndAllow(org.authorizeUrl(), STANDBY)).rejects.toThrow('outside of your login hours');
  await org.control(`users/${STANDBY.username}/login-hours`, { closed: false });
  const { password } = await org.control(`users/${STANDBY.username}/change-password`);
  await expect(signInAndAllow(org.authorizeUrl(), STANDBY)).rejects.toThrow('check your username and password');
  expect(await signInAndAllow(org.authorizeUrl(), { username: STANDBY.username, password: String(password) })).toContain('code=');
});

test('pages may not be framed or cached and load nothing from elsewhere', async () => {
  const response = await fetch(`${org.url}/login`);
  const markup = await response.text();
  expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(markup).not.toMatch(/(src|href)="https?:/);
  expect(markup).not.toContain('<script');
  const style = /href="(\/assets\/[^"]+)"/.exec(markup)?.[1] ?? '';
  expect((await fetch(org.url + style)).headers.get('content-type')).toContain('text/css');
});

test('a client that follows the callback lands on the page of the app, as a browser does', async () => {
  const far = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<h1>Connected</h1><p>${request.url ?? ''}</p>`);
  });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://localhost:${(far.address() as AddressInfo).port}/back`;
  const other = await startTestOrg({ apps: [{ ...DEFAULT_APP, redirectUris: [redirectUri] }] });
  try {
    const client = new FormClient({ followCallback: true });
    const address = other.authorizeUrl({ redirect_uri: redirectUri });
    const login = await client.open(address);
    const consent = await client.submit((login.kind === 'page' ? login.page.forms[0] : undefined) as never, ADMIN);
    const end = await client.submit((consent.kind === 'page' ? consent.page.forms[0] : undefined) as never, {}, 'Allow');
    expect(end.kind === 'page' && end.page.text).toMatch(/^Connected \/back\?code=.+&state=st4te$/);
  } finally {
    await other.close();
    far.close();
  }
});

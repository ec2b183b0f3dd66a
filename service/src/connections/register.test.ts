import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FormClient } from '../../../sandbox/control/browserless.ts';
import { ADMIN, AGENT, SPARE, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';

let h: Harness;
beforeAll(async () => {
  h = await startHarness();
});
afterAll(() => h.close());
beforeEach(() => h.control('DELETE', '/faults'));

const authorize = async (client: FormClient): Promise<URL> => {
  // The browser stops at Salesforce's login page; its address of before holds the state.
  const visit = await client.open(`${h.publicUrl}/connect/register?login=production`);
  const form = visit.kind === 'page' ? visit.page.forms[0] : undefined;
  const response = await fetch(form?.action ?? '', { method: 'POST', redirect: 'manual', body: new URLSearchParams(form?.fields) });
  return new URL(response.headers.get('location') ?? '');
};

describe('before anybody is registered', () => {
  it('stores nothing when the access is not allowed', async () => {
    const page = await h.signIn(`${h.publicUrl}/connect/register?login=production`, ADMIN, { deny: true });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('You did not allow the access')]);
    expect(await h.tenancy.listOrgs()).toEqual([]);
  });

  it('refuses a user without the rights of an administrator, in words', async () => {
    const page = await h.signIn(`${h.publicUrl}/connect/register?login=production`, AGENT);
    expect([page.status, page.text]).toEqual([409, expect.stringContaining('Modify All Data')]);
    expect(await h.tenancy.listOrgs()).toEqual([]);
  });

  it('refuses a forged state, a foreign browser, and an answer without state', async () => {
    const url = await authorize(new FormClient());
    const callback = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${h.publicUrl}/connect/callback?${query}`, { headers });
    for (const response of [
      await callback('code=x&state=forged', { cookie: 'sb_connect=forged' }),
      await callback(`code=x&state=${url.searchParams.get('state')}`),
      await callback(`code=x&state=${url.searchParams.get('state')}`, { cookie: 'sb_connect=other' }),
      await callback('code=x'),
    ]) {
      expect([response.status, (await response.text()).includes('sign_in_state_invalid')]).toEqual([400, true]);
    }
    expect(await h.tenancy.listOrgs()).toEqual([]);
  });

  it('refuses a sign-in that took too long', async () => {
    const start = await fetch(`${h.publicUrl}/connect/register`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ login: 'production' }),
    });
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    h.advance(16 * 60_000);
    const response = await fetch(`${h.publicUrl}/connect/callback?code=x&state=${state}`, { headers: { cookie } });
    h.advance(-16 * 60_000);
    expect([response.status, (await response.text()).includes('sign_in_state_invalid')]).toEqual([400, true]);
  });

  it('asks with PKCE and the scopes it needs, and refuses hosts that are not Salesforce’s', async () => {
    const url = await authorize(new FormClient());
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      code_challenge_method: 'S256',
      scope: 'api refresh_token openid',
      response_type: 'code',
    });
    const response = await fetch(`${h.publicUrl}/connect/register`, {
      method: 'POST',
      body: new URLSearchParams({ login: 'domain', domain: 'login.evil.example', return: '' }),
    });
    expect([response.status, (await response.text()).includes('not a Salesforce host')]).toEqual([400, true]);
  });

  it('sets a cookie that scripts and other sites do not get', async () => {
    const response = await fetch(`${h.publicUrl}/connect/register`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ login: 'production' }),
    });
    expect(response.headers.get('set-cookie')).toMatch(/^sb_connect=[\w-]{40,}; Max-Age=\d+; Path=\/connect; HttpOnly; SameSite=Lax$/);
  });

  it('links back only to addresses it trusts', async () => {
    const page = async (back: string): Promise<string> =>
      (await fetch(`${h.publicUrl}/connect/register?return=${encodeURIComponent(back)}`)).text();
    expect(await page('https://evil.example/')).not.toContain('evil.example');
    expect(await page('javascript:alert(1)')).not.toContain('javascript');
    expect(await page('https://acme.lightning.force.com/lightning/n/Switchboard_Setup')).toContain('acme.lightning.force.com');
  });

  it('shows a stranger’s text as text', async () => {
    const markup = await (await fetch(`${h.publicUrl}/connect/register?login=${encodeURIComponent('"><script>alert(1)</script>')}`)).text();
    expect(markup).not.toContain('<script>');
  });
});

describe('a sign-in that fails', () => {
  it.each([
    ['the identity', { path: '/id/' }],
    ['the rights', { path: '/services/data/', user: ADMIN }],
    ['the name of the org', { path: '/query', object: 'Organization' }],
  ])('at %s leaves no grant behind', async (_what, match) => {
    await h.fault({ match, times: 1, action: { status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'm' }] } });
    const page = await h.signIn(`${h.publicUrl}/connect/register?login=production`, ADMIN);
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('Start again')]);
    expect(h.peer.org.db.prepare('SELECT count(*) AS n FROM auth_grant WHERE ended IS NULL').get()?.['n']).toBe(0);
    expect(await h.tenancy.listOrgs()).toEqual([]);
  });
});

describe('registration', () => {
  it('makes the administrator the main user and writes the keys into the org', async () => {
    const page = await h.signIn(
      `${h.publicUrl}/connect/register?login=production&return=${encodeURIComponent('http://localhost:3000/')}`,
      ADMIN,
    );
    expect(page.text).toContain('Sandbox Company is registered');
    expect(page.text).not.toContain('sb_admin_');
    const org = await h.apex(ADMIN, 'GET', '/v1/org');
    expect(org).toMatchObject({
      status: 200,
      body: { orgId: h.peer.org.orgId, connectionMode: true, hold: null, main: { username: ADMIN } },
    });
    const list = await h.apex(ADMIN, 'GET', '/v1/connections');
    expect(list.body['items']).toMatchObject([{ username: ADMIN, role: 'main', status: 'connected', permissionSetAssigned: true }]);
    expect((list.body['items'] as Record<string, unknown>[])[0]).not.toHaveProperty('missing');
  });

  it('keeps the sign-in to one use', async () => {
    const client = new FormClient({ followCallback: false });
    const visit = await client.open(`${h.publicUrl}/connect/register?login=production`);
    if (visit.kind !== 'page') throw new Error('no page');
    // Signed in here already, so the consent page or the callback follows at once.
    let next = await client.submit(visit.page.forms[0] as never);
    for (let step = 0; next.kind === 'page' && step < 3; step += 1) {
      const form = next.page.forms.find((item) => 'username' in item.fields || item.buttons.some((button) => button.text === 'Allow'));
      next = await client.submit(
        form as never,
        { username: ADMIN, password: 'sandbox-1' },
        form?.buttons.some((button) => button.text === 'Allow') ? 'Allow' : undefined,
      );
    }
    if (next.kind !== 'callback') throw new Error('no callback');
    const first = await client.open(next.url);
    const second = await client.open(next.url);
    expect([first, second].map((item) => (item.kind === 'page' ? item.page.status : 'callback'))).toEqual([200, 400]);
  });

  it('registers again: new keys, the old ones go on, the main user stays', async () => {
    const org = (await h.tenancy.listOrgs())[0];
    const before = await h.tenancy.rollKeys(h.store.db, org?.id ?? '', ['admin']);
    const page = await h.signIn(`${h.publicUrl}/connect/register?login=production`, STANDBY);
    expect(page.text).toContain('is a standby user; the main user stays');
    expect(await h.tenancy.authenticate(before.admin)).toMatchObject({ scope: 'admin' });
    const list = await h.apex(ADMIN, 'GET', '/v1/connections');
    expect(list.body['items']).toMatchObject([
      { username: ADMIN, role: 'main' },
      { username: STANDBY, role: 'standby', status: 'connected' },
    ]);
  });

  it('shows the keys once where the org refuses to take them', async () => {
    await h.fault({
      match: { path: '/services/data/v65.0/named-credentials/credential' },
      action: { status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }] },
    });
    const page = await h.signIn(`${h.publicUrl}/connect/register?login=production`, SPARE);
    const key = /sb_admin_[\w-]+/.exec(page.text)?.[0] ?? '';
    expect(await h.tenancy.authenticate(key)).toMatchObject({ scope: 'admin', salesforceOrgId: h.peer.org.orgId });
  });

  it('lists the three in the order in which they came', async () => {
    const org = (await h.tenancy.listOrgs())[0];
    const users = await h.store.users.list(org?.id ?? '');
    expect(users.map((user) => user.username)).toEqual([ADMIN, STANDBY, SPARE]);
  });

  it('tells the story in the timeline without a secret in it', async () => {
    const events = await h.apex(ADMIN, 'GET', '/v1/connections/events');
    const items = events.body['items'] as { kind: string; text: string }[];
    expect(new Set(items.map((item) => item.kind))).toEqual(new Set(['registered', 'connected']));
    expect(JSON.stringify(items)).not.toMatch(/sb_(agent|admin)_|!/);
  });

  it('keeps tokens sealed in the database', async () => {
    const org = (await h.tenancy.listOrgs())[0];
    for (const user of await h.store.users.list(org?.id ?? '')) {
      expect([user.accessToken, user.refreshToken].map((token) => token?.slice(0, 6))).toEqual(['v1.k1.', 'v1.k1.']);
    }
  });
});

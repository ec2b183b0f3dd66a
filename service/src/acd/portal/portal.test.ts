import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormClient, type VisitedPage } from '../../../../sandbox/control/browserless.ts';
import { INITIAL_PASSWORD } from '../../../../sandbox/salesforce/auth/accounts.ts';
import { ADMIN, AGENT, signIn, startRig, until, type Rig, type RigOrg } from '../../rig.test-helper.ts';
import { orgToolsOf, type OrgTools } from '../org.test-helper.ts';

const [STANDBY, SPARE] = ['standby@sandbox.test', 'spare@sandbox.test'];
let rig: Rig;
let other: RigOrg;
let org: OrgTools;
let key: string;
let portal: string;

interface Status {
  status: string;
  isOn: boolean;
  since: string | null;
  why: string;
  nextStep: string;
  holder: string;
  orgId: string;
  connectUrl: string;
}
const status = async (of: RigOrg = rig) => (await of.call<Status>('GET', '/v1/acd/connection')).body;
const ask = async () =>
  (
    await rig.call<{ source: string; matched: boolean; extension?: string; why: string }>(
      'GET',
      '/v1/acd/lookup?caller=%2B12035550184',
      undefined,
      { key },
    )
  ).body;
const open = async (client: FormClient, url = portal): Promise<VisitedPage> => {
  const visit = await client.open(url);
  if (visit.kind !== 'page') throw new Error('no page');
  return visit.page;
};
const press = async (client: FormClient, page: VisitedPage, button: string): Promise<VisitedPage> => {
  const form = page.forms.find(({ buttons }) => buttons.some(({ text }) => text === button));
  if (!form) throw new Error(`no button ${button} on: ${page.text}`);
  const visit = await client.submit(form);
  if (visit.kind !== 'page') throw new Error('no page');
  return visit.page;
};
/** Goes through the org's own pages. */
async function signInAgain(client: FormClient, from: VisitedPage): Promise<VisitedPage> {
  let page = from;
  for (let step = 0; step < 4; step += 1) {
    const login = page.forms.find((form) => 'username' in form.fields);
    const allow = page.forms.find(({ buttons }) => buttons.some(({ text }) => text === 'Allow'));
    if (!login && !allow) return page;
    const visit = login
      ? await client.submit(login, { username: ADMIN, password: INITIAL_PASSWORD })
      : await client.submit(allow as never, {}, 'Allow');
    if (visit.kind !== 'page') throw new Error('no page');
    ({ page } = visit);
  }
  throw new Error('the sign-in found no end');
}

/** A browser that is signed in to the portal. */
async function signedIn(username: string): Promise<{ client: FormClient; page: VisitedPage }> {
  const client = new FormClient({ followCallback: true });
  return { client, page: await signIn(portal, username, client) };
}

beforeAll(async () => {
  rig = await startRig({ carriers: false });
  other = await rig.addOrg();
  org = orgToolsOf(rig);
  portal = `http://localhost:${rig.ports.service}/portal`;
  await org.rest('PATCH', `/sobjects/User/${org.userId(ADMIN)}`, { Extension: '2001' });
  await org.rest('POST', '/sobjects/Contact', { LastName: 'Known', Phone: '+1 203 555 0184' });
  key = (await rig.call<{ key: string }>('POST', '/v1/acd/pbxs', { name: 'Main', rules: { country: 'US' } })).body.key;
  await rig.call('POST', '/v1/acd/lookups', { name: 'default', isDefault: true, definition: { defaultRoute: '900' } });
  await org.whenRead();
}, 60_000);
afterAll(() => rig?.close());

describe('before anybody has connected', () => {
  it('the status says so, and phone systems get the default route', async () => {
    expect(await status()).toMatchObject({ status: 'inactive', isOn: false, holder: '', orgId: rig.salesforce.org.orgId });
    await until('the look-up is known', async () => (await ask()).extension === '900');
    expect(await ask()).toMatchObject({ matched: false, source: 'fallback', why: expect.stringContaining('not connected') as string });
  });

  it('the portal wants a sign-in, and shows the way to connect to administrators only', async () => {
    const stranger = await open(new FormClient());
    expect(stranger.text).toContain('Sign in with Salesforce');
    const agent = await signedIn(AGENT);
    expect([agent.page.status, agent.page.text.includes('acd_not_allowed')]).toEqual([403, true]);
    expect((await open(agent.client)).text).toContain('Sign in with Salesforce');
    const { page } = await signedIn(ADMIN);
    expect(page.text).toContain('The connection is inactive');
    expect(page.forms.flatMap(({ buttons }) => buttons.map(({ text }) => text))).toEqual(['Connect', 'Sign out']);
  });

  it('an administrator without the ACD licence is refused, and told what is missing', async () => {
    const page = await signIn((await status()).connectUrl, SPARE);
    expect([page.status, page.text.includes('lacks: the ACD licence')]).toEqual([403, true]);
    expect(await status()).toMatchObject({ isOn: false });
    expect(
      (await rig.call<{ items: { username: string }[] }>('GET', '/v1/connections')).body.items.map(({ username }) => username),
    ).not.toContain(SPARE);
  });
});

describe('the connection', () => {
  it('begins in the portal, and look-ups are answered', async () => {
    const { client, page } = await signedIn(ADMIN);
    // The org asks who it is once more, whoever is signed in there.
    const shown = await signInAgain(client, await press(client, page, 'Connect'));
    expect(shown.text).toContain('The connection is active');
    expect(shown.text).toContain(`connected as ${ADMIN}`);
    expect(await status()).toMatchObject({ status: 'active', isOn: true, holder: ADMIN, why: '' });
    await until('look-ups are answered', async () => (await ask()).matched);
    expect(await ask()).toMatchObject({ source: 'index', extension: '2001' });
  });

  it('is held by one user of an org: another one is refused and told who holds it, the same one refreshes', async () => {
    const since = (await status()).since;
    const refused = await signIn((await status()).connectUrl, STANDBY);
    expect([refused.status, refused.text.includes(`${ADMIN} holds the connection`)]).toEqual([409, true]);
    expect((await signIn((await status()).connectUrl, ADMIN)).status).toBe(200);
    expect(await status()).toMatchObject({ holder: ADMIN, since });
    expect(await status(other)).toMatchObject({ isOn: false });
  });

  it('goes on through standby when the holder’s password changes, within a minute, and look-ups with it', async () => {
    await rig.call('POST', '/v1/acd/lookups', { name: 'other', definition: {} });
    await joinStandby();
    await rig.control('POST', `/users/${ADMIN}/change-password`, { password: INITIAL_PASSWORD });
    rig.advance(61_000);
    await until('it is noticed', async () => (await status()).status === 'standby', 80_000);
    const now = await status();
    expect(now).toMatchObject({ isOn: true, holder: ADMIN });
    expect(now.why).toContain(`${STANDBY} does its work.`);
    expect(now.nextStep).not.toBe('');
    expect(await ask()).toMatchObject({ matched: true, extension: '2001' });
  }, 120_000);

  it('is inactive when nobody works, known callers are answered still, and Refresh mends it', async () => {
    await rig.control('POST', `/users/${STANDBY}/change-password`, { password: INITIAL_PASSWORD });
    rig.advance(400_000);
    await until('nobody works', async () => (await status()).status === 'inactive', 80_000);
    expect((await status()).why).toContain('No connected user works.');
    expect(await ask()).toMatchObject({ matched: true, source: 'index' });
    expect((await signIn((await status()).connectUrl, ADMIN)).status).toBe(200);
    await until('it is active', async () => (await status()).status === 'active');
  }, 120_000);

  it('ends in the portal after a question, and the holder stays where messages need it', async () => {
    const { client, page } = await signedIn(ADMIN);
    const sure = await press(client, page, 'Disconnect');
    expect(await status()).toMatchObject({ isOn: true });
    const after = await press(client, sure, 'Disconnect');
    expect(after.text).toContain(`${ADMIN} switched look-ups off.`);
    expect(await status()).toMatchObject({ isOn: false, status: 'inactive' });
    expect(await ask()).toMatchObject({ source: 'fallback', extension: '900' });
    const { items } = (await rig.call<{ items: { username: string; status: string }[] }>('GET', '/v1/connections')).body;
    expect(items.find(({ username }) => username === ADMIN)?.status).toBe('connected');
    expect((await rig.call('DELETE', '/v1/acd/connection')).body).toMatchObject({ code: 'acd_not_connected' });
  });

  it('may then be another user’s, who leaves the list again when it ends', async () => {
    const { items } = (await rig.call<{ items: { id: string; username: string }[] }>('GET', '/v1/connections')).body;
    const standby = items.find(({ username }) => username === STANDBY);
    if (standby) await rig.call('DELETE', `/v1/connections/${standby.id}`);
    expect((await signIn((await status()).connectUrl, STANDBY)).status).toBe(200);
    expect(await status()).toMatchObject({ status: 'active', holder: STANDBY });
    expect((await rig.call('DELETE', '/v1/acd/connection', undefined, { headers: { 'x-user-id': org.userId(ADMIN) } })).status).toBe(200);
    expect((await status()).why).toBe(`${ADMIN} switched look-ups off.`);
    const left = (await rig.call<{ items: { username: string }[] }>('GET', '/v1/connections')).body.items;
    expect(left.map(({ username }) => username)).not.toContain(STANDBY);
  });
});

describe('a form of the portal', () => {
  it('from another site does nothing, nor does one of a session that is over', async () => {
    const { client, page } = await signedIn(ADMIN);
    const [form] = page.forms;
    for (const csrf of ['', 'x', 'f'.repeat(64)]) {
      const visit = await client.submit(form as never, { csrf });
      expect(visit.kind === 'page' && visit.page.status).toBe(403);
    }
    const out = await press(client, page, 'Sign out');
    expect(out.text).toContain('Sign in with Salesforce');
    const late = await client.submit(form as never);
    expect(late.kind === 'page' && late.page.text).toContain('Sign in with Salesforce');
  });

  it('is over after a working day', async () => {
    const { client } = await signedIn(ADMIN);
    rig.advance(8 * 3600_000 + 1_000);
    expect((await open(client)).text).toContain('Sign in with Salesforce');
    rig.advance(-8 * 3600_000 - 1_000);
  });

  it('does not lead to addresses that are not Salesforce’s', async () => {
    const client = new FormClient();
    const page = await open(client);
    const visit = await client.submit(page.forms[0] as never, { login: 'domain', domain: 'evil.example.com' });
    expect(visit.kind === 'page' && [visit.page.status, visit.page.text.includes('my.salesforce.com')]).toEqual([400, true]);
  });

  it('of an org that is not registered is refused', async () => {
    await rig.rows(`delete from org where salesforce_id = '${other.salesforce.org.orgId}'`);
    const client = new FormClient({ followCallback: true });
    const start = await open(client);
    let visit = await client.submit(start.forms[0] as never, { login: 'sandbox' });
    for (let step = 0; step < 4 && visit.kind === 'page'; step += 1) {
      const login = visit.page.forms.find((form) => 'username' in form.fields);
      const allow = visit.page.forms.find(({ buttons }) => buttons.some(({ text }) => text === 'Allow'));
      if (login) visit = await client.submit(login, { username: ADMIN, password: INITIAL_PASSWORD });
      else if (allow) visit = await client.submit(allow, {}, 'Allow');
      else break;
    }
    expect(visit.kind === 'page' && visit.page.text).toContain('not registered');
  });
});

/** A second connected user: an administrator who registers the org again. */
async function joinStandby(): Promise<void> {
  await signIn(`${portal.replace('/portal', '')}/connect/register?login=production`, STANDBY);
}

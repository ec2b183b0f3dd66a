import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Org } from '../tenancy/index.ts';
import { ADMIN, AGENT, inviteLink, SPARE, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';
import { INVITE_MS } from './invite.ts';

let h: Harness;
let org: Org;
beforeAll(async () => {
  h = await startHarness();
  org = await h.register();
});
afterAll(() => h.close());

const invite = (username: string, email?: string): ReturnType<Harness['apex']> =>
  h.apex(ADMIN, 'POST', '/v1/connections', { username, ...(email ? { email } : {}) });
const newLink = async (work: () => Promise<unknown>): Promise<string> => {
  const before = h.mails.length;
  await work();
  await h.until(() => h.mails.length > before);
  return inviteLink(h.mails);
};
const userOf = async (username: string): Promise<Awaited<ReturnType<Harness['store']['users']['list']>>[number]> => {
  const user = (await h.store.users.list(org.id)).find((item) => item.username === username);
  if (!user) throw new Error(`${username} is not listed`);
  return user;
};

describe('who can be invited', () => {
  it.each([
    [ADMIN, 409, 'already_connected'],
    [AGENT, 409, 'not_administrator'],
    ['somebody@other-org.test', 404, 'user_not_found'],
    ["x' OR Username != '", 404, 'user_not_found'],
  ])('%s is refused with %i %s', async (username, status, code) => {
    const answer = await invite(username);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(h.mails).toEqual([]);
  });

  it('refuses an inactive user', async () => {
    await h.control('POST', `/users/${SPARE}/deactivate`);
    expect((await invite(SPARE)).body['code']).toBe('user_inactive');
    await h.control('POST', `/users/${SPARE}/activate`);
  });

  it('refuses what is not a username, with the field named', async () => {
    for (const body of [{}, { username: '' }, { username: 5 }, { username: STANDBY, more: 1 }, { username: STANDBY, email: 'nobody' }]) {
      expect((await h.apex(ADMIN, 'POST', '/v1/connections', body)).body).toMatchObject({ code: 'invalid_request', status: 400 });
    }
  });

  it('suggests users with the reason why not', async () => {
    const all = (await h.apex(ADMIN, 'GET', '/v1/connections/candidates?q=')).body['items'] as Record<string, unknown>[];
    const byName = Object.fromEntries(all.map((item) => [item['username'], [item['admin'], item['reason']]]));
    expect(byName).toMatchObject({
      [ADMIN]: [true, 'Is on the list already.'],
      [STANDBY]: [true, undefined],
      [AGENT]: [false, 'Does not have the rights of a System Administrator.'],
    });
    const some = (await h.apex(ADMIN, 'GET', '/v1/connections/candidates?q=standby')).body['items'] as Record<string, unknown>[];
    expect(some.map((item) => item['username'])).toEqual([STANDBY]);
  });
});

describe('an invitation', () => {
  let link: string;

  it('leaves the user requested and mails a link to the given address', async () => {
    link = await newLink(async () =>
      expect(await invite(STANDBY, 'deputy@company.example')).toMatchObject({
        status: 201,
        body: { status: 'requested', role: 'standby' },
      }),
    );
    expect(h.mails.at(-1)).toMatchObject({ to: ['deputy@company.example'] });
    expect((await userOf(STANDBY)).email).toBe('deputy@company.example');
    expect((await invite(STANDBY)).body['code']).toBe('already_connected');
  });

  it('is not used up by being looked at', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const response = await fetch(link);
      expect([response.status, (await response.text()).includes(STANDBY)]).toEqual([200, true]);
    }
    expect((await userOf(STANDBY)).status).toBe('requested');
  });

  it('does not keep the link itself', async () => {
    const { rows } = await (
      await import('kysely')
    ).sql<{
      all: string;
    }>`select string_agg(row_to_json(n)::text, '') || coalesce((select string_agg(row_to_json(u)::text, '') from connected_user u), '') as all from connection_notice n`.execute(
      h.store.db,
    );
    expect(rows[0]?.all).not.toContain(link.split('/').at(-1));
  });

  it('refuses another user, in words, and stays good', async () => {
    const page = await h.signIn(link, SPARE);
    expect([page.status, page.text]).toEqual([
      403,
      expect.stringContaining(`You signed in as ${SPARE}. The invitation is for ${STANDBY}.`),
    ]);
    expect((await userOf(STANDBY)).status).toBe('requested');
  });

  it('connects the invited user as standby', async () => {
    const page = await h.signIn(link, STANDBY);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('as a standby user')]);
    expect(await userOf(STANDBY)).toMatchObject({ status: 'connected', inviteExpiresAt: null, missing: [], permissionSetAssigned: true });
  });

  it('cannot be used twice', async () => {
    const response = await fetch(link);
    expect([response.status, (await response.text()).includes('invite_invalid')]).toEqual([410, true]);
    expect((await fetch(link, { method: 'POST' })).status).toBe(410);
  });

  it('ends after its time, and a new link ends the old one', async () => {
    const first = await newLink(() => invite(SPARE));
    const id = (await userOf(SPARE)).id;
    const second = await newLink(() => h.apex(ADMIN, 'POST', `/v1/connections/${id}/reconnect`));
    expect([(await fetch(first)).status, (await fetch(second)).status]).toEqual([410, 200]);
    h.advance(INVITE_MS + 1_000);
    expect((await fetch(second)).status).toBe(410);
    const list = (await h.apex(ADMIN, 'GET', '/v1/connections')).body['items'] as Record<string, unknown>[];
    expect(list.find((item) => item['username'] === SPARE)?.['nextStep']).toContain('expired');
    h.advance(-INVITE_MS - 1_000);
  });

  it('refuses a fourth user', async () => {
    expect((await invite('agent2@sandbox.test')).body['code']).toBe('connection_limit');
  });
});

describe('reconnecting', () => {
  it('gives the old grant back before the new one counts', async () => {
    const before = await userOf(STANDBY);
    const live = (): number => Number(h.peer.org.db.prepare('SELECT count(*) AS n FROM auth_grant WHERE ended IS NULL').get()?.['n']);
    const grants = live();
    const link = await newLink(() => h.apex(ADMIN, 'POST', `/v1/connections/${before.id}/reconnect`));
    expect((await userOf(STANDBY)).status).toBe('connected');
    const page = await h.signIn(link, STANDBY);
    expect(page.status).toBe(200);
    const after = await userOf(STANDBY);
    expect(after.tokenGeneration).toBeGreaterThan(before.tokenGeneration);
    expect(live()).toBe(grants);
    const test = await h.apex(ADMIN, 'POST', `/v1/connections/${before.id}/test`);
    expect(test.body).toMatchObject({ status: 'connected' });
  });
});

describe('missing rights', () => {
  it('are named on the page, and the permission set can be assigned from it', async () => {
    const assignments = h.peer.org.query(
      `SELECT Id FROM PermissionSetAssignment WHERE Assignee.Username = '${STANDBY}' AND PermissionSet.Name = 'SwitchboardIntegration'`,
    );
    const tokens = (await h.control('POST', '/token', { username: ADMIN })) as { accessToken: string };
    for (const row of assignments) {
      await fetch(`${h.peer.url}/services/data/v65.0/sobjects/PermissionSetAssignment/${String(row['Id'])}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${tokens.accessToken}` },
      });
    }
    const id = (await userOf(STANDBY)).id;
    const link = await newLink(() => h.apex(ADMIN, 'POST', `/v1/connections/${id}/reconnect`));
    const { FormClient } = await import('../../../sandbox/control/browserless.ts');
    const client = new FormClient({ followCallback: true });
    const page = await h.signIn(link, STANDBY, { client });
    expect(page.text).toContain('Some access is missing');
    expect((await userOf(STANDBY)).missing.length).toBeGreaterThan(0);
    const form = page.forms.find((item) => item.action.endsWith('/connect/permissions'));
    const done = await client.submit(form as never);
    expect(done.kind === 'page' && done.page.text).toContain('The permission set is assigned');
    expect(await userOf(STANDBY)).toMatchObject({ missing: [], permissionSetAssigned: true });
    const stranger = await fetch(`${h.publicUrl}/connect/permissions`, { method: 'POST', body: new URLSearchParams(form?.fields) });
    expect(stranger.status).toBe(400);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Org } from '../tenancy/index.ts';
import { OrgHeldError } from './errors.ts';
import { ADMIN, AGENT, SPARE, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';

let h: Harness;
let org: Org;
const ids: Record<string, string> = {};
beforeAll(async () => {
  h = await startHarness();
  org = await h.register();
  ids[STANDBY] = await h.connect(STANDBY);
  ids[SPARE] = await h.connect(SPARE);
  ids[ADMIN] = (await h.store.users.list(org.id)).find((user) => user.username === ADMIN)?.id ?? '';
});
afterAll(() => h.close());

type View = { id: string; username: string; role: string; status: string; position: number };
const list = async (): Promise<View[]> => (await h.apex(ADMIN, 'GET', '/v1/connections')).body['items'] as View[];
const kinds = async (): Promise<string[]> =>
  ((await h.apex(ADMIN, 'GET', '/v1/connections/events')).body['items'] as { kind: string }[]).map((item) => item.kind);
const roles = async (): Promise<string[][]> => (await list()).map((item) => [item.username, item.role]);

describe('who may manage', () => {
  it('is closed to a key with scope agent, to no key and to a wrong key', async () => {
    expect((await h.apex(AGENT, 'GET', '/v1/connections')).status).toBe(403);
    for (const headers of [{}, { authorization: 'Bearer sb_admin_wrong' }]) {
      expect((await fetch(`${h.publicUrl}/v1/connections`, { headers })).status).toBe(401);
    }
  });

  it('answers 404 without a hint for ids that are not this org’s', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    for (const [method, path] of [
      ['POST', 'make-main'],
      ['POST', 'test'],
      ['POST', 'reconnect'],
    ] as const) {
      expect((await h.apex(ADMIN, method, `/v1/connections/${id}/${path}`)).body['code']).toBe('not_found');
    }
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}?confirm=true`)).body['code']).toBe('not_found');
    expect((await h.apex(ADMIN, 'POST', '/v1/connections/x/test')).status).toBe(404);
  });
});

describe('roles and order', () => {
  it('lists the main user first and the standbys in their order', async () => {
    expect(await roles()).toEqual([
      [ADMIN, 'main'],
      [STANDBY, 'standby'],
      [SPARE, 'standby'],
    ]);
  });

  it('changes the order, which names every user once', async () => {
    const order = [ids[ADMIN], ids[SPARE], ids[STANDBY]];
    expect((await h.apex(ADMIN, 'PUT', '/v1/connections/order', { ids: order })).status).toBe(200);
    expect((await roles()).map(([name]) => name)).toEqual([ADMIN, SPARE, STANDBY]);
    for (const wrong of [[ids[ADMIN]], [ids[ADMIN], ids[ADMIN], ids[SPARE]], [...order, '11111111-1111-4111-8111-111111111111']]) {
      expect((await h.apex(ADMIN, 'PUT', '/v1/connections/order', { ids: wrong })).body['code']).toBe('order_incomplete');
    }
  });

  it('makes a standby user main, after trying it', async () => {
    expect((await h.apex(ADMIN, 'POST', `/v1/connections/${ids[STANDBY]}/make-main`)).body).toMatchObject({ role: 'main' });
    expect((await roles())[0]).toEqual([STANDBY, 'main']);
    expect((await kinds())[0]).toBe('made_main');
    const again = await h.apex(ADMIN, 'POST', `/v1/connections/${ids[STANDBY]}/make-main`);
    expect([again.status, (await kinds()).filter((kind) => kind === 'made_main').length]).toEqual([200, 1]);
  });

  it('does not make a user main who fails the try', async () => {
    await h.control('POST', `/users/${SPARE}/revoke`);
    const answer = await h.apex(ADMIN, 'POST', `/v1/connections/${ids[SPARE]}/make-main`);
    expect(answer.body['code']).toBe('connection_test_failed');
    expect(await roles()).toEqual([
      [STANDBY, 'main'],
      [ADMIN, 'standby'],
      [SPARE, 'standby'],
    ]);
    expect((await list()).find((item) => item.username === SPARE)).toMatchObject({
      status: 'disconnected',
      cause: 'invalid_grant',
      nextStep: expect.stringContaining('Reconnect'),
    });
    expect((await h.apex(ADMIN, 'POST', `/v1/connections/${ids[SPARE]}/make-main`)).body['code']).toBe('connection_not_connected');
  });
});

describe('the message connection', () => {
  it('is switched off and on: nothing is called meanwhile, setup goes on', async () => {
    expect((await h.apex(ADMIN, 'PATCH', '/v1/org', { connectionMode: false })).body).toMatchObject({ connectionMode: false });
    const held = await h.connections
      .call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.limits())
      .catch((error: unknown) => error);
    expect(held).toBeInstanceOf(OrgHeldError);
    expect(h.connections.heldBy(held)).toMatchObject({ code: 'mode_off' });
    expect((await h.apex(ADMIN, 'GET', '/v1/connections/candidates?q=')).status).toBe(200);
    const released = h.released.length;
    await h.apex(ADMIN, 'PATCH', '/v1/org', { connectionMode: true });
    expect(h.released.length).toBe(released + 1);
    await h.apex(ADMIN, 'PATCH', '/v1/org', { connectionMode: true });
    expect((await kinds()).filter((kind) => kind === 'mode_changed')).toHaveLength(2);
  });

  it('takes addresses for notices and refuses what is none', async () => {
    expect((await h.apex(ADMIN, 'PATCH', '/v1/org', { notifyEmails: ['ops@company.example'] })).body).toMatchObject({
      notifyEmails: ['ops@company.example'],
    });
    expect((await h.apex(ADMIN, 'PATCH', '/v1/org', { notifyEmails: ['nobody'] })).body['code']).toBe('invalid_request');
    expect((await h.apex(ADMIN, 'PATCH', '/v1/org', { owner: 'x' })).body['code']).toBe('invalid_request');
  });
});

describe('removing', () => {
  it('hands the main role over first and gives the grant back', async () => {
    const live = (): number => Number(h.peer.org.db.prepare('SELECT count(*) AS n FROM auth_grant WHERE ended IS NULL').get()?.['n']);
    const before = live();
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${ids[STANDBY]}`)).status).toBe(200);
    expect(await roles()).toEqual([
      [ADMIN, 'main'],
      [SPARE, 'standby'],
    ]);
    expect(live()).toBe(before - 1);
    expect((await kinds()).slice(0, 3)).toEqual(['removed', 'last_spare', 'switched']);
  });

  it('tells the admins when the last spare is gone', async () => {
    const id = await h.connect(STANDBY);
    await h.apex(ADMIN, 'DELETE', `/v1/connections/${ids[SPARE]}`);
    const known = h.mails.length;
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`)).status).toBe(200);
    expect((await kinds()).slice(0, 2)).toEqual(['removed', 'last_spare']);
    await h.until(() => h.mails.slice(known).some((mail) => mail.subject.includes('no standby user is left')));
  });

  it('wants a confirmation for the last connected one', async () => {
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${ids[ADMIN]}`)).body['code']).toBe('last_connection');
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${ids[ADMIN]}?confirm=true`)).status).toBe(200);
    expect(await h.connections.status(org.id)).toMatchObject({ main: null, hold: { reason: 'No user is connected.', retryAt: null } });
    await h.until(() => h.mails.some((mail) => mail.subject.includes('no connected user reaches')));
    expect(await h.store.journal.events(org.id, null, 2)).toMatchObject([{ kind: 'removed' }, { kind: 'all_down' }]);
    const held = await h.connections
      .call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.limits())
      .catch((error: unknown) => error);
    expect(h.connections.heldBy(held)?.code).toBe('no_connected_user');
  });

  it('starts again when an administrator registers', async () => {
    const released = h.released.length;
    await h.register();
    expect(h.released.length).toBeGreaterThan(released);
    expect(await h.connections.status(org.id)).toMatchObject({ main: { username: ADMIN }, hold: null });
  });
});

describe('the timeline', () => {
  it('comes in pages, newest first', async () => {
    await h.store.transaction(async (tx) => {
      for (let n = 0; n < 60; n += 1) await h.store.journal.addEvent(tx, org.id, new Date(), { kind: 'invited', text: `line ${n}` });
    });
    const first = await h.apex(ADMIN, 'GET', '/v1/connections/events');
    const second = await h.apex(ADMIN, 'GET', `/v1/connections/events?cursor=${String(first.body['next'])}`);
    const texts = [first, second].map((page) => (page.body['items'] as { text: string }[]).map((item) => item.text));
    expect([texts[0]?.length, texts[0]?.[0], texts[1]?.[0]]).toEqual([50, 'line 59', 'line 9']);
    expect((await h.apex(ADMIN, 'GET', '/v1/connections/events?cursor=x')).body['code']).toBe('invalid_request');
  });
});

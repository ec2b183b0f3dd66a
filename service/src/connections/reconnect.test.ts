import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FailPoints } from '../platform/fail-points.ts';
import type { Org } from '../tenancy/index.ts';
import { ADMIN, inviteLink, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';
import type { UserRow } from './types.ts';

let h: Harness;
let org: Org;
/** What happens at the fail-points of the harness's process; each once. */
let at: Record<string, (() => Promise<void>) | undefined> = {};
const failPoints: FailPoints = {
  hit: async (name) => {
    const work = at[name];
    at[name] = undefined;
    await work?.();
  },
};

beforeAll(async () => {
  h = await startHarness({ failPoints });
  org = await h.register();
  await h.connect(STANDBY);
});
afterAll(() => h.close());
beforeEach(async () => {
  at = {};
  await h.restore();
});

const call = (): Promise<unknown> =>
  h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) =>
    client.query('SELECT Id FROM Conversation__c LIMIT 1'),
  );
const user = async (username: string): Promise<UserRow> =>
  (await h.store.users.list(org.id)).find((item) => item.username === username) as UserRow;
const main = async (): Promise<string | undefined> => (await h.connections.status(org.id)).main?.username;
const newest = async (): Promise<number> => (await h.store.journal.events(org.id, null, 1))[0]?.id ?? 0;
const kindsSince = async (id: number): Promise<string[]> =>
  (await h.store.journal.events(org.id, null, 50)).filter((event) => event.id > id).map((event) => event.kind);
const registerAgain = async (): Promise<number> => (await h.signIn(`${h.publicUrl}/connect/register?login=production`, ADMIN)).status;
const reconnect = async (username: string): Promise<number> => {
  await h.apex(ADMIN, 'POST', `/v1/connections/${(await user(username)).id}/reconnect`);
  await h.until(() => h.mails.some((mail) => mail.text.includes('/connect/invite/')));
  return (await h.signIn(inviteLink(h.mails), username)).status;
};

describe('a new sign-in of the main user while it is being called as', () => {
  it('is not ended by what the old grant met', async () => {
    const before = await newest();
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    at['broker.before-call'] = async () => void (await registerAgain());
    await call();
    expect([await main(), (await user(ADMIN)).status, (await user(ADMIN)).tokenDead]).toEqual([ADMIN, 'connected', false]);
    expect(await kindsSince(before)).toEqual(['connected', 'registered']);
  });

  it.each(['register', 'reconnect'])('leaves nobody with the grant that is being given back (%s)', async (way) => {
    const point = way === 'register' ? 'register.after-revoke' : 'accept.after-revoke';
    let called = 0;
    at[point] = async () => {
      await call();
      called += 1;
    };
    const before = await newest();
    expect(way === 'register' ? await registerAgain() : await reconnect(ADMIN)).toBe(200);
    expect([called, await main(), (await user(ADMIN)).status]).toEqual([1, ADMIN, 'connected']);
    expect(await kindsSince(before)).not.toContain('switched');
  });

  it('gives the old grant back', async () => {
    await registerAgain();
    const calls = (await h.calls()) as { byRoute: Record<string, number> };
    expect(calls.byRoute['POST /services/oauth2/revoke']).toBe(1);
  });

  it('does not let an old failure end a standby user either', async () => {
    await h.control('POST', `/users/${STANDBY}/expire-session`);
    at['broker.before-call'] = async () => void (await reconnect(STANDBY));
    h.advance(6 * 60_000);
    await h.apex(ADMIN, 'POST', `/v1/connections/${(await user(STANDBY)).id}/test`);
    expect(await user(STANDBY)).toMatchObject({ status: 'connected', tokenDead: false });
    await call();
    expect(await main()).toBe(ADMIN);
  });
});

describe('the loss of the last spare', () => {
  const mailed = (): number => h.mails.filter((mail) => mail.subject.includes('no standby user is left')).length;

  it('is mailed each time it happens, also while the main user stays the same', async () => {
    for (let turn = 1; turn <= 2; turn += 1) {
      await h.control('POST', `/users/${STANDBY}/lock`);
      await h.control('POST', `/users/${STANDBY}/expire-session`);
      h.advance(6 * 60_000);
      await h.connections.tick();
      expect((await user(STANDBY)).status).toBe('disconnected');
      await h.until(() => mailed() === turn);
      await h.control('POST', `/users/${STANDBY}/unlock`);
      h.advance(61 * 60_000);
      await h.connections.tick();
      expect([await main(), (await user(STANDBY)).status]).toEqual([ADMIN, 'connected']);
    }
  });

  it('is mailed once when doubt about a sign-in turns out to be its end', async () => {
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    await h.fault({ match: { path: '/services/oauth2/token' }, times: 1, action: { drop: 'after' } });
    await call();
    await h.until(async () => (await user(ADMIN)).status === 'disconnected');
    const last = (await h.store.journal.events(org.id, null, 1))[0];
    expect([await main(), last?.kind]).toEqual([STANDBY, 'last_spare']);
    await h.until(() => h.mails.some((mail) => mail.subject.includes('took over')) && mailed() > 0);
    expect(mailed()).toBe(1);
  });
});

describe('a registration that dies before the org has its new keys', () => {
  it('leaves the org the keys it has, for as long as it uses them', async () => {
    const endless = async (): Promise<string[]> =>
      (
        await sql<{ id: string }>`select id from api_key where scope = 'admin' and expires_at is null order by created_at`.execute(
          h.store.db,
        )
      ).rows.map(({ id }) => id);
    const before = await endless();
    at['register.after-commit'] = () => Promise.reject(new Error('the process died'));
    expect(await registerAgain()).toBe(500);
    expect(await endless()).toEqual([...before, expect.any(String)]);
    expect((await h.apex(ADMIN, 'GET', '/v1/connections')).status).toBe(200);
    expect(await registerAgain()).toBe(200);
    expect((await h.apex(ADMIN, 'GET', '/v1/connections')).status).toBe(200);
    for (const id of before) expect(await endless()).not.toContain(id);
  });
});

describe('a user that is made main', () => {
  const makeMain = async (): ReturnType<Harness['apex']> => h.apex(ADMIN, 'POST', `/v1/connections/${(await user(STANDBY)).id}/make-main`);
  const refused = { status: 409, body: { code: 'connection_not_connected' } };

  it('is not when it is being removed meanwhile, also where the removal gets no further', async () => {
    const { id } = await user(STANDBY);
    at['make-main.after-probe'] = async () => {
      at['remove.before-revoke'] = () => Promise.reject(new Error('the process died'));
      expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`)).status).toBe(500);
    };
    expect(await makeMain()).toMatchObject(refused);
    expect([await main(), (await user(STANDBY)).cause]).toEqual([ADMIN, 'removed']);
  });

  it('is not when it is gone', async () => {
    const { id } = await user(STANDBY);
    at['make-main.after-probe'] = async () => void (await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`));
    expect(await makeMain()).toMatchObject({ status: 404 });
    expect(await main()).toBe(ADMIN);
    await h.connect(STANDBY);
  });

  it('is not when it was found down meanwhile', async () => {
    const { id } = await user(STANDBY);
    at['make-main.after-probe'] = async () => {
      await h.control('POST', `/users/${STANDBY}/revoke`);
      await h.apex(ADMIN, 'POST', `/v1/connections/${id}/test`);
    };
    expect(await makeMain()).toMatchObject(refused);
    expect([await main(), (await user(STANDBY)).status]).toEqual([ADMIN, 'disconnected']);
  });

  it('is not while its sign-in is in doubt', async () => {
    at['make-main.after-probe'] = async () =>
      void (await sql`update connected_user set in_doubt = true where username = ${STANDBY}`.execute(h.store.db));
    expect(await makeMain()).toMatchObject(refused);
    expect([await main(), (await user(STANDBY)).status]).toEqual([ADMIN, 'connected']);
  });
});

describe('a user that is being removed', () => {
  const live = (username: string): unknown =>
    h.peer.org.db
      .prepare('SELECT count(*) AS n FROM auth_grant g JOIN "User" u ON u.Id = g.user_id WHERE u.Username = ? AND g.ended IS NULL')
      .get(username)?.['n'];
  const remove = async (username: string): ReturnType<Harness['apex']> =>
    h.apex(ADMIN, 'DELETE', `/v1/connections/${(await user(username)).id}`);
  const overtaken = { status: 409, body: { code: 'removal_overtaken' } };
  const told = async (): Promise<unknown> => (await h.store.journal.events(org.id, null, 1))[0];

  it('stays when it signs in again meanwhile, with its new grant alone', async () => {
    const before = live(ADMIN);
    at['remove.after-revoke'] = async () => void (await registerAgain());
    expect(await remove(ADMIN)).toMatchObject(overtaken);
    expect([(await user(ADMIN)).status, await main(), live(ADMIN)]).toEqual(['connected', STANDBY, before]);
    expect(await told()).toMatchObject({ kind: 'connected', text: expect.stringContaining('so it stays') });
    await call();
  });

  it('stays when it is invited again meanwhile, and the invitation is good', async () => {
    at['remove.after-revoke'] = async () => void (await h.apex(ADMIN, 'POST', `/v1/connections/${(await user(STANDBY)).id}/reconnect`));
    expect(await remove(STANDBY)).toMatchObject(overtaken);
    expect([(await user(STANDBY)).status, live(STANDBY)]).toEqual(['requested', 0]);
    expect(await told()).toMatchObject({ kind: 'invited', text: expect.stringContaining('so it stays') });
    await h.until(() => h.mails.some((mail) => mail.text.includes('/connect/invite/')));
    expect((await h.signIn(inviteLink(h.mails), STANDBY)).status).toBe(200);
  });

  it('leaves no grant behind that a second removal has still to give back', async () => {
    at['remove.after-revoke'] = async () => {
      await reconnect(STANDBY);
      at['remove.before-revoke'] = () => Promise.reject(new Error('the process died'));
      expect((await remove(STANDBY)).status).toBe(500);
    };
    expect((await remove(STANDBY)).status).toBe(200);
    expect([(await h.store.users.list(org.id)).map((item) => item.username), live(STANDBY)]).toEqual([[ADMIN], 0]);
    await h.connect(STANDBY);
  });

  it('is told of once when two remove it', async () => {
    const before = await newest();
    at['remove.before-revoke'] = async () => void expect((await remove(STANDBY)).status).toBe(200);
    expect((await remove(STANDBY)).status).toBe(200);
    expect((await kindsSince(before)).filter((kind) => kind === 'removed')).toEqual(['removed']);
    await h.connect(STANDBY);
  });
});

describe('the last two users, removed at the same moment', () => {
  it('need the confirmation for the one that is left', async () => {
    const [admin, standby] = [await user(ADMIN), await user(STANDBY)];
    const remove = (id: string): ReturnType<Harness['apex']> => h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`);
    let second: Awaited<ReturnType<typeof remove>> | undefined;
    at['remove.before-revoke'] = async () => void (second = await remove(standby.id));
    expect((await remove(admin.id)).status).toBe(200);
    expect(second).toMatchObject({ status: 409, body: { code: 'last_connection' } });
    expect([await main(), (await user(STANDBY)).status]).toEqual([STANDBY, 'connected']);
  });
});

describe('a user that a probe looks at while it is being removed', () => {
  it('is removed all the same', async () => {
    const { id } = await user(STANDBY);
    at['remove.before-revoke'] = async () => void (await h.apex(ADMIN, 'POST', `/v1/connections/${id}/test`));
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}?confirm=true`)).status).toBe(200);
    expect(await h.store.users.list(org.id)).toEqual([]);
    expect(await h.connections.status(org.id)).toMatchObject({ main: null, hold: { reason: 'No user is connected.' } });
  });
});

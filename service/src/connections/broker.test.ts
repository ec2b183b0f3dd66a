import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FailPointError, type FailPoints } from '../platform/fail-points.ts';
import type { Org } from '../tenancy/index.ts';
import { OrgHeldError } from './errors.ts';
import { ADMIN, inviteLink, SPARE, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';
import type { Connections } from './index.ts';
import { REFRESH_EVERY_MS } from './probes.ts';
import type { UserRow } from './types.ts';

let h: Harness;
let org: Org;
/** Fail-points of the harness's own process; tests set what happens at them. */
const points: { at: Record<string, (() => void | Promise<void>)[]> } = { at: {} };
const failPoints: FailPoints = { hit: async (name) => points.at[name]?.shift()?.() };
const crash =
  (name: string): (() => never) =>
  () => {
    throw new FailPointError(name);
  };

beforeAll(async () => {
  h = await startHarness({ failPoints });
  org = await h.register();
  await h.connect(STANDBY);
});
afterAll(() => h.close());
beforeEach(async () => {
  points.at = {};
  await h.restore();
  await h.control('POST', `/users/${ADMIN}/expire-session`);
});

/** As if the time of every claim had passed. */
const endLease = (): Promise<unknown> =>
  sql`update connected_user set refresh_until = now() where refresh_until is not null`.execute(h.store.db);

const call = (on: Connections = h.connections): Promise<unknown> =>
  on.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.query('SELECT Id FROM Conversation__c LIMIT 1'));
const user = async (username: string): Promise<UserRow> =>
  (await h.store.users.list(org.id)).find((item) => item.username === username) as UserRow;
const main = async (): Promise<string | undefined> => (await h.connections.status(org.id)).main?.username;
const refreshes = async (): Promise<number> =>
  ((await h.calls()) as { byRoute: Record<string, number> }).byRoute['POST /services/oauth2/token'] ?? 0;
const lose = (drop: 'before' | 'after', times = 1): Promise<void> =>
  h.fault({ match: { path: '/services/oauth2/token' }, times, action: { drop } });

describe('a lost reply', () => {
  it('switches first, and the stored token, tried once, turns out to be used up', async () => {
    await lose('after');
    await call();
    expect(await main()).toBe(STANDBY);
    await h.until(async () => (await user(ADMIN)).status === 'disconnected');
    expect(await user(ADMIN)).toMatchObject({ cause: 'refresh_in_doubt', tokenDead: true, nextStep: expect.stringContaining('Reconnect') });
    expect(await refreshes()).toBe(2);
    h.advance(24 * 3600_000);
    await h.connections.tick();
    await call();
    expect([await user(ADMIN), await main()]).toMatchObject([{ status: 'disconnected' }, STANDBY]);
  });

  it('switches first, and the stored token still works where the request never arrived', async () => {
    await lose('before');
    await call();
    expect(await main()).toBe(STANDBY);
    await h.until(async () => !(await user(ADMIN)).inDoubt);
    expect(await user(ADMIN)).toMatchObject({ status: 'connected', cause: null });
    expect(await refreshes()).toBe(2);
  });

  it('does not try the stored token twice', async () => {
    await lose('before', 2);
    await call();
    await h.until(async () => (await user(ADMIN)).status === 'disconnected');
    expect(await refreshes()).toBe(2);
  });

  it('with nobody to switch to tries the stored token at once', async () => {
    await h.control('POST', `/users/${STANDBY}/revoke`);
    h.advance(6 * 60_000);
    await h.connections.tick();
    expect((await user(STANDBY)).status).toBe('disconnected');
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    await lose('before');
    await call();
    expect([await main(), (await user(ADMIN)).inDoubt]).toEqual([ADMIN, false]);
    const [event] = await h.store.journal.events(org.id, null, 1);
    expect(event?.kind).toBe('refreshed_failed');
  });

  it('ends the standstill of the org when the one try succeeds after the last standby was lost', async () => {
    await lose('before');
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    points.at['broker.before-doubt-call'] = [() => gate];
    await call();
    expect([await main(), (await user(ADMIN)).inDoubt]).toEqual([STANDBY, true]);
    await h.control('POST', `/users/${STANDBY}/revoke`);
    await expect(call()).rejects.toThrow(OrgHeldError);
    expect((await h.connections.status(org.id)).main).toBe(null);
    open();
    await h.until(async () => (await main()) === ADMIN);
    await h.until(() => h.released.length > 0);
    await call();
    expect((await h.connections.status(org.id)).hold).toBe(null);
    await h.until(() => h.mails.some((mail) => mail.subject.includes('is reached again')));
    expect((await h.store.journal.events(org.id, null, 1))[0]).toMatchObject({ kind: 'recovered', to: ADMIN });
  });

  it('ends the standstill of the org at the next probe where nobody was there to see the try succeed', async () => {
    await h.store.transaction(async (tx) => {
      const link = await h.store.links.lock(tx, org.id);
      await h.store.links.setMain(tx, org.id, link.mainEpoch, null, new Date());
      await h.store.links.hold(tx, org.id, { code: 'all_down', text: 'Nobody.', detail: '', at: new Date(), until: null });
    });
    await expect(call()).rejects.toThrow(OrgHeldError);
    h.advance(6 * 60_000);
    await h.connections.tick();
    expect([await main(), h.released]).toEqual([expect.any(String), [org.id]]);
    await call();
  });

  it('does not end another reason for being down that comes while the one try is made', async () => {
    const { id, tokenGeneration } = await user(STANDBY);
    await sql`update connected_user set in_doubt = true where id = ${id}`.execute(h.store.db);
    await h.fault({ match: { path: '/limits', user: STANDBY }, action: { status: 503 } });
    const why = { cause: 'LOGIN_RATE_EXCEEDED', causeText: 'Too many sign-ins.', nextStep: '', dead: false };
    const coolUntil = new Date(Date.now() + 365 * 24 * 3600_000);
    points.at['broker.before-doubt-call'] = [
      async () =>
        void (await h.store.users.setDown(h.store.db, org.id, id, tokenGeneration, {
          ...why,
          at: new Date(),
          coolUntil,
          probeAt: coolUntil,
        })),
    ];
    await h.apex(ADMIN, 'POST', `/v1/connections/${id}/test`);
    expect(await user(STANDBY)).toMatchObject({ inDoubt: false, status: 'disconnected', cause: 'LOGIN_RATE_EXCEEDED', coolUntil });
  });

  it('is not assumed where Salesforce answered that it is out of order', async () => {
    await h.fault({
      match: { path: '/services/oauth2/token', user: ADMIN },
      times: 1,
      action: { status: 503, body: { error: 'unknown_error', error_description: 'retry' } },
    });
    await expect(call()).rejects.toThrow('the org refused');
    expect([await main(), (await user(ADMIN)).inDoubt, (await user(ADMIN)).status]).toEqual([ADMIN, false, 'connected']);
    h.advance(60_000);
    await call();
    expect(await main()).toBe(ADMIN);
  });
});

describe('a crash', () => {
  it('between the answer and storing it leaves the token in doubt for the others', async () => {
    points.at['broker.after-call'] = [crash('broker.after-call')];
    await expect(call()).rejects.toThrow(FailPointError);
    expect((await user(ADMIN)).refreshIntent).not.toBe(null);
    await endLease();
    await call(h.another());
    expect(await main()).toBe(STANDBY);
    await h.until(async () => (await user(ADMIN)).status === 'disconnected');
    expect((await user(ADMIN)).cause).toBe('refresh_in_doubt');
  });

  it('is not waited for by a process that is alone on its database', async () => {
    points.at['broker.after-call'] = [crash('broker.after-call')];
    await expect(call()).rejects.toThrow(FailPointError);
    await sql`update connected_user set refresh_until = now() + interval '1 hour' where refresh_until is not null`.execute(h.store.db);
    const next = h.another({ alone: true });
    next.start();
    await next.stop();
    await call(next);
    expect(await main()).toBe(STANDBY);
  });

  it('before the call leaves it in doubt as well, and the stored token works', async () => {
    points.at['broker.before-call'] = [crash('broker.before-call')];
    await expect(call()).rejects.toThrow(FailPointError);
    await endLease();
    await call(h.another());
    await h.until(async () => !(await user(ADMIN)).inDoubt);
    expect([await main(), (await user(ADMIN)).status]).toEqual([STANDBY, 'connected']);
  });

  it('during the one try of a token in doubt is not followed by another', async () => {
    await lose('before');
    points.at['broker.before-doubt-call'] = [crash('broker.before-doubt-call')];
    await call();
    h.advance(10 * 60_000);
    await endLease();
    await h.connections.tick();
    expect(await user(ADMIN)).toMatchObject({ status: 'disconnected', cause: 'refresh_in_doubt' });
    expect(await refreshes()).toBe(1);
  });

  it('before a switch is committed changes nothing; the next call switches', async () => {
    await h.control('POST', `/users/${ADMIN}/revoke`);
    points.at['switch.before-commit'] = [crash('switch.before-commit')];
    await expect(call()).rejects.toThrow(FailPointError);
    expect([await main(), (await user(ADMIN)).status]).toEqual([ADMIN, 'connected']);
    await call();
    expect(await main()).toBe(STANDBY);
  });

  it('after a switch was committed keeps it, and its notice goes out once', async () => {
    await h.control('POST', `/users/${ADMIN}/revoke`);
    points.at['switch.after-commit'] = [crash('switch.after-commit')];
    await expect(call()).rejects.toThrow(FailPointError);
    await call();
    expect(await main()).toBe(STANDBY);
    await h.until(() => h.mails.some((mail) => mail.subject.includes('took over')));
    expect(h.mails.filter((mail) => mail.subject.includes('took over'))).toHaveLength(1);
  });

  it('before the new grant is stored leaves the invitation good', async () => {
    const { id } = await user(STANDBY);
    await h.apex(ADMIN, 'POST', `/v1/connections/${id}/reconnect`);
    await h.until(() => h.mails.some((mail) => mail.text.includes('/connect/invite/')));
    points.at['accept.before-store'] = [crash('accept.before-store')];
    expect((await h.signIn(inviteLink(h.mails), STANDBY)).status).toBe(500);
    expect((await h.signIn(inviteLink(h.mails), STANDBY)).status).toBe(200);
    expect((await user(STANDBY)).status).toBe('connected');
  });

  it.each(['connected', 'disconnected', 'requested'] as const)(
    'before the grant of a %s user who is removed was given back leaves it out for good, until somebody removes it again or it signs in',
    async (state) => {
      const id = await h.connect(SPARE);
      const spare = await user(SPARE);
      const why = { cause: 'PASSWORD_LOCKOUT', causeText: 'Locked.', nextStep: 'Unlock.', at: new Date(), dead: false, coolUntil: null };
      if (state !== 'connected')
        await h.store.users.setDown(h.store.db, org.id, id, spare.tokenGeneration, { ...why, probeAt: new Date(0) });
      if (state === 'requested') await h.apex(ADMIN, 'POST', `/v1/connections/${id}/reconnect`);
      await h.until(() => state !== 'requested' || h.mails.filter((mail) => mail.text.includes('/connect/invite/')).length === 2);
      points.at['remove.before-revoke'] = [crash('remove.before-revoke')];
      expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`)).status).toBe(500);
      h.advance(6 * 60_000);
      await h.connections.tick();
      await h.apex(ADMIN, 'POST', `/v1/connections/${id}/test`);
      expect(await user(SPARE)).toMatchObject({ status: 'disconnected', cause: 'removed', tokenDead: false });
      if (state === 'requested') expect((await h.signIn(inviteLink(h.mails), SPARE)).status).toBe(410);
      expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`)).status).toBe(200);
      const { byRoute } = (await h.calls()) as { byRoute: Record<string, number> };
      expect([byRoute['POST /services/oauth2/revoke'], (await h.store.users.list(org.id)).length]).toEqual([1, 2]);
    },
  );

  it('before the grant was given back is put right by Reconnect too, when the admin has thought better of it', async () => {
    const id = await h.connect(SPARE);
    points.at['remove.before-revoke'] = [crash('remove.before-revoke')];
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`)).status).toBe(500);
    const known = h.mails.length;
    const { body } = await h.apex(ADMIN, 'POST', `/v1/connections/${id}/reconnect`);
    expect(body).not.toHaveProperty('cause');
    await h.until(() => h.mails.slice(known).some((mail) => mail.text.includes('/connect/invite/')));
    expect((await h.signIn(inviteLink(h.mails), SPARE)).status).toBe(200);
    expect(await user(SPARE)).toMatchObject({ status: 'connected', cause: null });
    await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`);
  });

  it('while a user is removed leaves it on the list, to be removed again', async () => {
    const id = await h.connect(SPARE);
    points.at['remove.after-revoke'] = [crash('remove.after-revoke')];
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`)).status).toBe(500);
    expect((await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`)).status).toBe(200);
    expect((await h.store.users.list(org.id)).map((item) => item.username)).toEqual([ADMIN, STANDBY]);
  });
});

describe('a newer master key', () => {
  it('seals the tokens anew at their next use', async () => {
    const rotated = h.another({ newerKeys: [{ id: 'k2', bytes: randomBytes(32) }] });
    await call();
    const before = await user(ADMIN);
    await call(rotated);
    await h.until(async () => (await user(ADMIN)).refreshToken?.startsWith('v1.k2.') === true);
    expect([before.refreshToken?.slice(0, 6), (await user(ADMIN)).accessToken?.slice(0, 6)]).toEqual(['v1.k1.', 'v1.k2.']);
    await h.signIn(`${h.publicUrl}/connect/register?login=production`, ADMIN);
  });
});

describe('a master key that is missing', () => {
  const keyless = (): Connections => h.another({ newerKeys: [{ id: 'k9', bytes: randomBytes(32) }], withoutFirstKey: true });

  it('holds the org and says so, and switches nobody', async () => {
    const error = await call(keyless()).catch((thrown: unknown) => thrown);
    expect(h.connections.heldBy(error)).toMatchObject({ code: 'key_missing' });
    expect((await h.store.journal.events(org.id, null, 1))[0]).toMatchObject({
      kind: 'held',
      cause: 'key_missing',
      nextStep: expect.stringContaining('ENCRYPTION_KEYS'),
    });
    expect([await main(), (await user(ADMIN)).status, await refreshes()]).toEqual([ADMIN, 'connected', 0]);
    h.advance(60_000);
    await call();
    expect((await h.connections.status(org.id)).hold).toBe(null);
  });

  it('does not use up the renewal of a sign-in', async () => {
    h.advance(REFRESH_EVERY_MS + 60_000);
    await keyless().tick();
    expect(await refreshes()).toBe(0);
    for (const name of [ADMIN, STANDBY])
      expect(await user(name)).toMatchObject({ status: 'connected', refreshIntent: null, inDoubt: false, tokenDead: false });
    h.advance(60_000);
    await call();
    expect(await main()).toBe(ADMIN);
  });

  it('does not use up the one try of a sign-in in doubt', async () => {
    const { id } = await user(STANDBY);
    await sql`update connected_user set in_doubt = true where id = ${id}`.execute(h.store.db);
    await h.store.users.setProbe(org.id, id, new Date(0), 0);
    await keyless().tick();
    expect(await user(STANDBY)).toMatchObject({ status: 'connected', inDoubt: true, doubtTried: false, tokenDead: false });
    await h.store.users.setProbe(org.id, id, new Date(0), 0);
    await h.connections.tick();
    expect(await user(STANDBY)).toMatchObject({ status: 'connected', inDoubt: false });
  });
});

describe('storing', () => {
  it('is tried until it succeeds, and nobody calls with the token before', async () => {
    const seen: number[] = [];
    const generation = (await user(ADMIN)).tokenGeneration;
    const failed = async (): Promise<never> => {
      seen.push((await user(ADMIN)).tokenGeneration);
      throw new Error('the database is away');
    };
    points.at['broker.before-store'] = [failed, failed, failed];
    await Promise.all([call(), call(), call()]);
    expect(seen).toEqual([generation, generation, generation]);
    expect([await main(), (await user(ADMIN)).tokenGeneration, await refreshes()]).toEqual([ADMIN, generation + 1, 1]);
  });
});

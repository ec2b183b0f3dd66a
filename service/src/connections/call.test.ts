import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Org } from '../tenancy/index.ts';
import { OrgHeldError, type CallFailedError } from './errors.ts';
import { backoffMs } from './failover.ts';
import { ADMIN, SPARE, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';
import type { CallOptions } from './types.ts';

let h: Harness;
let org: Org;
beforeAll(async () => {
  h = await startHarness();
  org = await h.register();
  await h.connect(STANDBY);
  await h.connect(SPARE);
});
afterAll(() => h.close());
beforeEach(() => h.restore());

const DATA = '/services/data/';
const QUERY = 'GET /services/data/v65.0/query';
const ids = (client: SalesforceClient): Promise<unknown> => client.query('SELECT Id FROM Conversation__c LIMIT 1');
const call = (options: Partial<CallOptions> = {}, on = h.connections): Promise<unknown> =>
  on.call(org.id, { replay: 'idempotent', lane: 'messaging', ...options }, ids);
const errorOf = (work: Promise<unknown>): Promise<CallFailedError> =>
  work.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error as CallFailedError,
  );
const main = async (): Promise<string | undefined> => (await h.connections.status(org.id)).main?.username;
const status = async (username: string): Promise<string | undefined> =>
  (await h.connections.users(org.id)).find((user) => user.username === username)?.status;
const events = async (): Promise<{ kind: string; cause?: string; from?: string; to?: string; waiting?: number; nextStep?: string }[]> =>
  (await h.store.journal.events(org.id, null, 20)).slice(0, 20);
const count = async (route: string): Promise<number> => ((await h.calls()) as { byRoute: Record<string, number> }).byRoute[route] ?? 0;
const answer = (status: number, errorCode: string, message = 'm'): Record<string, unknown> => ({ status, body: [{ errorCode, message }] });

describe('an expired session', () => {
  it('is renewed once for any number of calls at the same time, and the rotated token is kept', async () => {
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    const before = (await h.store.users.list(org.id)).find((user) => user.username === ADMIN);
    await Promise.all(Array.from({ length: 8 }, () => call()));
    expect(await count('POST /services/oauth2/token')).toBe(1);
    const after = (await h.store.users.list(org.id)).find((user) => user.username === ADMIN);
    expect(after?.tokenGeneration).toBe((before?.tokenGeneration ?? 0) + 1);
    expect(after?.refreshToken).not.toBe(before?.refreshToken);
    expect(await main()).toBe(ADMIN);
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    await call();
    expect(await main()).toBe(ADMIN);
  });

  it('is renewed once over several processes', async () => {
    const others = [h.another(), h.another()];
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    await Promise.all([h.connections, ...others].flatMap((process) => [call({}, process), call({}, process)]));
    expect(await count('POST /services/oauth2/token')).toBe(1);
  });

  it('becomes a fault of the user when a renewed session is refused as well', async () => {
    await h.fault({ match: { path: DATA, user: ADMIN }, action: answer(401, 'INVALID_SESSION_ID') });
    await call();
    expect(await count('POST /services/oauth2/token')).toBe(1);
    expect([await main(), await status(ADMIN)]).toEqual([STANDBY, 'disconnected']);
  });
});

describe('a dead user', () => {
  it.each(['revoke', 'deactivate', 'lock'])('after "%s" is replaced by the next one, and the same work runs again', async (verb) => {
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    await h.control('POST', `/users/${ADMIN}/${verb}`);
    await call();
    expect([await main(), await status(ADMIN)]).toEqual([STANDBY, 'disconnected']);
    const [first] = await events();
    expect(first).toMatchObject({
      kind: 'switched',
      from: ADMIN,
      to: STANDBY,
      waiting: 7,
      nextStep: expect.stringMatching(/[Pp]ress Reconnect|Activate the user/),
    });
  });

  it('is switched away from once by many calls and processes, with one notice', async () => {
    const others = [h.another(), h.another()];
    await h.control('POST', `/users/${ADMIN}/revoke`);
    await Promise.all(
      [h.connections, ...others].flatMap((process) => [call({}, process), call({}, process), call({ lane: 'acd' }, process)]),
    );
    const epochs = (await events()).filter((event) => event.kind === 'switched' && event.from === ADMIN);
    expect(await main()).toBe(STANDBY);
    await h.until(() => h.mails.some((mail) => mail.subject.includes('took over')));
    const link = await h.store.links.find(org.id);
    expect(h.mails.filter((mail) => mail.key.startsWith(`switched.${(link?.mainEpoch ?? 0) - 1}.`))).toHaveLength(1);
    expect(epochs[0]?.cause).toBe('invalid_grant');
  });

  it('rings the bell of the connected users once', async () => {
    await h.control('POST', `/users/${ADMIN}/revoke`);
    await call();
    const bell = async (): Promise<{ title?: string }[]> =>
      ((await h.control('GET', `/notifications?username=${STANDBY}`)) as { items: { title?: string }[] }).items;
    await h.until(async () => (await bell()).length > 0);
    expect((await bell()).map((item) => item.title)).toEqual([expect.stringContaining('took over')]);
  });

  it('cools down for an hour after too many sign-ins and then comes back by itself', async () => {
    await h.fault({ match: { path: DATA, user: ADMIN }, times: 1, action: answer(403, 'LOGIN_RATE_EXCEEDED') });
    await call();
    expect([await main(), await status(ADMIN)]).toEqual([STANDBY, 'disconnected']);
    h.advance(30 * 60_000);
    await h.connections.tick();
    expect(await status(ADMIN)).toBe('disconnected');
    h.advance(31 * 60_000);
    await h.connections.tick();
    expect([await main(), await status(ADMIN)]).toEqual([STANDBY, 'connected']);
  });

  it('is no reason to repeat work that must not be done twice when it may have been done', async () => {
    let runs = 0;
    await h.fault({ match: { path: '/limits' }, times: 1, action: { drop: 'after' } });
    const work = h.connections.call(org.id, { replay: 'never', lane: 'messaging' }, (client) => {
      runs += 1;
      return client.limits();
    });
    expect((await errorOf(work)).failure).toMatchObject({ sent: 'maybe', class: 'org' });
    expect(runs).toBe(1);
  });

  it('is a reason to run work again that was refused for certain', async () => {
    await h.control('POST', `/users/${ADMIN}/revoke`);
    await h.connections.call(org.id, { replay: 'never', lane: 'messaging' }, (client) => client.limits());
    expect(await main()).toBe(STANDBY);
  });
});

describe('a fault of the whole org', () => {
  it.each([
    [answer(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'), 'REQUEST_LIMIT_EXCEEDED'],
    [answer(503, 'SERVER_UNAVAILABLE'), 'SERVER_UNAVAILABLE'],
    [{ status: 502, body: '<html>Bad gateway</html>' }, 'HTTP_502'],
    [{ latencyMs: 4_000 }, 'TIMEOUT'],
    [answer(500, 'UNKNOWN_EXCEPTION'), 'UNKNOWN_EXCEPTION'],
  ])('%j holds everybody and switches nobody', async (action, code) => {
    await h.fault({ match: { path: `${DATA}v65.0/query` }, action });
    const error = await errorOf(call({ timeoutMs: 1_000 }));
    expect(error).toBeInstanceOf(OrgHeldError);
    expect(h.connections.heldBy(error)).toMatchObject({ code });
    expect([await main(), await status(ADMIN)]).toEqual([ADMIN, 'connected']);
    const before = await count(QUERY);
    expect(before).toBeGreaterThan(0);
    await errorOf(call());
    expect(await count(QUERY)).toBe(before);
    expect((await events())[0]).toMatchObject({ kind: 'held', cause: code, waiting: 7 });
    expect((await h.connections.status(org.id)).hold?.retryAt).toMatch(/^\d{4}-/);
  });

  it('is over with the first call that succeeds: the lanes are released once', async () => {
    await h.fault({ match: { path: `${DATA}v65.0/query` }, times: 1, action: answer(503, 'SERVER_UNAVAILABLE') });
    await errorOf(call());
    h.advance(60_000);
    await Promise.allSettled([call(), call(), call()]);
    await Promise.all([call(), call(), call()]);
    expect(h.released).toEqual([org.id]);
    expect((await events()).map((event) => event.kind).slice(0, 2)).toEqual(['released', 'held']);
  });

  it('is tried by one call of all lanes and processes when the hold has run out; the others are held until it is answered', async () => {
    await h.fault({ match: { path: `${DATA}v65.0/query` }, action: { latencyMs: 4_000 } });
    await errorOf(call({ timeoutMs: 1_000 }));
    const started = await count(QUERY);
    for (let turn = 1; turn <= 2; turn += 1) {
      h.advance(600_000);
      const calls = [h.connections, h.another()].flatMap((process) => [
        call({ timeoutMs: 1_000 }, process),
        call({ timeoutMs: 1_000 }, process),
        call({ lane: 'sync', timeoutMs: 1_000 }, process),
        call({ lane: 'acd', timeoutMs: 1_000 }, process),
      ]);
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason instanceof OrgHeldError)).toBe(true);
      expect(await count(QUERY)).toBe(started + turn);
    }
    expect((await h.store.links.find(org.id))?.holdAttempts).toBe(3);
  });

  it('is over with an answer, even where that refuses what was asked', async () => {
    await h.fault({ match: { path: `${DATA}v65.0/query` }, times: 1, action: answer(503, 'SERVER_UNAVAILABLE') });
    await errorOf(call());
    h.advance(600_000);
    const bad = h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.query('SELECT Nonsense FROM'));
    expect((await errorOf(bad)).failure.code).toBe('MALFORMED_QUERY');
    expect((await h.connections.status(org.id)).hold).toBe(null);
  });

  it('is tried again at once when whoever had the turn met a fault of the service itself', async () => {
    await h.fault({ match: { path: `${DATA}v65.0/query` }, times: 1, action: answer(503, 'SERVER_UNAVAILABLE') });
    await errorOf(call());
    h.advance(600_000);
    const broken = h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, () => Promise.reject(new TypeError('a bug')));
    await expect(broken).rejects.toThrow('a bug');
    await call();
    expect((await h.connections.status(org.id)).hold).toBe(null);
  });

  it('that lasts lets the next user be tried when the main one turns out to be dead', async () => {
    await h.fault({ match: { path: `${DATA}v65.0/query` }, times: 1, action: answer(503, 'SERVER_UNAVAILABLE') });
    await errorOf(call());
    await h.control('POST', `/users/${ADMIN}/revoke`);
    h.advance(600_000);
    await call();
    expect([await main(), (await h.connections.status(org.id)).hold]).toEqual([STANDBY, null]);
  });

  it('is noticed to be over even when nobody calls', async () => {
    await h.fault({ match: { path: `${DATA}v65.0/query` }, times: 1, action: answer(503, 'SERVER_UNAVAILABLE') });
    await errorOf(call());
    h.advance(60_000);
    await h.connections.tick();
    expect(h.released).toEqual([org.id]);
    expect((await h.connections.status(org.id)).hold).toBe(null);
  });

  it('is one line in the timeline however often it is tried, with longer pauses each time', async () => {
    const lines = (await events()).filter((event) => event.kind === 'held').length;
    await h.fault({ match: { path: `${DATA}v65.0/query` }, action: answer(503, 'SERVER_UNAVAILABLE') });
    for (let turn = 0; turn < 3; turn += 1) {
      await errorOf(call());
      h.advance(600_000);
    }
    expect((await events()).filter((event) => event.kind === 'held').length).toBe(lines + 1);
    const pauses = [0, 1, 3, 30].map(backoffMs);
    expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
    expect(pauses[3]).toBeLessThanOrEqual(360_000);
  });

  it('includes our own app: an alarm, and no switch', async () => {
    await h.control('POST', `/users/${ADMIN}/expire-session`);
    await h.fault({
      match: { path: '/services/oauth2/token' },
      action: { status: 400, body: { error: 'invalid_client', error_description: 'invalid client credentials' } },
    });
    expect(h.connections.heldBy(await errorOf(call()))).toMatchObject({ code: 'invalid_client' });
    expect(await main()).toBe(ADMIN);
  });

  it('leaves the rest of the calls to others when a lane has used up its share', async () => {
    await h.store.links.setApiUsage(org.id, 80, 100, new Date(Date.now() + 86_400_000));
    expect(h.connections.heldBy(await errorOf(call({ lane: 'sync' })))).toMatchObject({ code: 'api_budget' });
    await call({ lane: 'messaging' });
  });
});

describe('all users down', () => {
  it('holds, tells once, keeps probing, and drains when one is back', async () => {
    for (const user of [ADMIN, STANDBY, SPARE]) await h.control('POST', `/users/${user}/lock`);
    for (const user of [ADMIN, STANDBY, SPARE]) await h.control('POST', `/users/${user}/expire-session`);
    expect(h.connections.heldBy(await errorOf(call()))).toMatchObject({ code: 'all_down' });
    await errorOf(call());
    expect(await h.connections.status(org.id)).toMatchObject({ main: null, hold: { reason: 'No connected user reaches the org.' } });
    await h.until(() => h.mails.some((mail) => mail.subject.includes('no connected user')));
    expect(h.mails.filter((mail) => mail.subject.includes('no connected user'))).toHaveLength(1);
    const kinds = (await events()).slice(0, 5).map((event) => event.kind);
    expect(kinds).toEqual(['all_down', 'disconnected', 'last_spare', 'switched', 'switched']);
    expect(h.mails.filter((mail) => mail.subject.includes('no standby user is left'))).toHaveLength(1);

    h.advance(2 * 60_000);
    await h.connections.tick();
    expect(await main()).toBe(undefined);
    await h.control('POST', `/users/${SPARE}/unlock`);
    h.advance(6 * 60_000);
    await h.connections.tick();
    expect(await main()).toBe(SPARE);
    expect(h.released).toEqual([org.id]);
    await call();
    await h.until(() => h.mails.some((mail) => mail.subject.includes('is reached again')));

    await h.control('POST', `/users/${ADMIN}/unlock`);
    h.advance(20 * 60_000);
    await h.connections.tick();
    expect([await main(), await status(ADMIN)]).toEqual([SPARE, 'connected']);
  });
});

describe('all users down, and one signs in again', () => {
  it('is a recovery as well, told once', async () => {
    for (const user of [ADMIN, STANDBY, SPARE]) await h.control('POST', `/users/${user}/revoke`);
    await errorOf(call());
    await h.until(() => h.mails.some((mail) => mail.subject.includes('no connected user')));
    await h.signIn(`${h.publicUrl}/connect/register?login=production`, SPARE);
    expect(await main()).toBe(SPARE);
    expect(h.released).toContain(org.id);
    await h.until(() => h.mails.some((mail) => mail.subject.includes('is reached again')));
    expect((await events()).slice(0, 3).map((event) => event.kind)).toEqual(['recovered', 'connected', 'registered']);
  });
});

describe('failures of the call itself', () => {
  it('go back to the caller: record, and a cursor unless it may start over', async () => {
    const bad = h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.query('SELECT Nonsense FROM'));
    expect((await errorOf(bad)).failure).toMatchObject({ class: 'record', code: 'MALFORMED_QUERY' });
    await h.fault({ match: { path: `${DATA}v65.0/query` }, times: 2, action: answer(400, 'INVALID_QUERY_LOCATOR') });
    expect((await errorOf(call())).failure.class).toBe('cursor');
    await call({ replay: 'restart' });
  });

  it('pass through when the work itself throws', async () => {
    const work = h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, () => Promise.reject(new TypeError('a bug')));
    await expect(work).rejects.toThrow('a bug');
    expect(await main()).toBe(ADMIN);
  });

  it('can be tried as each other user without marking anyone', async () => {
    const seen = await h.connections.tryOthers(
      org.id,
      async (client) => (await client.query<{ Id: string }>('SELECT Id FROM User LIMIT 1')).records.length,
      (n) => n === 1,
    );
    expect(seen).toBe(1);
    expect(
      await h.connections.tryOthers(
        org.id,
        () => Promise.resolve(0),
        (n) => n === 1,
      ),
    ).toBe(undefined);
    expect(await main()).toBe(ADMIN);
  });
});

describe('probes', () => {
  it('find a dead spare before it is needed', async () => {
    await h.control('POST', `/users/${SPARE}/revoke`);
    h.advance(6 * 60_000);
    await h.connections.tick();
    expect([await main(), await status(SPARE)]).toEqual([ADMIN, 'disconnected']);
    expect((await events())[0]).toMatchObject({ kind: 'standby_failed', from: SPARE, cause: 'invalid_grant' });
    const tokens = await count('POST /services/oauth2/token');
    h.advance(60 * 60_000);
    await h.connections.tick();
    expect(await count('POST /services/oauth2/token')).toBe(tokens);
  });

  it('renew every grant within a week', async () => {
    h.advance(6 * 24 * 3600_000 + 60_000);
    await h.connections.tick();
    expect(await count('POST /services/oauth2/token')).toBe(3);
  });
});

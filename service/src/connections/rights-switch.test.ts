import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Org } from '../tenancy/index.ts';
import type { CallFailedError } from './errors.ts';
import { ADMIN, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';
import { RIGHTS_EVERY_MS } from './rights-switch.ts';

let h: Harness;
let org: Org;
let before: number;
beforeAll(async () => {
  h = await startHarness();
  org = await h.register();
  await h.connect(STANDBY);
});
afterAll(() => h.close());
beforeEach(async () => {
  await h.restore();
  h.advance(RIGHTS_EVERY_MS);
  before = (await h.store.journal.events(org.id, null, 1))[0]?.id ?? 0;
});

const QUERY = '/services/data/v65.0/query';
const answer = (status: number, errorCode: string): Record<string, unknown> => ({ status, body: [{ errorCode, message: 'm' }] });
const call = (): Promise<unknown> =>
  h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) =>
    client.query('SELECT Id FROM Conversation__c LIMIT 1'),
  );
const classOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as CallFailedError).failure.class,
  );
const main = async (): Promise<string | undefined> => (await h.connections.status(org.id)).main?.username;
const kinds = async (): Promise<string[]> =>
  (await h.store.journal.events(org.id, null, 50)).filter((event) => event.id > before).map((event) => event.kind);
const describes = async (): Promise<number> => {
  const { byRoute } = (await h.calls()) as { byRoute: Record<string, number> };
  const found = Object.entries(byRoute).filter(([route]) => route.endsWith('/describe'));
  return found.reduce((sum, [, n]) => sum + n, 0);
};
/** The user does not see the conversations: neither in a query nor described. */
const blind = async (user?: string): Promise<void> => {
  const who: Record<string, string> = user ? { user } : {};
  await h.fault({ match: { path: '/Conversation__c/describe', ...who }, action: answer(404, 'NOT_FOUND') });
  await h.fault({ match: { path: QUERY, object: 'Conversation__c', ...who }, action: answer(403, 'INSUFFICIENT_ACCESS') });
};

describe('a refusal that may be about rights', () => {
  it('switches to a standby that lacks nothing, once for calls at the same moment, and the work runs again', async () => {
    await blind(ADMIN);
    expect(await Promise.all([classOf(call()), classOf(call()), classOf(call())])).toEqual(['none', 'none', 'none']);
    expect([await main(), await kinds()]).toEqual([STANDBY, ['switched']]);
    const users = await h.connections.users(org.id);
    expect(users.find((user) => user.username === ADMIN)).toMatchObject({
      status: 'connected',
      missing: ['Conversation__c cannot be seen'],
    });
  });

  it('never switches away from a user that lacks nothing', async () => {
    await h.fault({ match: { path: QUERY, object: 'Conversation__c' }, action: answer(403, 'INSUFFICIENT_ACCESS') });
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await classOf(call())).toBe('permission');
      h.advance(RIGHTS_EVERY_MS);
    }
    expect([await main(), await kinds()]).toEqual([ADMIN, []]);
    expect(h.mails).toEqual([]);
  });

  it('stays where nobody has more, says so once, and compares again only after ten minutes', async () => {
    await blind();
    for (let turn = 0; turn < 3; turn += 1) expect(await classOf(call())).toBe('permission');
    const compared = await describes();
    expect([await main(), await kinds()]).toEqual([ADMIN, ['standby_failed']]);
    h.advance(RIGHTS_EVERY_MS);
    expect(await classOf(call())).toBe('permission');
    expect([await describes(), await kinds()]).toEqual([compared * 2, ['standby_failed']]);
    expect(compared).toBeGreaterThan(0);
  });

  it('is told also where the missing rights were known since the sign-in', async () => {
    await blind();
    const user = (await h.store.users.list(org.id)).find((item) => item.username === ADMIN);
    await h.store.users.setRights(org.id, user?.id ?? '', { missing: ['Conversation__c cannot be seen'], assigned: true });
    await h.store.links.setRightsTold(h.store.db, org.id, null);
    await classOf(call());
    expect(await kinds()).toEqual(['standby_failed']);
  });
});

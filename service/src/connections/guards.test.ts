import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mailer } from '../gateways/mail/index.ts';
import type { LaneBatch } from '../platform/lanes/engine.ts';
import type { Org } from '../tenancy/index.ts';
import { BEGINNINGS } from './connect-routes.ts';
import { ADMIN, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';
import { createNoticeLanes } from './notices.ts';
import { REFRESH_EVERY_MS } from './probes.ts';
import { FLOW_MS } from './types.ts';

let h: Harness;
let org: Org;
beforeAll(async () => {
  h = await startHarness({ requestsPerMinute: 10_000 });
  org = await h.register();
  await h.connect(STANDBY);
});
afterAll(() => h.close());

const refreshes = async (): Promise<number> =>
  ((await h.calls()) as { byRoute: Record<string, number> }).byRoute['POST /services/oauth2/token'] ?? 0;
const call = (): Promise<unknown> => h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.limits());
const main = async (): Promise<string | undefined> => (await h.connections.status(org.id)).main?.username;

describe('the weekly renewal', () => {
  it('reaches a main user that is never idle', async () => {
    await h.restore();
    h.advance(REFRESH_EVERY_MS + 60_000);
    await call();
    await h.connections.tick();
    expect([await refreshes(), await main()]).toEqual([2, ADMIN]);
  });

  it('of the main user that gets no answer puts a standby in its place first', async () => {
    await h.restore();
    h.advance(REFRESH_EVERY_MS + 60_000);
    await call();
    const admin = (await h.store.users.list(org.id)).find((user) => user.username === ADMIN);
    const ofAdmin = { match: { path: '/services/oauth2/token' }, action: { drop: 'after' } };
    await h.store.users.setProbe(
      org.id,
      (await h.store.users.list(org.id)).find((user) => user.username === STANDBY)?.id ?? '',
      new Date('2100-01-01'),
      0,
    );
    await h.fault({ ...ofAdmin, times: 1 });
    await h.connections.tick();
    expect([await main(), (await h.store.users.find(org.id, admin?.id ?? ''))?.inDoubt]).toEqual([STANDBY, true]);
  });
});

describe('notices', () => {
  it('have a whole lease each', async () => {
    await h.restore();
    const seen: string[] = [];
    const mailer: Mailer = { send: () => Promise.resolve(void seen.push('mail')), close: () => undefined };
    const ids = ['a', 'b', 'c'].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
    const secretBox = { seal: (text: string) => text, open: (text: string) => text, isStale: () => false };
    for (const id of ids) {
      const notice = { orgId: org.id, id, key: id, channel: 'mail' as const, recipients: ['a@example.com'], subject: 's', body: 'b' };
      await h.store.journal.addNotice(h.store.db, notice);
    }
    const batch = {
      lease: { orgId: org.id },
      rows: ids.map((subjectId, id) => ({ id, version: 1, subjectId, attempts: 0 })),
      signal: new AbortController().signal,
      renew: () => Promise.resolve(void seen.push('renew')),
      settle: () => Promise.resolve(),
    } as unknown as LaneBatch;
    const [mails] = createNoticeLanes({
      store: h.store,
      secretBox,
      mailer,
      call: h.connections.call,
      clock: { now: () => new Date() },
      logger: {} as never,
    });
    await mails?.run(batch);
    expect(seen).toEqual(['renew', 'mail', 'renew', 'mail', 'renew', 'mail']);
  });
});

describe('registrations that anybody may begin', () => {
  const begin = async (): Promise<number> => {
    const body = new URLSearchParams({ login: 'production' });
    return (await fetch(`${h.publicUrl}/connect/register`, { method: 'POST', body, redirect: 'manual' })).status;
  };
  const open = async (): Promise<number> =>
    (await sql<{ n: number }>`select count(*) as n from connect_flow where used_at is null`.execute(h.store.db)).rows[0]?.n ?? 0;

  it('are limited for each address, and forgotten when they expire', async () => {
    const answers: number[] = [];
    for (let turn = 0; turn < BEGINNINGS + 3; turn += 1) answers.push(await begin());
    expect(answers.slice(-3)).toEqual([429, 429, 429]);
    expect(answers[0]).toBe(303);
    expect(await open()).toBeLessThanOrEqual(BEGINNINGS);
    h.advance(FLOW_MS + 60_000);
    await h.connections.tick();
    expect(await open()).toBe(0);
  });
});

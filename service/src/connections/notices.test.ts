import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MailError } from '../gateways/mail/index.ts';
import { createSecretBox } from '../platform/crypto.ts';
import type { Org } from '../tenancy/index.ts';
import { ADMIN, SPARE, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';
import { createGates, overBudget } from './limits.ts';
import { createNotices } from './notices.ts';

let h: Harness;
let org: Org;
beforeAll(async () => {
  h = await startHarness();
  org = await h.register();
});
afterAll(() => h.close());
beforeEach(() => h.restore());

const states = async (): Promise<Record<string, string>> => {
  const { sql } = await import('kysely');
  const { rows } = await sql<{ channel: string; state: string; body: string | null }>`
    select channel, state, body from connection_notice where org_id = ${org.id} order by created_at desc limit 2`.execute(h.store.db);
  return Object.fromEntries(rows.map((row) => [row.channel, row.body === null ? row.state : `${row.state} with body`]));
};
const bells = async (): Promise<unknown[]> => ((await h.control('GET', `/notifications?username=${ADMIN}`)) as { items: unknown[] }).items;
const allDown = async (): Promise<void> => {
  await h.control('POST', `/users/${ADMIN}/lock`);
  await h.control('POST', `/users/${ADMIN}/expire-session`);
  await h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.limits()).catch(() => undefined);
};

describe('notices', () => {
  it('wait for the org with their bell while the mail goes out, and the mail forgets its text', async () => {
    await allDown();
    await h.until(() => h.mails.length > 0);
    expect(h.mails[0]).toMatchObject({
      subject: 'Switchboard: no connected user reaches Sandbox Company',
      text: expect.stringContaining('7 messages wait'),
    });
    await h.until(async () => (await states())['mail'] === 'sent');
    expect(await states()).toEqual({ mail: 'sent', salesforce: 'waiting with body' });
    expect(await bells()).toEqual([]);
  });

  it('survive a mail server that is away for a moment', async () => {
    h.mailErrors.push(new MailError('busy', false, 451));
    await allDown();
    await h.until(() => h.mailErrors.length === 0);
    const { sql } = await import('kysely');
    await h.until(async () => {
      await sql`update outbox set due_at = now() where org_id = ${org.id} and purpose = 'notice-mail' and attempts > 0`.execute(h.store.db);
      return h.mails.some((mail) => mail.subject.includes('no connected user'));
    });
    expect(h.mails.filter((mail) => mail.subject.includes('no connected user'))).toHaveLength(1);
  });

  it('are given up where the mail server will never take them', async () => {
    h.mailErrors.push(new MailError('no such mailbox', true, 550));
    await allDown();
    await h.until(async () => (await states())['mail'] === 'failed');
    expect(h.mails).toEqual([]);
    expect((await h.store.journal.events(org.id, null, 1))[0]).toMatchObject({ kind: 'mail_failed', cause: 'mail_refused' });
  });

  it('that carry an invitation say beside the user that it did not arrive, until there is a new one', async () => {
    h.mailErrors.push(new MailError('no such mailbox', true, 550));
    const invited = await h.apex(ADMIN, 'POST', '/v1/connections', { username: SPARE, email: 'typo@nowhere.example' });
    const view = async (): Promise<Record<string, unknown> | undefined> =>
      ((await h.apex(ADMIN, 'GET', '/v1/connections')).body['items'] as Record<string, unknown>[]).find(
        (item) => item['username'] === SPARE,
      );
    await h.until(async () => (await view())?.['cause'] !== undefined);
    expect(await view()).toMatchObject({
      status: 'requested',
      cause: 'mail_refused',
      causeText: expect.stringContaining('typo@nowhere.example'),
      nextStep: expect.stringContaining('Reconnect'),
    });
    expect((await h.store.journal.events(org.id, null, 1))[0]).toMatchObject({ kind: 'mail_failed', to: SPARE, cause: 'mail_refused' });
    await h.apex(ADMIN, 'POST', `/v1/connections/${String(invited.body['id'])}/reconnect`);
    expect(await view()).not.toHaveProperty('cause');
    expect(await view()).toMatchObject({ nextStep: expect.stringContaining('Wait until') });
    await h.until(() => h.mails.some((mail) => mail.text.includes('/connect/invite/')));
    await h.apex(ADMIN, 'DELETE', `/v1/connections/${String(invited.body['id'])}`);
  });

  it('that carry an invitation are given up after many tries, and that is said too', async () => {
    const { sql } = await import('kysely');
    for (let turn = 0; turn < 20; turn += 1) h.mailErrors.push(new MailError('busy', false, 451));
    const invited = await h.apex(ADMIN, 'POST', '/v1/connections', { username: SPARE });
    const id = String(invited.body['id']);
    await h.until(async () => {
      await sql`update outbox set due_at = now() where org_id = ${org.id} and purpose = 'notice-mail' and attempts > 0`.execute(h.store.db);
      return (await h.store.users.find(org.id, id))?.cause === 'mail_failed';
    });
    h.mailErrors.length = 0;
    await h.apex(ADMIN, 'DELETE', `/v1/connections/${id}`);
  });

  it('that were sealed with a master key that is not there keep no link behind them, and are told as lost in the end', async () => {
    const { sql } = await import('kysely');
    const secretBox = createSecretBox([{ id: 'k0', bytes: randomBytes(32) }]);
    const notices = createNotices({ store: h.store, secretBox, wake: () => undefined, canMail: true });
    const notice = {
      key: 'sealed.before',
      subject: 'Sealed',
      text: 'Nobody can read this.',
      to: ['ops@company.example'],
      userIds: ['005'],
    };
    await h.store.transaction((tx) => notices.add(tx, org.id, notice));
    const invited = await h.apex(ADMIN, 'POST', '/v1/connections', { username: SPARE });
    await h.until(() => h.mails.some((mail) => mail.text.includes('/connect/invite/')));
    const waiting = async (): Promise<{ state: string; attempts: number }[]> =>
      (
        await sql<{ state: string; attempts: number }>`select n.state, coalesce(o.attempts, 0) as attempts
          from connection_notice n left join outbox o on o.subject_id = n.id where n.key = ${notice.key}`.execute(h.store.db)
      ).rows;
    await h.until(async () => (await waiting()).every(({ attempts }) => attempts > 0));
    expect((await waiting()).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    await sql`update outbox set attempts = 12, due_at = now()
      where subject_id in (select id from connection_notice where key = ${notice.key})`.execute(h.store.db);
    await h.until(async () => (await waiting()).every(({ state }) => state === 'failed'));
    expect((await h.store.journal.events(org.id, null, 1))[0]).toMatchObject({
      kind: 'mail_failed',
      cause: 'mail_key_missing',
      nextStep: expect.stringContaining('ENCRYPTION_KEYS'),
    });
    await h.apex(ADMIN, 'DELETE', `/v1/connections/${String(invited.body['id'])}`);
  });

  it('do not ring twice when the answer to the bell is lost', async () => {
    await h.connect(STANDBY);
    await h.fault({ match: { path: 'customNotificationAction' }, times: 1, action: { drop: 'after' } });
    await h.control('POST', `/users/${ADMIN}/revoke`);
    await h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) => client.limits());
    await h.until(async () => {
      h.advance(60_000);
      const { rows } = await (
        await import('kysely')
      ).sql<{ n: number }>`select count(*) as n from connection_notice
        where org_id = ${org.id} and channel = 'salesforce' and key like 'switched.%' and state in ('sent', 'failed')`.execute(h.store.db);
      return rows[0]?.n === 1;
    });
    const ringing = ((await h.control('GET', `/notifications?username=${STANDBY}`)) as { items: { title: string }[] }).items;
    expect(ringing.filter((item) => item.title.includes('took over'))).toHaveLength(1);
  });
});

describe('limits', () => {
  it('let a number of calls run at once and the rest wait in order', async () => {
    const gates = createGates();
    let [running, most] = [0, 0];
    const done: number[] = [];
    const work = (n: number) => async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      done.push(n);
      if (n === 3) throw new Error('one fails');
    };
    const results = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => gates.run('a', 2, work(n))));
    expect([most, running, done, results.filter((item) => item.status === 'rejected').length]).toEqual([
      2,
      0,
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      1,
    ]);
  });

  it('keep a share of the org’s calls for those who cannot wait', () => {
    const now = new Date();
    const link = (apiUsed: number, apiAt = now) => ({ apiUsed, apiMax: 100, apiAt });
    expect([overBudget('sync', link(71), now), overBudget('sync', link(69), now)]).toEqual([true, false]);
    expect([overBudget('messaging', link(96), now), overBudget('acd', link(100), now)]).toEqual([true, false]);
    expect(overBudget('sync', link(100, new Date(now.getTime() - 7_200_000)), now)).toBe(false);
  });
});

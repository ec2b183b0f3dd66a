import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedRecords } from '../../../../sandbox/salesforce/org.ts';
import { startTestOrg, type TestOrg } from '../../../../sandbox/salesforce/data/testing.ts';
import type { Call } from '../../connections/index.ts';
import { createExchange, createSalesforceClient, SalesforceError, type SalesforceClient } from '../../gateways/salesforce/index.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { createLogger } from '../../platform/log.ts';
import { createAddressGuard } from '../../platform/net.ts';
import { claimLane, releaseLease, type Lease } from '../../platform/lanes/lease.ts';
import { createLocalDirectory, type LocalDirectory } from './index.ts';

/** Six pages of a job, where a job is asked for from six hundred records on. */
const CONTACTS = 1_200;
const FEW = { bulkFrom: 600, pageRecords: 200 };
/** Fields that the connected user can see. */
const visible = (type: string, ...names: string[]) => names.map((name) => ({ name, label: name, type }));
const VISIBLE: Record<string, (phones: readonly string[]) => ReturnType<typeof visible>> = {
  Contact: (own) => [...visible('string', 'Name', 'OwnerId', 'AccountId', 'LastActivityDate'), ...visible('phone', ...own)],
  User: () => [...visible('string', 'Name', 'Extension'), ...visible('boolean', 'IsActive')],
};
const USERS = { main: 'admin@sandbox.test', standby: 'standby@sandbox.test' };
const CONNECTIONS = { main: randomUUID(), standby: randomUUID() };

let org: TestOrg;
let database: Database;
const dispatcher = createAddressGuard(['127.0.0.1']).dispatcher;
beforeAll(async () => {
  [org, database] = await Promise.all([startTestOrg(), createTestDatabase()]);
  seedRecords(org.org, { object: 'Contact', count: CONTACTS });
}, 60_000);
afterAll(async () => {
  await Promise.all([org.close(), dispatcher.close(), database.close()]);
});

let orgId: string;
let user: keyof typeof USERS;
let phones: ('MobilePhone' | 'Phone')[];
/** What happens when a fail-point is reached, by its name; the n-th time. */
let at: Record<string, (times: number) => unknown>;
let asked: string[];
let soon: number;
let change: (client: SalesforceClient) => SalesforceClient;
const directories: LocalDirectory[] = [];

beforeEach(async () => {
  [orgId, user, phones, at, asked, soon] = [randomUUID(), 'main', ['MobilePhone'], {}, [], 0];
  change = (client) => client;
  await sql`insert into org (id, salesforce_id, name, instance_url, login_url)
    values (${orgId}, ${orgId.slice(0, 18)}, 'Org', '', '')`.execute(database.db);
});
afterEach(async () => {
  org.org.settings.jobsWait = false;
  await Promise.all(directories.splice(0).map((each) => each.stop()));
});

const rows = async <T>(query: string): Promise<T[]> => (await sql.raw<T>(query.replaceAll('ORG', `'${orgId}'`)).execute(database.db)).rows;
const count = async (from: string): Promise<number> => (await rows<{ n: number }>(`select count(*)::int as n from ${from}`))[0]?.n ?? -1;
const kept = () => count("directory_record where org_id = ORG and object = 'Contact'");

/** The org as the main user of the moment sees it; every request for a job is noted. */
const call: Call = (_orgId, { timeoutMs = 30_000 }, work) => {
  const client = createSalesforceClient({
    instanceUrl: org.url,
    accessToken: USERS[user],
    exchange: createExchange(dispatcher),
    timeoutMs,
  });
  const noted = <A extends unknown[], T>(name: string, ask: (...args: A) => Promise<T>) => {
    return (...args: A) => {
      asked.push(name);
      return ask(...args);
    };
  };
  const bulk = {
    create: noted('create', client.bulk.create),
    status: noted('status', client.bulk.status),
    page: noted('page', client.bulk.page),
    remove: noted('remove', client.bulk.remove),
  };
  const session = { connectionId: CONNECTIONS[user], userId: org.userId(USERS[user]), username: USERS[user], epoch: 1, rightsVersion: 1 };
  return work(change({ ...client, bulk }), session);
};

/** A process of its own. */
async function start(options: { bulkFrom?: number; pageRecords?: number; turnMs?: number } = FEW): Promise<LocalDirectory> {
  const times = new Map<string, number>();
  const directory = createLocalDirectory({
    db: database.db,
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    call,
    visibleFields: {
      of: (_viewed, _sf, object) => Promise.resolve({ name: object, searchable: true, fields: VISIBLE[object]?.(phones) ?? [] }),
      forget: () => undefined,
    },
    owner: randomUUID(),
    failPoints: {
      async hit(name) {
        times.set(name, (times.get(name) ?? 0) + 1);
        await at[name]?.(times.get(name) ?? 0);
      },
    },
    sweepSoon: async () => void (soon += 1),
    ...options,
  });
  directories.push(directory);
  await directory.keep(database.db, orgId, 'US');
  await directory.changed(orgId);
  return directory;
}

const contacts = async (directory: LocalDirectory) => {
  const state = await directory.state(orgId);
  return { ...state, contact: state?.sources.find(({ object }) => object === 'Contact') };
};
const times = (name: string) => asked.filter((each) => each === name).length;
const jobs = () => org.call<{ records: { id: string }[] }>('GET', '/jobs/query').then(({ body }) => body.records);
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await condition()); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
}

// Thousands of records in an embedded database take their time on a busy machine.
const LONG = { timeout: 60_000 };

describe('the first reading of many records', LONG, () => {
  it.each([
    ['directory.job-made', 1, { create: 2, page: 6 }],
    ['directory.page-read', 2, { create: 1, page: 8 }], // the next page had been asked for already
    ['directory.page-stored', 2, { create: 1, page: 7 }],
    ['directory.page-stored', 6, { create: 1, page: 6 }],
  ])('goes on where a process died at %s, the %d. time', async (name, when, { create, page }) => {
    at[name] = (reached) => {
      if (reached === when) throw new Error('killed');
    };
    const first = await start();
    await expect(first.sweepOrg(orgId)).rejects.toThrow('killed');
    const stored = (await contacts(first)).contact?.recordsRead;
    expect(stored).toBe(await kept());
    at = {};
    const second = await start();
    await second.sweepOrg(orgId);
    expect([times('create'), times('page')]).toEqual([create, page]);
    expect((await contacts(second)).contact).toMatchObject({ recordsRead: CONTACTS, recordsTotal: CONTACTS });
    expect(await kept()).toBe(CONTACTS);
    expect((await contacts(second)).sweptAt).not.toBeNull();
  });

  it('leaves a job that is worked on to the next sweep, and says that the org was not read yet', async () => {
    org.org.settings.jobsWait = true;
    const first = await start();
    at['directory.job-made'] = () => first.stop();
    await first.sweepOrg(orgId);
    expect(await contacts(first)).toMatchObject({
      sweptAt: null,
      problem: null,
      contact: { recordsRead: 0, recordsTotal: CONTACTS, loadedAt: null },
    });
    org.org.settings.jobsWait = false;
    await (await start()).sweepOrg(orgId);
    expect(times('create')).toBe(1);
    expect(await kept()).toBe(CONTACTS);
  });

  it('begins again as another user after a failover, and loses and doubles nothing', async () => {
    at['directory.page-stored'] = (reached) => {
      if (reached === 3) user = 'standby';
    };
    const directory = await start();
    await directory.sweepOrg(orgId);
    expect([times('create'), times('page')]).toEqual([2, 10]);
    expect((await contacts(directory)).contact).toMatchObject({ recordsRead: CONTACTS, recordsTotal: CONTACTS });
    expect(await kept()).toBe(CONTACTS);
  });

  it('reads what the other user sees after a failover', async () => {
    at['directory.page-stored'] = (reached) => {
      if (reached === 2) [user, phones] = ['standby', ['Phone']];
    };
    const directory = await start();
    await directory.sweepOrg(orgId);
    expect([times('create'), times('page')]).toEqual([2, 9]);
    const { contact, sweptAt } = await contacts(directory);
    expect(contact?.fields).toContain('Phone');
    expect(contact?.fields).not.toContain('MobilePhone');
    expect(sweptAt).not.toBeNull();
    expect(await kept()).toBe(CONTACTS);
  });

  it('takes turns with other orgs: what a sweep has no time for is asked for at once', async () => {
    const directory = await start({ ...FEW, turnMs: 0 });
    let sweeps = 0;
    for (soon = 1; soon > 0; soon -= 1, sweeps += 1) await directory.sweepOrg(orgId);
    expect(sweeps).toBeGreaterThan(6);
    expect([times('create'), times('page')]).toEqual([1, 6]);
    expect((await contacts(directory)).sweptAt).not.toBeNull();
    expect(await kept()).toBe(CONTACTS);
  });

  it('begins, when somebody asks for it, after a sweep that is under way', async () => {
    const directory = await start();
    const other = await claimLane(database.db, { orgId, purpose: 'directory', key: 'sweep' }, randomUUID(), 60_000);
    const asked = directory.jobs[0]?.run({ orgId }, new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await contacts(directory)).sweptAt).toBeNull();
    await releaseLease(database.db, other as Lease);
    await asked;
    expect((await contacts(directory)).sweptAt).not.toBeNull();
  });

  it('makes another job when the org knows the first no more', async () => {
    at['directory.page-stored'] = async (reached) => {
      if (reached === 2) for (const { id } of await jobs()) await org.call('DELETE', `/jobs/query/${id}`);
    };
    const directory = await start();
    await directory.sweepOrg(orgId);
    expect(times('create')).toBe(2);
    expect((await contacts(directory)).contact).toMatchObject({ recordsRead: CONTACTS });
    expect(await kept()).toBe(CONTACTS);
  });

  it('is done by pages of changes when jobs come to nothing again and again', async () => {
    org.org.settings.jobsWait = true;
    at['directory.job-made'] = async () => {
      for (const { id } of await jobs()) await org.call('PATCH', `/jobs/query/${id}`, { body: { state: 'Aborted' } });
    };
    const directory = await start();
    await directory.sweepOrg(orgId);
    expect([times('create'), times('page')]).toEqual([3, 0]);
    expect(await kept()).toBe(CONTACTS);
    expect((await contacts(directory)).contact?.loadedAt).not.toBeNull();
  });

  it('is done by pages of changes where the org does not count', async () => {
    change = (client) => ({
      ...client,
      recordCounts: () =>
        Promise.reject(
          new SalesforceError({ message: 'no', status: 404, errors: [{ code: 'NOT_FOUND', message: '', fields: [] }], sent: 'yes' }),
        ),
    });
    const directory = await start();
    await directory.sweepOrg(orgId);
    expect(asked).toEqual([]);
    expect(await kept()).toBe(CONTACTS);
    expect((await contacts(directory)).contact).toMatchObject({ recordsRead: CONTACTS, recordsTotal: null });
  });

  it('misses nothing that changed, was added or deleted while it ran', async () => {
    const ids = org.org.query('SELECT Id FROM Contact ORDER BY Id LIMIT 3').map((row) => String(row['Id']));
    const [changed = '', deleted = ''] = ids;
    let added = '';
    at['directory.page-read'] = async (reached) => {
      if (reached !== 1) return;
      org.org.update('Contact', changed, { LastName: 'Changed', MobilePhone: '+1 415 555 0161' });
      added = org.org.insert('Contact', { LastName: 'Added', MobilePhone: '+1 415 555 0162' });
      await org.call('DELETE', `/sobjects/Contact/${deleted}`);
    };
    const directory = await start();
    await directory.sweepOrg(orgId);
    const found = async (key: string) => (await directory.findByKeys(orgId, [key])).value.map(({ id }) => id);
    expect([await found('+14155550161'), await found('+14155550162')]).toEqual([[changed], [added]]);
    expect(await directory.find(orgId, deleted)).toBeUndefined();
    expect(await kept()).toBe(CONTACTS);
    org.org.update('Contact', added, { LastName: 'Added', MobilePhone: null });
  });
});

describe('a phone field that is newly visible', LONG, () => {
  it('has everything read anew, while what was kept goes on answering and every process notices', async () => {
    const [first, second] = org.org.query('SELECT Id FROM Contact ORDER BY Id DESC LIMIT 2').map((row) => String(row['Id']));
    org.org.update('Contact', first as string, { Phone: '+1 415 555 0163', MobilePhone: '+1 415 555 0164' });
    const directory = await start({ bulkFrom: 600, pageRecords: 600 });
    directory.start({ whole: true });
    await directory.sweepOrg(orgId);
    const found = async (key: string) => (await directory.findByKeys(orgId, [key])).value.map(({ id }) => id);
    await until('changes are followed', async () => (await found('+14155550164')).length === 1);
    expect(await found('+14155550163')).toEqual([]);

    // Deleted between the last sweep and the new reading: found from the old place on.
    await org.call('DELETE', `/sobjects/Contact/${second}`);
    org.org.clock.advance(3_600);
    phones = ['MobilePhone', 'Phone'];
    const during: string[][] = [];
    at['directory.page-read'] = async () => void during.push(await found('+14155550164'));
    await directory.sweepOrg(orgId);
    expect(times('create')).toBe(2);
    expect(during).toEqual([[first], [first]]);
    await until('the new field is known', async () => (await found('+14155550163')).length === 1);
    expect(await directory.find(orgId, second as string)).toBeUndefined();
    expect((await contacts(directory)).contact).toMatchObject({ fields: expect.arrayContaining(['Phone']), problem: null });
    org.org.clock.advance(-3_600);
  });
});

describe('with the sizes of real life', LONG, () => {
  it('of more than ten thousand is one job of the org, in large pages, with one note for each of them', async () => {
    seedRecords(org.org, { object: 'Contact', count: 10_000, from: CONTACTS });
    const there = org.org.query('SELECT Id FROM Contact').length;
    const before = await jobs();
    const directory = await start({});
    await directory.sweepOrg(orgId);
    expect(asked.filter((name) => name !== 'status')).toEqual(['create', 'page', 'page', 'remove']);
    const { contact, sweptAt, problem } = await contacts(directory);
    expect(contact).toMatchObject({ recordsRead: there, recordsTotal: there, problem: null });
    expect([contact?.loadedAt !== null, sweptAt !== null, problem]).toEqual([true, true, null]);
    expect(await kept()).toBe(there);
    expect(
      await count('directory_key k join directory_record r using (org_id) where org_id = ORG and r.id = k.record_id'),
    ).toBeGreaterThanOrEqual(there);
    expect(await count("directory_change where org_id = ORG and what = '*'")).toBe(2);
    expect(await count('directory_change where org_id = ORG')).toBeLessThan(50);
    expect(await count('directory_load where org_id = ORG')).toBe(0);
    expect(await jobs()).toEqual(before);
    await directory.sweepOrg(orgId);
    expect(times('create')).toBe(1);
  });
});

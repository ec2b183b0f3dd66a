import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { createHttpServer, type HttpServer } from '../platform/http/server.ts';
import { createLogger } from '../platform/log.ts';
import { ADMIN, AGENT, callerOf, createTenancy, KEY_OVERLAP_MS, registerAuth, type Org, type Tenancy } from './index.ts';

let database: Database;
let offset = 0;
const clock = { now: () => new Date(Date.now() + offset) };
let orgs = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** A process of its own: keys are cached in each for a moment. */
const process = (): Tenancy => createTenancy({ db: database.db, clock });

const addOrg = (tenancy: Tenancy): Promise<Org> =>
  tenancy.saveOrg(database.db, {
    salesforceId: `00D0000000000${String((orgs += 1)).padStart(2, '0')}EAA`,
    name: 'Org',
    namespace: '',
    instanceUrl: 'https://org.my.salesforce.com',
    loginUrl: 'https://login.salesforce.com',
  });

describe('keys', () => {
  it('say which org and scope they are for, and are stored as a hash only', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    const keys = await tenancy.rollKeys(database.db, org.id, ['agent', 'admin']);
    expect(keys.agent).toMatch(/^sb_agent_[\w-]{43}$/);
    expect(await process().authenticate(keys.agent)).toMatchObject({ orgId: org.id, scope: 'agent', salesforceOrgId: org.salesforceId });
    expect(await process().authenticate(keys.admin)).toMatchObject({ scope: 'admin' });
    const { rows } = await sql`select * from api_key where org_id = ${org.id}`.execute(database.db);
    for (const key of Object.values(keys)) expect(JSON.stringify(rows)).not.toContain(key);
  });

  it.each(['', 'sb_admin_', 'sb_admin_nobody', 'x'.repeat(5000), "' or 1=1"])('that nobody has are refused: %.20j', async (key) => {
    expect(await process().authenticate(key)).toBeUndefined();
  });

  it('overlap for a day when new ones are used, per scope', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    const first = await tenancy.rollKeys(database.db, org.id, ['agent', 'admin']);
    const second = await tenancy.rollKeys(database.db, org.id, ['agent']);
    for (const key of [first.agent, first.admin, second.agent]) expect((await process().authenticate(key))?.orgId).toBe(org.id);
    offset = KEY_OVERLAP_MS + 1_000;
    expect(await process().authenticate(first.agent)).toBeUndefined();
    expect(await process().authenticate(first.admin)).toMatchObject({ scope: 'admin' });
    expect(await process().authenticate(second.agent)).toMatchObject({ scope: 'agent' });
    offset = 0;
  });

  it('are told at once only while they are known to be good', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    const { acd: old } = await tenancy.rollKeys(database.db, org.id, ['acd'], 'pbx');
    expect(tenancy.authenticateAtOnce(old)).toBeUndefined(); // nobody has asked the database yet
    await tenancy.authenticate(old);
    expect(tenancy.authenticateAtOnce(old)).toMatchObject({ orgId: org.id, scope: 'acd', usedFor: 'pbx' });
    const { acd: fresh } = await tenancy.rollKeys(database.db, org.id, ['acd'], 'pbx');
    await process().authenticate(fresh);
    await expect
      .poll(async () => (await process().authenticate(old))?.expiresAt ?? null) // noted behind the first use
      .not.toBeNull();
    const later = process();
    await Promise.all([later.authenticate(old), later.authenticate(fresh)]);
    offset = KEY_OVERLAP_MS + 1_000;
    expect([later.authenticateAtOnce(old), later.authenticateAtOnce(fresh)?.scope]).toEqual([undefined, 'acd']);
    offset = 0;
    await later.removeKeys(database.db, org.id, 'acd', 'pbx');
    expect(later.authenticateAtOnce(fresh)).toBeUndefined();
    expect(await later.authenticate(fresh)).toBeUndefined();
  });

  it('go on while the new ones have not reached anybody', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    const first = await tenancy.rollKeys(database.db, org.id, ['agent']);
    await tenancy.rollKeys(database.db, org.id, ['agent']);
    offset = 10 * KEY_OVERLAP_MS;
    expect(await process().authenticate(first.agent)).toMatchObject({ scope: 'agent' });
    offset = 0;
  });

  it('that were rolled twice end when the first roll said so', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    const first = await tenancy.rollKeys(database.db, org.id, ['agent']);
    await process().authenticate((await tenancy.rollKeys(database.db, org.id, ['agent'])).agent);
    offset = KEY_OVERLAP_MS / 2;
    await process().authenticate((await tenancy.rollKeys(database.db, org.id, ['agent'])).agent);
    offset = KEY_OVERLAP_MS + 1_000;
    expect(await process().authenticate(first.agent)).toBeUndefined();
    offset = 0;
  });

  it('end also where they are remembered', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    const { agent } = await tenancy.rollKeys(database.db, org.id, ['agent']);
    await process().authenticate((await tenancy.rollKeys(database.db, org.id, ['agent'])).agent);
    expect((await tenancy.authenticate(agent))?.orgId).toBe(org.id);
    offset = KEY_OVERLAP_MS + 1_000;
    expect(await tenancy.authenticate(agent)).toBeUndefined();
    offset = 0;
  });

  it('are not made when the registration around them fails', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    let made = '';
    const registration = database.db.transaction().execute(async (tx) => {
      made = (await tenancy.rollKeys(tx, org.id, ['admin'])).admin;
      throw new Error('the org took no keys');
    });
    await expect(registration).rejects.toThrow('took no keys');
    expect(await process().authenticate(made)).toBeUndefined();
  });
});

describe('orgs', () => {
  it('keep their id, mode and addresses when they register again', async () => {
    const tenancy = process();
    const org = await addOrg(tenancy);
    await tenancy.updateOrg(org.id, { connectionMode: false, notifyEmails: ['a@example.com', 'b@example.com'] });
    const again = await tenancy.saveOrg(database.db, { ...org, name: 'Renamed', namespace: 'ns' });
    expect(again).toMatchObject({ id: org.id, name: 'Renamed', namespace: 'ns', connectionMode: false });
    expect(again.notifyEmails).toEqual(['a@example.com', 'b@example.com']);
    await tenancy.updateOrg(org.id, { notifyEmails: [] });
    expect(await tenancy.findOrg({ salesforceId: org.salesforceId })).toMatchObject({ connectionMode: false, notifyEmails: [] });
    expect(await tenancy.findOrg({ id: randomUUID() })).toBeUndefined();
  });
});

describe('a guarded route', () => {
  let app: HttpServer;
  let keys: Record<'agent' | 'admin' | 'acd', string>;
  let org: Org;
  beforeAll(async () => {
    app = await createHttpServer({
      logger: createLogger({ level: 'silent' }),
      version: 'test',
      publicUrl: 'http://localhost',
      problemBase: 'http://localhost/docs/errors',
      requestsPerMinute: 0,
    });
    const tenancy = process();
    org = await addOrg(tenancy);
    keys = await tenancy.rollKeys(database.db, org.id, ['agent', 'admin', 'acd']);
    registerAuth(app, tenancy);
    app.get('/v1/agents', { config: AGENT }, async (request) => callerOf(request));
    app.get('/v1/admins', { config: ADMIN }, async (request) => callerOf(request));
    app.get('/open', async (request) => ({ caller: request.caller }));
    await app.ready();
  });
  afterAll(() => app.close());

  const get = async (url: string, headers: Record<string, string>) => {
    const answer = await app.inject({ method: 'GET', url, headers });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };

  it('takes the org from the key, and the user only for the record', async () => {
    const headers = { authorization: `bearer ${keys.agent}`, 'x-org-id': org.salesforceId.slice(0, 15), 'x-user-id': '005000000000001AAA' };
    expect(await get('/v1/agents', headers)).toMatchObject({
      status: 200,
      body: { orgId: org.id, scope: 'agent', userId: '005000000000001AAA' },
    });
    for (const userId of ['', 'nobody', '003000000000001AAA', "005' or 1=1"])
      expect((await get('/v1/agents', { ...headers, 'x-user-id': userId })).body['userId']).toBeUndefined();
  });

  it.each([
    ['no header', {}, 401, 'unauthorized'],
    ['another scheme', { authorization: 'Basic abc' }, 401, 'unauthorized'],
    ['a wrong key', { authorization: 'Bearer sb_admin_wrong' }, 401, 'unauthorized'],
  ])('refuses %s', async (_what, headers, status, code) => {
    expect(await get('/v1/agents', headers)).toMatchObject({ status, body: { code } });
  });

  it('refuses keys of another scope, and names the one that is needed', async () => {
    const admin = (key: string) => get('/v1/admins', { authorization: `Bearer ${key}` });
    expect(await admin(keys.admin)).toMatchObject({ status: 200 });
    expect(await admin(keys.agent)).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining('scope admin') as string },
    });
    expect(await get('/v1/agents', { authorization: `Bearer ${keys.admin}` })).toMatchObject({ status: 200 });
    expect(await get('/v1/agents', { authorization: `Bearer ${keys.acd}` })).toMatchObject({ status: 403 });
  });

  it('tells a copied sandbox to register anew', async () => {
    const copy = { authorization: `Bearer ${keys.admin}`, 'x-org-id': '00D000000000999EAA' };
    expect(await get('/v1/admins', copy)).toMatchObject({
      status: 403,
      body: { code: 'org_mismatch', detail: expect.stringContaining('register it anew') as string },
    });
  });

  it('is the only kind below /v1, and others know no caller', async () => {
    expect(() => app.get('/v1/forgotten', async () => ({}))).toThrow();
    expect(await get('/open', { authorization: `Bearer ${keys.admin}` })).toMatchObject({ body: { caller: null } });
  });

  it('notes when a key was last used', async () => {
    const used = async () => {
      const { rows } = await sql<{
        scope: string;
      }>`select scope from api_key where org_id = ${org.id} and last_used_at is not null order by scope`.execute(database.db);
      return rows.map((row) => row.scope);
    };
    // A phone system is answered before its key's use is noted.
    await expect.poll(used).toEqual(['acd', 'admin', 'agent']);
  });
});

describe('the rate limit of guarded routes', () => {
  it('counts good keys each by itself, and refused requests by their address', async () => {
    const app = await createHttpServer({
      logger: createLogger({ level: 'silent' }),
      version: 'test',
      publicUrl: 'http://localhost',
      problemBase: 'http://localhost/docs/errors',
      requestsPerMinute: 2,
    });
    const tenancy = process();
    const org = await addOrg(tenancy);
    const keys = await tenancy.rollKeys(database.db, org.id, ['agent', 'admin']);
    registerAuth(app, tenancy);
    app.get('/v1/agents', { config: AGENT }, async () => ({}));
    const statuses = async (...sent: string[]): Promise<number[]> => {
      const all = [];
      for (const key of sent) all.push(await app.inject({ url: '/v1/agents', headers: { authorization: `Bearer ${key}` } }));
      expect(all.filter(({ statusCode }) => statusCode === 429).every(({ headers }) => Number(headers['retry-after']) > 0)).toBe(true);
      return all.map(({ statusCode }) => statusCode);
    };
    expect(await statuses('a', 'b', 'c', 'd')).toEqual([401, 401, 429, 429]);
    expect(await statuses(keys.agent, keys.agent, keys.agent, keys.admin)).toEqual([200, 200, 429, 200]);
    await app.close();
  });
});

it('does not start with a route that names no scopes', async () => {
  const app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    version: 'test',
    publicUrl: 'http://localhost',
    problemBase: 'http://localhost/docs/errors',
    requestsPerMinute: 0,
  });
  registerAuth(app, process());
  expect(() => app.get('/v1/forgotten', async () => ({}))).toThrow('names no scopes');
  await app.close();
});

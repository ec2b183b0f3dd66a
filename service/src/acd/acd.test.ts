import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startRig, until, type Rig, type RigOrg } from '../rig.test-helper.ts';
import type { Answer } from './answer.ts';
import { orgToolsOf, type OrgTools } from './org.test-helper.ts';

let rig: Rig;
let other: RigOrg;
let pbx: { id: string; pbxId: string; key: string };
let orgId: string;

let rest: OrgTools['rest'];
let userId: OrgTools['userId'];
let refresh: OrgTools['refresh'];
let whenRead: OrgTools['whenRead'];

const ask = async (caller: string, more: Record<string, string> = {}, key = pbx.key) =>
  rig.call<Answer>('GET', `/v1/acd/lookup?${new URLSearchParams({ caller, ...more })}`, undefined, { key });

/** How often the org was searched. */
async function searches(): Promise<number> {
  const { items } = (await rig.control('GET', '/calls')) as { items: { route: string; count: number }[] };
  return items.filter(({ route }) => route.endsWith('/search')).reduce((sum, { count }) => sum + count, 0);
}

const addPbx = async (org: RigOrg, name: string, rules: object) =>
  (await org.call<{ id: string; pbxId: string; key: string }>('POST', '/v1/acd/pbxs', { name, rules })).body;

beforeAll(async () => {
  rig = await startRig({ carriers: false, sample: true });
  ({ rest, userId, refresh, whenRead } = orgToolsOf(rig));
  other = await rig.addOrg();
  await orgToolsOf(rig).connect();
  orgId = rig.salesforce.org.orgId;
  await rest('PATCH', `/sobjects/User/${userId(ADMIN)}`, { Extension: '2001' });
  for (const [last, mobile] of [
    ['Known', '(203) 555-0184'],
    ['Local', '555-0199'],
  ])
    await rest('POST', '/sobjects/Contact', { FirstName: 'Caller', LastName: last, MobilePhone: mobile, Email: `${last}@example.com` });
  pbx = await addPbx(rig, 'Main office', { country: 'US', cutPrefix: '9' });
  await whenRead();
}, 60_000);
afterAll(() => rig?.close());

describe('a look-up', () => {
  it('answers who calls, whose customer that is and whom to ring, from the local directory', async () => {
    await until('it is known here that the org was read', async () => !(await ask('+12035550184')).body.stale);
    const { status, body } = await ask('+12035550184');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      matched: true,
      source: 'index',
      stale: false,
      records: [{ object: 'Contact', name: 'Caller Known', owner: { extension: '2001' } }],
      extension: '2001',
    });
    expect(body.variables).toMatchObject({ Matched: 'true', Count: '1', Name: 'Caller Known', Object: 'Contact', Extension: '2001' });
    expect(body.why).toBe('Contact found by MobilePhone. The extension is the owner’s.');
  });

  it.each(['(203) 555-0184', ' 12035550184', '0012035550184', 'sip:+12035550184@pbx', '92035550184', 'tel:+1-203-555-0184;ext=7'])(
    'reads «%s»',
    async (caller) => expect((await ask(caller)).body).toMatchObject({ matched: true, extension: '2001' }),
  );

  it('reads a plus that nobody escaped', async () => {
    const { body } = await rig.call<Answer>('GET', '/v1/acd/lookup?caller=+12035550184', undefined, { key: pbx.key });
    expect(body).toMatchObject({ matched: true, extension: '2001' });
  });

  it('finds a number that was stored without its area', async () => {
    expect((await ask('+12035550199')).body).toMatchObject({ matched: true, source: 'index', records: [{ name: 'Caller Local' }] });
  });

  it.each(['sip:KNOWN@example.com', '"Caller" <sip:known@example.com;transport=tls>', 'known@example.com'])(
    'finds a caller by the address «%s», which is in no log',
    async (caller) => {
      expect((await ask(caller)).body).toMatchObject({
        matched: true,
        source: 'index',
        records: [{ name: 'Caller Known' }],
        why: 'Contact found by Email. The extension is the owner’s.',
      });
      expect((await ask('nobody@example.com')).body).toMatchObject({
        matched: false,
        why: expect.stringContaining('Nobody has this address.'),
      });
    },
  );

  it.each(['anonymous', 'sip:anonymous@anonymous.invalid', '', 'reception'])('of «%s» matches nobody', async (caller) =>
    expect((await ask(caller)).body).toMatchObject({ matched: false, source: 'index', records: [] }),
  );

  it('as plain text is the extension alone, and 404 where nobody is to be rung', async () => {
    const plain = { headers: { accept: 'text/plain' }, key: pbx.key };
    const url = (caller: string) => `http://127.0.0.1:${rig.ports.service}/v1/acd/lookup?caller=${encodeURIComponent(caller)}`;
    const headers = { accept: 'text/plain', authorization: `Bearer ${pbx.key}` };
    const found = await fetch(url('+12035550184'), { headers });
    expect([found.status, found.headers.get('content-type'), await found.text()]).toEqual([200, 'text/plain; charset=utf-8', '2001']);
    expect(await rig.call('GET', '/v1/acd/lookup?caller=anonymous', undefined, plain)).toMatchObject({
      status: 404,
      body: { code: 'no_extension' },
    });
  });

  it('of a number that was just added asks the org once, whoever else asks, and keeps what it found', async () => {
    await rig.rows(`update lane set held_until = now() + interval '1 hour' where purpose = 'directory'`); // no sweep meanwhile
    await rest('POST', '/sobjects/Contact', { LastName: 'Fresh', Phone: '(203) 555-0171' });
    const query = encodeURIComponent('FIND {2035550171} IN PHONE FIELDS RETURNING Contact');
    const found = async () => ((await rest('GET', `/search?q=${query}`)) as { searchRecords: unknown[] }).searchRecords.length > 0;
    await until('the org’s search knows it', found);
    const before = await searches();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('+12035550171')));
    for (const { body } of answers) expect(body).toMatchObject({ matched: true, records: [{ name: 'Fresh' }], extension: '2001' });
    // Who asks a moment later finds what the first one's search has brought.
    expect(new Set(answers.map(({ body }) => body.source))).toContain('live');
    expect((await searches()) - before).toBe(1);
    expect((await ask('+12035550171')).body.source).toBe('index');
    await rig.rows(`update lane set held_until = null where purpose = 'directory'`);
  });

  it('follows a change of the number, and forgets a contact that was deleted', async () => {
    const made = (await rest('POST', '/sobjects/Contact', { LastName: 'Moving', Phone: '+1 203 555 0172' })) as { id: string };
    await refresh();
    await until('it is kept', async () => (await ask('+12035550172')).body.source === 'index');
    await rest('PATCH', `/sobjects/Contact/${made.id}`, { Phone: '+1 203 555 0173' });
    await refresh();
    await until('the new number is known', async () => (await ask('+12035550173')).body.source === 'index');
    await until('the old one is not', async () => !(await ask('+12035550172')).body.matched);
    await rest('DELETE', `/sobjects/Contact/${made.id}`);
    await refresh();
    await until(
      'it is forgotten',
      async () => (await rig.rows(`select 1 from directory_record where id like '${made.id.slice(0, 15)}%'`)).length === 0,
    );
  });
});

describe('the owner’s extension', () => {
  const setOwner = async (change: object) => {
    await rest('PATCH', `/sobjects/User/${userId(ADMIN)}`, change);
    await refresh();
  };
  afterAll(async () => {
    await setOwner({ Extension: '2001' });
    await until('it is known again', async () => (await ask('+12035550184')).body.extension === '2001');
  });

  it.each(['2001@evil.example;user=phone', '20 01\r\nX: 1'])('that no dial plan may take is not answered: %j', async (Extension) => {
    await setOwner({ Extension });
    await until('it is gone', async () => (await ask('+12035550184')).body.extension === undefined);
    expect((await ask('+12035550184')).body).toMatchObject({ matched: true, records: [{ name: 'Caller Known' }] });
  });
});

describe('a look-up that was removed', () => {
  it('cannot be saved as the default: the real one stays', async () => {
    const body = (name: string) => ({ name, isDefault: true, definition: { defaultRoute: '700' } });
    const real = (await rig.call<{ id: string }>('POST', '/v1/acd/lookups', body('the default'))).body;
    const removed = (await rig.call<{ id: string }>('POST', '/v1/acd/lookups', { ...body('removed'), isDefault: false })).body;
    await rig.call('DELETE', `/v1/acd/lookups/${removed.id}`);
    expect(await rig.call('PUT', `/v1/acd/lookups/${removed.id}`, body('removed'))).toMatchObject({
      status: 404,
      body: { code: 'lookup_not_found' },
    });
    const { items } = (await rig.call<{ items: { id: string; isDefault: boolean }[] }>('GET', '/v1/acd/lookups')).body;
    expect(items.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([real.id]);
    await rig.call('DELETE', `/v1/acd/lookups/${real.id}`);
  });
});

describe('several matches', () => {
  beforeAll(async () => {
    await rest('POST', '/sobjects/Contact', { LastName: 'Twin A', Phone: '+1 203 555 0150' });
    await rest('POST', '/sobjects/Lead', { LastName: 'Twin B', Company: 'Twins', Phone: '203-555-0150' });
    await refresh();
  });
  it.each([
    ['first', 1, '2001'],
    ['all', 2, '2001'],
    ['ask', 2, '500'],
  ])('by a look-up that takes %s', async (several, count, extension) => {
    const name = `takes ${several}`;
    const made = await rig.call('POST', '/v1/acd/lookups', { name, definition: { several, defaultRoute: '500' } });
    expect(made.status).toBe(201);
    await until('the look-up is known', async () => (await ask('+12035550150', { lookup: name })).status === 200);
    const { body } = await ask('+12035550150', { lookup: name });
    expect(body.records.map((record) => record.name)).toEqual(['Twin A', 'Twin B'].slice(0, count));
    expect(body).toMatchObject({ matched: true, extension, variables: { Count: '2' } });
  });

  it('an object that is not searched is not answered', async () => {
    await rig.call('POST', '/v1/acd/lookups', { name: 'leads', definition: { objects: ['Lead'] } });
    expect((await ask('+12035550150', { lookup: 'leads' })).body.records.map((record) => record.name)).toEqual(['Twin B']);
  });
});

describe('when the org does not answer', () => {
  const withFault = async (action: object, work: () => Promise<void>) => {
    await rig.fault({ path: '/services/data' }, action, { times: 1_000 });
    try {
      await work();
    } finally {
      await rig.control('DELETE', '/faults');
      await rig.call('POST', '/v1/connections/release').catch(() => undefined);
    }
  };

  it('known callers are answered as before, unknown ones with the default route before the deadline', async () => {
    await rig.call('POST', '/v1/acd/lookups', { name: 'quick', definition: { defaultRoute: 'queue-default', deadlineMs: 300 } });
    await withFault({ latencyMs: 5_000 }, async () => {
      expect((await ask('+12035550184', { lookup: 'quick' })).body).toMatchObject({ matched: true, source: 'index', extension: '2001' });
      const unknown = (await ask('+12035550100', { lookup: 'quick' })).body;
      expect(unknown).toMatchObject({ matched: false, source: 'fallback', stale: true, extension: 'queue-default' });
    });
  });
});

describe('phone systems that were set up for Mirage', () => {
  const path = (service: string, query = 'callerid=%2B12035550184', id = pbx.pbxId, org = orgId) => `/api/${service}/${id}${org}/?${query}`;
  const text = async (url: string, authorization = `Bearer ${pbx.key}`) => {
    const answer = await fetch(`http://127.0.0.1:${rig.ports.service}${url}`, { headers: { authorization } });
    return { status: answer.status, body: await answer.text() };
  };

  it('get the extension, with a plus that was escaped or not, and with or without the slash', async () => {
    expect(await text(path('ExtNo'))).toEqual({ status: 200, body: '2001' });
    expect(await text(path('ExtNo', 'callerid=+12035550184&calledid=100'))).toEqual({ status: 200, body: '2001' });
    expect(await text(path('ExtNo').replace('/?', '?'))).toEqual({ status: 200, body: '2001' });
  });

  it('get a flat map', async () => {
    expect(JSON.parse((await text(path('DataLookup'))).body)).toMatchObject({ Name: 'Caller Known', Extension: '2001' });
  });

  it('sign in with Basic as well', async () => {
    const basic = `Basic ${Buffer.from(`pbx:${pbx.key}`).toString('base64')}`;
    expect(await text(path('ExtNo'), basic)).toEqual({ status: 200, body: '2001' });
  });

  it.each([
    ['an unknown caller', () => path('ExtNo', 'callerid=%2B4930123456'), 404, 'no_extension'],
    ['no id at all', () => path('ExtNo', ''), 400, 'invalid_request'],
    ['another PBX', () => path('ExtNo', undefined, '000000-000000-000000'), 404, 'pbx_not_found'],
    ['no PBX', () => path('ExtNo', undefined, 'x'), 404, 'pbx_not_found'],
    ['another org', () => path('ExtNo', undefined, undefined, other.salesforce.org.orgId), 403, 'org_mismatch'],
    ['a look-up that there is not', () => path('ExtNo', 'callerid=1&lookupid=none'), 404, 'lookup_not_found'],
    ['an injection', () => path('DataLookup', `callerid=${encodeURIComponent("' OR Name != '")}`), 200, undefined],
    [
      'an injection into the search',
      () => path('DataLookup', `callerid=${encodeURIComponent('+12035550100} RETURNING User(Id)')}`),
      200,
      undefined,
    ],
  ])('with %s are told so', async (_what, url, status, code) => {
    const answer = await text(url());
    const body = JSON.parse(answer.body) as { code?: string; Matched?: string };
    expect([answer.status, body.code]).toEqual([status, code]);
    if (status === 200) expect(body.Matched).toBe('false');
  });
});

describe('keys', () => {
  it('of one phone system do not open another one, and each has its own rules', async () => {
    const second = await addPbx(rig, 'Second', { country: 'GB' });
    await until('it is known', async () => (await ask('020 7946 0018', {}, second.key)).body.matched);
    expect((await ask('92035550184')).body.matched).toBe(true); // the first one dials 9 for a line
    expect((await ask('92035550184', {}, second.key)).body.matched).toBe(false);
    expect((await ask('+12035550184')).status).toBe(200); // its key did not end the first one's
    const foreign = await rig.call('GET', `/api/ExtNo/${pbx.pbxId}${orgId}?callerid=1`, undefined, { key: second.key });
    expect(foreign).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await rig.call('DELETE', `/v1/acd/pbxs/${second.id}`)).status).toBe(200);
    expect((await ask('020 7946 0018', {}, second.key)).status).toBe(401);
  });

  it('of a phone system do nothing else, and an org that is named must be its own', async () => {
    expect((await rig.call('GET', '/v1/acd/log', undefined, { key: pbx.key })).status).toBe(403);
    expect((await rig.call('GET', '/v1/org', undefined, { key: pbx.key })).status).toBe(403);
    expect(await ask('+12035550184', { org: other.salesforce.org.orgId })).toMatchObject({ status: 403, body: { code: 'org_mismatch' } });
    expect((await ask('+12035550184', { org: orgId })).status).toBe(200);
    expect((await ask('+12035550184', {}, 'sb_acd_wrong')).status).toBe(401);
    expect((await ask('+12035550184', {}, rig.keys.agent)).status).toBe(403);
  });
});

it('every answer is in the log, with masked numbers', async () => {
  await ask('+12035550184');
  await until('it is written', async () => {
    const { items } = (
      await rig.call<{ items: { caller: string; source: string; extension: string | null; why: string }[] }>('GET', '/v1/acd/log')
    ).body;
    return items.some(({ caller, extension }) => caller === '120••••••84' && extension === '2001');
  });
  const logged = JSON.stringify(await rig.rows('select * from acd_log'));
  for (const secret of ['2035550184', 'example.com']) expect(logged).not.toContain(secret);
  expect(rig.log.join('')).not.toContain('2035550184');
  expect((await other.call<{ items: unknown[] }>('GET', '/v1/acd/log')).body.items).toEqual([]);
});

describe('the log', () => {
  interface Entry {
    id: string;
    source: string;
    matched: boolean;
    lookup: string;
    extension: string | null;
  }
  const search = async (query: Record<string, string>) =>
    rig.call<{ items: Entry[]; next?: string }>('GET', `/v1/acd/log?${new URLSearchParams(query)}`);

  it('is searched by source, result, text and time, page by page', async () => {
    for (let turn = 0; turn < 60; turn += 1) await ask('anonymous');
    await until('they are written', async () => (await search({ matched: 'false', text: 'withheld' })).body.items.length === 50);
    const first = (await search({ matched: 'false', text: 'WITHHELD' })).body;
    const second = (await search({ matched: 'false', text: 'withheld', cursor: first.next ?? '' })).body;
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(first.items.length + second.items.length);
    for (const { matched } of [...first.items, ...second.items]) expect(matched).toBe(false);
    const live = (await search({ source: 'live' })).body.items;
    expect(live.length).toBeGreaterThan(0);
    expect(new Set(live.map(({ source }) => source))).toEqual(new Set(['live']));
    for (const { extension } of (await search({ text: '2001', matched: 'true' })).body.items) expect(extension).toBe('2001');
    expect((await search({ text: '100%_' })).body.items).toEqual([]); // no pattern
    expect((await search({ to: new Date(0).toISOString() })).body.items).toEqual([]);
    expect((await search({ from: new Date(0).toISOString(), source: '', text: '', matched: '' })).body.items.length).toBe(50);
  });

  it.each([{ source: 'guess' }, { matched: 'yes' }, { from: 'yesterday' }, { cursor: 'x' }, { text: 'x'.repeat(81) }, { other: '1' }])(
    'is not searched by %j',
    async (query) => expect((await search(query as never)).status).toBe(400),
  );

  it('is summed up by source and time, with what it cost the org', async () => {
    const { body } = await rig.call<{
      lookups: number;
      matched: number;
      sources: { source: string; lookups: number }[];
      latencies: { upToMs: number | null; lookups: number }[];
      p99Ms: number;
      orgCalls: number;
      callsPer10000: number;
    }>('GET', '/v1/acd/log/summary?days=1');
    const [{ count }] = (await rig.rows<{ count: number }>(
      `select count(*)::integer as count from acd_log where org_id = '${rig.id}'`,
    )) as [{ count: number }];
    const sum = (list: { lookups: number }[]) => list.reduce((total, { lookups }) => total + lookups, 0);
    expect([body.lookups, sum(body.sources), sum(body.latencies)]).toEqual([count, count, count]);
    expect(body.matched).toBeGreaterThan(0);
    expect(body.p99Ms).toBeGreaterThan(0);
    expect(body.orgCalls).toBeGreaterThan(0);
    expect(body.callsPer10000).toBe(Math.round((body.orgCalls * 10_000) / body.lookups));
    expect((await rig.call('GET', '/v1/acd/log/summary?days=31')).status).toBe(400);
    expect((await other.call<{ lookups: number; callsPer10000: number | null }>('GET', '/v1/acd/log/summary')).body).toMatchObject({
      lookups: 0,
      callsPer10000: null,
    });
  });
});

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fill, isId, leaves, objects, operationsOf, sample, valueAt, VERBS, withValue, type Operation } from './bad-input.test-helper.ts';
import { createTenancy } from './tenancy/index.ts';
import { OUR_US, startRig, until, type Answer, type CallOptions, type Rig, type RigOrg } from './rig.test-helper.ts';

const DOCS = join(import.meta.dirname, '../../docs/errors');
const SECRET_TEXT = 'a text that nobody may log';
const SECRET_NUMBER = '+14155550187';
const WRONG_KEY = 'sb_admin_wrong-key-that-nobody-has';

let rig: Rig;
let other: RigOrg;
let operations: Operation[];
let foreignIds: string[];
let acdKey: string;
let before: string;

beforeAll(async () => {
  rig = await startRig();
  other = await rig.addOrg();
  await rig.inbound('+14155550123', OUR_US, SECRET_TEXT, ['parcel']);
  const sent = await rig.send('+14155550142', OUR_US, SECRET_TEXT);
  // A sender who does not exist in the org: the record is refused and its row parked.
  await rig.call(
    'POST',
    '/v1/messages',
    { to: '+14155550161', body: SECRET_TEXT },
    {
      headers: { 'idempotency-key': randomUUID(), 'x-user-id': '005000000000999AAA' },
    },
  );
  await until('delivered', async () => (await rig.statusOf(sent.body.id)) === 'delivered');
  await until('a row is parked', async () => (await rig.rows(`select 1 from outbox where state = 'parked'`)).length > 0);
  await rig.delivered();
  // The last that happens to a text, and after its delivery: it must not look as if a request below had done it.
  await until('the bell rang', async () => (await rig.rows(`select 1 from conversation where unread > 0 and not alerted`)).length === 0);
  const found = await Promise.all(
    ['message', 'conversation', 'media', 'carrier_account', 'number', 'connected_user'].map((table) =>
      rig.rows<{ id: string }>(`select id::text as id from ${table} where org_id = '${rig.id}' limit 1`),
    ),
  );
  const parked = await rig.rows<{ id: string }>(`select id::text as id from outbox where state = 'parked'`);
  foreignIds = [...found, parked].map((rows) => rows[0]?.id ?? '');
  expect(foreignIds).not.toContain('');
  const tenancy = createTenancy({ db: rig.database.db, clock: { now: () => new Date() } });
  acdKey = (await tenancy.rollKeys(rig.database.db, rig.id, ['acd'])).acd;
  operations = operationsOf((await rig.call('GET', '/openapi.json')).body);
  before = await everything();
}, 90_000);
afterAll(() => rig.close());

/** All that requests could change, as one text. */
async function everything(): Promise<string> {
  const tables = {
    org: '*',
    carrier_account: 'id, kind, label, settings, secret, rate_per_second, window_size, removed_at',
    number: '*',
    conversation: '*',
    message: '*',
    media: 'id, state',
    opt_out: '*',
    phone_field: '*',
    connected_user: 'id, user_id, status, position, email',
    connection_event: 'id, kind',
    connection_notice: 'id, key, channel',
    connect_flow: 'id',
    outbox: 'id, version, state',
    acd_pbx: '*',
    acd_lookup: '*',
    directory_org: 'org_id, country',
  };
  const parts = await Promise.all(
    Object.entries(tables).map(async ([table, columns]) => {
      const { rows } = await sql<{ text: string | null }>`
        select string_agg(t::text, chr(10) order by t::text) as text from (select ${sql.raw(columns)} from ${sql.table(table)}) t`.execute(
        rig.database.db,
      );
      return `${table}: ${rows[0]?.text ?? ''}`;
    }),
  );
  return parts.join('\n');
}

const label = (operation: Operation) => `${operation.method} ${operation.path}`;

interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: { field: string; message: string }[];
}

/** Sends it with an Idempotency-Key and all else that a good caller sends. */
function call(operation: Operation, options: CallOptions & { id?: string; body?: unknown; query?: string; org?: RigOrg } = {}) {
  const { id = randomUUID(), body, query = '', org = rig, headers, ...rest } = options;
  return org.call<Problem>(operation.method, fill(operation, id) + query, body, {
    ...rest,
    headers: { 'idempotency-key': randomUUID(), ...headers },
  });
}

/** A clear problem document with a code that has its page. */
function expectProblem(answer: Answer<Problem>, what: string, statuses: number[] = [400, 401, 403, 404, 409, 413, 415, 422]): void {
  expect(statuses, `${what}: ${answer.status} ${JSON.stringify(answer.body)}`).toContain(answer.status);
  expect(answer.headers.get('content-type'), what).toContain('application/problem+json');
  expect(Object.keys(answer.body), what).toEqual(expect.arrayContaining(['type', 'title', 'status', 'detail', 'code']));
  expect(answer.body.status, what).toBe(answer.status);
  expect(answer.body.type, what).toMatch(new RegExp(`/docs/errors/${answer.body.code}$`));
  expect(existsSync(join(DOCS, `${answer.body.code}.md`)), `docs/errors/${answer.body.code}.md`).toBe(true);
  for (const said of [SECRET_TEXT, SECRET_NUMBER, WRONG_KEY, '.ts:', 'node_modules'])
    expect(JSON.stringify(answer.body), what).not.toContain(said);
}

async function expectNothingChanged(): Promise<void> {
  expect(await everything()).toBe(before);
}

describe('every operation of the API', () => {
  it('is there and says which keys may call it', () => {
    expect(operations.length).toBeGreaterThan(30);
    for (const operation of operations) expect(operation.scopes, label(operation)).toContain('admin');
  });

  it('refuses who has no key, a wrong one, one of another scope or of another org', async () => {
    for (const operation of operations) {
      const body = operation.body && sample(operation.body);
      const what = label(operation);
      const none = await call(operation, { key: '', body });
      expectProblem(none, what, [401]);
      expect(none.headers.get('www-authenticate'), what).toBe('Bearer');
      for (const headers of [
        { authorization: `Basic ${btoa('a:b')}` },
        { authorization: 'Bearer' },
        { authorization: `Bearer ${WRONG_KEY}` },
      ])
        expectProblem(await call(operation, { key: '', body, headers }), what, [401]);
      if (!operation.scopes.includes('acd')) expectProblem(await call(operation, { key: acdKey, body }), what, [403]);
      if (!operation.scopes.includes('agent')) expectProblem(await call(operation, { key: rig.keys.agent, body }), what, [403]);
      const copied = await call(operation, { body, headers: { 'x-org-id': other.salesforce.org.orgId } });
      expectProblem(copied, what, [403]);
      expect(copied.body.code, what).toBe('org_mismatch');
    }
    await expectNothingChanged();
  });

  it('gives phone systems and agents the few verbs they need and no more', () => {
    const verbsOf = (scope: string) => operations.filter(({ scopes }) => scopes.includes(scope)).map(label);
    expect(verbsOf('acd').sort()).toEqual(VERBS.acd);
    expect(verbsOf('agent').sort()).toEqual(VERBS.agent);
  });

  it('does not find another org’s ids, nor unknown ones, and answers both alike', async () => {
    for (const operation of operations.filter(({ params }) => params.length > 0)) {
      const body = operation.body && sample(operation.body);
      const unknown = await call(operation, { org: other, key: other.keys.admin, body, id: randomUUID() });
      expectProblem(unknown, label(operation), [404]);
      for (const id of foreignIds) {
        const foreign = await call(operation, { org: other, key: other.keys.admin, body, id });
        expectProblem(foreign, `${label(operation)} with ${id}`, [404]);
        const isRowId = /^\d+$/.test(id);
        if (!isRowId) expect(foreign.body, label(operation)).toEqual(unknown.body);
      }
      for (const id of ['1', 'nonsense', '%00', '../org', '%', 'a'.repeat(300), `' or 1=1 --`])
        expectProblem(await call(operation, { org: other, key: other.keys.admin, body, id }), `${label(operation)} with ${id}`, [404]);
    }
    await expectNothingChanged();
  });

  it('does not take another org’s ids in a body', async () => {
    for (const operation of operations) {
      const body = operation.body && sample(operation.body);
      for (const path of leaves(body).filter((leaf) => isId(valueAt(body, leaf)))) {
        for (const id of foreignIds.filter(isId)) {
          const answer = await call(operation, { org: other, key: other.keys.admin, body: withValue(body, path, id) });
          expectProblem(answer, `${label(operation)} ${path.join('.')}`, [400, 404, 409]);
        }
      }
    }
    for (const conversationId of foreignIds.filter(isId)) {
      const send = operations.find((operation) => label(operation) === 'POST /v1/messages')!;
      expectProblem(await call(send, { org: other, key: other.keys.admin, body: { conversationId, body: 'hi' } }), 'conversationId', [404]);
    }
    await expectNothingChanged();
  });
});

/** An id of the form that the operation's have, so that all else of the request is looked at. */
const readableId = (operation: Operation) => (operation.path.startsWith('/v1/parked/') ? '1' : randomUUID());

const fieldsOf = (answer: Answer<Problem>) => (answer.body.errors ?? []).map(({ field }) => field);

describe('a body', () => {
  const withBody = () => operations.filter((operation) => operation.body);

  it.each([
    ['that is no JSON', '{"to": "+14155550187", "body": "a text that nobody may log"', [400]],
    ['that is empty', '', [400, 415]],
    ['of the wrong kind', '[]', [400]],
    ['that is null', 'null', [400]],
    ['that is a text', '"a text that nobody may log"', [400]],
    ['that reaches for the prototype', '{"__proto__": {"admin": true}}', [400]],
    ['that is nested without end', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, [400]],
  ] as [string, string, number[]][])('%s is refused', async (_what, raw, statuses) => {
    for (const operation of withBody()) expectProblem(await call(operation, { raw }), label(operation), statuses);
    await expectNothingChanged();
  });

  it('of another content type is refused', async () => {
    for (const operation of withBody())
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data'])
        expectProblem(await call(operation, { raw: SECRET_TEXT, headers: { 'content-type': type } }), label(operation), [415]);
    await expectNothingChanged();
  });

  it('that is too large is refused', async () => {
    const [small, large] = [JSON.stringify({ body: 'x'.repeat(1_100_000) }), JSON.stringify({ body: 'x'.repeat(8_500_000) })];
    for (const operation of operations.filter(({ method }) => method !== 'GET')) {
      const answer = await call(operation, { raw: operation.path.endsWith('/batch') ? large : small });
      expectProblem(answer, label(operation), [413]);
    }
    await expectNothingChanged();
  });

  it('with an unknown field anywhere is refused, and the field is named', async () => {
    for (const operation of operations.filter(({ method }) => method !== 'GET')) {
      const body = operation.body ? sample(operation.body) : {};
      for (const path of objects(body)) {
        const what = `${label(operation)} ${path.join('.')}`;
        const answer = await call(operation, { id: readableId(operation), body: withValue(body, [...path, 'surprise'], SECRET_TEXT) });
        if (operation.path.endsWith('/batch') && path.length > 0) {
          const { items } = answer.body as unknown as { items: object[] };
          expect(items, what).toMatchObject([{ status: 'rejected', code: 'invalid_request' }]);
          continue;
        }
        expectProblem(answer, what, [400]);
        // What fits none of several shapes is named by the place where the shapes begin.
        expect(fieldsOf(answer), what).toContainEqual(
          expect.stringMatching(path.length > 0 ? `^${path.join('.')}(.surprise)?$` : '^surprise$'),
        );
      }
    }
    await expectNothingChanged();
  });

  it('with a value of the wrong type anywhere is refused', async () => {
    for (const operation of withBody()) {
      const body = sample(operation.body!);
      for (const path of leaves(body)) {
        for (const wrong of [{}, [[]], 12.5, SECRET_TEXT, null].filter((value) => typeof value !== typeof valueAt(body, path))) {
          const what = `${label(operation)} ${path.join('.')} = ${JSON.stringify(wrong)}`;
          const answer = await call(operation, { body: withValue(body, path, wrong) });
          if (answer.status === 200 && operation.path.endsWith('/batch')) {
            const { items } = answer.body as unknown as { items: object[] };
            expect(items, what).toMatchObject([{ status: 'rejected', code: 'invalid_request' }]);
            continue;
          }
          expectProblem(answer, what, [400, 404]);
          if (answer.status === 400) expect(answer.body.code, what).toBe('invalid_request');
        }
      }
    }
    await expectNothingChanged();
  });

  it('with a text that is far too long, or holds a NUL character, is refused wherever it stands', async () => {
    for (const operation of withBody()) {
      const body = sample(operation.body!);
      for (const path of leaves(body).filter((leaf) => typeof valueAt(body, leaf) === 'string')) {
        for (const text of [`${SECRET_TEXT} `.repeat(400), `${SECRET_TEXT}\u0000`, `${String(valueAt(body, path))}\u0000`]) {
          const what = `${label(operation)} ${path.join('.')}`;
          const answer = await call(operation, { body: withValue(body, path, text) });
          if (answer.status === 200 && operation.path.endsWith('/batch')) {
            const { items } = answer.body as unknown as { items: { status: string; code: string }[] };
            expect(items, what).toMatchObject([
              { status: 'rejected', code: expect.stringMatching(/^(text_too_long|invalid_request)$/) as string },
            ]);
          } else expectProblem(answer, what, [400, 404, 422]);
        }
      }
    }
    await expectNothingChanged();
  });

  it('with a number, a text or a sender that cannot be is refused with the reason', async () => {
    const send = (body: object) => rig.call<Problem>('POST', '/v1/messages', body, { headers: { 'idempotency-key': randomUUID() } });
    const cases: [object, number, string][] = [
      [{ to: SECRET_NUMBER, body: '' }, 422, 'text_empty'],
      [{ to: SECRET_NUMBER, body: ' \n\t ' }, 422, 'text_empty'],
      [{ to: SECRET_NUMBER, body: 'x'.repeat(10_000) }, 422, 'text_too_long'],
      [{ to: '12', body: SECRET_TEXT }, 422, 'invalid_number'],
      [{ to: 'nobody', body: SECRET_TEXT }, 422, 'invalid_number'],
      [{ to: '', body: SECRET_TEXT }, 422, 'invalid_number'],
      [{ to: SECRET_NUMBER, from: '+14155550999', body: SECRET_TEXT }, 409, 'no_sender'],
      [{ to: SECRET_NUMBER, conversationId: randomUUID(), body: SECRET_TEXT }, 400, 'invalid_request'],
      [{ body: SECRET_TEXT }, 400, 'invalid_request'],
      [{ conversationId: randomUUID(), body: SECRET_TEXT }, 404, 'not_found'],
    ];
    for (const [body, status, code] of cases) {
      const answer = await send(body);
      expectProblem(answer, code, [status]);
      expect(answer.body.code).toBe(code);
    }
    for (const key of ['', 'short', 'x'.repeat(81), 'with a blank inside', 'ümläut-key']) {
      const answer = await rig
        .call<Problem>(
          'POST',
          '/v1/messages',
          { to: SECRET_NUMBER, body: SECRET_TEXT },
          { headers: { 'idempotency-key': encodeHeader(key) } },
        )
        .catch(() => undefined);
      if (answer) expect(answer.body.code, key).toBe('idempotency_key_missing');
    }
    await expectNothingChanged();
  });
});

/** What fetch lets through in a header: Latin letters. */
const encodeHeader = (text: string) => text.replace(/[^\x20-\xff]/g, '?');

describe('an address', () => {
  it('with an unknown field in its query is refused, and the field is named', async () => {
    for (const operation of operations) {
      const body = operation.body && sample(operation.body);
      const answer = await call(operation, { id: readableId(operation), body, query: '?surprise=1' });
      expectProblem(answer, label(operation), [400]);
      expect(fieldsOf(answer), label(operation)).toContain('surprise');
    }
    await expectNothingChanged();
  });

  it('with a query that cannot be is refused', async () => {
    for (const operation of operations.filter(({ query }) => query.length > 0)) {
      for (const name of operation.query) {
        for (const value of ['%00', 'x'.repeat(5000), '%F0%9F', '[]']) {
          const answer = await call(operation, { query: `?${name}=${value}` });
          if (answer.status !== 200) expectProblem(answer, `${label(operation)}?${name}=${value}`, [400, 404, 409, 414, 422]);
        }
      }
    }
    await expectNothingChanged();
  });

  it.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/org/',
    '/docs/errors/../../package.json',
    '/docs/errors/no_such_code',
    '/%zz',
    '//',
    '/v2/org',
  ])('%s is not found', async (path) => expectProblem(await rig.call<Problem>('GET', path), path, [404]));

  it('is not found with another method', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) expectProblem(await rig.call<Problem>(method, '/v1/health'), method, [404]);
  });

  it('of an error code shows its page', async () => {
    const answer = await rig.call<string>('GET', '/docs/errors/invalid_request');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/markdown');
    expect(answer.body).toContain('invalid_request');
  });
});

it('logged no key, text or number of all this', () => {
  const output = rig.log.join('');
  for (const secret of [
    SECRET_TEXT,
    SECRET_NUMBER,
    WRONG_KEY,
    acdKey,
    ...Object.values(rig.keys),
    ...Object.values(other.keys),
    '+1415555',
  ])
    expect(output).not.toContain(secret);
  expect(output).not.toContain('"level":50');
});

import { connect, createServer, type Server, type Socket } from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../db/database.ts';
import { conflict } from '../errors.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createTestDatabase } from '../db/test-database.ts';
import { registerHealthz } from './healthz.ts';
import { createOperatorServer } from './operator.ts';
import { answers, isoTime } from './schemas.ts';
import { createHttpServer, type HttpOptions, type HttpServer } from './server.ts';

const lines: string[] = [];
const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
  lines.length = 0;
});

async function server(options: Partial<HttpOptions> = {}): Promise<HttpServer> {
  const app = await createHttpServer({
    logger,
    version: '1.2.3',
    publicUrl: 'http://localhost:1',
    problemBase: 'http://localhost:1/docs/errors',
    requestsPerMinute: 0,
    ...options,
  });
  running.push(app);
  return app;
}

describe('a failure', () => {
  it('that was foreseen says what it is, with its headers', async () => {
    const app = await server();
    app.get('/busy', async () => {
      throw conflict('Somebody else was faster.', { headers: { 'retry-after': '3' }, errors: [{ field: 'a', message: 'is taken' }] });
    });
    const answer = await app.inject('/busy');
    expect(answer.headers).toMatchObject({ 'retry-after': '3', 'content-type': 'application/problem+json; charset=utf-8' });
    expect(answer.json()).toEqual({
      type: 'http://localhost:1/docs/errors/conflict',
      title: 'Conflicts with the present state',
      status: 409,
      detail: 'Somebody else was faster.',
      code: 'conflict',
      errors: [{ field: 'a', message: 'is taken' }],
    });
    expect(lines).toEqual([]);
  });

  it('that nobody foresaw shows neither stack nor text, and is logged without secrets', async () => {
    const app = await server();
    app.get('/broken', async () => {
      throw new Error('the peer of +14155550123 said Bearer abc.def');
    });
    const answer = await app.inject('/broken');
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal_error' });
    expect(answer.body).not.toMatch(/peer|4155550123|server\.test/);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"route":"/broken"');
    expect(lines[0]).toContain('server.test.ts');
    expect(lines[0]).not.toMatch(/4155550123|abc\.def/);
  });

  it('of an answer that does not fit its schema is one of ours, and sends nothing of it', async () => {
    const app = await server();
    app.get('/odd', { schema: { response: answers(200, z.object({ count: z.number() })) } }, async () => ({ count: 'secret' }) as never);
    const answer = await app.inject('/odd');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
  });

  it('of values names each field by its path', async () => {
    const app = await server();
    app.post(
      '/deep',
      { schema: { body: z.strictObject({ items: z.array(z.strictObject({ count: z.number().int() })) }) } },
      async () => ({}),
    );
    const answer = await app.inject({
      method: 'POST',
      url: '/deep',
      payload: { items: [{ count: 1 }, { count: 'x', other: 2 }], more: 1 },
    });
    expect(
      answer
        .json<{ errors: { field: string }[] }>()
        .errors.map((error) => error.field)
        .sort(),
    ).toEqual(['items.1.count', 'items.1.other', 'more']);
  });
});

describe('a route of the API', () => {
  it('takes no query and no body that it does not name, and the document does not speak of them', async () => {
    const app = await server();
    app.post('/v1/act', { schema: { operationId: 'act' } }, async () => ({ done: true }));
    app.get('/page', async () => ({}));
    for (const payload of [undefined, {}])
      expect((await app.inject({ method: 'POST', url: '/v1/act', ...(payload && { payload }) })).statusCode).toBe(200);
    for (const request of [
      { url: '/v1/act', payload: { extra: 1 } },
      { url: '/v1/act?extra=1', payload: {} },
    ]) {
      const answer = await app.inject({ method: 'POST', ...request });
      expect(answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ field: 'extra', message: 'is not known here' }] });
    }
    for (const payload of ['[]', '"text"', '5'])
      expect(
        (await app.inject({ method: 'POST', url: '/v1/act', payload, headers: { 'content-type': 'application/json' } })).statusCode,
      ).toBe(400);
    expect((await app.inject('/page?extra=1')).statusCode).toBe(200);
    const { post } = (app.swagger() as unknown as { paths: Record<string, Record<string, object>> }).paths['/v1/act'] ?? {};
    expect(post).toMatchObject({ operationId: 'act' });
    expect(Object.keys(post ?? {})).not.toEqual(expect.arrayContaining(['requestBody']));
    expect(Object.keys(post ?? {})).not.toEqual(expect.arrayContaining(['parameters']));
  });
});

describe('times', () => {
  it('leave as ISO 8601 UTC', async () => {
    const app = await server();
    app.get('/time', { schema: { response: answers(200, z.object({ at: isoTime })) } }, async () => ({ at: new Date(0) }));
    expect((await app.inject('/time')).json()).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });
});

describe('the rate limit', () => {
  it('answers 429 with the time to wait, per proven caller, and leaves probes and exempt routes alone', async () => {
    const app = await server({ requestsPerMinute: 3 });
    app.addHook('onRequest', async (request) => {
      request.countedAs = (request.headers['x-proven'] as string | undefined) ?? null;
    });
    registerHealthz(app, { ping: () => Promise.resolve() });
    app.get('/any', async () => ({}));
    app.post('/carriers/any', { config: { rateLimit: false } }, async () => ({}));
    const get = (key: string, url = '/any') => app.inject({ url, headers: { 'x-proven': key } });
    for (let times = 0; times < 3; times += 1) expect((await get('one')).statusCode).toBe(200);
    const refused = await get('one');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.json()).toMatchObject({ code: 'too_many_requests', status: 429 });
    expect((await get('two')).statusCode).toBe(200);
    // What a caller only claims does not count.
    for (const status of [200, 200, 200, 429, 429]) {
      const claim = { authorization: `Bearer made-up-${Math.random()}` };
      expect((await app.inject({ url: '/any', headers: claim })).statusCode).toBe(status);
    }
    for (let times = 0; times < 6; times += 1) {
      expect((await get('one', '/healthz')).statusCode).toBe(200);
      expect((await app.inject({ method: 'POST', url: '/carriers/any' })).statusCode).toBe(200);
    }
  });
});

it('every answer has the headers that protect a page, but for routes that no browser shows', async () => {
  const app = await server();
  app.get('/page', async () => ({}));
  app.get('/hook', { config: { isNoPage: true } }, async () => ({}));
  for (const url of ['/page', '/nowhere'])
    expect((await app.inject(url)).headers, url).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'strict-transport-security': expect.stringContaining('max-age='),
      'referrer-policy': 'no-referrer',
    });
  expect((await app.inject('/page')).headers).not.toHaveProperty('x-powered-by');
  expect(Object.keys((await app.inject('/hook')).headers).toSorted()).toEqual(['connection', 'content-length', 'content-type', 'date']);
});

describe('a caller who hangs up in the middle of the body', () => {
  it('is no database that is away: 400, and nothing to look into', async () => {
    const app = await server();
    const answered = new Promise<number>((resolve) => {
      app.addHook('onRequest', async () => void socket.resetAndDestroy());
      app.addHook('onSend', async (_request, reply) => resolve(reply.statusCode));
    });
    app.post('/work', async () => ({}));
    const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(url.port), url.hostname);
    socket.write('POST /work HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":');
    expect(await answered).toBe(400);
    expect(lines.join('')).not.toContain('unexpectedly');
  });
});

describe('a database that is busy', () => {
  it.each(['57014', '55P03', '25P03'])('and ends what takes too long (%s) is a 503 with Retry-After', async (code) => {
    const app = await server();
    app.get('/work', async () => {
      throw Object.assign(new Error('canceling statement'), { code });
    });
    const answer = await app.inject('/work');
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toMatchObject([503, '5', { code: 'unavailable' }]);
  });
});

describe('a database that is away', () => {
  // These come from pg only when a cut and a statement meet: a reset while the statement is written, a cut between checkout and statement.
  it.each([
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    new Error('Client has encountered a connection error and is not queryable'),
  ])('or is lost before the body has arrived ($message) is a 503 with Retry-After', async (error) => {
    const app = await server();
    app.post('/work', { onRequest: async () => Promise.reject(error) }, async () => ({}));
    const answer = await app.inject({ method: 'POST', url: '/work', payload: { a: 1 } });
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toMatchObject([503, '5', { code: 'unavailable' }]);
  });

  let silent: Server;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined)).forEach((one) => one.destroy()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => silent.close());

  it.each([
    ['refuses connections', () => 1],
    ['cuts them', () => (silent.address() as { port: number }).port],
  ])('and %s is a 503 with Retry-After', async (_how, port) => {
    const app = await server();
    const database = await openDatabase({ url: `postgres://nobody:secret@127.0.0.1:${port()}/none`, onError: () => undefined });
    running.push(database);
    registerHealthz(app, database);
    app.get('/work', async () => {
      await database.ping();
      return {};
    });
    for (const url of ['/work', '/readyz']) {
      const answer = await app.inject(url);
      expect(answer.statusCode, url).toBe(503);
      expect(answer.headers['retry-after'], url).toBe('5');
      expect(answer.json(), url).toMatchObject({ code: 'unavailable' });
      expect(answer.body).not.toContain('secret');
    }
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });

  // Only a server can go away and come back: these tests are there when the suite runs on PostgreSQL.
  if (process.env['TEST_DATABASE_URL']) {
    it('and comes back is used again', async () => {
      const database = await createTestDatabase();
      running.push(database);
      const app = await server();
      app.get('/work', async () => {
        await database.ping();
        return {};
      });
      expect((await app.inject('/work')).statusCode).toBe(200);
      await endConnections(database.url ?? '');
      const codes = new Set<number>();
      while (!codes.has(200)) codes.add((await app.inject('/work')).statusCode);
      expect([...codes].filter((code) => code !== 200 && code !== 503)).toEqual([]);
    });

    it('while a request holds a connection, between two statements, is a 503 with Retry-After', async () => {
      const { url = '', close } = await createTestDatabase();
      running.push({ close });
      let lost = () => {};
      const connectionLost = new Promise<void>((resolve) => (lost = resolve));
      const database = await openDatabase({ url, onError: () => lost() });
      running.push(database);
      const app = await server();
      app.get('/work', () =>
        database.db.transaction().execute(async (tx) => {
          await endConnections(url);
          await connectionLost;
          await sql`select 1`.execute(tx);
        }),
      );
      const answer = await app.inject('/work');
      expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toMatchObject([503, '5', { code: 'unavailable' }]);
    });
  }
});

/** What an administrator does before a restart: the server ends every connection to this database. */
async function endConnections(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  await admin.connect();
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [new URL(url).pathname.slice(1)]);
  await admin.end();
}

describe('stopping', () => {
  it('finishes the request under way and takes no new one', async () => {
    const app = await server();
    let begun = () => {};
    const started = new Promise<void>((resolve) => (begun = resolve));
    let finish = () => {};
    const work = new Promise<void>((resolve) => (finish = resolve));
    app.get('/slow', async () => {
      begun();
      await work;
      return { done: true };
    });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const answer = fetch(`${url}/slow`);
    await started;
    const closed = app.close();
    finish();
    expect(await (await answer).json()).toEqual({ done: true });
    await closed;
    await expect(fetch(`${url}/slow`)).rejects.toThrow();
  });
});

describe('the operator’s port', () => {
  it('shows metrics by route pattern, and the documentation', async () => {
    const database = await createTestDatabase();
    running.push(database);
    const app = await server();
    const metrics = createMetrics(database.db);
    metrics.observe(app);
    app.get('/people/:number', { schema: { params: z.object({ number: z.string() }), operationId: 'person' } }, async () => ({}));
    await app.inject('/people/+14155550123');
    const operator = await createOperatorServer({ registry: metrics.registry, openapi: () => app.swagger() });
    running.push(operator);
    const text = (await operator.inject('/metrics')).body;
    expect(text).toContain('switchboard_http_request_seconds_count{method="GET",route="/people/:number",status="2xx"} 1');
    expect(text).not.toContain('4155550123');
    expect((await operator.inject('/docs/')).statusCode).toBe(200);
    expect((await operator.inject('/docs/json')).json()).toMatchObject({ openapi: '3.0.3', info: { version: '1.2.3' } });
  });
});

/** Whose requests are counted together: a proven key's, else an address's; and which address that is behind a proxy. */
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpServer, type HttpServer } from './platform/http/server.ts';
import { createLogger } from './platform/log.ts';
import { AGENT, registerAuth } from './tenancy/index.ts';

const MOST = 5;
const running: HttpServer[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** A service that knows the keys `one` and `two`, on a real socket. */
async function start(trustProxy = false) {
  const app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    version: '1.2.3',
    publicUrl: 'http://localhost:1',
    problemBase: 'http://localhost:1/docs/errors',
    requestsPerMinute: MOST,
    trustProxy,
  });
  running.push(app);
  registerAuth(app, {
    authenticateAtOnce: () => undefined,
    authenticate: async (key) =>
      ['one', 'two'].includes(key)
        ? {
            id: key,
            orgId: 'org',
            salesforceOrgId: '00D000000000001',
            scope: 'admin' as const,
            usedFor: '',
            expiresAt: null,
            lastUsedAt: null,
          }
        : undefined,
  });
  app.get('/v1/any', { config: AGENT }, async () => ({}));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return async (headers: Record<string, string>, times = 1): Promise<Response> => {
    let answer = await fetch(`${url}/v1/any`, { headers });
    for (let more = 1; more < times; more += 1) answer = await fetch(`${url}/v1/any`, { headers });
    return answer;
  };
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('the rate limit', () => {
  it('of a key answers with a problem document and the time to wait', async () => {
    const get = await start();
    expect((await get(bearer('one'), MOST)).status).toBe(200);
    const refused = await get(bearer('one'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await refused.json()).toMatchObject({
      type: 'http://localhost:1/docs/errors/too_many_requests',
      status: 429,
      code: 'too_many_requests',
    });
  });

  it('of a noisy key touches no other key, nor who has none', async () => {
    const get = await start();
    expect((await get(bearer('one'), MOST * 3)).status).toBe(429);
    expect((await get(bearer('two'))).status).toBe(200);
    expect((await get({})).status).toBe(401);
  });

  it('of an address counts what has no key and what only claims one, and touches no proven key of the same address', async () => {
    const get = await start();
    for (let times = 0; times < MOST; times += 1) expect((await get(times % 2 ? {} : bearer(`guess-${times}`))).status).toBe(401);
    const refused = await get(bearer('another-guess'));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await refused.json()) as object).toMatchObject({ code: 'too_many_requests' });
    expect((await get(bearer('one'))).status).toBe(200);
  });

  it('does not believe what a caller says of its address unless a proxy is configured', async () => {
    const get = await start();
    for (let times = 0; times < MOST; times += 1) expect((await get({ 'x-forwarded-for': `203.0.113.${times}` })).status).toBe(401);
    expect((await get({ 'x-forwarded-for': '203.0.113.99', forwarded: 'for=203.0.113.98' })).status).toBe(429);
  });

  it('tells addresses behind a configured proxy apart, by what the proxy itself saw', async () => {
    const get = await start(true);
    expect((await get({ 'x-forwarded-for': '203.0.113.1' }, MOST + 1)).status).toBe(429);
    expect((await get({ 'x-forwarded-for': '203.0.113.2' })).status).toBe(401);
    // A caller writes what it likes; the proxy puts the address that it was called from behind it.
    for (let times = 0; times < MOST; times += 1) await get({ 'x-forwarded-for': `198.51.100.${times}, 203.0.113.3` });
    expect((await get({ 'x-forwarded-for': '198.51.100.77, 203.0.113.3' })).status).toBe(429);
  });
});

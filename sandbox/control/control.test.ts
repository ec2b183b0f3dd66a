import { request as httpRequest } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerControl } from './control.ts';
import type { SeedOrder } from './control.ts';
import { createPeerApp, listenLocal } from './peer.ts';

let app: FastifyInstance;
let url: string;
let port: number;
let work: string[];
let resets: number;
let seeds: SeedOrder[];

beforeEach(async () => {
  work = [];
  resets = 0;
  seeds = [];
  app = createPeerApp();
  registerControl(app, {
    reset: () => {
      resets += 1;
    },
    seed: (order) => {
      seeds.push(order);
      return { created: order.count };
    },
    userOf: (request) => request.headers['x-user'] as string | undefined,
    objectsOf: (request) => (request.body as { objects?: string[] } | undefined)?.objects ?? [],
    errorBody: (status) => ({ fault: status }),
  });
  app.post<{ Params: { id: string } }>('/things/:id', async (request) => {
    work.push(request.params.id);
    return { id: request.params.id };
  });
  app.get('/plain', async () => ({ ok: true }));
  ({ url, port } = await listenLocal(app, 0));
});
afterEach(() => app.close());

const json = { 'content-type': 'application/json' };

function post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url + path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

async function fault(rule: unknown): Promise<string> {
  const response = await post('/__sandbox/faults', rule);
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

test('status, body and headers replace the work', async () => {
  await fault({ match: { path: '/things' }, action: { status: 503, body: { busy: true }, headers: { 'retry-after': '7' } } });
  const response = await post('/things/1');
  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([503, '7', { busy: true }]);
  expect(work).toEqual([]);
});

test('a status without a body gets the body of the peer, a text body goes out as text', async () => {
  await fault({ match: { path: '/things/1' }, action: { status: 500 } });
  await fault({ match: { path: '/things/2' }, action: { status: 400, body: 'Access Declined' } });
  expect(await (await post('/things/1')).json()).toEqual({ fault: 500 });
  const text = await post('/things/2');
  expect([text.headers.get('content-type'), await text.text()]).toEqual(['text/plain; charset=utf-8', 'Access Declined']);
});

test('drop "before" cuts the socket and does no work; drop "after" does the work and cuts the socket', async () => {
  await fault({ match: { path: '/things/before' }, action: { drop: 'before' } });
  await fault({ match: { path: '/things/after' }, action: { drop: 'after' } });
  await expect(post('/things/before')).rejects.toThrow('fetch failed');
  expect(work).toEqual([]);
  await expect(post('/things/after')).rejects.toThrow('fetch failed');
  expect(work).toEqual(['after']);
  expect((await post('/things/later')).status).toBe(200);
});

test('after skips matches and times bounds them', async () => {
  await fault({ match: { method: 'POST' }, after: 1, times: 2, action: { status: 500 } });
  const statuses = [];
  for (let call = 0; call < 5; call += 1) statuses.push((await post('/things/1')).status);
  expect(statuses).toEqual([200, 500, 500, 200, 200]);
});

test('matches by user, by object with or without namespace, and by a path with stars', async () => {
  await fault({ match: { user: 'A@sandbox.test' }, action: { status: 401 } });
  await fault({ match: { object: 'Message__c' }, action: { status: 402 } });
  await fault({ match: { path: '/things/*/x' }, action: { status: 418 } });
  const status = async (body: unknown, headers = {}) => (await post('/things/1', body, headers)).status;
  expect(await status({}, { 'x-user': 'a@sandbox.test' })).toBe(401);
  expect(await status({}, { 'x-user': 'b@sandbox.test' })).toBe(200);
  expect(await status({ objects: ['Message__c'] })).toBe(402);
  expect(await status({ objects: ['sb__Message__c'] })).toBe(402);
  expect(await status({ objects: ['OtherMessage__c'] })).toBe(200);
});

test('latency alone only delays, and headers alone are added to the real answer', async () => {
  await fault({ match: { path: '/plain' }, action: { latencyMs: 5, headers: { 'x-slow': '1' } } });
  const response = await fetch(`${url}/plain`);
  expect([response.headers.get('x-slow'), await response.json()]).toEqual(['1', { ok: true }]);
});

test('rules are listed with their use, removed singly and all together, and refused when malformed', async () => {
  const id = await fault({ match: { path: '/plain' }, action: { status: 500 } });
  await fault({ action: { status: 501 } });
  await fetch(`${url}/plain`);
  const listed = (await (await fetch(`${url}/__sandbox/faults`)).json()) as { items: { id: string; applied: number }[] };
  expect(listed.items.map((item) => item.applied)).toEqual([1, 0]);
  expect((await fetch(`${url}/__sandbox/faults/${id}`, { method: 'DELETE' })).status).toBe(200);
  expect((await fetch(`${url}/plain`)).status).toBe(501);
  const cleared = await (await fetch(`${url}/__sandbox/faults`, { method: 'DELETE' })).json();
  expect(cleared).toMatchObject({ removed: 1, items: [{ applied: expect.any(Number) as number }] });
  expect((await fetch(`${url}/plain`)).status).toBe(200);
  for (const bad of [{}, { action: {} }, { action: { drop: 'maybe' } }, { match: { color: 'red' }, action: { status: 500 } }]) {
    expect((await post('/__sandbox/faults', bad)).status).toBe(400);
  }
});

test('counts by method, route and user since the last reset, dropped and unknown calls included', async () => {
  await post('/things/1', {}, { 'x-user': 'a' });
  await post('/things/2', {}, { 'x-user': 'a' });
  await fault({ match: { path: '/plain' }, action: { drop: 'before' } });
  await expect(fetch(`${url}/plain`)).rejects.toThrow('fetch failed');
  await fetch(`${url}/nothing`);
  const read = async () => (await (await fetch(`${url}/__sandbox/calls`)).json()) as { total: number; byRoute: object; byUser: object };
  const report = await read();
  expect(report.byRoute).toMatchObject({ 'POST /things/:id': 2, 'GET /nothing': 1 });
  expect(report.byUser).toMatchObject({ a: 2 });
  await fetch(`${url}/__sandbox/reset`, { method: 'POST' });
  expect([resets, (await read()).total]).toEqual([1, 0]);
  expect((await fetch(`${url}/plain`)).status).toBe(200);
});

test('seed orders are checked and handed on', async () => {
  expect(await (await post('/__sandbox/seed', { object: 'Contact', count: 3, from: 10, seed: 7 })).json()).toEqual({ created: 3 });
  expect(seeds).toEqual([{ object: 'Contact', count: 3, from: 10, seed: 7 }]);
  expect((await post('/__sandbox/seed', { count: 3 })).status).toBe(400);
});

test('answers only to names of this machine', async () => {
  const status = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const call = httpRequest({ host: '127.0.0.1', port, path: '/plain', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject);
      call.end();
    });
  expect(await status('evil.example:80')).toBe(421);
  expect(await status('localhost.evil.example')).toBe(421);
  expect(await status(`127.0.0.1:${port}`)).toBe(200);
});

test('forgives doubled and trailing slashes and an empty JSON body, refuses broken JSON', async () => {
  expect((await fetch(`${url}//plain/?x=//`)).status).toBe(200);
  expect((await fetch(`${url}/things/1`, { method: 'POST', headers: json })).status).toBe(200);
  expect((await fetch(`${url}/things/1`, { method: 'POST', headers: json, body: '{' })).status).toBe(400);
});

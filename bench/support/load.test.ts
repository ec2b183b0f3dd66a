import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asFastAsPossibleAside } from './load-aside.ts';
import { asFastAsPossible, atRate, judgeLoad, type Shot } from './load.ts';
import { median } from './stats.ts';

const PLANTED_MS = 300;
const shot = (path: string): Shot => ({ method: 'POST', path, headers: {}, body: 'x' });

let server: Server;
let url: string;
let requests: string[];

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    request.resume();
    if (request.url === '/late') setTimeout(() => response.end('ok'), PLANTED_MS);
    else response.writeHead(request.url === '/refused' ? 403 : 200).end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

it('sees a planted delay in every answer of a closed loop', async () => {
  const result = await asFastAsPossible(url, [shot('/late'), shot('/late'), shot('/late')].values(), 3, 10);
  expect(result.ok).toBe(3);
  expect(Math.min(...result.latenciesMs)).toBeGreaterThanOrEqual(PLANTED_MS - 1);
  expect(result.ok / result.seconds).toBeLessThan(3 / ((PLANTED_MS - 1) / 1_000));
});

it('keeps its rate although answers are late, and counts from when each request was due', async () => {
  const result = await atRate(url, () => shot('/late'), 20, 0.5);
  expect(requests).toHaveLength(10);
  expect(result.ok).toBe(10);
  expect(median(result.latenciesMs)).toBeGreaterThanOrEqual(PLANTED_MS - 1);
});

it('does not count refusals as answers, and says that they spoil the run', async () => {
  const result = await asFastAsPossible(url, [shot('/'), shot('/refused'), shot('/refused')].values(), 1, 10);
  expect(result).toMatchObject({ ok: 1, wrong: { 403: 2 } });
  expect(judgeLoad(result)).toEqual(['2 requests were not accepted (403)']);
  expect(judgeLoad({ ...result, wrong: {} })).toEqual([]);
});

it('says that nobody answered', async () => {
  const nowhere = 'http://127.0.0.1:9';
  expect(await asFastAsPossible(nowhere, [shot('/')].values(), 1, 10)).toMatchObject({ ok: 0, wrong: { ECONNREFUSED: 1 } });
});

it('does the same in a thread of its own', async () => {
  const pending = asFastAsPossibleAside(url, [shot('/'), shot('/late'), shot('/refused')], 1, 10);
  expect(await pending).toMatchObject({ ok: 2, wrong: { 403: 1 } });
  expect(requests).toEqual(['/', '/late', '/refused']);
});

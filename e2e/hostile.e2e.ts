/** A fixed short set of `npm run hostile`: generated requests and SMPP PDUs against a service process with two orgs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHunt } from './hostile/hunt.ts';
import { faultOf } from './hostile/judge.ts';
import { faultsOfLog } from './hostile/log.ts';
import { growthOf } from './hostile/memory.ts';
import { OTHER_MARK, SECRET_MARK, TEXT_MARK } from './hostile/marks.ts';
import type { HostileRequest } from './hostile/request.ts';
import { addHostileAccount, huntLink, huntSandbox } from './hostile/smpp.ts';
import { startHostileSmsc, type HostileSmsc } from './hostile/smsc.ts';
import { startWorld, type World } from './hostile/world.ts';

const REQUESTS = 1_536;
const PDUS = 400;

let world: World;
let smsc: HostileSmsc;
let ended = false;
beforeAll(async () => {
  smsc = await startHostileSmsc();
  world = await startWorld({ server: process.env['TEST_DATABASE_URL'], allow: [`127.0.0.1:${smsc.port}`] });
  void world.ended().then(() => (ended = true));
});
afterAll(async () => {
  await world?.close();
  await smsc?.close();
});

describe('the service', () => {
  it('answers generated requests with what is declared, and refuses with problem documents', async () => {
    const hunt = await createHunt(world);
    await hunt.go(3, REQUESTS);
    hunt.close();
    expect(hunt.findings).toEqual([]);
    // Some of everything was reached, or the run proves nothing.
    expect([...hunt.statuses.keys()]).toEqual(
      expect.arrayContaining(['200', '202', '400', '401', '403', '404', '413', '415', '422', '431']),
    );
    expect(ended).toBe(false);
  });

  it('takes every proper text once from a carrier that sends all else as well', async () => {
    await addHostileAccount(world, smsc);
    expect(await huntLink(world, smsc, { seed: 5, count: PDUS, breaking: 0 })).toEqual([]);
    const before = smsc.binds;
    expect(await huntLink(world, smsc, { seed: 6, count: 80, breaking: 8 })).toEqual([]);
    expect(smsc.binds).toBeGreaterThan(before);
    expect(ended).toBe(false);
  });

  it('logged no key, text or number of all this, and no error', () => {
    expect(faultsOfLog(world.log(), world.secrets)).toEqual([]);
  });
});

it('the sandbox’s SMSC outlives hostile clients', async () => {
  await huntSandbox(world, { seed: 7, count: 320, breaking: 2 });
  const { items } = await world.call<{ items: { label: string; state: string }[] }>('GET', '/v1/carrier-accounts');
  expect(items.find(({ label }) => label === 'UK carrier (SMPP)')?.state).toBe('connected');
});

describe('the judge', () => {
  const request: HostileRequest = { method: 'GET', target: '/v1/org', headers: [], framing: 'length' };
  const problem = { type: 'http://x/docs/errors/not_found', title: 'Not found', status: 404, detail: 'x', code: 'not_found' };
  const type = 'application/problem+json';
  const judge = (status: number, body: unknown, headers: Record<string, string> = { 'content-type': type }) =>
    faultOf(request, { kind: 'answer', answer: { status, headers, body: JSON.stringify(body) } }, ['the-key']);

  it('passes what is as it must be', () => {
    expect(judge(404, problem)).toBeUndefined();
    expect(judge(200, {}, { 'content-type': 'application/json' })).toBeUndefined();
  });

  it.each([
    ['a 500', 500, { ...problem, status: 500 }, undefined],
    ['a 503 that does not say when', 503, { ...problem, status: 503 }, undefined],
    ['another content type', 404, problem, { 'content-type': 'application/json' }],
    ['another status in the document', 404, { ...problem, status: 400 }, undefined],
    ['a code without a page', 404, { ...problem, type: 'http://x/docs/errors/nothing', code: 'nothing' }, undefined],
    ['a field that is not declared', 404, { ...problem, stack: 'x' }, undefined],
    ['a stack', 404, { ...problem, detail: 'at /app/service.ts:12' }, undefined],
    ['a key', 200, { key: 'the-key' }, undefined],
    ['the other org’s text', 200, { body: OTHER_MARK }, undefined],
    ['a header of the caller’s', 404, problem, { 'content-type': type, 'x-injected': '1' }],
  ])('sees %s', (_what, status, body, headers) => expect(judge(status, body, headers)).toBeDefined());

  it('sees a heap that grows, and passes one that goes up and down', () => {
    const samples = (...heaps: number[]) => heaps.map((heap) => ({ heap: heap * 1024 * 1024 }));
    expect(growthOf(samples(60, 70, 80, 90, 100, 110, 120, 130, 140))).toContain('from 60 MB in the first third of the run to 120 MB');
    expect(growthOf(samples(60, 90, 75, 62, 95, 70, 66, 90, 80))).toBeUndefined();
    expect(growthOf(samples(60, 200))).toBeUndefined();
  });

  it('sees a request that gets no answer', () => expect(faultOf(request, { kind: 'closed' }, [])).toBe('no answer'));

  it.each([
    ['a text', `{"level":30,"msg":"${TEXT_MARK}"}`],
    ['a secret', `{"level":30,"msg":"${SECRET_MARK}"}`],
    ['a number', '{"level":30,"msg":"from 14155550123"}'],
    ['an error', '{"level":50,"msg":"a request failed unexpectedly"}'],
    ['what is no log record', 'Error: boom'],
  ])('sees %s in the log', (_what, line) => expect(faultsOfLog(line, [SECRET_MARK])).toHaveLength(1));
});

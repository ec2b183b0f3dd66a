import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../../sandbox/stack/ports.ts';
import { environment } from '../../sandbox/stack/service.ts';
import { startStack } from '../../sandbox/stack/stack.ts';
import type { Stack } from '../../sandbox/stack/types.ts';
import type { Database } from './platform/db/database.ts';
import { createTestDatabase } from './platform/db/test-database.ts';
import { OUR_UK, OUR_US, until } from './rig.test-helper.ts';

let stack: Stack;
let folder: string;
let server: (Database & { url?: string }) | undefined;
let output = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crash-'));
  if (process.env['TEST_DATABASE_URL']) server = await createTestDatabase();
  stack = await startStack({
    ports: await freePorts(),
    dataDir: folder,
    sample: 'connected',
    lightning: false,
    env: { LOG_LEVEL: 'info', ...(server?.url && { DATABASE_URL: server.url }) },
    onOutput: (text) => (output += text),
  });
  await stack.service.stop();
}, 120_000);
afterAll(async () => {
  running?.child.kill('SIGTERM');
  await running?.exited;
  await stack.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

let people = 0;
const person = (from: string) => (from === OUR_US ? `+1415559${1000 + (people += 1)}` : `+44770092${1000 + (people += 1)}`);

async function send(to: string, from: string, body: string, key: string): Promise<string | undefined> {
  const answer = await fetch(`http://localhost:${stack.ports.service}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey()}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ to, from, body }),
  }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as { id: string }).id : undefined;
}

/** As an agent's browser does: the same request again until it is answered. */
const insist = (to: string, from: string, body: string, key = randomUUID() as string) => until('accepted', () => send(to, from, body, key));

async function inbound(from: string, to: string, body: string): Promise<void> {
  const answer = await fetch(`${stack.carrier.url}/__sandbox/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from, to, body }),
  });
  expect(answer.ok).toBe(true);
}

/** Where several processes could live, a dead one's leases have to end first; here the clock is turned forward instead of waiting. */
async function endLeases(): Promise<void> {
  if (server) await sql`update lane set lease_until = now() where lease_until is not null`.execute(server.db);
}

interface Running {
  child: ChildProcess;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

let running: Running | undefined;

/** Starts the service; resolves when it is ready or, with fail-points, when it has died on what was left by the one before. */
async function start(failPoints?: string): Promise<Running> {
  await endLeases();
  const env = {
    ...environment({ ports: stack.ports, dataDir: folder }),
    LOG_LEVEL: 'info',
    ...(server?.url && { DATABASE_URL: server.url }),
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, ...env, ...(failPoints && { FAIL_POINTS: failPoints }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  let over = false;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => {
      over = true;
      resolve({ code, signal });
    }),
  );
  running = { child, exited };
  await until(
    'ready',
    async () => over || (await fetch(`http://127.0.0.1:${stack.ports.service}/readyz`).catch(() => undefined))?.ok,
    60_000,
  );
  if (over && !failPoints) throw new Error('the service ended before it was ready');
  return running;
}

const inOrg = (number: string) =>
  stack.salesforce.org.query(
    `SELECT Body__c, Direction__c, SentStatus__c, DeliveryStatus__c FROM Message__c WHERE Conversation__r.CustomerNumber__c = '${number}' ORDER BY Sequence__c`,
  ) as Record<string, string | null>[];

async function onPhone(number: string): Promise<string[]> {
  const { messages } = (await (await fetch(`${stack.carrier.url}/__sandbox/phones/${encodeURIComponent(number)}`)).json()) as {
    messages: { direction: string; body: string }[];
  };
  return messages.filter((message) => message.direction === 'received').map((message) => message.body);
}

/** At each of these the process dies as by kill -9, and the next one finishes its work until it dies as well. */
const POINTS: [point: string, from: string][] = [
  ['carrier.before-submit', OUR_US],
  ['carrier.after-submit', OUR_US],
  ['carrier.after-settle', OUR_US],
  ['lane.org.before-run', OUR_UK],
  ['lane.org.before-settle', OUR_US],
  ['lane.org.after-settle', OUR_UK],
  ['carrier.before-submit', OUR_UK],
  ['carrier.after-submit', OUR_UK],
  ['carrier.after-settle', OUR_UK],
];

it('a crash at any point on the way loses nothing and doubles nothing, at the carriers and in the org', async () => {
  const stories = POINTS.map(([point, from]) => ({
    point,
    from,
    phone: person(from),
    keys: [randomUUID() as string, randomUUID() as string],
  }));
  for (const { point, from, phone, keys } of stories) {
    const { exited } = await start(`${point}=crash`);
    await inbound(phone, from, `${point} asked`);
    await send(phone, from, `${point} one`, keys[0]!);
    expect((await exited).signal, point).toBe('SIGKILL');
  }
  await start();
  // Whoever did not get an answer asks again with the same key.
  for (const { point, from, phone, keys } of stories)
    for (const [index, key] of keys.entries()) await insist(phone, from, `${point} ${['one', 'two'][index]}`, key);

  for (const { point, phone } of stories) {
    const texts = [`${point} one`, `${point} two`];
    await until(
      `${point}: settled in the org`,
      () => {
        const rows = inOrg(phone).filter((row) => row['Direction__c'] === 'Outbound');
        return rows.length === 2 && rows.every((row) => row['DeliveryStatus__c'] === 'Delivered' || row['SentStatus__c'] === 'Unknown');
      },
      60_000,
    );
    await until(`${point}: asked`, () => inOrg(phone).some((row) => row['Direction__c'] === 'Inbound'), 60_000);
    const [received, rows] = [await onPhone(phone), inOrg(phone)];
    expect(rows.map((row) => row['Body__c']).sort(), point).toEqual([`${point} asked`, ...texts].sort());
    expect(received.at(-1), point).toBe(texts[1]);
    expect(new Set(received).size, point).toBe(received.length);
    for (const text of texts) {
      const row = rows.find((candidate) => candidate['Body__c'] === text);
      if (received.includes(text)) expect(row, text).toMatchObject({ SentStatus__c: 'Sent', DeliveryStatus__c: 'Delivered' });
      else expect(row, text).toMatchObject({ SentStatus__c: 'Unknown', DeliveryStatus__c: null });
    }
  }
}, 240_000);

it('kill -9 in the middle of a stream both ways loses nothing', async () => {
  const phones = Array.from({ length: 10 }, () => person(OUR_US));
  const asked = phones.flatMap((phone) => [1, 2, 3].map((index) => ({ phone, body: `question ${index}` })));
  const answered = phones.flatMap((phone) => [1, 2].map((index) => ({ phone, body: `answer ${index}`, key: randomUUID() as string })));
  const stream = Promise.all([
    ...asked.map(({ phone, body }, index) => later(index * 20, () => inbound(phone, OUR_US, body))),
    ...answered.map(({ phone, body, key }, index) => later(index * 30, () => insist(phone, OUR_US, body, key))),
  ]);
  await until('something is in the org', () => inOrg(phones[0]!).length > 0);
  running?.child.kill('SIGKILL');
  await running?.exited;
  await start();
  await stream;
  await until(
    'everything is in the org',
    () =>
      phones.every((phone) => {
        const rows = inOrg(phone);
        const inboundBodies = rows.filter((row) => row['Direction__c'] === 'Inbound').map((row) => row['Body__c']);
        const outbound = rows.filter((row) => row['Direction__c'] === 'Outbound');
        return (
          inboundBodies.sort().join() === 'question 1,question 2,question 3' &&
          outbound.length === 2 &&
          outbound.every((row) => row['DeliveryStatus__c'] === 'Delivered' || row['SentStatus__c'] === 'Unknown')
        );
      }),
    60_000,
  );
  for (const phone of phones) {
    const received = await onPhone(phone);
    expect(new Set(received).size).toBe(received.length);
    const unknown = inOrg(phone).filter((row) => row['SentStatus__c'] === 'Unknown').length;
    expect(received.length).toBeGreaterThanOrEqual(2 - unknown);
  }
}, 120_000);

it('a graceful stop answers what is under way, gives its leases back and ends with 0', async () => {
  const phone = person(OUR_UK);
  const sent = Array.from({ length: 20 }, (_, index) => send(phone, OUR_UK, `last ${index}`, randomUUID()));
  await Promise.race(sent);
  running?.child.kill('SIGTERM');
  expect(await running?.exited).toEqual({ code: 0, signal: null });
  const accepted = (await Promise.all(sent)).filter(Boolean).length;
  await start(); // no lease has to end first
  await until('all that was accepted is sent', async () => (await onPhone(phone)).length === accepted);
  await until(
    'nothing is in doubt',
    () => inOrg(phone).length === accepted && inOrg(phone).every((row) => row['DeliveryStatus__c'] === 'Delivered'),
  );
}, 60_000);

it('logged no number, text or key of all this', () => {
  for (const secret of ['+1415559', '+44770092', 'question 1', 'before-submit one', stack.apiKey()]) expect(output).not.toContain(secret);
});

async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return work();
}

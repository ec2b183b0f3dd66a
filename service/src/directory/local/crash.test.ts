import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedRecords } from '../../../../sandbox/salesforce/org.ts';
import { freePorts } from '../../../../sandbox/stack/ports.ts';
import { environment } from '../../../../sandbox/stack/service.ts';
import { startStack } from '../../../../sandbox/stack/stack.ts';
import type { Stack } from '../../../../sandbox/stack/types.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { until } from '../../rig.test-helper.ts';

let stack: Stack;
let folder: string;
let server: (Database & { url?: string }) | undefined;
let stop: () => Promise<unknown> = () => Promise.resolve();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
  if (process.env['TEST_DATABASE_URL']) server = await createTestDatabase();
  stack = await startStack({
    ports: await freePorts(),
    dataDir: folder,
    sample: 'connected',
    lightning: false,
    env: { LOG_LEVEL: 'info', ...(server?.url && { DATABASE_URL: server.url }) },
    onOutput: () => undefined,
  });
  await stack.service.stop();
  seedRecords(stack.salesforce.org, { object: 'Contact', count: 10_500 });
}, 120_000);
afterAll(async () => {
  await stop();
  await stack.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Starts a service; `ended` tells by what signal it ended. */
async function start(failPoints: string): Promise<{ ended: Promise<NodeJS.Signals | null> }> {
  // Where several processes could live, a dead one's lease has to end first.
  if (server) await sql`update lane set lease_until = now() where lease_until is not null`.execute(server.db);
  const env = { ...environment({ ports: stack.ports, dataDir: folder }), ...(server?.url && { DATABASE_URL: server.url }) };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../main.ts')], {
    env: { ...process.env, ...env, FAIL_POINTS: failPoints },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  stop = () => (child.kill('SIGTERM'), ended);
  await until('ready', async () => (await fetch(`http://127.0.0.1:${stack.ports.service}/readyz`).catch(() => undefined))?.ok, 60_000);
  return { ended };
}

const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
  const answer = await fetch(`http://localhost:${stack.ports.service}/v1/acd${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.apiKey()}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as T;
};

async function requests(method: string, end: string): Promise<number> {
  const { items } = (await (await fetch(`${stack.salesforce.url}/__sandbox/calls`)).json()) as {
    items: { method: string; route: string; count: number }[];
  };
  return items.filter((item) => item.method === method && item.route.endsWith(end)).reduce((sum, { count }) => sum + count, 0);
}

it('a process that is killed in the middle of a load leaves the rest of it to the next one', async () => {
  const first = await start('directory.page-stored=crash');
  await call('POST', '/pbxs', { name: 'Main office', rules: { country: 'US' } });
  expect(await first.ended).toBe('SIGKILL');
  // The second page may have been asked for while the first one was stored.
  const before = await requests('GET', '/results');
  expect([await requests('POST', '/jobs/query'), before]).toEqual([1, expect.toBeOneOf([1, 2])]);
  await start('');
  await call('POST', '/directory/refresh');
  type Directory = { sweptAt: string | null; sources: { object: string; recordsRead: number; recordsTotal: number }[] };
  const read = await until(
    'everything is read',
    async () => {
      const state = await call<Directory>('GET', '/directory');
      return state.sweptAt ? state : undefined;
    },
    90_000,
  );
  const contacts = stack.salesforce.org.query('SELECT Id FROM Contact').length;
  const source = read.sources.find(({ object }) => object === 'Contact');
  expect(source?.recordsTotal).toBe(contacts);
  expect(source?.recordsRead).toBe(contacts);
  expect([await requests('POST', '/jobs/query'), await requests('GET', '/results')]).toEqual([1, before + 1]);
}, 180_000);

import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { createHttpServer, type HttpServer } from '../../platform/http/server.ts';
import { createLogger } from '../../platform/log.ts';
import { createKnownAccounts } from '../known-accounts.ts';
import type { Receipts } from '../receipts.ts';
import { createReceive, type Receive } from '../receive.ts';
import { addAccount, addOrg } from '../store.test-helper.ts';
import type { CarrierAccount } from '../types.ts';
import { registerWebhooks } from './webhooks.ts';

const PUBLIC_URL = 'https://switchboard.test';
const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const TOKEN = 'token';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The two routes alone, with an account that needs no database. */
async function serve(
  receive: Receive,
  ids: { orgId: string; accountId: string },
  more: { mostUnderWay?: number; mostUnproved?: number } = {},
) {
  const refused: string[] = [];
  const app: HttpServer = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    version: '0',
    publicUrl: PUBLIC_URL,
    problemBase: 'https://docs.test',
    requestsPerMinute: 0,
  });
  const account = {
    id: ids.accountId,
    orgId: ids.orgId,
    kind: 'twilio',
    settings: { accountSid: ACCOUNT_SID },
  } as unknown as CarrierAccount;
  registerWebhooks(app, {
    publicUrl: PUBLIC_URL,
    findAccount: createKnownAccounts((id) => (id === ids.accountId ? Promise.resolve({ account, authToken: TOKEN }) : forEver)),
    receive,
    receipts: { apply: () => Promise.resolve() } as unknown as Receipts,
    figures: { stored: () => undefined, refused: (why) => void refused.push(why) },
    ...more,
  });
  await app.ready();
  closers.push(() => app.close());
  const post = async (params: Record<string, string>) => {
    const url = `/carriers/twilio/${ids.accountId}/inbound`;
    const all = { AccountSid: ACCOUNT_SID, To: '+14155550100', NumMedia: '0', ...params };
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': webhooks.getExpectedTwilioSignature(TOKEN, PUBLIC_URL + url, all),
      },
      payload: new URLSearchParams(all).toString(),
    });
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] };
  };
  return { app, post, refused };
}
/** How long the database looks for an account that nobody has. */
const forEver = new Promise<undefined>(() => undefined);

const text = (index: number) => ({
  MessageSid: `SM${randomBytes(16).toString('hex')}`,
  From: `+1415555${4000 + (index % 5)}`,
  Body: `text ${index}`,
});
const IDS = { orgId: '6f1c1c1e-0000-4000-8000-000000000001', accountId: '6f1c1c1e-0000-4000-8000-000000000002' };

it('refuses what is more than may be under way, with a time to try again, and takes it when there is room', async () => {
  const stored: (() => void)[] = [];
  const { post, refused } = await serve(() => new Promise((resolve) => stored.push(() => resolve(undefined))), IDS, { mostUnderWay: 2 });
  const taken = [post(text(1)), post(text(2))];
  const third = text(3);
  expect(await post(third)).toEqual({ status: 503, retryAfter: '5' });
  expect(refused).toEqual(['full']);
  for (const end of stored.splice(0)) end();
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200]);
  const again = post(third);
  while (stored.length === 0) await new Promise((resolve) => setImmediate(resolve));
  stored[0]?.();
  expect(await again).toEqual({ status: 200, retryAfter: undefined });
});

const unsigned = (accountId: string) => ({
  method: 'POST' as const,
  url: `/carriers/twilio/${accountId}/inbound`,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: 'Body=hello',
});

it('whoever is not proved takes no place of a carrier', async () => {
  const { app, post, refused } = await serve(() => Promise.resolve(undefined), IDS, { mostUnderWay: 2, mostUnproved: 10 });
  expect(await post(text(1))).toMatchObject({ status: 200 });
  let floods = 10;
  const flood = () => void app.inject(unsigned(`6f1c1c1e-0000-4000-8000-0000000000${(floods += 1)}`)).catch(() => undefined);
  for (let times = 0; times < 9; times += 1) flood();
  expect(await post(text(2))).toEqual({ status: 200, retryAfter: undefined });
  expect(refused).toEqual([]);
  // Until all places are taken by forms that are in memory.
  const postBehindOneMore = async () => {
    flood();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return post(text(3));
  };
  await expect.poll(postBehindOneMore, { timeout: 10_000 }).toEqual({ status: 503, retryAfter: '5' });
  expect(new Set(refused)).toEqual(new Set(['full']));
});

it('places of those who are not proved are free again, whatever became of them', async () => {
  const { app, post } = await serve(() => Promise.resolve(undefined), IDS, { mostUnproved: 1 });
  const status = async (request: object) => (await app.inject({ ...unsigned(IDS.accountId), ...request })).statusCode;
  for (let time = 0; time < 3; time += 1) {
    expect(await status({})).toBe(403);
    expect(await status({ url: '/carriers/twilio/nobody/inbound' })).toBe(404);
    expect(await status({ headers: { 'content-type': 'text/html' } })).toBe(415);
    expect(await status({ payload: `Body=${'x'.repeat(300_000)}` })).toBe(413);
    expect(await post(text(time))).toMatchObject({ status: 200 });
  }
  expect(await status({ payload: 'Body=hello' })).toBe(403);
});

it('whoever lets forms trickle in is cut off when the places are needed, and keeps no carrier out', async () => {
  const { app, post, refused } = await serve(() => Promise.resolve(undefined), IDS, { mostUnproved: 3 });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const ended: number[] = [];
  const trickle = async (index: number) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.on('close', () => ended.push(index));
    closers.push(() => socket.destroy());
    socket.write(`POST ${unsigned(IDS.accountId).url} HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n`);
    socket.write('content-type: application/x-www-form-urlencoded\r\n\r\nBody=');
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await trickle(0);
  for (let time = 0; time < 3; time += 1) await app.inject({ ...unsigned(IDS.accountId), headers: { 'content-type': 'text/html' } });
  for (const index of [1, 2]) await trickle(index);
  expect(ended).toEqual([]); // those that were answered have left
  for (const index of [3, 4]) await trickle(index);
  await expect.poll(() => ended).toEqual([0, 1]);
  expect(await post(text(1))).toEqual({ status: 200, retryAfter: undefined });
  await expect.poll(() => ended).toEqual([0, 1, 2]);
  expect(refused).toEqual([]);
});

it.each(['ECONNREFUSED', '57P01', '53300'])('tells the carrier to come again after %s', async (code) => {
  const { post } = await serve(() => Promise.reject(Object.assign(new Error('away'), { code })), IDS);
  expect(await post(text(1))).toEqual({ status: 503, retryAfter: '5' });
});

it.each(['From', 'To', 'Body', 'MediaContentType0', 'MediaUrl0'])(
  'stores a signed text with a NUL in its %s, or it would come for ever',
  async (name) => {
    const database = await createTestDatabase();
    closers.push(() => database.close());
    const ids = { orgId: await addOrg(database.db), accountId: '' };
    ids.accountId = await addAccount(database.db, ids.orgId, 'twilio');
    const { receive } = createReceive({ db: database.db, clock: { now: () => new Date() }, wake: () => undefined });
    const { post } = await serve(receive, ids);
    const picture = { NumMedia: '1', MediaUrl0: 'https://carrier.test/picture', MediaContentType0: 'image/png' };
    const odd: Record<string, string> = { ...text(1), ...picture };
    expect(await post({ ...odd, [name]: `${odd[name] ?? ''}\u0000` })).toMatchObject({ status: 200 });
    const { rows } = await sql`select carrier_id as id from message`.execute(database.db);
    expect(rows).toEqual([{ id: odd['MessageSid'] }]);
  },
);

/** What lies between the service and its database, and can be cut. */
async function startLink(target: URL) {
  const open = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(target.port || 5432), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other).on('error', () => one.destroy());
      one
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(one);
          other.destroy();
        });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  closers.push(() => {
    cut();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: url.href, cut, mend: () => (isCut = false) };
}

describe.skipIf(!process.env['TEST_DATABASE_URL'])('while the database is away (needs TEST_DATABASE_URL)', () => {
  it('nothing is accepted, and what was is there; what the carrier hands over again afterwards is there once', async () => {
    const database: Database & { url?: string } = await createTestDatabase();
    closers.push(() => database.close());
    const ids = { orgId: await addOrg(database.db), accountId: '' };
    ids.accountId = await addAccount(database.db, ids.orgId, 'twilio');
    const link = await startLink(new URL(database.url as string));
    const linked = await openDatabase({ url: link.url, poolSize: 4, onError: () => undefined });
    closers.push(() => linked.close());
    const { receive } = createReceive({ db: linked.db, clock: { now: () => new Date() }, wake: () => undefined });
    const { post } = await serve(receive, ids);

    const texts = Array.from({ length: 120 }, (_, index) => text(index));
    const answers = new Map<string, number>();
    const hand = async (some: typeof texts) =>
      Promise.all(
        some.map(async (one) => {
          const { status, retryAfter } = await post(one);
          expect(status === 200 || (status === 503 && retryAfter !== undefined), `${status}`).toBe(true);
          if (answers.get(one.MessageSid) !== 200) answers.set(one.MessageSid, status);
        }),
      );
    await hand(texts.slice(0, 20));
    const during = hand(texts.slice(20, 80)); // some are under way when it goes
    await new Promise((resolve) => setImmediate(resolve));
    link.cut();
    await during;
    await hand(texts.slice(80));
    expect(texts.slice(80).map((one) => answers.get(one.MessageSid))).toEqual(texts.slice(80).map(() => 503));

    const stored = async () =>
      new Set(
        (await sql<{ id: string }>`select carrier_id as id from message where direction = 'inbound'`.execute(database.db)).rows.map(
          ({ id }) => id,
        ),
      );
    const before = await stored();
    for (const [sid, status] of answers) if (status === 200) expect(before).toContain(sid);

    link.mend();
    await hand(texts);
    expect([...answers.values()].every((status) => status === 200)).toBe(true);
    expect(await stored()).toEqual(new Set(texts.map((one) => one.MessageSid)));
    const { rows } = await sql<{ texts: number; unread: number }>`
      select (select count(*) from message) as texts, (select sum(unread)::int from conversation) as unread`.execute(database.db);
    expect(rows).toEqual([{ texts: 120, unread: 120 }]);
  });
});

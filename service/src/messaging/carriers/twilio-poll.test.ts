import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CarrierMessage } from '../../gateways/twilio/index.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { createReceipts } from '../receipts.ts';
import { createReceive } from '../receive.ts';
import { addAccount, addMessage, addOrg } from '../store.test-helper.ts';
import { findAccount } from '../store/accounts.ts';
import { beginSubmission } from '../store/queue.ts';
import { saveParts } from '../store/receipts.ts';
import type { CarrierAccount } from '../types.ts';
import { poll, type PollClient } from './twilio-poll.ts';

let database: Database;
let orgId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
});
afterAll(() => database.close());

const OURS = '+14155550100';
const clock = { now: () => new Date() };
let people = 0;
const person = () => `+1415554${1000 + (people += 1)}`;
const sid = () => `SM${randomUUID().replaceAll('-', '')}`;

async function newAccount(): Promise<CarrierAccount> {
  return (await findAccount(database.db, await addAccount(database.db, orgId, 'twilio')))!;
}

function listed(message: Partial<CarrierMessage>): CarrierMessage {
  return {
    sid: sid(),
    from: OURS,
    to: person(),
    body: 'text',
    status: 'delivered',
    direction: 'outbound',
    errorCode: null,
    mediaCount: 0,
    createdAt: new Date().toISOString(),
    ...message,
  } as CarrierMessage;
}

interface Asked {
  pages: number;
  media: number;
}

/** A carrier whose list has these pages, newest message first. */
function carrier(pages: CarrierMessage[][], media: PollClient['listMedia'] = () => Promise.resolve({ ok: true, value: [] })) {
  const asked: Asked = { pages: 0, media: 0 };
  const client: PollClient = {
    listMessages: (options) => {
      asked.pages += 1;
      const page = Number((options as { page?: string }).page ?? 0);
      return Promise.resolve({
        ok: true,
        value: { messages: pages[page] ?? [], nextPage: page + 1 < pages.length ? String(page + 1) : null },
      }) as ReturnType<PollClient['listMessages']>;
    },
    listMedia: (id) => {
      asked.media += 1;
      return media(id);
    },
  };
  return { asked, client };
}

function look(account: CarrierAccount, client: PollClient, signal = new AbortController().signal): Promise<string | undefined> {
  const { db } = database;
  const wake = () => {};
  const { receive } = createReceive({ db, clock, wake });
  return poll({ account, db, clock, receive, receipts: createReceipts({ db, wake }) }, client, signal);
}

const rows = async <T>(query: string): Promise<T[]> => (await sql.raw<T>(query).execute(database.db)).rows;
const statusOf = async (id: string) => (await rows<{ status: string }>(`select status from message where id = '${id}'`))[0]?.status;
const inboundOf = (account: CarrierAccount) =>
  rows<{ body: string }>(`select body from message where account_id = '${account.id}' and direction = 'inbound' order by sequence`);

/** A message that was begun and whose outcome is as given. */
async function begun(account: CarrierAccount, to: string, status: 'sending' | 'unknown'): Promise<string> {
  const { id } = await addMessage(database.db, { orgId, accountId: account.id, customerNumber: to });
  await beginSubmission(database.db, orgId, { id, customerNumber: to }, new Date());
  await sql`update message set status = ${status} where id = ${id}`.execute(database.db);
  return id;
}

describe('an inbound text in the list', () => {
  const inbound = (more: Partial<CarrierMessage>) =>
    listed({ direction: 'inbound', status: 'received', from: person(), to: OURS, ...more });

  it('is stored without its pictures when the carrier has them no more, and the look goes on', async () => {
    const account = await newAccount();
    const gone = () => Promise.resolve({ ok: false, problem: { kind: 'not-found', text: 'Gone.', retryable: false } } as const);
    const { client, asked } = carrier([[inbound({ body: 'later' }), inbound({ body: 'with a picture', mediaCount: 1 })]], gone);
    expect(await look(account, client)).toBeUndefined();
    expect((await inboundOf(account)).map((message) => message.body).sort()).toEqual(['later', 'with a picture']);
    expect(account.polledUntil).toBeInstanceOf(Date);
    await look(account, client);
    expect(asked.media).toBe(1); // what is stored is not asked for again
  });

  it('waits for its pictures when the carrier cannot be asked for them', async () => {
    const account = await newAccount();
    const away = () => Promise.resolve({ ok: false, problem: { kind: 'unreachable', text: 'Away.', retryable: true } } as const);
    await expect(look(account, carrier([[inbound({ mediaCount: 1 })]], away).client)).rejects.toThrow('Away.');
    expect(await inboundOf(account)).toEqual([]);
    expect(account.polledUntil).toBeNull();
  });

  it('of further pages comes with the next look when the account is closed meanwhile', async () => {
    const account = await newAccount();
    const closing = new AbortController();
    const { client, asked } = carrier([[inbound({})], [inbound({})]]);
    const closes: PollClient = { ...client, listMessages: (options) => (closing.abort(), client.listMessages(options)) };
    await look(account, closes, closing.signal);
    expect(asked.pages).toBe(1);
    expect(account.polledUntil).toBeNull();
    expect(await look(account, client)).toBeUndefined();
    expect(await inboundOf(account)).toHaveLength(2);
  });
});

describe('a message in doubt', () => {
  it('is settled by its text and numbers in the list', async () => {
    const [account, to] = [await newAccount(), person()];
    const id = await begun(account, to, 'unknown');
    await look(account, carrier([[listed({ to, createdAt: new Date(Date.now() - 60_000).toISOString() })]]).client);
    expect(await statusOf(id)).toBe('unknown'); // made before it was submitted
    await look(account, carrier([[listed({ to })]]).client);
    expect(await statusOf(id)).toBe('delivered');
  });

  it('is not settled by what may be one that is being sent, whose receipt is kept', async () => {
    const [account, to, carrierId] = [await newAccount(), person(), sid()];
    const [lost, current] = [await begun(account, to, 'unknown'), await begun(account, to, 'sending')];
    await look(account, carrier([[listed({ to, sid: carrierId })]]).client);
    expect([await statusOf(lost), await statusOf(current)]).toEqual(['unknown', 'sending']);
    expect(await rows(`select status from receipt where carrier_id = '${carrierId}'`)).toEqual([{ status: 'delivered' }]);
  });

  it('is not settled by an id that turns out to be another message’s', async () => {
    const [account, to, carrierId] = [await newAccount(), person(), sid()];
    const [lost, other] = [await begun(account, to, 'unknown'), await begun(account, to, 'sending')];
    await saveParts(database.db, orgId, account.id, other, [{ part: 1, carrierId, key: carrierId }]);
    const receipts = createReceipts({ db: database.db, wake: () => {} });
    await receipts.identify({ orgId, accountId: account.id, messageId: lost, carrierId, keys: [carrierId], listed: true });
    expect(await statusOf(lost)).toBe('unknown');
  });
});

it('messages of another system that uses the account leave nothing behind', async () => {
  const account = await newAccount();
  expect(await look(account, carrier([[listed({}), listed({ status: 'failed' })]]).client)).toBeUndefined();
  expect(await rows(`select 1 from receipt where account_id = '${account.id}'`)).toEqual([]);
});

it('takes what it missed in the order in which it was written, over all pages', async () => {
  const account = await newAccount();
  const from = person();
  const text = (body: string, minutesAgo: number) =>
    listed({ from, to: OURS, direction: 'inbound', body, createdAt: new Date(Date.now() - minutesAgo * 60_000).toISOString() });
  const { client } = carrier([
    [text('four', 1), text('three', 2)],
    [text('two', 3), text('one', 4)],
  ]);
  const receiving = createReceive({ db: database.db, clock, wake: () => {} });
  await poll(
    { account, db: database.db, clock, receive: receiving.receive, receipts: createReceipts({ db: database.db, wake: () => {} }) },
    client,
    new AbortController().signal,
  );
  const { rows } = await sql<{ body: string }>`
    select m.body from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    where c.customer_number = ${from} order by m.sequence`.execute(database.db);
  expect(rows.map((row) => row.body)).toEqual(['one', 'two', 'three', 'four']);
});

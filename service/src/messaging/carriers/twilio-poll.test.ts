import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CarrierMessage } from '../../gateways/twilio/index.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { createReceipts } from '../receipts.ts';
import { createReceive } from '../receive.ts';
import { addAccount, addMessage, addNumber, addOrg } from '../store.test-helper.ts';
import { findAccount } from '../store/accounts.ts';
import { beginSubmission } from '../store/queue.ts';
import { saveParts } from '../store/receipts.ts';
import type { CarrierAccount } from '../types.ts';
import { hoursAgo, listed, longList, sid } from './twilio-list.test-helper.ts';
import { newPollMemory, poll, type PollClient } from './twilio-poll.ts';

let database: Database;
let orgId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
  await addNumber(database.db, orgId, await addAccount(database.db, orgId, 'twilio'), OURS);
});
afterAll(() => database.close());

const OURS = '+14155550100';
const clock = { now: () => new Date() };
let people = 0;
const person = () => `+1415554${1000 + (people += 1)}`;

async function newAccount(): Promise<CarrierAccount> {
  return (await findAccount(database.db, await addAccount(database.db, orgId, 'twilio')))!;
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
    fetchMessage: () => Promise.reject(new Error('nothing is to be asked')),
  };
  return { asked, client };
}

function look(account: CarrierAccount, client: PollClient, signal = new AbortController().signal, memory = newPollMemory()): Promise<void> {
  const { db } = database;
  const wake = () => {};
  const { receive } = createReceive({ db, clock, wake });
  return poll({ account, db, clock, receive, receipts: createReceipts({ db, wake }), memory }, client, signal);
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
    await look(account, client);
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
    await look(account, client);
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
  await look(account, carrier([[listed({}), listed({ status: 'failed' })]]).client);
  expect(await rows(`select 1 from receipt where account_id = '${account.id}'`)).toEqual([]);

  const theirs = listed({ direction: 'inbound', status: 'received', from: person(), to: person(), body: 'STOP' });
  await look(account, carrier([[theirs]]).client);
  expect(await inboundOf(account)).toEqual([]);
  expect(await rows(`select 1 from opt_out where number = '${theirs.from}'`)).toEqual([]);
});

it('takes what was texted to a number that the org has no more', async () => {
  const [account, gone] = [await newAccount(), person()];
  await addNumber(database.db, orgId, account.id, gone);
  await sql`update number set removed_at = now() where number = ${gone}`.execute(database.db);
  await look(account, carrier([[listed({ direction: 'inbound', status: 'received', from: person(), to: gone, body: 'late' })]]).client);
  expect(await inboundOf(account)).toEqual([{ body: 'late' }]);
});

/** The same, with what it has between the asked times, which answers as many calls as told. */
const longListed = (messages: CarrierMessage[], calls: { left: number }): PollClient => ({
  ...carrier([]).client,
  ...longList(messages, calls),
});

describe('a number that is new in the org', () => {
  const textTo = (to: string, createdAt: Date) =>
    listed({ from: person(), to, direction: 'inbound', status: 'received', body: 'early', createdAt: createdAt.toISOString() });

  it('gets what was texted to it within a day before, also after a restart, and only once is so much read', async () => {
    const account = await newAccount();
    const [late, calls] = [person(), { left: 1_000 }];
    const list = longListed([textTo(late, hoursAgo(20)), textTo(late, hoursAgo(30))], calls);
    await look(account, list);
    expect(await inboundOf(account)).toEqual([]);
    expect(account.polledUntil?.getTime()).toBeGreaterThan(hoursAgo(1).getTime());

    await addNumber(database.db, orgId, account.id, late);
    await look((await findAccount(database.db, account.id))!, list);
    expect(await inboundOf(account)).toEqual([{ body: 'early' }]);

    const from: string[] = [];
    const again = (await findAccount(database.db, account.id))!;
    await look(again, {
      ...list,
      listMessages: (request) => (from.push((request as { since: string }).since), list.listMessages(request)),
    });
    expect(from.filter((since) => Date.parse(since) < hoursAgo(1).getTime())).toEqual([]);
  });

  it('is looked for further back where the look was interrupted', async () => {
    const account = await newAccount();
    await look(account, longListed([], { left: 1 }));
    const late = person();
    await addNumber(database.db, orgId, account.id, late);
    const list = [textTo(late, hoursAgo(20))];
    await expect(look(account, longListed(list, { left: 0 }))).rejects.toThrow('Too many requests.');
    await look(account, longListed(list, { left: 1_000 }));
    expect(await inboundOf(account)).toHaveLength(1);
  });
});

describe('a list that is longer than what can be held', () => {
  const from = person();
  const inbound = (body: string, createdAt: Date) =>
    listed({ from, to: OURS, direction: 'inbound', status: 'received', body, createdAt: createdAt.toISOString() });
  /** Every tenth is a text to the org, the others are another system's. */
  const manyTexts = () =>
    Array.from({ length: 2_500 }, (_, index) => {
      const createdAt = new Date(hoursAgo(20).getTime() + index * 20_000);
      return index % 10 > 0 ? listed({ createdAt: createdAt.toISOString() }) : inbound(String(index), createdAt);
    });
  const all = Array.from({ length: 250 }, (_, index) => index * 10);
  const takenBy = async (account: CarrierAccount) => (await inboundOf(account)).map((row) => Number(row.body));

  it('is stored stretch by stretch, oldest first, and a failure costs only what was being read', async () => {
    const account = await newAccount();
    const texts = manyTexts();
    await expect(look(account, longListed(texts, { left: 20 }))).rejects.toThrow('Too many requests.');
    const first = await takenBy(account);
    expect(first.length).toBeGreaterThan(0);
    expect(first).toEqual(first.map((_, index) => index * 10));
    expect(account.polledUntil?.getTime()).toBeLessThan(hoursAgo(1).getTime());

    await look(account, longListed(texts, { left: 1_000 }));
    expect(await takenBy(account)).toEqual(all);
    expect(account.polledUntil?.getTime()).toBeGreaterThan(hoursAgo(1).getTime());
  });

  it('is read in the end where few calls are let through, also when four texts a second come', async () => {
    const account = await newAccount();
    await look(account, longListed([], { left: 1 }));
    account.polledUntil = hoursAgo(1 / 4);
    const texts = Array.from({ length: 4 * 60 * 18 }, (_, index) => {
      const createdAt = new Date(hoursAgo(0.3).getTime() + index * 250);
      return index % 240 > 0 ? listed({ createdAt: createdAt.toISOString() }) : inbound(String(index), createdAt);
    });
    const memory = newPollMemory();
    let looks = 0;
    for (let failed = true; failed && looks < 100; looks += 1) {
      failed = await look(account, longListed(texts, { left: 3 }), undefined, memory).then(
        () => false,
        () => true,
      );
    }
    expect(looks).toBeLessThan(100);
    const missed = texts.filter(({ direction, createdAt }) => direction === 'inbound' && createdAt! > hoursAgo(1 / 4).toISOString());
    expect((await takenBy(account)).slice(-missed.length)).toEqual(missed.map(({ body }) => Number(body)));
  });

  it('is read with an overlap after a look that came to its end, and without one after a look that failed', async () => {
    const account = await newAccount();
    const memory = newPollMemory();
    const since: number[] = [];
    const noted = (left: number): PollClient => {
      const list = longListed(texts, { left });
      return {
        ...list,
        listMessages: (request) => (since.push(Date.parse((request as { since?: string }).since ?? '')), list.listMessages(request)),
      };
    };
    const texts = manyTexts().filter(({ direction }) => direction === 'outbound');
    await expect(look(account, noted(15), undefined, memory)).rejects.toThrow('Too many requests.');
    const reached = account.polledUntil?.getTime();
    since.length = 0;
    await look(account, noted(1_000), undefined, memory);
    expect(since[0]).toBe(reached);
    const done = account.polledUntil?.getTime() ?? 0;
    since.length = 0;
    await look(account, noted(1_000), undefined, memory);
    expect(since[0]).toBe(done - 2 * 60_000);
  });
});

describe('a message whose receipt did not come', () => {
  const asking = (answers: CarrierMessage[], asked: string[] = []): PollClient => ({
    ...carrier([]).client,
    fetchMessage: (id) => {
      asked.push(id);
      const value = answers.find((message) => message.sid === id);
      return Promise.resolve(
        value ? { ok: true, value } : { ok: false, problem: { kind: 'not-found', text: 'Not found.', retryable: false } },
      );
    },
  });
  async function sent(account: CarrierAccount, carrierId: string, minutesAgo: number): Promise<string> {
    const id = await begun(account, person(), 'sending');
    await saveParts(database.db, orgId, account.id, id, [{ part: 1, carrierId, key: carrierId }]);
    await sql`update message set status = 'sent', submitted_at = now() - ${minutesAgo} * interval '1 minute' where id = ${id}`.execute(
      database.db,
    );
    await sql`update message_part set ask_at = ask_at - ${minutesAgo} * interval '1 minute' where message_id = ${id}`.execute(database.db);
    return id;
  }
  const asksIn = async (id: string) =>
    (
      await rows<{ minutes: number | null }>(
        `select round(extract(epoch from ask_at - now()) / 60)::int as minutes from message_part where message_id = '${id}'`,
      )
    )[0]?.minutes;

  it('is asked for after ten minutes, and settled by what the carrier says then', async () => {
    const [account, carrierId, youngId] = [await newAccount(), sid(), sid()];
    const [id, young] = [await sent(account, carrierId, 11), await sent(account, youngId, 9)];
    const asked: string[] = [];
    await look(account, asking([listed({ sid: carrierId, status: 'undelivered', errorCode: '30003' })], asked));
    expect(asked).toEqual([carrierId]);
    expect([await statusOf(id), await statusOf(young)]).toEqual(['undelivered', 'sent']);
    expect(await asksIn(id)).toBeNull();
  });

  it('is asked for less and less often while the carrier says no more, and after two days never again', async () => {
    const account = await newAccount();
    const [firstId, lastId, goneId] = [sid(), sid(), sid()];
    const [first, last, gone] = [await sent(account, firstId, 20), await sent(account, lastId, 43 * 60), await sent(account, goneId, 30)];
    const [old, failed] = [await sent(account, sid(), 49 * 60), await sent(account, sid(), 60)];
    await sql`update message set status = 'failed' where id = ${failed}`.execute(database.db);
    const asked: string[] = [];
    await look(
      account,
      asking(
        [firstId, lastId].map((known) => listed({ sid: known, status: 'sent' })),
        asked,
      ),
    );
    expect(asked).toEqual([lastId, goneId, firstId]);
    expect([await asksIn(first), await asksIn(gone), await asksIn(last)]).toEqual([60, 90, 129 * 60]);
    expect([await asksIn(old), await asksIn(failed)]).toEqual([null, null]);
    await sql`update message_part set ask_at = now() where message_id = ${last}`.execute(database.db);
    await sql`update message set submitted_at = now() - interval '3 days' where id = ${last}`.execute(database.db);
    await look(account, asking([], asked));
    expect(asked).toHaveLength(3);
    expect(await asksIn(last)).toBeNull();
  });

  it('waits for the next look when the carrier cannot be asked', async () => {
    const [account, carrierId] = [await newAccount(), sid()];
    const id = await sent(account, carrierId, 11);
    const away: PollClient = {
      ...carrier([]).client,
      fetchMessage: () => Promise.resolve({ ok: false, problem: { kind: 'throttled', text: 'Too many requests.', retryable: true } }),
    };
    await look(account, away);
    await look(account, asking([listed({ sid: carrierId })]));
    expect(await statusOf(id)).toBe('delivered');
  });
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
  await look(account, client);
  expect((await inboundOf(account)).map((row) => row.body)).toEqual(['one', 'two', 'three', 'four']);
});

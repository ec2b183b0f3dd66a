import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CarrierMessage } from '../../gateways/twilio/index.ts';
import type { Db } from '../../platform/db/database.ts';
import { createReceipts } from '../receipts.ts';
import { addNumber } from '../store.test-helper.ts';
import { saveParts } from '../store/receipts.ts';
import type { CarrierAccount } from '../types.ts';
import { listed, sid } from './twilio-list.test-helper.ts';
import { carrier, OURS, person, startPolling, type PollRig } from './twilio-poll.test-helper.ts';
import type { PollClient } from './twilio-poll.ts';

let rig: PollRig;
let [db, orgId]: [Db, string] = [undefined as never, ''];
beforeAll(async () => {
  rig = await startPolling();
  ({ db, orgId } = rig);
});
afterAll(() => rig.close());

const newAccount = () => rig.newAccount();
const look: PollRig['look'] = (...options) => rig.look(...options);
const inboundOf: PollRig['inboundOf'] = (account) => rig.inboundOf(account);
const begun: PollRig['begun'] = (...message) => rig.begun(...message);
const statusOf: PollRig['statusOf'] = (id) => rig.statusOf(id);
const rows: PollRig['rows'] = (query) => rig.rows(query);

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
    await saveParts(db, orgId, account.id, other, [{ part: 1, carrierId, key: carrierId }]);
    const receipts = createReceipts({ db, wake: () => {} });
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
  await addNumber(db, orgId, account.id, gone);
  await sql`update number set removed_at = now() where number = ${gone}`.execute(db);
  await look(account, carrier([[listed({ direction: 'inbound', status: 'received', from: person(), to: gone, body: 'late' })]]).client);
  expect(await inboundOf(account)).toEqual([{ body: 'late' }]);
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
    await saveParts(db, orgId, account.id, id, [{ part: 1, carrierId, key: carrierId }]);
    await sql`update message set status = 'sent', submitted_at = now() - ${minutesAgo} * interval '1 minute' where id = ${id}`.execute(db);
    await sql`update message_part set ask_at = ask_at - ${minutesAgo} * interval '1 minute' where message_id = ${id}`.execute(db);
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
    await sql`update message set status = 'failed' where id = ${failed}`.execute(db);
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
    await sql`update message_part set ask_at = now() where message_id = ${last}`.execute(db);
    await sql`update message set submitted_at = now() - interval '3 days' where id = ${last}`.execute(db);
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

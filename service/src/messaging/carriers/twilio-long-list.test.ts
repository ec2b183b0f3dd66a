import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../platform/db/database.ts';
import { addAccount, addNumber } from '../store.test-helper.ts';
import { findAccount } from '../store/accounts.ts';
import { saveParts } from '../store/receipts.ts';
import type { CarrierAccount } from '../types.ts';
import { hoursAgo, listed, sid } from './twilio-list.test-helper.ts';
import { longListed, noting, OURS, person, startPolling, type PollRig } from './twilio-poll.test-helper.ts';
import { newPollMemory } from './twilio-poll.ts';

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

    await addNumber(db, orgId, account.id, late);
    await look((await findAccount(db, account.id))!, list);
    expect(await inboundOf(account)).toEqual([{ body: 'early' }]);

    const again = noting(list);
    await look((await findAccount(db, account.id))!, again.client);
    expect(again.asked.filter(({ since }) => since < hoursAgo(1).toISOString())).toEqual([]);
  });

  it('is asked for alone, and neither the place in the list nor what was sent depends on it', async () => {
    const account = await newAccount();
    await look(account, longListed([], { left: 1 }));
    const [late, id] = [person(), sid()];
    const sent = await begun(account, person(), 'sending');
    await saveParts(db, orgId, account.id, sent, [{ part: 1, carrierId: id, key: id }]);
    const delivered = listed({ sid: id, status: 'delivered', createdAt: hoursAgo(20).toISOString() });
    await addNumber(db, orgId, account.id, late);
    const { client, asked } = noting(longListed([textTo(late, hoursAgo(20)), delivered, textTo(OURS, hoursAgo(20))], { left: 3 }));
    await look(account, client);
    expect((await inboundOf(account)).length).toBe(1);
    expect(asked.map(({ to, since }) => [to, since < hoursAgo(1).toISOString()])).toEqual([
      [undefined, false],
      [late, true],
    ]);
    expect(await statusOf(sent)).toBe('sending');
    expect(account.polledUntil?.getTime()).toBeGreaterThan(hoursAgo(1).getTime());
  });

  it('is not asked for where the list cannot bring its texts', async () => {
    const account = await newAccount();
    await look(account, longListed([], { left: 1 }));
    await addNumber(db, orgId, await addAccount(db, orgId, 'smpp'), person());
    await addNumber(db, orgId, account.id, 'Company');
    await sql`update number set kind = 'sender_name' where number = 'Company'`.execute(db);
    const { client, asked } = noting(longListed([], { left: 10 }));
    await look(account, client);
    expect(asked.map(({ to, since }) => [to, since < hoursAgo(1).toISOString()])).toEqual([[undefined, false]]);
  });

  it('gets its texts in the end where few calls are let through, and what is in doubt does not wait for them', async () => {
    const account = await newAccount();
    await look(account, longListed([], { left: 1 }));
    const [late, from, to] = [person(), person(), person()];
    await addNumber(db, orgId, account.id, late);
    const texts = Array.from({ length: 450 }, (_, index) => ({
      ...textTo(late, new Date(hoursAgo(20).getTime() + index * 60_000)),
      from,
      body: String(index),
    }));
    const unknown = await begun(account, to, 'unknown');
    const memory = newPollMemory();
    const next = () =>
      look(account, longListed([...texts, listed({ to })], { left: 3 }), undefined, memory).then(
        () => true,
        () => false,
      );
    expect(await next()).toBe(false);
    expect(await statusOf(unknown)).toBe('delivered');
    let looks = 1;
    while (looks < 50 && !(await next())) looks += 1;
    expect(looks).toBeLessThan(50);
    expect((await inboundOf(account)).map(({ body }) => Number(body))).toEqual(texts.map((_, index) => index));
  });

  it('is looked for further back where the look was interrupted', async () => {
    const account = await newAccount();
    await look(account, longListed([], { left: 1 }));
    const late = person();
    await addNumber(db, orgId, account.id, late);
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
    const texts = manyTexts().filter(({ direction }) => direction === 'outbound');
    await expect(look(account, longListed(texts, { left: 15 }), undefined, memory)).rejects.toThrow('Too many requests.');
    const reached = account.polledUntil?.toISOString();
    const { asked, client } = noting(longListed(texts, { left: 1_000 }));
    await look(account, client, undefined, memory);
    expect(asked[0]?.since).toBe(reached);
    const done = account.polledUntil?.getTime() ?? 0;
    asked.length = 0;
    await look(account, client, undefined, memory);
    expect(asked[0]?.since).toBe(new Date(done - 2 * 60_000).toISOString());
  });
});

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { Database, Tx } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { newTextsFrom } from './carriers/replies.ts';
import { createReceive, type Receiving } from './receive.ts';
import type { Inbound } from './types.ts';
import { addAccount, addOrg } from './store.test-helper.ts';
import { confirmReplies } from './store/repetitions.ts';

let database: Database;
let receiving: Receiving;
let orgId: string;
let accountId: string;
const woken: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  receiving = createReceive({ db: database.db, clock: systemClock, wake: (lane) => void woken.push(lane.purpose) });
  orgId = await addOrg(database.db);
  accountId = await addAccount(database.db, orgId, 'smpp');
});
afterAll(() => database.close());

let people = 0;
const person = () => `+4477009${String(10_000 + (people += 1))}`;

/** One part, as the gateway hands it over. Coding 0 is GSM 7, 8 is UCS-2. */
function part(from: string, reference: number, [number, total]: [number, number], text: string, dataCoding = 0): Inbound {
  const payload = dataCoding === 8 ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, 'latin1');
  return {
    orgId,
    accountId,
    carrierId: null,
    from,
    to: '+447700900100',
    body: text,
    media: [],
    part: { reference, total, part: number, payload, dataCoding },
  };
}

async function bodies(from: string): Promise<string[]> {
  const { rows } = await sql<{ body: string }>`
    select m.body from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    where c.customer_number = ${from} order by m.sequence`.execute(database.db);
  return rows.map((row) => row.body);
}

describe('parts of a long text', () => {
  it('in any order make one message when the last one came', async () => {
    const from = person();
    expect(await receiving.receive(part(from, 7, [3, 3], 'three'))).toBeUndefined();
    expect(await receiving.receive(part(from, 7, [1, 3], 'one '))).toBeUndefined();
    expect(await bodies(from)).toEqual([]);
    expect(await receiving.receive(part(from, 7, [2, 3], 'two '))).toMatchObject({ sequence: 1 });
    expect(await bodies(from)).toEqual(['one two three']);
  });

  it('that come again change nothing, before and after the text is whole', async () => {
    const from = person();
    await receiving.receive(part(from, 7, [1, 2], 'one '));
    await receiving.receive(part(from, 7, [1, 2], 'one '));
    await receiving.receive(part(from, 7, [2, 2], 'two'));
    await receiving.receive(part(from, 7, [2, 2], 'two'));
    await receiving.receive(part(from, 7, [1, 2], 'one '));
    expect(await bodies(from)).toEqual(['one two']);
    const { rows } = await sql`select 1 from inbound_part where customer_number = ${from} and joined_at is null`.execute(database.db);
    expect(rows).toEqual([]);
  });

  it('of a new text under a reference that was used a moment ago do not mix with the old one', async () => {
    const from = person();
    await receiving.receive(part(from, 7, [1, 2], 'one '));
    await receiving.receive(part(from, 7, [2, 2], 'two'));
    await receiving.receive(part(from, 7, [2, 2], 'four'));
    await receiving.receive(part(from, 7, [1, 2], 'three '));
    expect(await bodies(from)).toEqual(['one two', 'three four']);
  });

  it('of a new text under a reference whose old text never became whole: both are kept', async () => {
    const from = person();
    await receiving.receive(part(from, 7, [1, 2], 'half a text'));
    expect(await receiving.receive(part(from, 7, [1, 2], 'one '))).toMatchObject({ sequence: 1 });
    await receiving.receive(part(from, 7, [2, 2], 'two'));
    expect(await bodies(from)).toEqual(['half a text […]', 'one two']);
  });

  it('from two people with one reference stay apart', async () => {
    const [anna, ben] = [person(), person()];
    await receiving.receive(part(anna, 9, [1, 2], 'anna '));
    await receiving.receive(part(ben, 9, [2, 2], 'ben'));
    await receiving.receive(part(ben, 9, [1, 2], 'is '));
    await receiving.receive(part(anna, 9, [2, 2], 'waits'));
    expect(await bodies(anna)).toEqual(['anna waits']);
    expect(await bodies(ben)).toEqual(['is ben']);
  });

  it('may cut an emoji in the middle', async () => {
    const from = person();
    const [high, low] = ['\ud83d', '\ude42'];
    await receiving.receive(part(from, 3, [1, 2], `привет ${high}`, 8));
    await receiving.receive(part(from, 3, [2, 2], `${low} пока`, 8));
    expect(await bodies(from)).toEqual(['привет 🙂 пока']);
  });

  it('that come at the same moment on two binds make one message', async () => {
    const from = person();
    const stored = await Promise.all([
      receiving.receive(part(from, 5, [1, 2], 'at the ')),
      receiving.receive(part(from, 5, [2, 2], 'same time')),
    ]);
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await bodies(from)).toEqual(['at the same time']);
  });

  it('of which some never come are kept after ten minutes, with a mark where they are missing', async () => {
    const from = person();
    for (const [number, text] of [
      [2, 'two '],
      [3, 'three '],
      [5, 'five'],
    ] as const)
      await receiving.receive(part(from, 11, [number, 6], text));
    expect(await receiving.storeStalled()).toBe(0);
    await sql`update inbound_part set received_at = now() - interval '11 minutes' where customer_number = ${from}`.execute(database.db);
    woken.length = 0;
    expect(await receiving.storeStalled()).toBe(1);
    expect(woken).toEqual(['org']);
    expect(await bodies(from)).toEqual(['[…] two three  […] five […]']);
    await receiving.receive(part(from, 11, [1, 6], 'one, late'));
    await sql`update inbound_part set received_at = now() - interval '11 minutes' where customer_number = ${from} and joined_at is null`.execute(
      database.db,
    );
    await receiving.storeStalled();
    expect((await bodies(from))[1]).toBe('one, late […]');
  });

  it('may spell STOP', async () => {
    const from = person();
    await receiving.receive(part(from, 2, [1, 2], 'ST'));
    await receiving.receive(part(from, 2, [2, 2], 'OP'));
    const { rows } = await sql<{ state: string }>`select state from opt_out where org_id = ${orgId} and number = ${from}`.execute(
      database.db,
    );
    expect(rows).toEqual([{ state: 'opted_out' }]);
  });
});

describe('a text without an id', () => {
  const text = (from: string, body: string, bindId = 'second'): Inbound => ({
    orgId,
    accountId,
    carrierId: null,
    bindId,
    from,
    to: '+447700900100',
    body,
    media: [],
  });
  const confirm = (from: string) =>
    sql`update message set reply_confirmed = true, reply_confirmed_at = clock_timestamp() from conversation c
      where c.id = message.conversation_id and c.customer_number = ${from}`.execute(database.db);

  it('is a repetition only after a reply that may be lost, with the same words, between the same numbers, within five minutes', async () => {
    const [from, other] = [person(), person()];
    const first = await receiving.receive(text(from, 'ok', 'first'));
    expect(await receiving.receive(text(from, 'ok'))).toEqual(first);
    await receiving.receive(text(from, 'OK'));
    await receiving.receive(text(other, 'ok'));
    await receiving.receive({ ...text(from, 'ok'), to: '+447700900199' });
    expect((await bodies(from)).sort()).toEqual(['OK', 'ok', 'ok']);
    expect(await bodies(other)).toEqual(['ok']);
    await confirm(from);
    await new Promise((resolve) => setTimeout(resolve, 5)); // what is handed over within the same millisecond may have come before
    expect((await receiving.receive(text(from, 'ok')))?.id).not.toBe(first?.id);
  });

  it('is a person’s second one on the same bind, unless the carrier has waited for our reply', async () => {
    const from = person();
    const first = await receiving.receive(text(from, 'ok'));
    expect((await receiving.receive(text(from, 'ok')))?.id).not.toBe(first?.id);
    await sql`update message set occurred_at = occurred_at - interval '10 seconds' from conversation c
      where c.id = message.conversation_id and c.customer_number = ${from}`.execute(database.db);
    await receiving.receive(text(from, 'ok'));
    expect(await bodies(from)).toEqual(['ok', 'ok']);
  });

  it('is a repetition on the same bind too when it was stored and the carrier was told that it was not', async () => {
    const from = person();
    let cuts = 1;
    const broken = new Proxy(database.db, {
      get: (db, name) =>
        name === 'transaction'
          ? () => ({
              execute: async (work: (tx: Tx) => Promise<unknown>) => {
                const stored = await db.transaction().execute(work);
                if ((cuts -= 1) >= 0) throw new Error('Connection terminated unexpectedly'); // the commit's confirmation is lost
                return stored;
              },
            })
          : (Reflect.get(db, name) as unknown),
    });
    const other = createReceive({ db: broken, clock: systemClock, wake: () => undefined });
    await expect(other.receive(text(from, 'ok'))).rejects.toThrow('terminated');
    const again = await other.receive(text(from, 'ok'));
    expect(await bodies(from)).toEqual(['ok']);
    expect((await other.receive(text(from, 'ok')))?.id).not.toBe(again?.id); // that one is the person's second
    expect(await bodies(from)).toEqual(['ok', 'ok']);
  });

  it('is a person’s second one when only a later try failed', async () => {
    const from = person();
    const first = await receiving.receive(text(from, 'ok'));
    let refusals = 1;
    const refusing = new Proxy(database.db, {
      get: (db, name) => {
        if (name === 'transaction' && (refusals -= 1) >= 0) throw new Error('connect ECONNREFUSED');
        return (Reflect.get(db, name) as () => unknown).bind(db);
      },
    });
    const other = createReceive({ db: refusing, clock: systemClock, wake: () => undefined });
    await new Promise((resolve) => setTimeout(resolve, 2));
    await expect(other.receive(text(from, 'ok'))).rejects.toThrow('ECONNREFUSED');
    expect((await other.receive(text(from, 'ok')))?.id).not.toBe(first?.id);
    expect(await bodies(from)).toEqual(['ok', 'ok']);
  });

  it('is a repetition when it was handed over before the reply to the first one was read, whatever was read while it waited here', async () => {
    const from = person();
    const handedOver = new Date();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const first = await receiving.receive({ ...text(from, 'ok', 'second'), receivedAt: new Date(handedOver.getTime() - 14_000) });
    await confirm(from);
    expect(await receiving.receive({ ...text(from, 'ok', 'first'), receivedAt: handedOver })).toEqual(first);
    expect(await receiving.receive({ ...text(from, 'ok', 'second'), receivedAt: handedOver })).toEqual(first);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await receiving.receive(text(from, 'ok', 'third')); // a person's second one
    expect(await bodies(from)).toEqual(['ok', 'ok']);
  });

  it('is a repetition on the same bind too when the carrier may have waited while nobody read', async () => {
    const from = person();
    const first = await receiving.receive({ ...text(from, 'ok'), unreadMs: 3_000 });
    expect((await receiving.receive({ ...text(from, 'ok'), unreadMs: 3_000 }))?.id).not.toBe(first?.id);
    const long = { ...text(from, 'yes'), unreadMs: 11_000 }; // both had come when this process went on
    expect(await receiving.receive(long)).toEqual(await receiving.receive(long));
    expect((await bodies(from)).sort()).toEqual(['ok', 'ok', 'yes']);
  });

  it('is a repetition on the same bind too soon after a reply that came too late', async () => {
    const from = person();
    const first = await receiving.receive({ ...text(from, 'ok'), unreadMs: 11_000 });
    const now = new Date();
    for (const { at, messageIds } of newTextsFrom([{ messageId: first?.id as string, tookMs: 11_000 }], now))
      await confirmReplies(database.db, orgId, accountId, messageIds, at);
    expect(await receiving.receive(text(from, 'ok'))).toEqual(first);
    expect(await receiving.receive({ ...text(from, 'ok'), receivedAt: new Date(now.getTime() + 61_000) })).not.toEqual(first);
  });

  it('is a new one on the same bind after a reply in time, also where the clock was set back since', async () => {
    const from = person();
    const first = await receiving.receive(text(from, 'ok'));
    for (const { at, messageIds } of newTextsFrom([{ messageId: first?.id as string, tookMs: 20 }], new Date()))
      await confirmReplies(database.db, orgId, accountId, messageIds, at);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    expect(await receiving.receive({ ...text(from, 'ok'), receivedAt: anHourAgo })).not.toEqual(first);
    expect(await receiving.receive({ ...text(from, 'ok', 'other bind'), receivedAt: anHourAgo })).not.toEqual(first);
  });

  it('is a new one after five minutes', async () => {
    const from = person();
    await receiving.receive(text(from, 'hello?'));
    await sql`update message set occurred_at = occurred_at - interval '301 seconds' from conversation c
      where c.id = message.conversation_id and c.customer_number = ${from}`.execute(database.db);
    await receiving.receive(text(from, 'hello?'));
    expect(await bodies(from)).toEqual(['hello?', 'hello?']);
  });
});

it('keeps what two accounts of other orgs receive apart, under one carrier id', async () => {
  const otherOrg = await addOrg(database.db);
  const otherAccount = await addAccount(database.db, otherOrg, 'twilio');
  const from = person();
  const inbound = { carrierId: `SM${randomUUID()}`, from, to: '+14155550100', body: 'hi', media: [] };
  expect(await receiving.receive({ ...inbound, orgId, accountId })).toMatchObject({ sequence: 1 });
  expect(await receiving.receive({ ...inbound, orgId: otherOrg, accountId: otherAccount })).toMatchObject({ sequence: 1 });
  expect(await receiving.receive({ ...inbound, orgId, accountId })).toBeUndefined();
});

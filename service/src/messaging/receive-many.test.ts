import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { until } from '../rig.test-helper.ts';
import { createReceive, type Receive } from './receive.ts';
import type { Inbound } from './types.ts';
import { addAccount, addMessage, addOrg } from './store.test-helper.ts';
import { lockConversations } from './store/conversations.ts';
import { insertInbound, type NewInbound } from './store/inbound.ts';
import { saveOptOut } from './store/opt-outs.ts';
import { shardOf } from './types.ts';

const OURS = '+14155550100';

let database: Database;
let orgId: string;
let accountId: string;
let batches: number[];
let receive: Receive;

beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
  accountId = await addAccount(database.db, orgId, 'twilio');
  batches = [];
  receive = another();
});
afterAll(() => database.close());

/** As in another process: it shares the database and nothing else. */
function another(): Receive {
  const figures = { stored: (texts: number) => void batches.push(texts), refused: () => undefined };
  return createReceive({ db: database.db, clock: { now: () => new Date() }, wake: () => {}, figures }).receive;
}

let people = 0;
const person = () => `+1415557${1000 + (people += 1)}`;
const text = (from: string, body: string, more: Partial<Inbound> = {}): Inbound => ({
  orgId,
  accountId,
  carrierId: randomUUID(),
  from,
  to: OURS,
  body,
  media: [],
  ...more,
});

const rows = async <T>(query: string): Promise<T[]> => (await sql.raw<T>(query).execute(database.db)).rows;
const threadOf = (number: string) =>
  rows<{
    body: string;
    sequence: number;
  }>(`select m.body, m.sequence from message m join conversation c on c.org_id = m.org_id and c.id = m.conversation_id
    where c.customer_number = '${number}' order by m.sequence`);
const numbered = (bodies: string[]) => bodies.map((body, index) => ({ body, sequence: index + 1 }));

describe('many texts at once', () => {
  it('are stored in few commits, each person’s in the order in which they came', async () => {
    const [anna, ben, carl] = [person(), person(), person()];
    batches = [];
    const texts = Array.from({ length: 90 }, (_, index) => text([anna, ben, carl][index % 3] as string, `text ${index}`));
    const stored = await Promise.all(texts.map((one) => receive(one)));
    expect(stored.every(Boolean)).toBe(true);
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(90);
    expect(batches.length).toBeLessThan(10);
    for (const [offset, number] of [anna, ben, carl].entries())
      expect(await threadOf(number)).toEqual(numbered(Array.from({ length: 30 }, (_, index) => `text ${index * 3 + offset}`)));
  });

  it('leave the conversation and its lane as one by one', async () => {
    const number = person();
    const [first] = await Promise.all(['one', 'two', 'three'].map((body) => receive(text(number, body))));
    const id = first?.conversationId as string;
    expect(await rows(`select last_text, last_direction, unread, last_sequence, opted_out from conversation where id = '${id}'`)).toEqual([
      { last_text: 'three', last_direction: 'inbound', unread: 3, last_sequence: 3, opted_out: false },
    ]);
    const lane = await rows<{ subject_kind: string; lane_key: string }>(
      `select subject_kind, lane_key from outbox where subject_id = '${id}' or subject_id in (select id from message where conversation_id = '${id}') order by id`,
    );
    expect(lane.map((row) => row.subject_kind)).toEqual(['conversation', 'message', 'message', 'message']);
    expect(new Set(lane.map((row) => row.lane_key))).toEqual(new Set([shardOf(id)]));
  });

  it('continue a conversation that we began, and free its row where it was parked', async () => {
    const number = person();
    const { conversationId } = await addMessage(database.db, { orgId, accountId, customerNumber: number });
    await sql`update outbox set state = 'parked', code = 'X', reason = 'x', attempts = 3 where subject_id = ${conversationId}`.execute(
      database.db,
    );
    await Promise.all([receive(text(number, 'one')), receive(text(person(), 'other')), receive(text(number, 'two'))]);
    expect((await threadOf(number)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(await rows(`select state, attempts, version, code from outbox where subject_id = '${conversationId}'`)).toEqual([
      { state: 'waiting', attempts: 0, version: 2, code: null },
    ]);
  });

  it('begin with the late ones of a list only where nothing newer is there', async () => {
    const number = person();
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await Promise.all([
      receive(text(number, 'newest', { receivedAt: at(1) })),
      receive(text(number, 'oldest', { receivedAt: at(9) })),
      receive(text(number, 'middle', { receivedAt: at(5) })),
    ]);
    expect(await rows(`select last_text, unread from conversation where customer_number = '${number}'`)).toEqual([
      { last_text: 'newest', unread: 3 },
    ]);
  });

  it('of somebody who opted out before make a conversation that says so', async () => {
    const [stopped, other] = [person(), person()];
    await saveOptOut(database.db, orgId, {
      id: randomUUID(),
      number: stopped,
      state: 'opted_out',
      kind: 'manual',
      keyword: null,
      reason: 'Asked',
      changedAt: new Date(),
      changedBy: null,
    });
    await Promise.all([receive(text(stopped, 'hello')), receive(text(other, 'hello'))]);
    expect(
      await rows(`select opted_out from conversation where customer_number in ('${stopped}', '${other}') order by customer_number`),
    ).toEqual([{ opted_out: true }, { opted_out: false }]);
  });

  it('one of which is there already, or was erased, leave the others as they are', async () => {
    const [anna, ben] = [person(), person()];
    const known = text(anna, 'known');
    await receive(known);
    const erased = text(ben, 'erased');
    await sql`insert into erased_message (org_id, account_id, carrier_id) values (${orgId}, ${accountId}, ${erased.carrierId})`.execute(
      database.db,
    );
    const answers = await Promise.all([receive(text(anna, 'new')), receive(known), receive(erased), receive(text(ben, 'new'))]);
    expect(answers.map(Boolean)).toEqual([true, false, false, true]);
    expect(await threadOf(anna)).toEqual(numbered(['known', 'new']));
    expect(await threadOf(ben)).toEqual(numbered(['new']));
    expect(await receive(erased)).toBeUndefined(); // also when it comes alone
    expect(await threadOf(ben)).toHaveLength(1);
  });

  it('with the same id from two accounts are two texts', async () => {
    const second = await addAccount(database.db, orgId, 'twilio');
    const number = person();
    const one = text(number, 'one');
    await receive(one);
    const answers = await Promise.all([receive(one), receive({ ...one, accountId: second, body: 'two' })]);
    expect(answers.map(Boolean)).toEqual([false, true]);
    expect(await threadOf(number)).toEqual(numbered(['one', 'two']));
  });

  it('one of which cannot be stored are stored without it', async () => {
    const good = Array.from({ length: 7 }, () => person());
    const poison = [text(person(), 'of no account', { accountId: randomUUID() }), text('+1415\u0000', 'from nowhere')];
    const answers = await Promise.allSettled(
      [...good.slice(0, 3), poison[0] as Inbound, ...good.slice(3), poison[1] as Inbound].map((one) =>
        receive(typeof one === 'string' ? text(one, 'fine') : one),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([...fulfilled(3), 'rejected', ...fulfilled(4), 'rejected']);
    for (const number of good) expect(await threadOf(number)).toEqual(numbered(['fine']));
  });

  it('with what no database stores come in all the same', async () => {
    const number = person();
    await Promise.all([receive(text(number, 'nul\u0000')), receive(text(number, 'half \uD83D'))]);
    expect(await threadOf(number)).toEqual(numbered(['nul\uFFFD', 'half \uFFFD']));
  });
});

const fulfilled = (count: number) => Array.from({ length: count }, () => 'fulfilled');

describe('two processes', () => {
  it('that are handed the same texts at once store each once, and refuse none', async () => {
    const numbers = Array.from({ length: 10 }, () => person());
    const texts = Array.from({ length: 60 }, (_, index) => text(numbers[index % 10] as string, `text ${index}`));
    const processes = [receive, another(), another()];
    const answers = await Promise.all(processes.flatMap((one) => texts.map((each) => one(each))));
    expect(answers.filter(Boolean)).toHaveLength(60);
    for (const number of numbers) {
      const thread = await threadOf(number);
      expect(thread.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(new Set(thread.map(({ body }) => body)).size).toBe(6);
    }
    expect(await rows(`select unread from conversation where customer_number = '${numbers[0]}'`)).toEqual([{ unread: 6 }]);
  });

  it.skipIf(!process.env['TEST_DATABASE_URL'])(
    'and a worker lock the same conversations in one order (needs TEST_DATABASE_URL)',
    async () => {
      const { db } = database;
      const numbers = Array.from({ length: 6 }, () => person());
      // Against the order of the numbers.
      const ids = numbers.map((_, index) => `00000000-0000-4000-8000-00000000000${9 - index}`);
      await insertInbound(
        db,
        orgId,
        numbers.map((number, index) => listed(number, 'first', ids[index])),
      );
      let batch: Promise<unknown> | undefined;
      await db.transaction().execute(async (tx) => {
        await lockConversations(tx, orgId, [ids.at(-1) as string]);
        batch = insertInbound(
          db,
          orgId,
          numbers.map((number) => listed(number, 'second')),
        );
        batch.catch(() => undefined);
        await until('the texts wait', async () => (await rows(`select 1 from pg_locks where not granted`)).length > 0);
        await lockConversations(tx, orgId, ids); // waits for none that the texts hold, or one of the two is given up
      });
      await batch;
      for (const number of numbers) expect(await threadOf(number)).toEqual(numbered(['first', 'second']));
    },
  );
});

function listed(customerNumber: string, body: string, newConversationId = randomUUID() as string): NewInbound {
  const [id, carrierId] = [randomUUID(), randomUUID()];
  return {
    id,
    newConversationId,
    accountId,
    carrierId,
    ourNumber: OURS,
    customerNumber,
    body,
    preview: body,
    segments: 1,
    occurredAt: new Date(),
  };
}

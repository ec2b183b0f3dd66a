import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database, Db } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { until } from '../../rig.test-helper.ts';
import { createReceipts, type Receipts } from '../receipts.ts';
import { addAccount, addMessage, addOrg } from '../store.test-helper.ts';
import { removeAccount } from '../store/accounts.ts';
import { findSubmissions } from '../store/messages.ts';
import { erasePerson } from '../store/people.ts';
import { beginSubmission } from '../store/queue.ts';
import { lockMessage } from '../store/receipts.ts';
import type { ReceiptStatus } from '../types.ts';
import type { SubmitResult } from './session.ts';
import { settleSubmission } from './settle.ts';

let database: Database;
let receipts: Receipts;
let orgId: string;
let accountId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  receipts = createReceipts({ db: database.db, wake: () => {} });
  orgId = await addOrg(database.db);
  accountId = await addAccount(database.db, orgId, 'smpp');
});
afterAll(() => database.close());

const nextId = () => randomUUID();
let people = 0;
const person = () => `+1415556${2000 + (people += 1)}`;
const part = (number: number, carrierId: string) => ({ part: number, carrierId, key: carrierId });
const begin = (id: string) => beginSubmission(database.db, orgId, { id, customerNumber: '' }, new Date());

/** A message that is being sent. */
async function sending(to = person(), segments = 1, account = accountId): Promise<string> {
  const { id } = await addMessage(database.db, { orgId, accountId: account, customerNumber: to, segments });
  await begin(id);
  return id;
}
async function settle(id: string, result: SubmitResult): Promise<boolean> {
  const [message] = await findSubmissions(database.db, orgId, [id]);
  return database.db.transaction().execute((tx) => settleSubmission(tx, receipts, message!, result, new Date()));
}
const report = (carrierId: string, status: ReceiptStatus) =>
  receipts.apply({
    ...{ orgId, accountId, carrierId, keys: [carrierId], status, errorCode: '001', errorText: 'Switched off.' },
    ...{ ourNumber: null, customerNumber: null },
  });
async function read(id: string) {
  const { rows } = await sql<{ status: string; code: string | null; text: string | null }>`
    select status, error_code as code, error_text as text from message where id = ${id}`.execute(database.db);
  return rows[0];
}

it('receipts that come early keep the carrier’s words for a failure, also when only the last part makes the message complete', async () => {
  const [id, carrierId] = [await sending(), nextId()];
  await report(carrierId, 'undelivered');
  await settle(id, { kind: 'accepted', parts: [part(1, carrierId)] });
  expect(await read(id)).toMatchObject({ status: 'undelivered', code: '001', text: 'Switched off.' });

  const [long, first, second] = [await sending(person(), 2), nextId(), nextId()];
  await settle(long, { kind: 'retry', parts: [part(1, first)], afterMs: 0, code: 'throttled', text: 'Slow down.' });
  await report(first, 'failed');
  await begin(long);
  await settle(long, { kind: 'accepted', parts: [part(2, second)] });
  expect(await read(long)).toMatchObject({ status: 'failed', text: 'Switched off.' });
});

it('a message whose person was erased meanwhile is settled', async () => {
  const to = person();
  const id = await sending(to);
  const [message] = await findSubmissions(database.db, orgId, [id]);
  await database.db.transaction().execute((tx) => erasePerson(tx, orgId, to));
  const carrierId = nextId();
  const settled = await database.db
    .transaction()
    .execute((tx) => settleSubmission(tx, receipts, message!, { kind: 'accepted', parts: [part(1, carrierId)] }, new Date()));
  expect(settled).toBe(true);
});

it('a late answer for a message whose person was erased meanwhile writes nothing', async () => {
  const [to, carrierId] = [person(), nextId()];
  const id = await sending(to);
  await database.db.transaction().execute((tx) => erasePerson(tx, orgId, to));
  await receipts.identify({ orgId, accountId, messageId: id, carrierId, keys: [carrierId] });
  expect(await read(id)).toBeUndefined();
});

// PGlite runs one transaction after the other, so that nobody there can wait for anybody.
it.skipIf(!process.env['TEST_DATABASE_URL'])(
  'a late answer that comes while its message is being settled waits for its turn, and the settling does not wait for it (needs TEST_DATABASE_URL)',
  async () => {
    const [id, carrierId] = [await sending(), nextId()];
    const [message] = await findSubmissions(database.db, orgId, [id]);
    let tries = 0;
    const counted = Object.assign(Object.create(database.db) as Db, { transaction: () => ((tries += 1), database.db.transaction()) });
    let answered: Promise<void> | undefined;
    await database.db.transaction().execute(async (tx) => {
      await lockMessage(tx, orgId, id);
      answered = createReceipts({ db: counted, wake: () => {} }).identify({
        orgId,
        accountId,
        messageId: id,
        carrierId,
        keys: [carrierId],
      });
      const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await until('the answer waits', async () => (await waiting.execute(database.db)).rows.length > 0);
      await settleSubmission(tx, receipts, message!, { kind: 'unknown', parts: [], why: 'no answer', part: 1 }, new Date());
    });
    await answered;
    expect(await read(id)).toMatchObject({ status: 'sent' });
    expect(tries).toBe(1);
  },
);

it('answers for a message whose account was removed put nothing into a queue that nobody works', async () => {
  const account = await addAccount(database.db, orgId, 'smpp');
  const [id, carrierId] = [await sending(person(), 2, account), nextId()];
  await database.db.transaction().execute((tx) => removeAccount(tx, orgId, account, new Date()));
  expect(await read(id)).toMatchObject({ status: 'unknown', code: 'outcome_unknown' });
  await receipts.identify({ orgId, accountId: account, messageId: id, carrierId, keys: [carrierId] });
  expect(await receipts.resume({ orgId, accountId: account, messageId: id })).toBe(false);
  expect(await read(id)).toMatchObject({ status: 'unknown' });
});

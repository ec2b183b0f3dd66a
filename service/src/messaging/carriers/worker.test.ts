import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../rig.test-helper.ts';
import type { Database, Db, Tx } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { noFailPoints } from '../../platform/fail-points.ts';
import { createLogger } from '../../platform/log.ts';
import { createReceipts } from '../receipts.ts';
import { addAccount, addMessage, addOrg } from '../store.test-helper.ts';
import { findAccount } from '../store/accounts.ts';
import type { Submission } from '../store/messages.ts';
import { readQueue } from '../store/queue.ts';
import { MAX_REFUSALS, retryOf, withPatience } from './retries.ts';
import type { SubmitResult } from './session.ts';
import { startAccountWorker, type AccountWorker } from './worker.ts';

let database: Database;
let orgId: string;
const workers: AccountWorker[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
});
afterAll(() => database.close());

let warnings = 0;
const logger = createLogger({ level: 'warn', destination: { write: () => void (warnings += 1) } });
type NotNow = Extract<SubmitResult, { kind: 'retry' }>;
const refusal: NotNow = { kind: 'retry', parts: [], afterMs: 2_000, code: 'ESME_RSUBMITFAIL', text: 'Not taken.', refused: true };
let numbers = 0;
const person = () => `+1415558${1000 + (numbers += 1)}`;
const accepted = (): SubmitResult => ({ kind: 'accepted', parts: [{ part: 1, carrierId: randomUUID(), key: randomUUID() }] });

/** A worker of an account whose carrier answers as told. */
async function work(
  accountId: string,
  submit: (message: Submission, acceptedParts: number) => Promise<SubmitResult>,
  db: Db = database.db,
): Promise<void> {
  const account = (await findAccount(database.db, accountId))!;
  const worker = await startAccountWorker({
    account,
    db,
    clock: { now: () => new Date() },
    owner: 'test',
    logger,
    failPoints: noFailPoints,
    receipts: createReceipts({ db: database.db, wake: () => {} }),
    open: () => ({ submit, close: () => Promise.resolve() }),
    wakeOrg: () => {},
  });
  if (worker) workers.push(worker);
}

const one = async <T>(query: string): Promise<T | undefined> => (await sql.raw<T>(query).execute(database.db)).rows[0];
const messageOf = (id: string) =>
  one<{ status: string; text: string | null }>(`select status, error_text as text from message where id = '${id}'`);
const statusOf = async (id: string) => (await messageOf(id))?.status;
const laneRow = (id: string) => one<{ attempts: number }>(`select attempts from outbox where purpose = 'carrier' and subject_id = '${id}'`);

describe('the queue of a carrier account', () => {
  it('goes on for the others, however much waits for one person', async () => {
    const accountId = await addAccount(database.db, orgId, 'smpp');
    const stuck = person();
    for (let text = 0; text < 230; text += 1) await addMessage(database.db, { orgId, accountId, customerNumber: stuck });
    const head = await one<{ id: string }>(`select min(id) as id from outbox where lane_key = '${accountId}'`);
    await sql`update outbox set due_at = now() + interval '1 hour' where id = ${head?.id}`.execute(database.db);
    const [first, second] = [await addMessage(database.db, { orgId, accountId, customerNumber: person() }), person()];
    const next = await addMessage(database.db, { orgId, accountId, customerNumber: second });
    await addMessage(database.db, { orgId, accountId, customerNumber: second });

    const ids = async (busy: string[], limit = 10) =>
      (await readQueue(database.db, orgId, accountId, busy, limit)).map((row) => row.messageId);
    expect(await ids([])).toEqual([first.id, next.id]);
    expect(await ids([first.conversationId])).toEqual([next.id]);
    expect(await ids([], 1)).toEqual([first.id]);

    const sent: string[] = [];
    await work(accountId, (message) => {
      sent.push(message.customerNumber);
      return Promise.resolve(accepted());
    });
    await until('the others were sent', () => sent.length === 3);
    expect(sent).not.toContain(stuck);
  });

  it('drops what was settled while it waited for its turn, and writes nothing over it', async () => {
    const accountId = await addAccount(database.db, orgId, 'smpp');
    await sql`update carrier_account set rate_per_second = 1 where id = ${accountId}`.execute(database.db);
    await addMessage(database.db, { orgId, accountId, customerNumber: person() });
    const to = person();
    const stale = await addMessage(database.db, { orgId, accountId, customerNumber: to });
    const submitted: string[] = [];
    // While the first one is with the carrier, the second one waits for its second.
    await work(accountId, async (message) => {
      submitted.push(message.id);
      await sql`update message set status = 'sent', accepted = true where id = ${stale.id}`.execute(database.db);
      await sql`insert into opt_out (org_id, id, number, state, kind, reason, changed_at)
        values (${orgId}, ${randomUUID()}, ${to}, 'opted_out', 'keyword', 'STOP', now())`.execute(database.db);
      return accepted();
    });
    await until('its row has left the lane', async () => (await laneRow(stale.id)) === undefined);
    expect(await messageOf(stale.id)).toEqual({ status: 'sent', text: null });
    expect(submitted).toHaveLength(1);
  });

  it('says why a person who opted out got nothing', async () => {
    const accountId = await addAccount(database.db, orgId, 'smpp');
    const to = person();
    const { id } = await addMessage(database.db, { orgId, accountId, customerNumber: to });
    await sql`insert into opt_out (org_id, id, number, state, kind, reason, changed_at)
      values (${orgId}, ${randomUUID()}, ${to}, 'opted_out', 'keyword', 'STOP', now())`.execute(database.db);
    await work(accountId, () => Promise.reject(new Error('must not be asked')));
    await until('it is settled', async () => (await statusOf(id)) === 'failed');
    expect(await messageOf(id)).toMatchObject({ text: 'The person opted out before the message was sent.' });
    expect(await laneRow(id)).toBeUndefined();
  });
});

describe('a message whose carrier says "not now"', () => {
  it('is tried less and less often, and fails with the carrier’s words in the end', async () => {
    const pauses = Array.from({ length: MAX_REFUSALS - 1 }, (_, attempts) => retryOf({ id: 1, attempts }, refusal).retry?.[0]?.afterMs);
    expect(pauses.slice(0, 3)).toEqual([2_000, 4_000, 8_000]);
    expect(Math.max(...pauses.map(Number))).toBe(300_000);
    expect(withPatience({ attempts: MAX_REFUSALS - 2 }, refusal)).toBe(refusal);

    const accountId = await addAccount(database.db, orgId, 'smpp');
    const { id } = await addMessage(database.db, { orgId, accountId, customerNumber: person() });
    await work(accountId, () => Promise.resolve({ ...refusal, afterMs: 0 }));
    await until('it has failed', async () => (await statusOf(id)) === 'failed');
    expect(await messageOf(id)).toEqual({ status: 'failed', text: 'Not taken.' });
    expect(await laneRow(id)).toBeUndefined();
  });

  it('waits as long as it takes where the carrier is not reached or asks to slow down', async () => {
    const away: NotNow = { kind: 'retry', parts: [], afterMs: 2_000, code: 'unreachable', text: 'Away.' };
    expect(withPatience({ attempts: 1_000 }, away)).toBe(away);
    const accountId = await addAccount(database.db, orgId, 'smpp');
    const { id } = await addMessage(database.db, { orgId, accountId, customerNumber: person() });
    let tries = 0;
    await work(accountId, () => {
      tries += 1;
      return Promise.resolve({ ...away, afterMs: 0 });
    });
    await until('it was tried often', () => tries > MAX_REFUSALS);
    expect(await laneRow(id)).toEqual({ attempts: 0 });
    expect(['queued', 'sending']).toContain(await statusOf(id));
  });
});

it('an unexpected error in a submission leaves its message unknown, and the others go on', async () => {
  const accountId = await addAccount(database.db, orgId, 'smpp');
  const broken = await addMessage(database.db, { orgId, accountId, customerNumber: person() });
  const fine = await addMessage(database.db, { orgId, accountId, customerNumber: person() });
  await work(accountId, (message) => (message.id === broken.id ? Promise.reject(new Error('a bug')) : Promise.resolve(accepted())));
  await until('it is in doubt', async () => (await statusOf(broken.id)) === 'unknown');
  await until('the other is sent', async () => (await statusOf(fine.id)) === 'sent');
  expect(await laneRow(broken.id)).toBeUndefined();
});

it('a text of several parts that could not be begun certainly never left: it is sent when it can be', async () => {
  const accountId = await addAccount(database.db, orgId, 'smpp');
  const { id } = await addMessage(database.db, { orgId, accountId, customerNumber: person(), segments: 2 });
  const [asked, before]: [number[], number] = [[], warnings];
  // The parts cannot be counted until they are there again.
  await sql`alter table message_part rename to message_part_away`.execute(database.db);
  await work(accountId, (_, acceptedParts) => {
    asked.push(acceptedParts);
    return Promise.resolve({ kind: 'accepted', parts: [1, 2].map((part) => ({ part, carrierId: randomUUID(), key: randomUUID() })) });
  });
  await until('it was tried', () => warnings > before);
  expect(await statusOf(id)).toBe('queued');
  await sql`alter table message_part_away rename to message_part`.execute(database.db);
  await until('it is sent', async () => (await statusOf(id)) === 'sent');
  expect(asked).toEqual([0]);
});

/** Loses the answers of a worker's transactions: of each in `unconfirmed` after its commit, of each in `lost` before its work. */
function fragileDb(unconfirmed: number[], lost: number[] = []): Db {
  const { db } = database;
  let transactions = 0;
  const away = () => new Error('the connection was lost');
  const transaction = () => ({
    execute: async (work: (tx: Tx) => Promise<unknown>) => {
      transactions += 1;
      const mine = transactions;
      if (lost.includes(mine)) throw away();
      const result = await db.transaction().execute(work);
      if (unconfirmed.includes(mine)) throw away();
      return result;
    },
  });
  return new Proxy(db, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      return key === 'transaction' ? transaction : typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

// A worker's first transaction looks for texts in doubt, its second begins the first text, its third settles that.
it('a text whose beginning was committed but not confirmed is sent, also when the database stays away for a while', async () => {
  const accountId = await addAccount(database.db, orgId, 'smpp');
  const { id } = await addMessage(database.db, { orgId, accountId, customerNumber: person() });
  const sent: string[] = [];
  await work(accountId, (message) => (sent.push(message.id), Promise.resolve(accepted())), fragileDb([2], [3, 4]));
  await until('it is settled', async () => ['sent', 'unknown'].includes((await statusOf(id)) ?? ''));
  expect([await statusOf(id), sent]).toEqual(['sent', [id]]);
});

it.each<[string, SubmitResult]>([
  ['was asked to slow down', { kind: 'retry', parts: [], afterMs: 0, code: 'ESME_RTHROTTLED', text: 'Slower.' }],
  ['was refused for now', { ...refusal, afterMs: 0 }],
])('a text that %s is sent in the end, also when the note of that was committed but not confirmed', async (_, first) => {
  const accountId = await addAccount(database.db, orgId, 'smpp');
  const { id } = await addMessage(database.db, { orgId, accountId, customerNumber: person() });
  const answers = [first];
  await work(accountId, () => Promise.resolve(answers.shift() ?? accepted()), fragileDb([3]));
  await until('it is sent', async () => (await statusOf(id)) === 'sent');
  expect(await laneRow(id)).toBeUndefined();
});

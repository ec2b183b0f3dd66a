import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageIdCandidates, messageIdKey } from '../gateways/smpp/index.ts';
import type { Database } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { settleSubmission } from './carriers/settle.ts';
import type { SubmitResult } from './carriers/session.ts';
import { createReceipts, type Receipt, type Receipts } from './receipts.ts';
import { addAccount, addMessage, addOrg } from './store.test-helper.ts';
import { findSubmissions } from './store/messages.ts';
import { beginSubmission, markInDoubt } from './store/queue.ts';
import type { ReceiptStatus } from './types.ts';

let database: Database;
let receipts: Receipts;
let orgId: string;
let accountId: string;
let twilioId: string;
const woken: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  receipts = createReceipts({ db: database.db, wake: (lane) => void woken.push(lane.purpose) });
  orgId = await addOrg(database.db);
  accountId = await addAccount(database.db, orgId, 'smpp');
  twilioId = await addAccount(database.db, orgId, 'twilio');
});
afterAll(() => database.close());

let ids = 0;
const nextId = () => `id${(ids += 1)}`;
let people = 0;
const person = () => `+1415556${1000 + (people += 1)}`;

/** A message that is being sent. */
async function sending(to = person(), segments = 1, account = accountId): Promise<string> {
  const { id } = await addMessage(database.db, { orgId, accountId: account, customerNumber: to, segments });
  await database.db.transaction().execute((tx) => beginSubmission(tx, orgId, { id, customerNumber: to }, new Date()));
  return id;
}

async function settle(id: string, result: SubmitResult): Promise<boolean> {
  const [message] = await findSubmissions(database.db, orgId, [id]);
  if (!message) throw new Error('no such message');
  return database.db.transaction().execute((tx) => settleSubmission(tx, receipts, message, result, new Date()));
}

const parts = (...carrierIds: string[]) => carrierIds.map((carrierId, index) => ({ part: index + 1, carrierId, key: carrierId }));
const accept = (id: string, ...carrierIds: string[]) => settle(id, { kind: 'accepted', parts: parts(...carrierIds) });

function report(carrierId: string, status: ReceiptStatus, more: Partial<Receipt> = {}): Promise<void> {
  const failed = status === 'failed' || status === 'undelivered';
  return receipts.apply({
    orgId,
    accountId,
    carrierId,
    keys: [carrierId],
    status,
    errorCode: failed ? '001' : null,
    errorText: failed ? 'Switched off.' : null,
    ourNumber: null,
    customerNumber: null,
    ...more,
  });
}

async function read(id: string): Promise<{ status: string; accepted: boolean; code: string | null; text: string | null }> {
  const { rows } = await sql<{ status: string; accepted: boolean; code: string | null; text: string | null }>`
    select status, accepted, error_code as code, error_text as text from message where id = ${id}`.execute(database.db);
  return rows[0]!;
}
const statusOf = async (id: string) => (await read(id)).status;

describe('receipts', () => {
  it('that come early are kept and claimed, and put the message on its way to the org', async () => {
    const [id, carrierId] = [await sending(), nextId()];
    await report(carrierId, 'delivered');
    expect(await statusOf(id)).toBe('sending');
    await accept(id, carrierId);
    expect(await read(id)).toMatchObject({ status: 'delivered', accepted: true });
    expect((await sql`select 1 from receipt where carrier_id = ${carrierId}`.execute(database.db)).rows).toEqual([]);
    expect((await sql`select 1 from outbox where subject_id = ${id} and purpose = 'org'`.execute(database.db)).rows).toHaveLength(1);
  });

  it.each([
    [['sent', 'delivered'], 'delivered'],
    [['delivered', 'sent'], 'delivered'],
    [['delivered', 'delivered', 'sent', 'delivered'], 'delivered'],
    [['delivered', 'failed'], 'delivered'],
    [['undelivered', 'delivered'], 'undelivered'],
    [['failed', 'sent', 'undelivered'], 'failed'],
  ] as const)('%j leave it %s', async (reports, expected) => {
    const [id, carrierId] = [await sending(), nextId()];
    await accept(id, carrierId);
    for (const status of reports) await report(carrierId, status);
    expect(await statusOf(id)).toBe(expected);
  });

  it('say why in words, and say nothing when it went well', async () => {
    const [bad, good] = [await sending(), await sending()];
    const [badId, goodId] = [nextId(), nextId()];
    await accept(bad, badId);
    await accept(good, goodId);
    await report(badId, 'undelivered');
    await report(goodId, 'delivered');
    expect(await read(bad)).toMatchObject({ code: '001', text: 'Switched off.' });
    expect(await read(good)).toMatchObject({ code: null, text: null });
  });

  it('that come twice wake nobody the second time', async () => {
    const [id, carrierId] = [await sending(), nextId()];
    await accept(id, carrierId);
    await report(carrierId, 'delivered');
    woken.length = 0;
    await report(carrierId, 'delivered');
    expect(woken).toEqual([]);
    expect(await statusOf(id)).toBe('delivered');
  });

  it('of another account or org mean nothing, under the same id', async () => {
    const [id, carrierId] = [await sending(), nextId()];
    await accept(id, carrierId);
    await report(carrierId, 'failed', { accountId: await addAccount(database.db, orgId, 'smpp') });
    const otherOrg = await addOrg(database.db);
    await report(carrierId, 'failed', { orgId: otherOrg, accountId: await addAccount(database.db, otherOrg, 'smpp') });
    expect(await statusOf(id)).toBe('sent');
  });

  it('match in another spelling of the id only when one message can be meant', async () => {
    const [first, second] = [await sending(), await sending()];
    await settle(first, { kind: 'accepted', parts: [{ part: 1, carrierId: '00FF', key: 'ff' }] });
    await report('0ff', 'delivered', { keys: ['ff', '255'] });
    expect(await statusOf(first)).toBe('delivered');
    await settle(second, { kind: 'accepted', parts: [{ part: 1, carrierId: 'FF', key: 'ff' }] });
    await report('000ff', 'failed', { keys: ['ff'] });
    expect(await statusOf(second)).toBe('sent');
    await report('FF', 'undelivered', { keys: ['ff'] });
    expect(await statusOf(second)).toBe('undelivered');
    expect(await statusOf(first)).toBe('delivered');
  });
});

describe('a receipt and the answer to its submission', () => {
  it('at the same moment do not miss each other', async () => {
    const [id, carrierId] = [await sending(), nextId()];
    const [message] = await findSubmissions(database.db, orgId, [id]);
    let applied = Promise.resolve();
    await database.db.transaction().execute(async (tx) => {
      await settleSubmission(tx, receipts, message!, { kind: 'accepted', parts: parts(carrierId) }, new Date());
      applied = report(carrierId, 'delivered');
      // Either it waits for this transaction, or it has looked in vain by now.
      await Promise.race([applied, new Promise((resolve) => setTimeout(resolve, 300))]);
    });
    await applied;
    expect(await statusOf(id)).toBe('delivered');
  });

  it('nor a late answer', async () => {
    const [id, carrierId] = [await sending(), nextId()];
    await settle(id, { kind: 'unknown', parts: [], why: 'timeout', part: 1 });
    await Promise.all([
      receipts.identify({ orgId, accountId, messageId: id, carrierId, keys: [carrierId] }),
      report(carrierId, 'delivered'),
    ]);
    expect(await statusOf(id)).toBe('delivered');
  });

  it.each([
    ['decimal', '64001', 'fa01'],
    ['hexadecimal', 'FA02', '64002'],
    ['other case', 'FA0C', '00fa0c'],
  ])('find each other in %s when the receipt is faster', async (_, reported, submitted) => {
    const id = await sending();
    await report(reported, 'delivered', { keys: messageIdCandidates(reported) });
    await settle(id, { kind: 'accepted', parts: [{ part: 1, carrierId: submitted, key: messageIdKey(submitted) }] });
    expect(await statusOf(id)).toBe('delivered');
  });

  it('that may mean two messages is kept for neither to be wrong', async () => {
    const [hex, dec] = [await sending(), await sending()];
    await settle(hex, { kind: 'accepted', parts: [{ part: 1, carrierId: '100', key: '100' }] });
    await report('256', 'failed', { keys: messageIdCandidates('256'), accountId: twilioId });
    await sql`update receipt set account_id = ${accountId} where carrier_id = '256'`.execute(database.db);
    await settle(dec, { kind: 'accepted', parts: [{ part: 1, carrierId: '0256', key: '256' }] });
    expect([await statusOf(hex), await statusOf(dec)]).toEqual(['sent', 'sent']);
  });

  it('to parts of an earlier try are claimed with the last part', async () => {
    const [a, b] = [nextId(), nextId()];
    const id = await sending(person(), 2);
    await report(a, 'delivered');
    await settle(id, { kind: 'retry', parts: parts(a), afterMs: 0, code: 'throttled', text: '' });
    await sql`update message set status = 'sending' where id = ${id}`.execute(database.db);
    await report(b, 'delivered');
    await settle(id, { kind: 'accepted', parts: [{ part: 2, carrierId: b, key: b }] });
    expect(await statusOf(id)).toBe('delivered');
  });
});

describe('a late answer that is faster than the end of its try', () => {
  it('lets the rest follow', async () => {
    const [a, b] = [nextId(), nextId()];
    const id = await sending(person(), 3);
    await receipts.identify({ orgId, accountId, messageId: id, part: 2, carrierId: b, keys: [b] });
    expect(await settle(id, { kind: 'unknown', parts: parts(a), why: 'timeout', part: 2 })).toBe(false);
    expect(await statusOf(id)).toBe('queued');
  });

  it('about the last part makes the message sent', async () => {
    const [a, b] = [nextId(), nextId()];
    const id = await sending(person(), 2);
    await receipts.identify({ orgId, accountId, messageId: id, part: 2, carrierId: b, keys: [b] });
    await report(b, 'delivered');
    expect(await settle(id, { kind: 'unknown', parts: parts(a), why: 'timeout', part: 2 })).toBe(true);
    await report(a, 'delivered');
    expect(await statusOf(id)).toBe('delivered');
  });
});

describe('a text in several parts', () => {
  it('is delivered when all parts are, whatever their order', async () => {
    const [a, b, c] = [nextId(), nextId(), nextId()];
    const id = await sending(person(), 3);
    await accept(id, a, b, c);
    await report(c, 'delivered');
    await report(a, 'delivered');
    expect(await statusOf(id)).toBe('sent');
    await report(b, 'delivered');
    expect(await statusOf(id)).toBe('delivered');
  });

  it('is delivered also when the receipts of all parts come at the same moment', async () => {
    for (let times = 0; times < 5; times += 1) {
      const carrierIds = Array.from({ length: 6 }, nextId);
      const id = await sending(person(), 6);
      await accept(id, ...carrierIds);
      await Promise.all(carrierIds.map((carrierId) => report(carrierId, 'delivered')));
      expect(await statusOf(id)).toBe('delivered');
    }
  });

  it('fails with one part', async () => {
    const [a, b] = [nextId(), nextId()];
    const id = await sending(person(), 2);
    await accept(id, a, b);
    await report(a, 'delivered');
    await report(b, 'undelivered');
    expect(await read(id)).toMatchObject({ status: 'undelivered', code: '001' });
  });

  it('of which only some were taken is not called delivered by the receipts of those', async () => {
    const [a, b] = [nextId(), nextId()];
    const id = await sending(person(), 2);
    await settle(id, { kind: 'unknown', parts: parts(a), why: 'cut', part: 2 });
    await report(a, 'delivered');
    expect(await statusOf(id)).toBe('unknown');

    const resumed = await sending(person(), 2);
    const first = nextId();
    expect(await settle(resumed, { kind: 'retry', parts: parts(first), afterMs: 0, code: 'throttled', text: '' })).toBe(false);
    await report(first, 'delivered');
    expect(await statusOf(resumed)).toBe('queued');
    await sql`update message set status = 'sending' where id = ${resumed}`.execute(database.db);
    await report(first, 'delivered');
    expect(await statusOf(resumed)).toBe('sending');
    await report(b, 'delivered');
    await settle(resumed, { kind: 'accepted', parts: [{ part: 2, carrierId: b, key: b }] });
    expect(await statusOf(resumed)).toBe('delivered');
  });

  it('goes on behind the part in doubt when that one turns out to be taken', async () => {
    const [a, b] = [nextId(), nextId()];
    const id = await sending(person(), 3);
    await settle(id, { kind: 'unknown', parts: parts(a), why: 'timeout', part: 2 });
    woken.length = 0;
    await receipts.identify({ orgId, accountId, messageId: id, part: 2, carrierId: b, keys: [b] });
    expect(await statusOf(id)).toBe('queued');
    expect(woken).toContain('carrier');
    expect((await sql`select 1 from outbox where subject_id = ${id} and purpose = 'carrier'`.execute(database.db)).rows).toHaveLength(1);
  });

  it('over a carrier that cuts it itself has one id and one receipt', async () => {
    const id = await sending(person(), 3, twilioId);
    const sid = nextId();
    await accept(id, sid);
    await report(sid, 'delivered', { accountId: twilioId });
    expect(await statusOf(id)).toBe('delivered');
  });
});

describe('a message in doubt', () => {
  const doubt = async (to: string) => {
    const id = await sending(to);
    await settle(id, { kind: 'unknown', parts: [], why: 'cut', part: 1 });
    return id;
  };

  it('is settled by a receipt that can belong to nothing else', async () => {
    const to = person();
    const id = await doubt(to);
    await report(nextId(), 'delivered', { customerNumber: to, ourNumber: '+14155550100' });
    expect(await read(id)).toMatchObject({ status: 'delivered', accepted: true, code: null, text: null });
  });

  it('is not settled by a receipt of two candidates, of other numbers, or while a newer message waits for its answer', async () => {
    const [twice, once, newer] = [person(), person(), person()];
    const both = [await doubt(twice), await doubt(twice)];
    await report(nextId(), 'delivered', { customerNumber: twice });
    expect(await Promise.all(both.map(statusOf))).toEqual(['unknown', 'unknown']);

    const one = await doubt(once);
    await report(nextId(), 'delivered', { customerNumber: person() });
    await report(nextId(), 'delivered', { customerNumber: once, ourNumber: '+14155550999' });
    expect(await statusOf(one)).toBe('unknown');

    const [old, next, carrierId] = [await doubt(newer), await sending(newer), nextId()];
    await report(carrierId, 'delivered', { customerNumber: newer, ourNumber: '+14155550100' });
    await accept(next, carrierId);
    expect([await statusOf(old), await statusOf(next)]).toEqual(['unknown', 'delivered']);
  });

  it('is settled by a late answer, for better or worse, and claims what came meanwhile', async () => {
    const [good, bad, carrierId] = [await doubt(person()), await doubt(person()), nextId()];
    await report(carrierId, 'delivered');
    await receipts.identify({ orgId, accountId, messageId: good, carrierId, keys: [carrierId] });
    await receipts.fail({ orgId, messageId: bad, code: 'ESME_RINVDSTADR', text: 'Wrong number.' });
    expect(await statusOf(good)).toBe('delivered');
    expect(await read(bad)).toMatchObject({ status: 'failed', accepted: false, text: 'Wrong number.' });
    await receipts.fail({ orgId, messageId: good, code: 'late', text: '' });
    expect(await statusOf(good)).toBe('delivered');
  });

  it('goes on when the late answer was only "not now", and nothing else does', async () => {
    const [inDoubt, sent] = [await doubt(person()), await sending()];
    await accept(sent, nextId());
    expect(await receipts.resume({ orgId, accountId, messageId: inDoubt })).toBe(true);
    expect(await receipts.resume({ orgId, accountId, messageId: sent })).toBe(false);
    expect([await statusOf(inDoubt), await statusOf(sent)]).toEqual(['queued', 'sent']);
  });

  it('is what a crash leaves of a message that was being sent, and of no other', async () => {
    const account = await addAccount(database.db, orgId, 'smpp');
    const lost = await sending(person(), 1, account);
    const { id: queued } = await addMessage(database.db, { orgId, accountId: account, customerNumber: person() });
    const elsewhere = await sending();
    expect(await database.db.transaction().execute((tx) => markInDoubt(tx, orgId, account, 'A crash.'))).toBe(1);
    expect(await read(lost)).toMatchObject({ status: 'unknown', code: 'outcome_unknown', text: 'A crash.' });
    expect([await statusOf(queued), await statusOf(elsewhere)]).toEqual(['queued', 'sending']);
    const { rows } = await sql<{
      id: string;
    }>`select subject_id as id from outbox where purpose = 'carrier' and lane_key = ${account}`.execute(database.db);
    expect(rows).toEqual([{ id: queued }]);
  });
});

describe('what a carrier refuses', () => {
  it('fails as Failed when nothing was taken, and as a failed delivery when parts were', async () => {
    const [none, some] = [await sending(), await sending(person(), 2)];
    const rejected = { kind: 'rejected', code: '21211', text: 'Not a number.', scope: 'message' } as const;
    expect(await settle(none, { ...rejected, parts: [] })).toBe(true);
    await settle(some, { ...rejected, parts: parts(nextId()) });
    expect(await read(none)).toMatchObject({ status: 'failed', accepted: false, text: 'Not a number.' });
    expect(await read(some)).toMatchObject({ status: 'failed', accepted: true });
  });

  it('because the person opted out there is an opt-out here as well', async () => {
    const to = person();
    await settle(await sending(to), { kind: 'rejected', code: '21610', text: 'Opted out.', scope: 'message', parts: [] });
    const { rows } = await sql`select state, kind from opt_out where number = ${to}`.execute(database.db);
    expect(rows).toEqual([{ state: 'opted_out', kind: 'carrier' }]);
  });

  it('for now shows its reason while the message waits', async () => {
    const id = await sending();
    const refused: SubmitResult = { kind: 'retry', parts: [], afterMs: 0, code: 'ESME_RSUBMITFAIL', text: 'Not taken.', refused: true };
    expect(await settle(id, refused)).toBe(false);
    expect(await read(id)).toMatchObject({ status: 'queued', code: 'ESME_RSUBMITFAIL', text: 'Not taken.' });
    expect((await sql`select 1 from outbox where subject_id = ${id} and purpose = 'org'`.execute(database.db)).rows).toHaveLength(1);
  });

  it('for the whole account goes back to the queue', async () => {
    const id = await sending();
    expect(await settle(id, { kind: 'rejected', code: '20003', text: 'Token.', scope: 'account', parts: [] })).toBe(false);
    expect(await statusOf(id)).toBe('queued');
  });
});

it('never begins a message whose person opted out, even in the last moment', async () => {
  const to = person();
  const { id } = await addMessage(database.db, { orgId, accountId, customerNumber: to });
  await sql`insert into opt_out (org_id, id, number, state, kind, reason, changed_at)
    values (${orgId}, ${randomUUID()}, ${to}, 'opted_out', 'manual', 'asked', now())`.execute(database.db);
  expect(await database.db.transaction().execute((tx) => beginSubmission(tx, orgId, { id, customerNumber: to }, new Date()))).toBe(false);
  expect(await statusOf(id)).toBe('queued');
});

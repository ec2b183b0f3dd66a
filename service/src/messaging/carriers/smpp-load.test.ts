import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createStopper, eventually, OUR_SMPP, testCarrier } from '../../../../sandbox/carrier/test-helpers.ts';
import { person } from '../../../../sandbox/control/people.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { noFailPoints } from '../../platform/fail-points.ts';
import { createLogger } from '../../platform/log.ts';
import { createAddressGuard } from '../../platform/net.ts';
import { createReceipts } from '../receipts.ts';
import { createReceive, type Receive } from '../receive.ts';
import { addAccount, addMessage, addOrg } from '../store.test-helper.ts';
import { findAccount } from '../store/accounts.ts';
import { openSmppSession } from './smpp.ts';
import { startAccountWorker } from './worker.ts';

let database: Database;
let orgId: string;
const stopper = createStopper();
const logger = createLogger({ level: 'silent' });
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
});
afterEach(() => stopper.stopAll());
afterAll(() => database.close());

/** A worker of an SMPP account over a real socket; `receive` is between the carrier and the real store. */
async function rig(around: (store: Receive) => Receive, settings: { windowSize?: number } = {}) {
  const carrier = stopper.add(await testCarrier());
  const guard = createAddressGuard(['127.0.0.1']);
  const accountId = await addAccount(database.db, orgId, 'smpp');
  const stored = await findAccount(database.db, accountId);
  if (!stored) throw new Error('no account');
  const account = {
    ...stored,
    settings: { host: '127.0.0.1', port: carrier.smppPort, systemId: 'switchboard' },
    ratePerSecond: 500,
    windowSize: settings.windowSize ?? 10,
  };
  const { db } = database;
  const receipts = createReceipts({ db, wake: () => {} });
  const receive = around(createReceive({ db, clock: systemClock, wake: () => {} }).receive);
  const start = async () => {
    const worker = await startAccountWorker({
      account,
      db,
      clock: systemClock,
      owner: randomUUID(),
      logger,
      failPoints: noFailPoints,
      receipts,
      open: (events) => openSmppSession({ account, password: 'sandbox', db, clock: systemClock, guard, logger, receive, receipts, events }),
      wakeOrg: () => {},
    });
    if (!worker) throw new Error('somebody else has the account');
    stopper.add({ close: () => worker.stop() });
  };
  return { carrier, accountId, start };
}

const texts = async (accountId: string): Promise<string[]> =>
  (
    await sql<{ body: string }>`select body from message where account_id = ${accountId} and direction = 'inbound'`.execute(database.db)
  ).rows
    .map(({ body }) => body)
    .sort();

describe('a database that is slow or away', () => {
  it('makes the carrier keep what it has: nothing is acknowledged that is not stored, and everything comes once in the end', async () => {
    let state: 'away' | 'slow' | 'well' = 'away';
    let release = () => {};
    const answers = new Promise<void>((resolve) => (release = resolve));
    let refused = 0;
    let underWay = 0;
    const { carrier, accountId, start } = await rig((store) => async (inbound) => {
      if (state === 'away') {
        refused += 1;
        throw new Error('the database is away');
      }
      if (state === 'slow') {
        underWay += 1;
        await answers;
      }
      return store(inbound);
    });
    const waiting = async () => ((await carrier.get('/__sandbox/smsc')) as { waiting: number }).waiting;
    const bodies = Array.from({ length: 60 }, (_, index) => `Text ${String(index).padStart(2, '0')}`);
    for (const [index, body] of bodies.entries())
      await carrier.post('/__sandbox/inbound', { from: person('load', index).phone, to: OUR_SMPP, body });
    await start();

    await eventually('every text was refused', () => refused >= 120);
    expect(await waiting()).toBe(60);
    state = 'slow';
    await eventually('the store is asked', () => underWay > 0);
    expect([await waiting(), await texts(accountId)]).toEqual([60, []]);
    state = 'well';
    release();
    await eventually('everything was taken', async () => (await waiting()) === 0);
    expect(await texts(accountId)).toEqual(bodies);
  });
});

describe('what one worker sends', () => {
  it('never has more open at the carrier than the window of the account', async () => {
    const { carrier, accountId, start } = await rig((store) => store, { windowSize: 3 });
    // Long enough for all of them to be open at once, if nothing held them back.
    await carrier.fault('smpp:submit_sm', { latencyMs: 300 });
    await start();
    await eventually('the account is connected', async () => (await findAccount(database.db, accountId))?.state === 'connected');
    for (let index = 0; index < 12; index += 1)
      await addMessage(database.db, { orgId, accountId, ourNumber: OUR_SMPP, customerNumber: person('load', index).phone });
    await eventually('everything was sent', async () => {
      const { rows } = await sql<{
        n: number;
      }>`select count(*) as n from outbox where purpose = 'carrier' and lane_key = ${accountId}`.execute(database.db);
      return rows[0]?.n === 0;
    });
    expect((await carrier.get('/__sandbox/smsc')).maxOpen).toBeLessThanOrEqual(3);
  });
});

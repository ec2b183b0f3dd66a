import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createTestDatabase } from '../db/test-database.ts';
import type { Database } from '../db/database.ts';
import { noFailPoints } from '../fail-points.ts';
import { createLaneEngine, type LaneBatch, type LanePurpose } from './engine.ts';
import { claimLane, guarded, LeaseLostError, releaseLease } from './lease.ts';
import { applyOutcome, backlog, enqueue, readDue } from './outbox.ts';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const lane = (orgId = randomUUID() as string) => ({ orgId, purpose: 'test', key: '0' });
const entry = (address: ReturnType<typeof lane>, subjectId = randomUUID() as string) => ({ ...address, subjectKind: 'message', subjectId });

function engine(run: LanePurpose['run'], batchSize = 10) {
  return createLaneEngine({
    db: database.db,
    clock: systemClock,
    purposes: [{ name: 'test', batchSize, leaseMs: 5_000, run }],
    owner: randomUUID(),
    logger: pino({ level: 'silent' }),
    failPoints: noFailPoints,
    sweepMs: 20,
  });
}

async function until(condition: () => boolean | Promise<boolean>) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const done = (batch: LaneBatch) => batch.settle({ done: batch.rows.map(({ id, version }) => ({ id, version })) });

describe('lanes', () => {
  it('carries every row once, in order, without a wake-up', async () => {
    const address = lane();
    const subjects = Array.from({ length: 25 }, () => randomUUID() as string);
    for (const subject of subjects) await enqueue(database.db, [entry(address, subject)]);
    const seen: string[] = [];
    const lanes = engine(async (batch) => {
      if (batch.lease.orgId === address.orgId) seen.push(...batch.rows.map((row) => row.subjectId));
      await done(batch);
    });
    lanes.start();
    await until(async () => (await backlog(database.db, address.orgId, ['test'])).waiting === 0);
    await lanes.stop();
    expect(seen).toEqual(subjects);
  });

  it('locks records before their outbox rows, as everybody else does, and tries again when the database gave it up', async () => {
    const address = lane();
    await enqueue(database.db, [entry(address)]);
    const seen: number[] = [];
    const lanes = engine(async (batch) => {
      await batch.settle({ done: batch.rows.map(({ id, version }) => ({ id, version })) }, async (tx) => {
        const { rows } = await sql`select 1 from outbox where org_id = ${address.orgId}`.execute(tx);
        seen.push(rows.length);
        if (seen.length === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      });
    });
    lanes.start();
    await until(async () => (await backlog(database.db, address.orgId, ['test'])).waiting === 0);
    await lanes.stop();
    expect(seen).toEqual([1, 1]);
  });

  it('does not put a row off whose record changed while it was tried', async () => {
    const address = lane();
    const changed = entry(address);
    await enqueue(database.db, [changed]);
    const [row] = await readDue(database.db, address, 1);
    await enqueue(database.db, [changed]);
    const retry = { id: row!.id, version: row!.version, afterMs: 60_000, code: 'x', reason: 'x' };
    await applyOutcome(database.db, { retry: [retry] });
    expect(await readDue(database.db, address, 1)).toMatchObject([{ id: row!.id, attempts: 0 }]);
    await applyOutcome(database.db, { retry: [{ ...retry, version: row!.version + 1 }] });
    expect(await readDue(database.db, address, 1)).toEqual([]);
  });

  it('sends a record again that changed while it was being sent', async () => {
    const address = lane();
    const changed = entry(address);
    await enqueue(database.db, [changed]);
    const versions: number[] = [];
    const lanes = engine(async (batch) => {
      versions.push(batch.rows[0]?.version ?? 0);
      if (versions.length === 1) await enqueue(database.db, [changed]);
      await done(batch);
    });
    lanes.start();
    await until(async () => (await backlog(database.db, address.orgId, ['test'])).waiting === 0);
    await lanes.stop();
    expect(versions).toEqual([1, 2]);
  });

  it('parks one row with its reason and lets the rest go on; a change sets it free', async () => {
    const address = lane();
    const [bad, good] = [entry(address), entry(address)];
    await enqueue(database.db, [bad, good]);
    const lanes = engine((batch) =>
      batch.settle({
        park: batch.rows
          .filter((row) => row.subjectId === bad.subjectId)
          .map(({ id, version }) => ({ id, version, code: 'string_too_long', reason: 'Too long' })),
        done: batch.rows.filter((row) => row.subjectId === good.subjectId).map(({ id, version }) => ({ id, version })),
      }),
    );
    lanes.start();
    await until(async () => (await backlog(database.db, address.orgId, ['test'])).waiting === 0);
    await lanes.stop();
    expect(await backlog(database.db, address.orgId, ['test'])).toEqual({ waiting: 0, oldestAt: null, parked: 1 });
    await enqueue(database.db, [bad]);
    expect(await backlog(database.db, address.orgId, ['test'])).toMatchObject({ waiting: 1, parked: 0 });
    await sql`delete from outbox where org_id = ${address.orgId}`.execute(database.db);
  });

  it('holds a lane until the given time and keeps others away from it', async () => {
    const address = lane();
    await enqueue(database.db, [entry(address)]);
    const lease = await claimLane(database.db, address, 'a', 5_000);
    if (!lease) throw new Error('not claimed');
    expect(await claimLane(database.db, address, 'b', 5_000)).toBeUndefined();
    await releaseLease(database.db, lease, { until: new Date(Date.now() + 60_000), code: 'org_limit', reason: 'No calls left' });
    expect(await claimLane(database.db, address, 'b', 5_000)).toBeUndefined();
    await sql`delete from outbox where org_id = ${address.orgId}`.execute(database.db);
  });

  it('refuses to write for a worker that was frozen past its lease', async () => {
    const address = lane();
    await enqueue(database.db, [entry(address)]);
    const frozen = await claimLane(database.db, address, 'frozen', -1_000);
    const next = await claimLane(database.db, address, 'next', 5_000);
    if (!frozen || !next) throw new Error('not claimed');
    expect(next.generation).toBe(frozen.generation + 1);
    await expect(guarded(database.db, frozen, (tx) => enqueue(tx, [entry(address)]))).rejects.toThrow(LeaseLostError);
    expect(await readDue(database.db, address, 10)).toHaveLength(1);
    await sql`delete from outbox where org_id = ${address.orgId}`.execute(database.db);
  });

  it('goes on with a lane after an unexpected error in it', async () => {
    const address = lane();
    await enqueue(database.db, [entry(address)]);
    const broken = engine(() => Promise.reject(new Error('boom')));
    broken.start();
    await until(async () => {
      const { rows } = await sql<{ code: string }>`select hold_code as code from lane where org_id = ${address.orgId}`.execute(database.db);
      return rows[0]?.code === 'internal_error';
    });
    await broken.stop();
    expect(await backlog(database.db, address.orgId, ['test'])).toMatchObject({ waiting: 1 });
  });
});

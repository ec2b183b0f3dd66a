import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { createTestDatabase } from '../db/test-database.ts';
import type { Database, Db, Tx } from '../db/database.ts';
import { noFailPoints, parseFailPoints } from '../fail-points.ts';
import { createLogger } from '../log.ts';
import { createLaneEngine, type LaneEngine, type LaneEngineOptions, type LanePurpose } from './engine.ts';
import { claimLane, endLeases, guarded, liftHolds, renewLease, releaseLease } from './lease.ts';
import { backlog, enqueue, readDue } from './outbox.ts';
import { discardParked, listParked, retryParked } from './parked.ts';

let database: Database;
const engines: LaneEngine[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await database.close();
});

const logger = createLogger({ level: 'silent' });
const entry = (orgId: string, purpose: string, key = '0', subjectId: string = randomUUID()) => ({
  orgId,
  purpose,
  key,
  subjectKind: 'message',
  subjectId,
});

function engine(
  name: string,
  run: LanePurpose['run'],
  options: { failPoints?: string; batchSize?: number; leaseMs?: number } & Partial<
    Pick<LaneEngineOptions, 'sweepMs' | 'maxLanes' | 'slowMs' | 'longestLeaseMs'>
  > = {},
) {
  const made = createLaneEngine({
    db: database.db,
    clock: systemClock,
    purposes: [{ name, batchSize: options.batchSize ?? 10, leaseMs: options.leaseMs ?? 5_000, run }],
    owner: randomUUID(),
    logger,
    failPoints: options.failPoints ? parseFailPoints(options.failPoints) : noFailPoints,
    sweepMs: options.sweepMs ?? 20,
    ...(options.maxLanes && { maxLanes: options.maxLanes }),
    ...(options.slowMs && { slowMs: options.slowMs }),
    ...(options.longestLeaseMs && { longestLeaseMs: options.longestLeaseMs }),
  });
  engines.push(made);
  made.start();
  return made;
}

async function drained(orgId: string, purpose: string) {
  while ((await backlog(database.db, orgId, [purpose])).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

const doneWith = (rows: { id: number; version: number }[]) => ({ done: rows.map(({ id, version }) => ({ id, version })) });

describe('several engines on one database', () => {
  it('share the lanes and carry each row once, each lane in order', async () => {
    const orgId = randomUUID();
    const keys = ['0', '1', '2', '3', '4', '5'];
    const expected = new Map<string, string[]>(keys.map((key) => [key, []]));
    for (let index = 0; index < 120; index += 1) {
      const row = entry(orgId, 'shared', keys[index % keys.length]);
      expected.get(row.key)?.push(row.subjectId);
      await enqueue(database.db, [row]);
    }
    const seen = new Map<string, string[]>(keys.map((key) => [key, []]));
    let atOnce = 0;
    let most = 0;
    const run: LanePurpose['run'] = async (batch) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      seen.get(batch.lease.key)?.push(...batch.rows.map((row) => row.subjectId));
      await new Promise((resolve) => setTimeout(resolve, 2));
      await batch.settle(doneWith(batch.rows));
      atOnce -= 1;
    };
    const pair = [engine('shared', run), engine('shared', run)];
    await drained(orgId, 'shared');
    await Promise.all(pair.map((one) => one.stop()));
    expect(seen).toEqual(expected);
    expect(most).toBeGreaterThan(1);
  });

  it('does not write for a worker that was frozen past its lease, and another one carries the rows', async () => {
    const orgId = randomUUID();
    await enqueue(database.db, [entry(orgId, 'frozen')]);
    let release = () => {};
    const thaw = new Promise<void>((resolve) => (release = resolve));
    const results: string[] = [];
    engine(
      'frozen',
      async (batch) => {
        await thaw;
        await batch.settle(doneWith(batch.rows)).then(
          () => results.push('frozen wrote'),
          (error: unknown) => results.push((error as Error).name),
        );
      },
      { leaseMs: 30 },
    );
    while ((await sql`select 1 from lane where org_id = ${orgId} and lease_until < now()`.execute(database.db)).rows.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    engine('frozen', async (batch) => {
      await batch.settle(doneWith(batch.rows));
      results.push('another wrote');
      release();
    });
    await drained(orgId, 'frozen');
    while (results.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(results).toEqual(['another wrote', 'LeaseLostError']);
  });

  it('keeps a short lease alive while it works, so that a lane whose process died is soon free', async () => {
    const orgId = randomUUID();
    await enqueue(database.db, [entry(orgId, 'beat')]);
    const left = async () => {
      const { rows } = await sql<{ ms: number | null }>`
        select (extract(epoch from lease_until - now()) * 1000)::float8 as ms from lane where org_id = ${orgId}`.execute(database.db);
      return rows[0]?.ms;
    };
    const seen: (number | null | undefined)[] = [];
    engine(
      'beat',
      async (batch) => {
        for (let look = 0; look < 30; look += 1) {
          seen.push(await left());
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        await batch.settle(doneWith(batch.rows));
      },
      { leaseMs: 60_000, longestLeaseMs: 2_000 },
    );
    await drained(orgId, 'beat');
    expect(Math.max(...seen.map(Number))).toBeLessThanOrEqual(2_000);
    expect(seen.length).toBe(30);
  });

  it('finds rows whose wake-up was lost, and rows that became due meanwhile', async () => {
    const orgId = randomUUID();
    const carried: string[] = [];
    engine('lost', async (batch) => {
      carried.push(...batch.rows.map((row) => row.subjectId));
      await batch.settle(doneWith(batch.rows));
    });
    const [now, later] = [entry(orgId, 'lost'), entry(orgId, 'lost')];
    await enqueue(database.db, [later]);
    await sql`update outbox set due_at = now() + interval '200 milliseconds' where subject_id = ${later.subjectId}`.execute(database.db);
    await enqueue(database.db, [now]);
    await drained(orgId, 'lost');
    expect(new Set(carried)).toEqual(new Set([now.subjectId, later.subjectId]));
  });

  it.each(['before-run', 'before-settle', 'after-settle'])('goes on after a fault at %s without losing a row', async (point) => {
    const orgId = randomUUID();
    const name = `fault-${point}`;
    const rows = [entry(orgId, name), entry(orgId, name)];
    await enqueue(database.db, rows);
    const runs: string[][] = [];
    engine(
      name,
      async (batch) => {
        runs.push(batch.rows.map((row) => row.subjectId));
        await batch.settle(doneWith(batch.rows));
      },
      { failPoints: `lane.${name}.${point}=throw` },
    );
    while ((await sql`select 1 from lane where org_id = ${orgId} and hold_code = 'internal_error'`.execute(database.db)).rows.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await liftHolds(database.db, orgId, name);
    await drained(orgId, name);
    const all = rows.map((row) => row.subjectId);
    expect(runs).toEqual(point === 'before-settle' ? [all, all] : [all]);
  });
});

describe('more orgs that do not answer than places', () => {
  it('keep neither the places nor the database from those that do', async () => {
    const stalled = Array.from({ length: 6 }, () => randomUUID() as string);
    const healthy = randomUUID();
    for (const orgId of stalled) await enqueue(database.db, [entry(orgId, 'fair')]);
    let release = () => {};
    const answer = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    engine(
      'fair',
      async (batch) => {
        if (batch.lease.orgId !== healthy) {
          waiting += 1;
          await answer;
        }
        await batch.settle(doneWith(batch.rows));
      },
      { maxLanes: 4, slowMs: 1_500 },
    );
    try {
      await until(() => Promise.resolve(waiting >= 4));
      for (const key of ['0', '1', '2', '3']) await enqueue(database.db, [entry(healthy, 'fair', key), entry(healthy, 'fair', key)]);
      await drained(healthy, 'fair');
    } finally {
      release();
    }
    for (const orgId of stalled) await drained(orgId, 'fair');
  });

  it('take turns when they have more to do than one batch', async () => {
    const orgs = Array.from({ length: 4 }, () => randomUUID() as string);
    for (let row = 0; row < 4; row += 1) for (const orgId of orgs) await enqueue(database.db, [entry(orgId, 'turns')]);
    const order: string[] = [];
    engine(
      'turns',
      async (batch) => {
        order.push(batch.lease.orgId);
        await batch.settle(doneWith(batch.rows));
      },
      { maxLanes: 1, batchSize: 1 },
    );
    for (const orgId of orgs) await drained(orgId, 'turns');
    expect(new Set(order.slice(0, 4)).size).toBe(4);
  });
});

describe('leases', () => {
  it('are prolonged only while they stand', async () => {
    const lane = { orgId: randomUUID(), purpose: 'lease', key: '0' };
    const first = await claimLane(database.db, lane, 'a', 60_000);
    if (!first) throw new Error('not claimed');
    expect(await renewLease(database.db, first, 60_000)).toBe(true);
    expect(await claimLane(database.db, lane, 'b', 60_000)).toBeUndefined();
    await endLeases(database.db);
    const second = await claimLane(database.db, lane, 'b', 60_000);
    expect(second?.generation).toBe(first.generation + 1);
    expect(await renewLease(database.db, first, 60_000)).toBe(false);
    await releaseLease(database.db, first, { until: new Date(Date.now() + 60_000), code: 'x', reason: 'x' });
    await expect(guarded(database.db, second ?? first, () => Promise.resolve('written'))).resolves.toBe('written');
  });

  it('have ended for a transaction as well that began before they did', async () => {
    const lease = await claimLane(database.db, { orgId: randomUUID(), purpose: 'lease', key: '0' }, 'a', 150);
    if (!lease) throw new Error('not claimed');
    // As a process that stands still between the beginning of its transaction and the first statement in it.
    const frozen = {
      transaction: () => ({
        execute: (work: (tx: Tx) => Promise<unknown>) =>
          database.db.transaction().execute(async (tx) => {
            await sql`select 1`.execute(tx);
            await new Promise((resolve) => setTimeout(resolve, 200));
            return work(tx);
          }),
      }),
    } as unknown as Db;
    await expect(guarded(frozen, lease, () => Promise.resolve('written'))).rejects.toThrow('was lost');
  });

  it('write nothing when the work under them fails', async () => {
    const lane = { orgId: randomUUID(), purpose: 'lease', key: '0' };
    const lease = await claimLane(database.db, lane, 'a', 60_000);
    if (!lease) throw new Error('not claimed');
    const work = guarded(database.db, lease, async (tx) => {
      await enqueue(tx, [entry(lane.orgId, 'lease')]);
      throw new Error('half way');
    });
    await expect(work).rejects.toThrow('half way');
    expect(await readDue(database.db, lane, 10)).toEqual([]);
  });
});

describe('rows', () => {
  it('wait without being counted while something else is at fault, and keep their version when it is not theirs', async () => {
    const orgId = randomUUID();
    await enqueue(database.db, [entry(orgId, 'count'), entry(orgId, 'count')]);
    let turn = 0;
    engine('count', async (batch) => {
      turn += 1;
      const [first, second] = batch.rows;
      if (turn > 1 || !first || !second) return batch.settle(doneWith(batch.rows));
      const code = { code: 'X', reason: 'x', afterMs: 60_000 };
      await batch.settle({
        retry: [
          { id: first.id, ...code, waits: true },
          { id: second.id, ...code },
        ],
      });
    });
    while (turn === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await until(async () => (await readAttempts(orgId)).join() === '0,1');
    expect(await readAttempts(orgId)).toEqual([0, 1]);
    await sql`delete from outbox where org_id = ${orgId}`.execute(database.db);
  });

  it('that are parked are listed, tried again and given up within their org only', async () => {
    const [orgId, other] = [randomUUID(), randomUUID()];
    await enqueue(database.db, [entry(orgId, 'park', '2'), entry(orgId, 'park', '1')]);
    await sql`update outbox set state = 'parked', parked_at = now(), code = 'BAD', reason = 'bad' where org_id = ${orgId}`.execute(
      database.db,
    );
    const [first, second] = await listParked(database.db, orgId, 'park', 0, 10);
    if (!first || !second) throw new Error('not listed');
    expect(await listParked(database.db, orgId, 'park', first.id, 10)).toEqual([second]);
    expect(await listParked(database.db, other, 'park', 0, 10)).toEqual([]);
    expect(await retryParked(database.db, other, 'park', first.id)).toEqual([]);
    expect(await discardParked(database.db, other, 'park', first.id)).toBeUndefined();
    expect(await retryParked(database.db, orgId, 'park', first.id)).toEqual([first.laneKey]);
    expect(await discardParked(database.db, orgId, 'park', second.id)).toEqual({ subjectKind: 'message', subjectId: second.subjectId });
    expect(await backlog(database.db, orgId, ['park'])).toMatchObject({ waiting: 1, parked: 0 });
    await sql`delete from outbox where org_id = ${orgId}`.execute(database.db);
  });
});

async function until(condition: () => Promise<boolean>) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function readAttempts(orgId: string): Promise<number[]> {
  const { rows } = await sql<{ attempts: number }>`select attempts from outbox where org_id = ${orgId} order by id`.execute(database.db);
  return rows.map((row) => row.attempts);
}

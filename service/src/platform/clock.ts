import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import type { Db } from './db/database.ts';

/** Where the time comes from: points in time that other processes read as well are never taken from a machine's own clock. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

const FOLLOW_MS = 30_000;

export interface DatabaseClock extends Clock {
  /** Looks at the database's clock once more; false where it was not reached. Otherwise every half minute. */
  follow(): Promise<boolean>;
  stop(): void;
}

/**
 * The database's clock, so that all processes agree on it and none of them is led astray when its machine's clock is wrong or set anew: between
 * two looks time goes on by the monotonic clock. `timeOf` is `databaseTime`.
 */
export async function createDatabaseClock(timeOf: () => Promise<number>): Promise<DatabaseClock> {
  let seen = await look(timeOf);
  const clock: DatabaseClock = {
    now: () => new Date(seen.at + performance.now() - seen.since),
    async follow() {
      const next = await look(timeOf).catch(() => undefined);
      seen = next ?? seen;
      return next !== undefined;
    },
    stop: () => clearInterval(following),
  };
  const following = setInterval(() => void clock.follow(), FOLLOW_MS).unref();
  return clock;
}

/** `at` in milliseconds since 1970, when the monotonic clock said `since`: the middle of the question. */
async function look(timeOf: () => Promise<number>): Promise<{ at: number; since: number }> {
  const before = performance.now();
  const at = await timeOf();
  return { at, since: (before + performance.now()) / 2 };
}

/** What the database's clock says, in milliseconds since 1970. */
export async function databaseTime(db: Db): Promise<number> {
  const { rows } = await sql<{ at: number }>`select extract(epoch from clock_timestamp())::float8 * 1000 as at`.execute(db);
  return rows[0]?.at as number;
}

/** Waits, and gives up early (without an error) when the signal fires. Timers do not keep the process alive. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}

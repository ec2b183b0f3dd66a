import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import type { Db } from './db/database.ts';

/** Where the time comes from: points in time that other processes read as well are never taken from a machine's own clock. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

const FOLLOW_MS = 30_000;
/** An answer that took longer says little: most of the time it waited for a connection. */
const QUICK_MS = 250;
/** Two looks differ by no more when the database's clock was not set: by so little time stands still instead of going back. */
const INEXACT_MS = QUICK_MS;

interface Look {
  at: number;
  since: number;
  tookMs: number;
}

export interface DatabaseClock extends Clock {
  /** Looks at the database's clock once more; false where it did not answer, or not at once. By itself every half minute. */
  follow(): Promise<boolean>;
  stop(): void;
}

/**
 * The database's clock, so that all processes agree on it and none of them is led astray when its machine's clock is wrong or set anew: between
 * two looks time goes on by the monotonic clock. `timeOf` is `databaseTime`.
 */
export async function createDatabaseClock(timeOf: () => Promise<number>): Promise<DatabaseClock> {
  let seen = await firstLook(timeOf);
  let last = 0;
  const clock: DatabaseClock = {
    now() {
      const at = seen.at + performance.now() - seen.since;
      if (at > last || last - at > INEXACT_MS) last = at;
      return new Date(last);
    },
    async follow() {
      const next = await look(timeOf).catch(() => undefined);
      if (!next || next.tookMs > QUICK_MS) return false;
      seen = next;
      return true;
    },
    stop: () => clearInterval(following),
  };
  const following = setInterval(() => void clock.follow(), FOLLOW_MS).unref();
  return clock;
}

/** The best of a few, where none is quick. */
async function firstLook(timeOf: () => Promise<number>): Promise<Look> {
  let best = await look(timeOf);
  for (let tries = 0; tries < 3 && best.tookMs > QUICK_MS; tries += 1) {
    const next = await look(timeOf);
    if (next.tookMs < best.tookMs) best = next;
  }
  return best;
}

/** `at` in milliseconds since 1970, when the monotonic clock said `since`: the middle of the question. */
async function look(timeOf: () => Promise<number>): Promise<Look> {
  const before = performance.now();
  const at = await timeOf();
  const tookMs = performance.now() - before;
  return { at, since: before + tookMs / 2, tookMs };
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

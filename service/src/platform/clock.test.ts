import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createDatabaseClock, databaseTime } from './clock.ts';
import type { Database } from './db/database.ts';
import { createTestDatabase } from './db/test-database.ts';

const HOUR = 3_600_000;
let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => database.close());

it('says what the database says, also after the clock of the machine was set', async () => {
  const clock = await createDatabaseClock(() => databaseTime(database.db));
  const before = await databaseTime(database.db);
  const real = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => real() + HOUR);
  const now = clock.now().getTime();
  vi.restoreAllMocks();
  const after = await databaseTime(database.db);
  clock.stop();
  expect(now).toBeGreaterThan(before - 1_000);
  expect(now).toBeLessThan(after + 1_000);
});

it('follows the database where that goes another way, and goes on by itself while it is away', async () => {
  let time: () => Promise<number> = () => Promise.resolve(Date.UTC(2026, 0, 1));
  const clock = await createDatabaseClock(() => time());
  time = () => Promise.resolve(Date.UTC(2026, 0, 1) + HOUR);
  expect(await clock.follow()).toBe(true);
  const before = clock.now().getTime();
  expect(before).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1) + HOUR - 1_000);
  time = () => Promise.reject(new Error('away'));
  expect(await clock.follow()).toBe(false);
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(before);
  clock.stop();
});

it('does not believe an answer that waited long', async () => {
  let time: () => Promise<number> = () => Promise.resolve(Date.UTC(2026, 0, 1));
  const clock = await createDatabaseClock(() => time());
  time = () => new Promise((resolve) => setTimeout(() => resolve(Date.UTC(2026, 0, 1) + HOUR), 400));
  expect(await clock.follow()).toBe(false);
  expect(clock.now().getTime()).toBeLessThan(Date.UTC(2026, 0, 1) + HOUR / 2);
  clock.stop();
});

it('never goes back by the little that looks are inexact, and does where the database’s clock was set back', async () => {
  let time = Date.UTC(2026, 0, 1);
  const clock = await createDatabaseClock(() => Promise.resolve(time));
  const before = clock.now().getTime();
  time -= 100;
  await clock.follow();
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(before);
  time -= HOUR;
  await clock.follow();
  expect(clock.now().getTime()).toBeLessThan(before - HOUR / 2);
  clock.stop();
});

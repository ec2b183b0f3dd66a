/** A fixed short set of the schedules of `npm run prove`: traffic and faults against two service processes over one PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broken } from './prove/oracle.ts';
import { playSchedule } from './prove/play.ts';
import { describeSteps, scheduleOf } from './prove/schedule.ts';
import { startWorld, type World } from './prove/world.ts';

/** Chosen so that every side is hit: users, org, both carriers, processes and the database. */
const SEEDS = [12, 13, 16, 20, 31, 36];

describe.skipIf(!process.env['TEST_DATABASE_URL'])('nothing lost, nothing doubled (needs TEST_DATABASE_URL)', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(process.env['TEST_DATABASE_URL'] as string, () => undefined);
  }, 120_000);
  afterAll(() => world?.close(), 60_000);

  it.each(SEEDS.map((seed, index) => [seed, index + 1] as const))(
    'seed %i',
    async (seed, number) => {
      const steps = scheduleOf(seed);
      const facts = await playSchedule(world, steps, number);
      expect(broken(facts, steps), describeSteps(steps)).toEqual([]);
    },
    180_000,
  );
});

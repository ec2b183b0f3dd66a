/** Plays schedules in a world, and in a new one after a broken promise: what is stuck in the old one would break every later schedule as well. */
import fc from 'fast-check';
import type { Facts } from './facts.ts';
import { playSchedule } from './play.ts';
import { recordOf, type SeedRecord } from './record.ts';
import { scheduleOf, schedules, type Step } from './schedule.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

const SHRINK_AT_MOST = 25;
const KEPT_OUTPUT = 200_000;

export interface Played {
  record: SeedRecord;
  facts: Facts;
}

export type Worlds = ReturnType<typeof createWorlds>;

export function createWorlds(server: string, options: WorldOptions = {}) {
  let output = '';
  let number = 0;
  let world: World | undefined;

  async function close(): Promise<void> {
    const old = world;
    world = undefined;
    await old?.close();
  }

  async function play(seed: number, steps: readonly Step[]): Promise<Played> {
    output = '';
    world ??= await startWorld(server, (text) => (output = `${output}${text}`.slice(-KEPT_OUTPUT)), options);
    const began = Date.now();
    const facts = await playSchedule(world, steps, (number += 1));
    const record = recordOf(seed, steps, facts, (Date.now() - began) / 1_000);
    if (record.failures.length > 0) await close();
    return { record, facts };
  }

  /** The shortest schedule of this seed that still breaks a promise, as far as some tries find it. */
  async function shrink(seed: number): Promise<readonly Step[]> {
    let tries = 0;
    let shortest: readonly Step[] = scheduleOf(seed);
    const property = fc.asyncProperty(schedules, async (steps) => {
      if ((tries += 1) > SHRINK_AT_MOST) return true;
      const { record } = await play(seed, steps);
      if (record.failures.length > 0) shortest = steps;
      return record.failures.length === 0;
    });
    await fc.check(property, { seed, numRuns: 1 });
    return shortest;
  }

  /** `output`: what the processes said during the last schedule. */
  return { play, shrink, close, output: () => output, isThere: () => world !== undefined };
}

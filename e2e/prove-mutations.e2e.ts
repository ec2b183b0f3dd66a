/** The proof can fail: each mechanism is taken out of a copy of the service, and the oracle sees that it is missing. */
import { afterAll, describe, expect, it } from 'vitest';
import { makeMutant, MUTATIONS, shifted } from './prove/mutations.ts';
import { describeSteps } from './prove/schedule.ts';
import { createWorlds } from './prove/worlds.ts';

const server = process.env['TEST_DATABASE_URL'];
/** What depends on who comes first may need more than one try, each with its texts and faults at slightly other moments. */
const SEEDS = 12;

describe.skipIf(!server)('each mechanism that is taken out is missed (needs TEST_DATABASE_URL)', () => {
  const whole = createWorlds(server as string);
  afterAll(() => whole.close(), 60_000);

  it.each(MUTATIONS)(
    '$mechanism',
    async ({ edits, steps, seen }) => {
      const { record } = await whole.play(0, steps);
      expect(record.failures, `with nothing taken out:\n${describeSteps(steps)}`).toEqual([]);

      const mutant = makeMutant(edits);
      const worlds = createWorlds(server as string, { main: mutant.main });
      try {
        // Another broken promise is no proof that this one is seen.
        const failures: string[] = [];
        for (let seed = 0; seed < SEEDS && !failures.some((each) => seen.test(each)); seed += 1) {
          failures.push(...(await worlds.play(seed, shifted(steps, seed))).record.failures);
          // Who does what in a world settles: a later schedule of the same one would show the same again.
          await worlds.close();
        }
        expect(failures, `in ${SEEDS} schedules`).toContainEqual(expect.stringMatching(seen));
      } finally {
        await worlds.close();
        mutant.remove();
      }
    },
    300_000,
  );
});

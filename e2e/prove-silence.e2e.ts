/** The connections to the database stop without a word and are never cut: nothing on them comes through again, and new ones work. */
import { afterAll, describe, expect, it } from 'vitest';
import { describeSteps, type Step } from './prove/schedule.ts';
import { createWorlds } from './prove/worlds.ts';

const server = process.env['TEST_DATABASE_URL'];

const everybody = [0, 1, 2, 3];
const texts = (at: number): Step[] =>
  everybody.flatMap((person): Step[] => [
    { at, do: 'inbound', carrier: 'twilio', person, long: false },
    { at, do: 'inbound', carrier: 'smpp', person, long: false },
    { at, do: 'outbound', carrier: 'twilio', person, long: false, times: 1 },
    { at, do: 'outbound', carrier: 'smpp', person, long: false, times: 1 },
  ]);

describe.skipIf(!server)('a database that falls silent for good (needs TEST_DATABASE_URL)', () => {
  const worlds = createWorlds(server as string);
  afterAll(() => worlds.close(), 60_000);

  it('loses and doubles nothing, and the service comes back by itself', async () => {
    const steps: Step[] = [...texts(0), ...texts(600), { at: 650, do: 'database', fault: 'hung' }, ...texts(700), ...texts(2_000)];
    const { record } = await worlds.play(0, steps);
    expect(record.failures, describeSteps(steps)).toEqual([]);
    expect(record.helps.filter(({ what }) => what.startsWith('process'))).toEqual([]);
  }, 300_000);
});

/** Faults that last longer than the patience of somebody. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeSteps, type Step } from './prove/schedule.ts';
import { createWorlds } from './prove/worlds.ts';
import { findServerPrograms, startOwnPostgres, type OwnPostgres } from './support/own-postgres.ts';

const server = process.env['TEST_DATABASE_URL'];

const everybody = [0, 1, 2, 3];
const texts = (at: number): Step[] =>
  everybody.flatMap((person): Step[] => [
    { at, do: 'inbound', carrier: 'twilio', person, long: false },
    { at, do: 'inbound', carrier: 'smpp', person, long: false },
    { at, do: 'outbound', carrier: 'twilio', person, long: false, times: 1 },
    { at, do: 'outbound', carrier: 'smpp', person, long: false, times: 1 },
  ]);

describe.skipIf(!server)('what lasts long (needs TEST_DATABASE_URL)', () => {
  const worlds = createWorlds(server as string);
  afterAll(() => worlds.close(), 60_000);

  it('connections to the database that fall silent and are never cut lose and double nothing, and the service comes back by itself', async () => {
    const steps: Step[] = [...texts(0), ...texts(600), { at: 650, do: 'database', fault: 'hung' }, ...texts(700), ...texts(2_000)];
    const { record } = await worlds.play(0, steps);
    expect(record.failures, describeSteps(steps)).toEqual([]);
    expect(record.helps.filter(({ what }) => what.startsWith('process'))).toEqual([]);
  }, 300_000);

  it('a process that stands still for longer than a carrier waits for a reply stores what it repeats once', async () => {
    const harm = (at: number, fault: 'stop' | 'freeze-long', index: number): Step => ({
      at,
      do: 'process',
      fault,
      index,
      point: 'carrier.before-submit',
    });
    // One alone keeps its lease, and with it the line.
    const steps: Step[] = [...texts(0), harm(300, 'stop', 0), harm(5_000, 'freeze-long', 1), ...texts(5_200)];
    const { record } = await worlds.play(0, steps);
    expect(record.failures, describeSteps(steps)).toEqual([]);
  }, 300_000);
});

const programs = findServerPrograms();
const needs = programs ? 'TEST_DATABASE_URL' : 'PostgreSQL’s programs, where Debian puts them';

describe.skipIf(!server || !programs)(`a server of the database (needs ${needs})`, () => {
  let own: OwnPostgres;
  let worlds: ReturnType<typeof createWorlds>;
  let how: 'fast' | 'immediate';
  let restarts = 0;
  beforeAll(async () => {
    own = await startOwnPostgres(programs as string);
    const restartServer = async () => {
      await own.restart(how);
      restarts += 1;
    };
    worlds = createWorlds(own.url, { restartServer });
  }, 60_000);
  afterAll(async () => {
    await worlds.close();
    await own.close();
  }, 60_000);

  it.each(['fast', 'immediate'] as const)(
    'that is stopped (%s) and started among texts loses and doubles nothing',
    async (way) => {
      how = way;
      const before = restarts;
      const steps: Step[] = [...texts(0), ...texts(400), { at: 450, do: 'database', fault: 'restarted' }, ...texts(500), ...texts(2_500)];
      const { record } = await worlds.play(0, steps);
      expect(record.failures, describeSteps(steps)).toEqual([]);
      expect(restarts).toBe(before + 1);
    },
    120_000,
  );
});

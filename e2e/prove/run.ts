/**
 * `npm run prove -- --seeds N [--first S] [--minutes M] [--times T]`: plays N schedules (each T times) of traffic and faults and tells every broken promise. A failing
 * schedule is shrunk to the shortest one that still fails. Needs a PostgreSQL server: TEST_DATABASE_URL or DATABASE_URL.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { broken } from './oracle.ts';
import { playSchedule } from './play.ts';
import { describeSteps, scheduleOf, schedules, type Step } from './schedule.ts';
import { startWorld, type World } from './world.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RECORDS = path.join(ROOT, 'build/prove');
const SHRINK_AT_MOST = 25;

const say = (text: string) => process.stdout.write(`${text}\n`);

interface SeedRecord {
  seed: number;
  steps: readonly Step[];
  texts: number;
  failures: string[];
  seconds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      first: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      times: { type: 'string', default: '1' },
    },
  });
  const server = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL'];
  if (!server) {
    say('npm run prove needs a PostgreSQL server on which a database may be made: TEST_DATABASE_URL=postgres://…');
    process.exitCode = 1;
    return;
  }
  const [first, count, times] = [Number(values.first), Number(values.seeds), Number(values.times)];
  const end = values.minutes ? Date.now() + Number(values.minutes) * 60_000 : Infinity;
  mkdirSync(RECORDS, { recursive: true });
  const worlds = createWorlds(server);
  const records: SeedRecord[] = [];
  try {
    for (let index = 0; index < count * times && Date.now() < end; index += 1) {
      const seed = first + Math.floor(index / times);
      const steps = scheduleOf(seed);
      const began = Date.now();
      const { facts, failures } = await worlds.play(steps);
      const record = { seed, steps, texts: facts.handed.length, failures, seconds: (Date.now() - began) / 1_000 };
      records.push(record);
      say(
        `seed ${seed}: ${facts.handed.length} texts, ${faultsOf(steps).join(', ') || 'no fault'}, ${record.seconds.toFixed(1)} s${failures.length > 0 ? ', BROKEN' : ''}`,
      );
      if (failures.length === 0) continue;
      for (const failure of failures) say(`  ✗ ${failure}`);
      writeFileSync(path.join(RECORDS, `seed-${seed}.log`), worlds.output());
      writeFileSync(path.join(RECORDS, `seed-${seed}.left.json`), JSON.stringify(facts.left, null, 1));
      await worlds.renew();
      const shortest = await shrink(worlds, seed);
      say(`  the shortest schedule that still fails:\n${describeSteps(shortest).replace(/^/gm, '    ')}`);
    }
  } finally {
    await worlds.close();
    writeFileSync(path.join(RECORDS, `seeds-${first}.json`), JSON.stringify(records));
  }
  const bad = records.filter(({ failures }) => failures.length > 0);
  say(
    `${records.length - bad.length} schedules kept every promise, ${bad.length} did not, ${records.reduce((sum, { texts }) => sum + texts, 0)} texts`,
  );
  if (bad.length > 0) process.exitCode = 1;
}

/** A world for schedules; after a broken promise a new one, because what is stuck in the old one would break every later schedule as well. */
function createWorlds(server: string) {
  let output = '';
  let number = 0;
  let world: World | undefined;
  const renew = async () => {
    await world?.close();
    world = undefined;
  };
  return {
    async play(steps: readonly Step[]) {
      world ??= await startWorld(server, (text) => (output = `${output}${text}`.slice(-200_000)));
      const facts = await playSchedule(world, steps, (number += 1));
      return { facts, failures: broken(facts, steps) };
    },
    renew,
    close: renew,
    output: () => output,
  };
}

async function shrink(worlds: ReturnType<typeof createWorlds>, seed: number): Promise<Step[]> {
  let tries = 0;
  let shortest = scheduleOf(seed);
  const property = fc.asyncProperty(schedules, async (steps) => {
    if ((tries += 1) > SHRINK_AT_MOST) return true;
    const { failures } = await worlds.play(steps);
    if (failures.length === 0) return true;
    shortest = steps;
    await worlds.renew();
    return false;
  });
  await fc.check(property, { seed, numRuns: 1 });
  return shortest;
}

function faultsOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => ('fault' in step ? [step.fault === 'crash' ? `crash at ${step.point}` : step.fault] : []));
}

await main();

/** Ten orgs at 20 texts a second each: what one that answers in 5 s, and then more such orgs than the service has places, cost the others. */
import { person } from '../../sandbox/control/people.ts';
import { until } from '../support/console.ts';
import { judgeCores, watchCores } from '../support/cores.ts';
import { whyNoPostgres } from '../support/database.ts';
import { atRate, judgeLoad, type LoadResult } from '../support/load.ts';
import { addHerd, addOrg, type BenchOrg, type Herd } from '../support/orgs.ts';
import { say, size } from '../support/output.ts';
import type { Figure, Measured, Skipped } from '../support/result.ts';
import { startBenchStack, type BenchStack } from '../support/stack.ts';
import { median, percentile, ratios, spread } from '../support/stats.ts';

const ORGS = 10;
const PER_ORG = 20;
const CUSTOMERS = 100;
const STALL_MS = 5_000;
/** More than the places of a process (`maxLanes` in service/src/platform/lanes/engine.ts); each of them always has something to write. */
const HERD = 300;
const DRAIN_MS = 120_000;

const PHASES = ['none', 'one', 'many'] as const;
type Phase = (typeof PHASES)[number];

interface Outcome {
  /** Text taken → in the org, of the orgs that answer, ms. */
  ages: number[];
  lost: number;
  load: LoadResult;
  busy: number[] | undefined;
  /** Rows of the orgs that stall, at the end. */
  herdWaiting: number;
}

export async function run(): Promise<Measured | Skipped> {
  const missing = await whyNoPostgres();
  if (missing) return { skipped: missing };
  const stack = await startBenchStack('fairness', { lightning: false });
  const orgs: BenchOrg[] = [];
  let herd: Herd | undefined;
  try {
    say(`${ORGS} orgs`);
    for (let index = 1; index <= ORGS; index += 1) orgs.push(await addOrg(stack, index));
    const model = await addOrg(stack, 99);
    orgs.push(model);
    const herdSize = size(HERD, 20);
    herd = await addHerd(stack, model, herdSize);
    await model.slow(STALL_MS);
    const seconds = size(20, 3);
    const rig = { stack, orgs: orgs.slice(0, ORGS), herd, texts: 0 };
    await play(rig, 'none', size(10, 2));

    const rounds: Record<Phase, Outcome>[] = [];
    for (let round = 1; round <= size(3, 1); round += 1) {
      const outcomes: Partial<Record<Phase, Outcome>> = {};
      for (const phase of PHASES) {
        say(`round ${round}: ${phase === 'none' ? 'no' : phase} stalled`);
        outcomes[phase] = await play(rig, phase, seconds);
      }
      rounds.push(outcomes as Record<Phase, Outcome>);
    }
    return report(stack, rounds, { seconds, herdSize });
  } finally {
    await herd?.close();
    await stack.close();
    for (const org of orgs) await org.close();
  }
}

interface Rig {
  stack: BenchStack;
  orgs: BenchOrg[];
  herd: Herd;
  /** Numbers the texts, so that each is another one. */
  texts: number;
}

/** One measurement, with everything quiet before and after it. */
async function play(rig: Rig, phase: Phase, seconds: number): Promise<Outcome> {
  const { stack, orgs, herd } = rig;
  const [first] = orgs as [BenchOrg, ...BenchOrg[]];
  if (phase !== 'none') await first.slow(STALL_MS);
  if (phase === 'many') {
    herd.drive();
    // Until they fill what they may fill, and the service has seen that they are slow.
    await new Promise((resolve) => setTimeout(resolve, 2 * STALL_MS));
  }
  const offset = rig.texts;
  const count = ORGS * PER_ORG * seconds;
  rig.texts += count;
  const body = (index: number) => `Text ${offset + index}: is it ready?`;
  const taken = new Map<number, number>();
  const busyOf = watchCores();
  const load = await atRate(
    `http://localhost:${stack.ports.service}`,
    (index) => (orgs[index % ORGS] as BenchOrg).text(person('bench', Math.floor(index / ORGS) % CUSTOMERS).phone, body(index)),
    ORGS * PER_ORG,
    seconds,
    (index) => void taken.set(index, performance.now()),
  );
  const busy = busyOf();
  const herdWaiting = await herd.waiting();
  await herd.rest();
  await first.slow(0);
  await until('nothing waits any more', async () => !(await herd.anyLeft()), DRAIN_MS);
  const ages: number[] = [];
  let lost = 0;
  for (const [index, takenAt] of taken) {
    const arrivedAt = (orgs[index % ORGS] as BenchOrg).arrivals.get(body(index));
    if (arrivedAt === undefined) lost += 1;
    else if (index % ORGS !== 0) ages.push(arrivedAt - takenAt);
  }
  return { ages, lost, load, busy, herdWaiting };
}

function report(
  stack: BenchStack,
  rounds: Record<Phase, Outcome>[],
  { seconds, herdSize }: { seconds: number; herdSize: number },
): Measured {
  const p95 = (phase: Phase) => rounds.map((round) => percentile(round[phase].ages, 0.95));
  const age = (name: string, phase: Phase): Figure => ({
    name: `age in the org, p95: ${name}`,
    value: median(p95(phase)),
    unit: 'ms',
    spread: spread(p95(phase)),
  });
  const ratio = (name: string, phase: Phase): Figure => {
    const each = ratios(
      rounds.map((round) => ({ product: percentile(round[phase].ages, 0.95), baseline: percentile(round.none.ages, 0.95) })),
    );
    return { name, value: each.median, unit: '×', spread: each.spread, must: { atMost: 1.2 } };
  };
  const all = rounds.flatMap((round) => PHASES.map((phase) => round[phase]));
  const busy = all.map((outcome) => outcome.busy).filter((cores) => cores !== undefined);
  return {
    figures: [
      age('no stalled org', 'none'),
      age('one of the ten stalled', 'one'),
      age('more stalled than places', 'many'),
      ratio('one stalled : none', 'one'),
      ratio('more stalled than places : none', 'many'),
      { name: 'not in the org', value: all.reduce((sum, { lost }) => sum + lost, 0), unit: 'texts', must: { exactly: 0 } },
    ],
    invalid: [
      ...judgeCores(
        busy[0]?.map((_, core) => Math.max(...busy.map((cores) => cores[core] ?? 0))),
        stack.pinned,
      ),
      ...new Set(all.flatMap(({ load }) => judgeLoad(load))),
    ],
    notes: [
      `${rounds.length} rounds of three times ${seconds} s; ${ORGS} sandbox orgs, each a server of its own, ${PER_ORG} texts a second each; ages are of the ` +
        `nine orgs that answer at once in all three; a stalled org answers every call after ${STALL_MS / 1_000} s`,
      `the ${herdSize} further stalled orgs are served by one more sandbox org, each under an origin (port) of its own; each always has a row to ` +
        `write, at the end of the rounds ${rounds.map(({ many }) => many.herdWaiting).join(', ')} of them waited; ${stack.notes.join('; ')}`,
    ],
    samples: {
      rounds: rounds.map((round) =>
        Object.fromEntries(
          PHASES.map((phase) => {
            const { ages, load, ...rest } = round[phase];
            return [phase, { ...rest, ok: load.ok, median: median(ages), p95: percentile(ages, 0.95), max: Math.max(...ages) }];
          }),
        ),
      ),
    },
  };
}

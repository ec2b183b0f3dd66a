/** A process of its own that plays the seeds it is told, one after the other; `run.ts` starts as many as there are to be worlds at once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeSteps, scheduleOf } from './schedule.ts';
import type { SeedRecord } from './record.ts';
import { createWorlds } from './worlds.ts';

/** Told by `run.ts`: a seed, or that no more come. */
export type Order = { seed: number } | { end: true };
export type Answer =
  | { record: SeedRecord }
  | { shortest: string }
  /** The schedule was not played to its end. `noWorld`: it was not even begun. */
  | { trouble: string; noWorld: boolean };

const [server, folder] = process.argv.slice(2) as [string, string];
const worlds = createWorlds(server);
const answer = (what: Answer) => new Promise<void>((resolve) => process.send?.(what, () => resolve()));

async function play(seed: number): Promise<void> {
  const { record, facts } = await worlds.play(seed, scheduleOf(seed));
  if (record.failures.length > 0) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `seed-${seed}.log`), worlds.output());
    writeFileSync(path.join(folder, `seed-${seed}.left.json`), JSON.stringify({ ...facts, phones: [...facts.phones] }, null, 1));
    await answer({ shortest: describeSteps(await worlds.shrink(seed)) });
  }
  await answer({ record });
}

process.on('message', (order: Order) => {
  const work = 'seed' in order ? play(order.seed) : worlds.close().then(() => process.disconnect());
  work.catch(async (error: unknown) => {
    // The harness itself failed; its world is in no known state.
    const trouble = `${(error as Error).stack ?? String(error)}\n${worlds.output().slice(-2_000)}`;
    await answer({ trouble, noWorld: !worlds.isThere() });
    await worlds.close().catch(() => undefined);
    process.exit(1);
  });
});

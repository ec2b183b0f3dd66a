/**
 * `npm run prove -- --seeds N [--first S] [--minutes M] [--times T] [--worlds W] [--report]`: plays N schedules of traffic and faults (each T
 * times, in W worlds at once) and tells every broken promise. A failing schedule is shrunk to the shortest one that still fails. `--report`
 * writes docs/proof.md of this run and of earlier ones of the same commit, if nothing was changed since. Needs a PostgreSQL server: TEST_DATABASE_URL or DATABASE_URL.
 */
import { fork } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Answer, Order } from './player.ts';
import { commitOf, faultsOf, type SeedRecord } from './record.ts';
import { writeReport, type Run } from './report.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RECORDS = path.join(ROOT, 'build/prove');

const say = (text: string) => process.stdout.write(`${text}\n`);

interface Options {
  server: string;
  seeds: number[];
  end: number;
  worlds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      first: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      times: { type: 'string', default: '1' },
      worlds: { type: 'string', default: '1' },
      report: { type: 'boolean', default: false },
    },
  });
  const server = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL'];
  if (!server) {
    say('npm run prove needs a PostgreSQL server on which a database may be made: TEST_DATABASE_URL=postgres://…');
    process.exitCode = 1;
    return;
  }
  const [first, count, times] = [Number(values.first), Number(values.seeds), Number(values.times)];
  const seeds = Array.from({ length: count * times }, (_, index) => first + Math.floor(index / times));
  const end = values.minutes ? Date.now() + Number(values.minutes) * 60_000 : Infinity;
  mkdirSync(RECORDS, { recursive: true });
  const [began, commit] = [new Date().toISOString(), commitOf()];
  const { records, troubles } = await playAll({ server, seeds, end, worlds: Number(values.worlds) });
  const run: Run = { commit: commitOf() === commit ? commit : `${commit}+`, began, troubles, records };
  writeFileSync(path.join(RECORDS, `seeds-${first}.json`), JSON.stringify(run));
  const bad = records.filter(({ failures }) => failures.length > 0);
  const texts = records.reduce((sum, { inbound, outbound }) => sum + inbound + outbound, 0);
  say(
    `${records.length - bad.length} schedules kept every promise, ${bad.length} did not, ${troubles} could not be played; ${texts} texts`,
  );
  if (values.report) writeReport(ROOT, isWhole(run) ? earlier(run) : [run]);
  if (bad.length > 0 || troubles > 0) process.exitCode = 1;
}

const isWhole = ({ commit }: Run) => !commit.endsWith('+');

/** This run with those that played other seeds of the same commit before. */
function earlier(run: Run): Run[] {
  const kept = globSync('seeds-*.json', { cwd: RECORDS })
    .map((file) => JSON.parse(readFileSync(path.join(RECORDS, file), 'utf8')) as Run)
    .filter(({ commit, began }) => commit === run.commit && began !== run.began);
  return [...kept, run];
}

/** Gives each world its next seed when it is done with the last one. */
async function playAll({ server, seeds, end, worlds }: Options): Promise<{ records: SeedRecord[]; troubles: number }> {
  const records: SeedRecord[] = [];
  const left = [...seeds];
  const again = new Set<number>();
  let troubles = 0;
  const one = () =>
    new Promise<void>((resolve) => {
      const player = fork(path.join(import.meta.dirname, 'player.ts'), [server, RECORDS]);
      let seed: number | undefined;
      let noWorld = false;
      const order = () => {
        seed = Date.now() < end ? left.shift() : undefined;
        player.send((seed === undefined ? { end: true } : { seed }) satisfies Order);
      };
      player.on('message', (answer: Answer) => {
        if ('trouble' in answer) {
          noWorld = answer.noWorld;
          return say(`seed ${seed} could not be played${noWorld ? ', its world was not there' : ''}: ${answer.trouble}`);
        }
        if ('shortest' in answer)
          return say(`  seed ${seed}, the shortest schedule that still fails:\n${answer.shortest.replace(/^/gm, '    ')}`);
        records.push(answer.record);
        tell(answer.record);
        order();
      });
      player.once('exit', (code) => {
        if (code === 0) return resolve();
        // A world that could not be started (a port was taken) says nothing about a schedule: that one is played once more.
        if (seed !== undefined && noWorld && !again.has(seed)) {
          again.add(seed);
          left.unshift(seed);
        } else troubles += 1;
        resolve(one());
      });
      order();
    });
  await Promise.all(Array.from({ length: worlds }, one));
  return { records: records.sort((a, b) => a.seed - b.seed), troubles };
}

function tell({ seed, steps, inbound, outbound, failures, seconds }: SeedRecord): void {
  const faults = faultsOf(steps).join(', ') || 'no fault';
  say(`seed ${seed}: ${inbound + outbound} texts, ${faults}, ${seconds.toFixed(1)} s${failures.length > 0 ? ', BROKEN' : ''}`);
  for (const failure of failures) say(`  ✗ ${failure}`);
}

await main();

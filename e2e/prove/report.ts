/** `docs/proof.md`, written from the records of a long run; nothing in it is typed in by hand. */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { faultsOf, type SeedRecord } from './record.ts';

const sum = (records: readonly SeedRecord[], of: (record: SeedRecord) => number) =>
  records.reduce((total, record) => total + of(record), 0);
const count = (records: readonly SeedRecord[], what: RegExp) =>
  sum(records, ({ failures }) => failures.filter((each) => what.test(each)).length);
const thousands = (value: number) => value.toLocaleString('en-US');

/** One run of the tool, as it is kept in `build/prove`. */
export interface Run {
  /** See `commitOf`. */
  commit: string;
  began: string;
  /** Schedules that the harness could not play to their end. */
  troubles: number;
  records: readonly SeedRecord[];
}

/** `runs`: all of one commit. */
export function writeReport(root: string, runs: readonly Run[]): void {
  writeFileSync(path.join(root, 'docs/proof.md'), report(runs));
}

export function report(runs: readonly Run[]): string {
  const records = runs.flatMap((run) => run.records);
  const [inbound, outbound, unknown] = [sum(records, (r) => r.inbound), sum(records, (r) => r.outbound), sum(records, (r) => r.unknown)];
  const broken = records.filter(({ failures }) => failures.length > 0);
  const rows: [string, string | number][] = [
    ['Schedules played', records.length],
    ['Seeds', ranges(records.map(({ seed }) => seed))],
    ['Schedules that could not be played to their end', runs.reduce((total, run) => total + run.troubles, 0)],
    ['Texts from customers', inbound],
    ['Texts to customers', outbound],
    ['… of these *unknown* in the end (the carrier’s answer was lost and nothing settled it)', unknown],
    ['Faults', sum(records, ({ steps }) => faultsOf(steps).length)],
    ['Changes of the main user', sum(records, ({ switches }) => switches)],
    ['Processes that died as by `kill -9` at a named point', sum(records, ({ crashes }) => crashes.length)],
    ['Texts lost', count(records, /is 0 times|came 0 times|ended as/)],
    ['Texts doubled', count(records, /(is|came) ([2-9]|\d{2,}) times|ids under one key|were received twice/)],
    ['Texts in the wrong place, or that nobody handed over', count(records, /another conversation|nobody handed it over|not sent there/)],
    ['Texts sent after a STOP, and STOPs lost or doubled', count(records, /after a STOP|STOP of one phone/)],
    ['Out of order', count(records, /out of order|one number in the thread/)],
    ['Statuses that went back', count(records, /back to/)],
    ['Token families replayed', count(records, /old token came again/)],
    ['Changes of the main user without a reason', count(records, /switches with a reason/)],
    ['Texts in doubt without a reason', count(records, /in doubt without/)],
    ['Texts failed or refused without a reason', count(records, /(failed|undelivered|refused \([a-z_]+\)) without/i)],
    ['Rows parked without a reason', count(records, /parked without/)],
    ['Rows or lanes never released', count(records, /still wait|still held/)],
    ['Processes that ended by themselves', count(records, /ended by itself/)],
    ['Schedules with a broken promise', broken.length],
  ];
  const table = rows.map(([what, value]) => `| ${what} | ${typeof value === 'number' ? thousands(value) : value} |`).join('\n');
  const [commit] = runs.map((run) => run.commit);
  return `# What was proved

Written by \`npm run prove -- --report\`; do not edit. Played on ${days(runs)} on commit ${commit?.replace('+', ' with changes that were not committed')}, ${os.cpus().length} cores, Node ${process.versions.node}.

Each schedule is made from its seed: texts in both directions over two carriers and up to four faults (besides repeated webhooks and STOP) within two and a
half seconds, against two service processes over PostgreSQL, a sandbox org with three connected users and a sandbox carrier. Afterwards every fault is taken
back, and the phones, the service's database and the org are compared by identity: each text from a customer once in the org; each answer on the phone
exactly once where it is *sent*, at most once where it is *unknown*, never where it *failed*; *unknown* only where something has hidden the carrier's answer
to that submission, *failed* only after a STOP; in order; no status that goes back; no refresh token used twice; no change of the main user and no parked row
without a reason; nothing that waits for ever; no process that ends by itself.

| | |
|---|---:|
${table}

## What was helped

After the faults the proof does what an administrator, a supervisor of processes or hours of time would do. It waits for pauses of up to three seconds, and for
whatever the processes keep in memory. Everything else that was done is counted here, with its reason.

| Help | Why | Times | Rows |
|---|---|---:|---:|
${helpTable(records)}

## What is not judged

- How long anything took, beyond that everything was settled within two minutes after the last fault.
- Whether a carrier's receipt arrives: a text may stay *sent* where the carrier never told more.
- The order of webhooks that are under way at the same time, and over SMPP the order of texts that the carrier handed over again.
- Which user becomes main; only how often, and whether a fault explains it.
- What a real Salesforce org, a real carrier or a real network does otherwise than the sandbox. The sandbox's peers and these checks were written by the same
  people as the service.
- A database that loses what it has confirmed, and more than two service processes.

## Broken promises

${broken.length === 0 ? 'None.' : broken.map(({ seed, failures }) => `- seed ${seed}: ${failures.join('; ')}`).join('\n')}

## Faults

| Fault | Times |
|---|---:|
${faultTable(records)}

## Play it again

\`TEST_DATABASE_URL=postgres://… npm run prove -- --seeds 20 --first 1\` plays the first twenty; one seed is the same schedule on every machine. That the
comparison can see is proved as well: \`e2e/prove/oracle.e2e.ts\` plants each broken promise, and \`e2e/prove-mutations.e2e.ts\` takes each mechanism out of
the service and expects the proof to tell just that.
`;
}

function faultTable(records: readonly SeedRecord[]): string {
  const times = new Map<string, number>();
  for (const { steps } of records) for (const fault of faultsOf(steps)) times.set(fault, (times.get(fault) ?? 0) + 1);
  return [...times]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([fault, n]) => `| ${fault} | ${thousands(n)} |`)
    .join('\n');
}

function helpTable(records: readonly SeedRecord[]): string {
  const helps = Map.groupBy(
    records.flatMap((record) => record.helps),
    ({ what, why }) => `| ${what} | ${why} |`,
  );
  if (helps.size === 0) return '| none | | 0 | 0 |';
  return [...helps]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([help, some]) => `${help} ${thousands(some.length)} | ${thousands(some.reduce((rows, each) => rows + each.rows, 0))} |`)
    .join('\n');
}

/** `1 to 1,000, 5,001`: numbers that follow one another are joined. */
function ranges(numbers: readonly number[]): string {
  const joined: [number, number][] = [];
  for (const each of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = joined.at(-1);
    if (last?.[1] === each - 1) last[1] = each;
    else joined.push([each, each]);
  }
  return joined.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}

function days(runs: readonly Run[]): string {
  return [...new Set(runs.map(({ began }) => began.slice(0, 10)))].sort().join(', ');
}

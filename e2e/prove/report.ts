/** `docs/proof.md`, written from the records of a long run; nothing in it is typed in by hand. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { faultsOf, type SeedRecord } from './record.ts';

const sum = (records: readonly SeedRecord[], of: (record: SeedRecord) => number) =>
  records.reduce((total, record) => total + of(record), 0);
const count = (records: readonly SeedRecord[], what: RegExp) =>
  sum(records, ({ failures }) => failures.filter((each) => what.test(each)).length);
const thousands = (value: number) => value.toLocaleString('en-US');

export function writeReport(root: string, records: readonly SeedRecord[], troubles: number, began: Date): void {
  writeFileSync(path.join(root, 'docs/proof.md'), report(records, { troubles, began, commit: commitOf(root) }));
}

/** `troubles`: schedules that the harness could not play to their end. */
export function report(records: readonly SeedRecord[], run: { troubles: number; began: Date; commit: string }): string {
  const seeds = records.map(({ seed }) => seed);
  const [inbound, outbound, unknown] = [sum(records, (r) => r.inbound), sum(records, (r) => r.outbound), sum(records, (r) => r.unknown)];
  const broken = records.filter(({ failures }) => failures.length > 0);
  const rows: [string, string | number][] = [
    ['Schedules played', records.length],
    ['Seeds', `${Math.min(...seeds)} to ${Math.max(...seeds)}`],
    ['Schedules that could not be played to their end', run.troubles],
    ['Texts from customers', inbound],
    ['Texts to customers', outbound],
    ['… of these *unknown* in the end (the carrier’s answer was lost and nothing settled it)', unknown],
    ['Faults', sum(records, ({ steps }) => faultsOf(steps).length)],
    ['Changes of the main user', sum(records, ({ switches }) => switches)],
    ['Texts lost', count(records, /is 0 times|came 0 times|ended as/)],
    ['Texts doubled', count(records, /is [2-9]\d* times|came [2-9]\d* times|ids under one key/)],
    ['Out of order', count(records, /out of order|one number in the thread/)],
    ['Statuses that went back', count(records, /back to/)],
    ['Token families replayed', count(records, /old token came again/)],
    ['Changes of the main user without a reason', count(records, /switches with a reason/)],
    ['Texts in doubt without a reason', count(records, /in doubt without/)],
    ['Rows or lanes never released', count(records, /still wait|still held/)],
    ['Processes that ended by themselves', count(records, /ended by itself/)],
    ['Schedules with a broken promise', broken.length],
  ];
  const table = rows.map(([what, value]) => `| ${what} | ${typeof value === 'number' ? thousands(value) : value} |`).join('\n');
  return `# What was proved

Written by \`npm run prove -- --report\`; do not edit. Run of ${run.began.toISOString().slice(0, 10)} on commit ${run.commit}, ${os.cpus().length} cores, Node ${process.versions.node}.

Each schedule is made from its seed: texts in both directions over two carriers and up to four faults (besides repeated webhooks and STOP) within two and a
half seconds, against two service processes over PostgreSQL, a sandbox org with three connected users and a sandbox carrier. Afterwards every fault is taken
back, and the phones, the service's database and the org are compared by identity: each text from a customer once in the org; each answer on the phone
exactly once where it is *sent*, at most once where it is *unknown*, never where it *failed*; in order; no status that goes back; no refresh token used
twice; no change of the main user without a reason; nothing that waits for ever; no process that ends by itself.

| | |
|---|---:|
${table}

## Broken promises

${broken.length === 0 ? 'None.' : broken.map(({ seed, failures }) => `- seed ${seed}: ${failures.join('; ')}`).join('\n')}

## Faults

| Fault | Times |
|---|---:|
${faultTable(records)}

## Play it again

\`TEST_DATABASE_URL=postgres://… npm run prove -- --seeds 20 --first 1\` plays the first twenty; one seed is the same schedule on every machine. That the
comparison can see is proved as well: \`e2e/prove/oracle.e2e.ts\` plants each broken promise, and \`e2e/prove-mutations.e2e.ts\` takes each mechanism out of
the service and expects the proof to fail.
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

function commitOf(root: string): string {
  const { stdout } = spawnSync('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return stdout?.trim() || 'unknown';
}

/**
 * `npm run bench [name…] [-- --tiny] [-- --profile]`: measures one bench after the other, each in a process of its own on the core that the
 * service does not use; without a name all but those that take very long. Prints one table; every sample is in `build/bench/<name>.json`.
 * Ends with 1 when a bench could not be carried out; a missed limit is said in the table.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BENCHES, type Bench } from './benches.ts';
import { canPin, judgeQuiet, OTHER_CORE } from './support/cores.ts';
import { dropDatabasesOf } from './support/database.ts';
import { removeFoldersOf } from './support/folders.ts';
import { isProfiled, isTiny, OUTPUT } from './support/output.ts';
import { commit, machine } from './support/machine.ts';
import type { Measured, Report, Skipped } from './support/result.ts';
import { toTable } from './support/table.ts';

/** No bench takes nearly as long, but for those that say so; one that does hangs. */
const LIMIT_MS = 15 * 60_000;
let isStopped = false;

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(', ')}. There are: ${BENCHES.map(({ name }) => name).join(', ')}.`);
    process.exitCode = 1;
    return;
  }
  const reports: Report[] = [];
  for (const bench of BENCHES.filter(({ name, minutes }) => (wanted.length === 0 ? minutes === undefined : wanted.includes(name)))) {
    process.stderr.write(`${bench.name}: ${bench.what}\n`);
    const report = await measure(bench);
    writeFileSync(path.join(OUTPUT, `${bench.name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
    reports.push(report);
    if (isStopped) break;
  }
  console.log(`\n${toTable(reports)}\n\n${path.relative(process.cwd(), OUTPUT)} holds every sample.`);
  if (reports.some((report) => 'failed' in report)) process.exitCode = 1;
}

async function measure(bench: Bench): Promise<Report> {
  const head = { name: bench.name, at: new Date().toISOString(), commit: commit(), machine: machine(), tiny: isTiny };
  const disturbed = await judgeQuiet();
  const outcome = await inOwnProcess(bench);
  if ('figures' in outcome) outcome.invalid.unshift(...disturbed, ...(isProfiled ? ['the profiler ran with it'] : []));
  return { ...head, ...outcome };
}

async function inOwnProcess(bench: Bench): Promise<Measured | Skipped | { failed: string }> {
  const file = path.join(OUTPUT, `${bench.name}.outcome.json`);
  rmSync(file, { force: true });
  const command = [process.execPath, path.join(import.meta.dirname, 'child.ts'), bench.name, file, ...process.argv.slice(2)];
  if (bench.pinned && canPin()) command.unshift('taskset', '-c', String(OTHER_CORE));
  const [program = '', ...parameters] = command;
  // A group of its own, so that whatever it started can be ended with it.
  const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  const pid = child.pid as number;
  const endGroup = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // nobody is left, as it should be
    }
  };
  const stop = (): void => {
    isStopped = true;
    endGroup();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const timer = setTimeout(endGroup, bench.minutes ? bench.minutes * 60_000 : LIMIT_MS);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  process.off('SIGINT', stop).off('SIGTERM', stop);
  endGroup();
  removeFoldersOf(pid);
  await dropDatabasesOf(pid);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Measured | Skipped | { failed: string };
  } catch {
    return { failed: code === null ? 'it was ended before it had a result' : `its process ended with ${code}` };
  } finally {
    rmSync(file, { force: true });
  }
}

await main();

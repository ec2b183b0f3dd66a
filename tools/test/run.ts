/**
 * `npm test [-- <area> …] [-- --database]`: every check and every suite, or only the tests that belong to an area. Ends with the plain line
 * `N passed, N failed, N skipped` and with 1 when something failed.
 *
 * `--database` runs only what touches the database, on the PostgreSQL server that TEST_DATABASE_URL names.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKS, runCheckCommand } from './checks.ts';
import { detailLines, progressLine, totalLine, type Outcome } from './outcome.ts';
import { endAll } from './process.ts';
import { runSuite } from './run-suite.ts';
import { runTasks, type Task } from './schedule.ts';
import { databaseSuites, inParts, suitesOf, testSuites, type Suite } from './suites.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PLACES = 2;

const say = (text: string) => process.stdout.write(`${text}\n`);

/** What was asked for; undefined with a message when it cannot be. */
function choose(words: string[], database: boolean): { suites: Suite[]; checks: boolean } | string {
  const all = testSuites(ROOT);
  if (database) {
    if (!process.env['TEST_DATABASE_URL'])
      return 'TEST_DATABASE_URL names no PostgreSQL server, for example postgres://postgres@127.0.0.1:5432/postgres';
    return { suites: databaseSuites(ROOT, words.length > 0 ? suitesOf(all, words) : all), checks: false };
  }
  if (words.length === 0) return { suites: all, checks: true };
  const suites = suitesOf(all, words);
  const checks = words.includes('checks');
  return suites.length > 0 || checks ? { suites, checks } : `No test belongs to ${words.join(', ')}.`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { database: { type: 'boolean', default: false } }, allowPositionals: true });
  const chosen = choose(positionals, values.database);
  if (typeof chosen === 'string') {
    say(chosen);
    say('0 passed, 1 failed, 0 skipped');
    process.exitCode = 1;
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      endAll();
      process.exit(130);
    });
  }
  const results = mkdtempSync(path.join(os.tmpdir(), 'switchboard-test-'));
  try {
    const outcomes = await runTasks(tasksOf(chosen, results), PLACES);
    for (const line of detailLines(outcomes)) say(line);
    say('');
    say(totalLine(outcomes));
    if (outcomes.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    endAll();
    rmSync(results, { recursive: true, force: true });
  }
}

function tasksOf({ suites, checks }: { suites: Suite[]; checks: boolean }, results: string): Task<Outcome>[] {
  const told = async (work: Promise<Outcome>) => {
    const outcome = await work;
    say(progressLine(outcome));
    return outcome;
  };
  // Without a server of their own, tests use the embedded database even where a shell has one configured.
  const env: Record<string, string> = process.argv.includes('--database') ? {} : { TEST_DATABASE_URL: '' };
  // With every suite there are always two to fill the machine; with a few, each must share its files out.
  const workers = suites.length > PLACES ? 1 : 2;
  return [
    ...(workers === 1 ? inParts(suites) : suites).map((suite): Task<Outcome> => ({
      alone: suite.alone ?? false,
      run: () => told(runSuite(suite, { root: ROOT, results, workers, env })),
    })),
    ...(checks ? CHECKS.map((check): Task<Outcome> => ({ run: () => told(runCheckCommand(check, ROOT)) })) : []),
  ];
}

await main();

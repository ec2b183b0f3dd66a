import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { nothing, settle, type Outcome, type Tally } from './outcome.ts';
import { runNode } from './process.ts';
import type { Suite } from './suites.ts';

export interface Place {
  root: string;
  /** Folder for the results that runners leave. */
  results: string;
  /** Processes of one suite. */
  workers: number;
  env?: Record<string, string>;
}

/** Runs a suite of tests in its own process. Never throws for what the tests do. */
export async function runSuite(suite: Suite, { root, results, workers, env }: Place): Promise<Outcome> {
  const start = performance.now();
  const result = path.join(results, `${suite.name}.json`);
  const ending = await runNode({
    args: suite.kind === 'jest' ? jestArguments(suite, workers, result) : vitestArguments(suite, workers),
    cwd: root,
    env: { CI: 'true', SUITE_RESULT: result, ...env },
    timeoutMs: suite.timeoutMs,
  });
  const read = suite.kind === 'jest' ? readJest : (text: string) => JSON.parse(text) as Tally;
  const tally = existsSync(result) ? read(readFileSync(result, 'utf8'), root) : undefined;
  return settle(suite.name, tally, ending, performance.now() - start);
}

function vitestArguments({ files, config, alone }: Suite, workers: number): string[] {
  const reporter = path.join(import.meta.dirname, 'vitest-reporter.ts');
  return [
    ...[
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter',
      reporter,
      '--maxWorkers',
      alone ? '1' : String(workers),
      '--config',
      config ?? 'vitest.config.ts',
    ],
    ...files,
  ];
}

function jestArguments({ files }: Suite, workers: number, result: string): string[] {
  const options = ['--config', 'jest.config.cjs', '--json', '--outputFile', result, '--maxWorkers', String(workers), '--runTestsByPath'];
  return ['node_modules/jest/bin/jest.js', ...options, ...files];
}

interface JestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** Reads what `jest --json` wrote. A file that could not be run at all is one failure. */
export function readJest(text: string, root: string): Tally {
  const tally = nothing();
  for (const { name, status, message, assertionResults } of (JSON.parse(text) as JestReport).testResults) {
    const file = path.relative(root, name);
    for (const test of assertionResults) {
      const title = `${file} > ${test.fullName}`;
      if (test.status === 'passed') tally.passed += 1;
      else if (test.status === 'failed') tally.failures.push({ title, text: test.failureMessages.join('\n\n') });
      else tally.skipped.push({ title, reason: 'skipped in the source' });
    }
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
      tally.failures.push({ title: file, text: message });
  }
  return tally;
}

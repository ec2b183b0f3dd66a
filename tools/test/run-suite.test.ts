import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readVerify, runCheckCommand } from './checks.ts';
import type { Outcome } from './outcome.ts';
import { readJest, runSuite } from './run-suite.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const IMPORTS = "import { afterAll, beforeAll, describe, expect, test } from 'vitest';\n";

/** Test files that end in every way there is. */
const PLANTED = {
  'good.test.ts': "test('adds', () => expect(1 + 1).toBe(2));",
  'bad.test.ts': "test('adds wrongly', () => expect(1 + 1).toBe(3));",
  'skipped.test.ts':
    "test('by note', (context) => context.skip('no Java'));\ndescribe.skip('perl (needs perl)', () => { test('by title', () => {}); });",
  'hook.test.ts': "describe('with a hook', () => { beforeAll(() => { throw new Error('no port'); }); test('never runs', () => {}); });",
  'syntax.test.ts': "import './gone.ts';\ntest('never collected', () => {});",
  'late.test.ts': "test('leaves a promise', () => { void Promise.reject(new Error('too late')); });",
  'empty.test.ts': '',
};

let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'switchboard-runner-')));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
  mkdirSync(path.join(root, 'results'));
  writeFileSync(path.join(root, 'vitest.config.ts'), "export default { test: { include: ['*.test.ts'] } };\n");
  for (const [file, text] of Object.entries(PLANTED)) writeFileSync(path.join(root, file), `${IMPORTS}${text}\n`);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
function run(...files: (keyof typeof PLANTED)[]): Promise<Outcome> {
  runs += 1;
  return runSuite(
    { name: `planted-${runs}`, kind: 'vitest', files, timeoutMs: 60_000 },
    { root, results: path.join(root, 'results'), workers: 1 },
  );
}

const titles = (outcome: Outcome) => outcome.failures.map(({ title }) => title).sort();

describe('a suite of vitest', { timeout: 120_000 }, () => {
  test('counts passed, failed and skipped, each with its reason', async () => {
    const outcome = await run('good.test.ts', 'bad.test.ts', 'skipped.test.ts');
    expect(outcome.passed).toBe(1);
    expect(titles(outcome)).toEqual(['bad.test.ts > adds wrongly']);
    expect(outcome.failures[0]?.text).toContain('expected 2 to be 3');
    expect(outcome.failures[0]?.text).toContain('bad.test.ts:2');
    expect(outcome.skipped).toEqual([
      { title: 'skipped.test.ts > by note', reason: 'no Java' },
      { title: 'skipped.test.ts > perl (needs perl) > by title', reason: 'needs perl' },
    ]);
  });

  test('a hook that fails and a file that cannot be read are failures, not tests that were skipped', async () => {
    const outcome = await run('good.test.ts', 'hook.test.ts', 'syntax.test.ts');
    expect(outcome.passed).toBe(1);
    expect(titles(outcome)).toEqual(['hook.test.ts > with a hook', 'syntax.test.ts']);
    expect(outcome.failures.map(({ text }) => text).join()).toContain('no port');
  });

  test('an error outside of every test is a failure', async () => {
    const outcome = await run('late.test.ts');
    expect(titles(outcome)).toEqual(['an error outside of every test']);
    expect(outcome.failures[0]?.text).toContain('too late');
  });

  test('files without a test are a failure', async () => {
    expect((await run('empty.test.ts')).failures).toHaveLength(1);
  });

  test('a runner that dies is a failure with what it said', async () => {
    const outcome = await runSuite(
      { name: 'dead', kind: 'vitest', files: ['good.test.ts'], config: 'gone.config.ts', timeoutMs: 60_000 },
      { root, results: path.join(root, 'results'), workers: 1 },
    );
    expect(titles(outcome)).toEqual(['dead: ended with 1 and left no result']);
    expect(outcome.failures[0]?.text).toContain('gone.config.ts');
  });
});

describe('a check', () => {
  const check = (script: string, timeoutMs?: number) => runCheckCommand({ name: 'planted', args: ['-e', script] }, root, timeoutMs);

  test('counts as one test', async () => {
    expect(await check('')).toMatchObject({ passed: 1, failures: [] });
    const failed = await check("console.log('line 3 is wrong'); process.exit(2)");
    expect(failed).toMatchObject({
      passed: 0,
      failures: [{ title: 'planted', text: 'line 3 is wrong' }],
    });
  });

  test('that hangs is ended', async () => {
    const outcome = await check('setInterval(() => {}, 1000)', 300);
    expect(titles(outcome)).toEqual(['planted: took too long and was ended']);
  });
});

describe('reports of others', () => {
  test('jest: a file that could not run is one failure', () => {
    const report = {
      testResults: [
        {
          name: '/p/a.test.ts',
          status: 'failed',
          message: '',
          assertionResults: [
            { fullName: 'a works', status: 'passed', failureMessages: [] },
            { fullName: 'a fails', status: 'failed', failureMessages: ['why'] },
            { fullName: 'a waits', status: 'pending', failureMessages: [] },
          ],
        },
        { name: '/p/b.test.ts', status: 'failed', message: 'cannot be compiled', assertionResults: [] },
      ],
    };
    expect(readJest(JSON.stringify(report), '/p')).toEqual({
      passed: 1,
      failures: [
        { title: 'a.test.ts > a fails', text: 'why' },
        { title: 'b.test.ts', text: 'cannot be compiled' },
      ],
      skipped: [{ title: 'a.test.ts > a waits', reason: 'skipped in the source' }],
    });
  });

  test('verify:sf: each of its checks is one test', () => {
    const outcomes = [
      { name: 'metadata', status: 'ok', findings: [] },
      { name: 'apex-types', status: 'skipped', findings: [], reason: 'needs Java' },
      { name: 'references', status: 'failed', findings: [{ file: 'a.cls', line: 3, message: 'gone' }] },
    ];
    expect(readVerify(`a warning\n${JSON.stringify(outcomes)}\n`)).toEqual({
      passed: 1,
      failures: [{ title: 'references', text: 'a.cls:3 gone' }],
      skipped: [{ title: 'apex-types', reason: 'needs Java' }],
    });
    expect(readVerify('it broke')).toBeUndefined();
  });
});

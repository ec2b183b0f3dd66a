import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesReaching } from './files.ts';
import { detailLines, progressLine, totalLine, type Outcome } from './outcome.ts';
import { runTasks } from './schedule.ts';
import { inParts, suitesOf, testSuites, databaseSuites, type Suite } from './suites.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const suite = (name: string, files: string[], alone = false): Suite => ({ name, kind: 'vitest', files, alone, timeoutMs: 1 });

describe('which tests run', () => {
  const suites = [
    suite('service', ['service/src/messaging/send.test.ts', 'service/src/platform/log.test.ts']),
    suite('lwc', ['force-app/main/messaging/lwc/messagingThread/__tests__/messagingThread.test.ts']),
    suite('e2e', ['e2e/messaging.e2e.ts'], true),
  ];

  test('an area is what has its word in the path, without the slow whole-system tests', () => {
    expect(suitesOf(suites, ['messaging']).map(({ name, files }) => [name, files.length])).toEqual([
      ['service', 1],
      ['lwc', 1],
    ]);
  });

  test('the name of a suite is all of it', () => {
    expect(suitesOf(suites, ['e2e']).map(({ name, files }) => [name, files.length])).toEqual([['e2e', 1]]);
    expect(suitesOf(suites, ['nothing-of-ours'])).toEqual([]);
  });

  test('a suite of many files is divided, and none of them is lost', () => {
    const files = Array.from({ length: 101 }, (_, index) => `service/${index}.test.ts`);
    const parts = inParts([suite('service', files), suite('few', ['a', 'b']), suite('e2e', files, true)]);
    expect(parts.map(({ name }) => name)).toEqual(['service 1 of 2', 'service 2 of 2', 'few', 'e2e']);
    expect(parts.slice(0, 2).map((part) => part.files.length)).toEqual([51, 50]);
    expect(new Set(parts.slice(0, 2).flatMap((part) => part.files))).toEqual(new Set(files));
  });

  test('every test file of the tree belongs to a suite', () => {
    const names = testSuites(ROOT).flatMap(({ files }) => files);
    expect(names).toContain('tools/test/choose.test.ts');
    expect(names).toContain('force-app/main/core/lwc/coreText/__tests__/coreText.test.ts');
    expect(names.some((file) => file.startsWith('e2e/'))).toBe(true);
    expect(names.filter((file) => file.includes('/bad/') || file.includes('node_modules'))).toEqual([]);
  });

  test('database suites are found by what they import', () => {
    const found = databaseSuites(ROOT, testSuites(ROOT)).flatMap(({ files }) => files);
    expect(found).toContain('service/src/platform/lanes/engine.test.ts');
    expect(found).not.toContain('service/src/gateways/salesforce/classify.test.ts');
    expect(found).not.toContain('tools/test/choose.test.ts');
  });
});

describe('imports', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'switchboard-reach-'));
    mkdirSync(path.join(root, 'x'));
    writeFileSync(path.join(root, 'x/a.test.ts'), "import { b } from './b.ts';\n");
    writeFileSync(path.join(root, 'x/b.ts'), "import type { A } from './a.test.ts';\nexport * from '../target.ts';\n");
    writeFileSync(path.join(root, 'x/late.test.ts'), "const { t } = await import('../target.ts');\n");
    writeFileSync(path.join(root, 'x/other.test.ts'), "import { t } from 'target';\n");
    writeFileSync(path.join(root, 'target.ts'), '');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('are followed over steps, circles and late imports', () => {
    const files = ['x/a.test.ts', 'x/late.test.ts', 'x/other.test.ts'];
    expect(filesReaching(root, files, ['target.ts'])).toEqual(['x/a.test.ts', 'x/late.test.ts']);
  });
});

describe('the report', () => {
  const good: Outcome = { name: 'service', passed: 2, failures: [], skipped: [{ title: 'a', reason: 'no Java' }], milliseconds: 1234 };
  const bad: Outcome = { name: 'e2e', passed: 1, failures: [{ title: 'b', text: 'line 1\nline 2' }], skipped: [], milliseconds: 65_000 };

  test('ends with one plain line', () => {
    expect(totalLine([good, bad])).toBe('3 passed, 1 failed, 1 skipped');
    expect(totalLine([])).toBe('0 passed, 0 failed, 0 skipped');
  });

  test('has one line for each suite, failures in full and reasons of what was skipped', () => {
    expect(progressLine(good)).toBe('ok     service          1.2 s  2 passed, 1 skipped');
    expect(progressLine(bad)).toBe('FAILED e2e             65.0 s  1 passed, 1 failed');
    expect(detailLines([good, bad]).join('\n')).toBe('\n✗ b\n    line 1\n    line 2\n\nskipped service: a (no Java)');
  });
});

test('tasks run two at a time, those that want to be alone after all others', async () => {
  let running = 0;
  const seen: string[] = [];
  const task = (name: string, alone: boolean) => ({
    alone,
    run: async () => {
      running += 1;
      const beside = running - 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (alone) expect(beside).toBe(0);
      seen.push(name);
      return name;
    },
  });
  expect(await runTasks([task('browser', true), task('a', false), task('b', false), task('c', false)], 2)).toEqual([
    'browser',
    'a',
    'b',
    'c',
  ]);
  expect(seen.at(-1)).toBe('browser');
});

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildOnce } from './build-lock.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('does the work once, and everybody returns when it is done', async () => {
  const lock = path.join(folder, 'a.lock');
  let done = false;
  let runs = 0;
  const work = async (): Promise<void> => {
    runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    done = true;
  };
  await Promise.all([1, 2, 3].map(() => buildOnce(lock, () => done, work)));
  expect({ runs, done, locked: existsSync(lock) }).toEqual({ runs: 1, done: true, locked: false });
});

it('lets the next one try when the work failed', async () => {
  const lock = path.join(folder, 'a.lock');
  await expect(
    buildOnce(
      lock,
      () => false,
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken');
  let ran = false;
  await buildOnce(
    lock,
    () => ran,
    async () => void (ran = true),
  );
  expect(ran).toBe(true);
});

it('takes over from a process that has ended', async () => {
  const lock = path.join(folder, 'a.lock');
  mkdirSync(lock);
  writeFileSync(path.join(lock, 'pid'), '4194304'); // above the largest process id of Linux
  let ran = false;
  await buildOnce(
    lock,
    () => ran,
    async () => void (ran = true),
  );
  expect(ran).toBe(true);
});

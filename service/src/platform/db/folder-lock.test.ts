import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of the database folder', () => {
  it('refuses a second opener and is given back', () => {
    const path = join(folder, 'one');
    const unlock = lockFolder(path);
    expect(() => lockFolder(path)).toThrow(/in use by another process/);
    unlock();
    lockFolder(path)();
  });

  it('is held by another process until it is killed, and the data is there then', async () => {
    const path = join(folder, 'two');
    const script = `
      const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, 'database.ts'))});
      const { sql } = await import('kysely');
      const { db } = await openDatabase({ folder: ${JSON.stringify(path)}, onError: () => {} });
      await sql\`create table kept (word text)\`.execute(db);
      await sql\`insert into kept values ('here')\`.execute(db);
      console.log('open');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: import.meta.dirname,
    });
    await once(child.stdout, 'data');
    const onError = () => undefined;
    await expect(openDatabase({ folder: path, onError })).rejects.toThrow(/in use by another process/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const database = await openDatabase({ folder: path, onError });
    expect((await sql`select word from kept`.execute(database.db)).rows).toEqual([{ word: 'here' }]);
    await database.close();
  }, 60_000);
});

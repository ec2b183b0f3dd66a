import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { createEmptyPostgres } from './test-database.ts';

const server = process.env['TEST_DATABASE_URL'];

it.skipIf(!server)(
  'a connection that the server ends within a transaction fails that transaction and nothing else (needs TEST_DATABASE_URL)',
  async () => {
    const empty = await createEmptyPostgres(server as string);
    const noted: Error[] = [];
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on('uncaughtException', note);
    const database = await openDatabase({ url: empty.url, onError: (error) => void noted.push(error) });
    try {
      const work = database.db.transaction().execute(async (tx) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
        await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(database.db);
        while (noted.length + uncaught.length === 0) await sleep(5);
        await sql`select 1`.execute(tx);
      });
      await expect(work).rejects.toThrow();
      await database.ping();
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', note);
      await database.close();
      await empty.drop();
    }
  },
);

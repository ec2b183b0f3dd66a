import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniqueViolation, json, type Database } from './database.ts';
import { migrate } from './migrate.ts';
import { createTestDatabase } from './test-database.ts';

/** The advisory lock under which kysely runs migrations. */
const KYSELY_LOCK = '3853314791062309107';

let database: Database;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.close();
});

async function exists(table: string): Promise<boolean> {
  const { rows } = await sql<{ name: string | null }>`select to_regclass(${table})::text as name`.execute(database.db);
  return rows[0]?.name === table;
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.sql`), text);
}

describe('migrations', () => {
  it('run once, however often they are asked for', async () => {
    expect(await migrate(database.db)).toEqual([]);
    expect(await exists('outbox')).toBe(true);
  });

  it('run once when several processes start at the same moment, and a failing file leaves nothing behind', async () => {
    await sql`drop table schema_migration, schema_migration_lock`.execute(database.db);
    write(
      '0001_first',
      "-- a comment; with a semicolon\ncreate table first_table (\n  note text default 'a;b'\n);\ninsert into first_table values ('x;');",
    );
    write('0002_second', 'create table second_table (id int);');
    const runs = await Promise.all([migrate(database.db, folder), migrate(database.db, folder), migrate(database.db, folder)]);
    expect(runs.flat().sort()).toEqual(['0001_first', '0002_second']);

    write('0004_fourth', 'create table fourth_table (id int);');
    write('0005_broken', 'create table fifth_table (id int);\nselect * from nowhere_at_all;');
    await expect(migrate(database.db, folder)).rejects.toThrow('Migration 0005_broken failed');
    for (const table of ['fourth_table', 'fifth_table']) expect(await exists(table)).toBe(false);

    write('0005_broken', 'create table fifth_table (id int);');
    write('0003_between', 'create table third_table (id int);');
    writeFileSync(join(folder, 'notes.txt'), 'not a migration');
    expect((await migrate(database.db, folder)).sort()).toEqual(['0003_between', '0004_fourth', '0005_broken']);
    for (const table of ['third_table', 'fourth_table', 'fifth_table']) expect(await exists(table)).toBe(true);
  });
});

describe('a migration', () => {
  it('may take longer than a request, and leaves the limit of requests as it was', async () => {
    await database.db.connection().execute(async (one) => {
      await sql`set statement_timeout = '29s'`.execute(one);
      write('0006_slow', "create table seen as select current_setting('statement_timeout') as timeout;");
      await migrate(one, folder);
      expect((await sql`select timeout from seen`.execute(one)).rows).toEqual([{ timeout: '0' }]);
      expect((await sql`select current_setting('statement_timeout') as timeout`.execute(one)).rows).toEqual([{ timeout: '29s' }]);
    });
  });
});

describe('both drivers', () => {
  it('answer the same types', async () => {
    const { rows } = await sql<Record<string, unknown>>`
      select 9007199254740000::bigint as big, count(*) as n, now() as at, true as flag, ${json(['a', { b: 1 }])} as doc,
        ${Buffer.from([0, 1, 255])}::bytea as bytes, array['x', 'y'] as list, null as nothing from generate_series(1, 3)`.execute(
      database.db,
    );
    const row = rows[0] ?? {};
    expect(row).toMatchObject({ big: 9007199254740000, n: 3, flag: true, doc: ['a', { b: 1 }], list: ['x', 'y'], nothing: null });
    expect(row['at']).toBeInstanceOf(Date);
    expect([...(row['bytes'] as Uint8Array)]).toEqual([0, 1, 255]);
  });

  it('name the unique constraint that was met', async () => {
    const insert = () =>
      sql`insert into org (id, salesforce_id, name, instance_url, login_url) values (${randomUUID()}, '00D000000000001AAA', 'A', '', '')`.execute(
        database.db,
      );
    await insert();
    expect(uniqueViolation(await insert().catch((error: unknown) => error))).toBe('org_salesforce_id_key');
    expect(uniqueViolation(await sql`select 1/0`.execute(database.db).catch((error: unknown) => error))).toBeUndefined();
    expect(uniqueViolation(new Error('other'))).toBeUndefined();
  });

  it('leave those of a newer release alone, so that the release before starts on its tables as well', async () => {
    write('0006_newer', 'create table sixth_table (id int);');
    await migrate(database.db, folder);
    rmSync(join(folder, '0006_newer.sql'));
    expect(await migrate(database.db, folder)).toEqual([]);
    write('0004_later', 'create table later_table (id int);');
    expect(await migrate(database.db, folder)).toEqual(['0004_later']);
    expect(await exists('sixth_table')).toBe(true);
  });

  // PGlite runs one transaction after the other, so that nobody there can wait for anybody.
  it.skipIf(!process.env['TEST_DATABASE_URL'])(
    'of a newer release that come while this one waits for its turn are left alone too (needs TEST_DATABASE_URL)',
    async () => {
      let waiting: Promise<string[]> | undefined;
      await database.db.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(${sql.lit(KYSELY_LOCK)}::bigint)`.execute(tx);
        waiting = migrate(database.db, folder);
        const waits = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        while ((await waits.execute(database.db)).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        await sql`insert into schema_migration (name, timestamp) values ('0009_newest', ${new Date().toISOString()})`.execute(tx);
      });
      expect(await waiting).toEqual([]);
    },
  );
});

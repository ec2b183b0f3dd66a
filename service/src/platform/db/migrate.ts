import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import type { Db } from './database.ts';
import { withoutLimit } from './silence.ts';

export const MIGRATIONS_DIR = join(import.meta.dirname, '../../../migrations');

const TABLE = 'schema_migration';

/**
 * Brings the tables up to date: runs every numbered `.sql` file that has not run yet, all in one transaction and under a lock,
 * so that several processes may start at once. Statements end with `;` at the end of a line. Numbers are given out by area
 * (0001 platform, 0050 tenancy, 0100 connections, 0200 messaging, …), so a later release may add a file between two older ones.
 * Migrations of a newer release are left alone: while that one is rolled out, or rolled back, this one starts on its tables as well.
 * Throws with the file's name when one fails; nothing of that run is kept then.
 */
export async function migrate(db: Db, folder = MIGRATIONS_DIR): Promise<string[]> {
  return db.connection().execute(async (one) => {
    // The pool's limit is for requests: an index over a big table takes as long as it takes, and other processes wait that long for the lock.
    const { rows } = await sql<{ limit: string }>`select current_setting('statement_timeout') as limit`.execute(one);
    await sql`set statement_timeout = 0`.execute(one);
    try {
      return await withoutLimit(() => run(one, folder));
    } finally {
      await sql`select set_config('statement_timeout', ${rows[0]?.limit ?? '0'}, false)`.execute(one);
    }
  });
}

/** While another process brings the tables further than this one knows, what it did may be news under the lock: then once more. */
async function run(db: Db, folder: string, again = true): Promise<string[]> {
  const known = { ...(await migrationsOfOthers(db)), ...readMigrations(folder) };
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(known) },
    allowUnorderedMigrations: true,
    migrationTableName: TABLE,
    migrationLockTableName: 'schema_migration_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error && again && /previously executed migration \S+ is missing/.test((error as Error).message)) return run(db, folder, false);
  if (error) {
    const failed = results?.find((result) => result.status === 'Error');
    throw new Error(`Migration ${failed?.migrationName ?? ''} failed`, { cause: error });
  }
  return (results ?? []).map((result) => result.migrationName);
}

/** What has run already, by name; whoever knows it by its file replaces it. */
async function migrationsOfOthers(db: Db): Promise<Record<string, Migration>> {
  const { rows: tables } = await sql`select 1 from pg_tables where schemaname = current_schema() and tablename = ${TABLE}`.execute(db);
  if (tables.length === 0) return {};
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(TABLE)}`.execute(db);
  return Object.fromEntries(rows.map(({ name }) => [name, { up: () => Promise.resolve() }]));
}

function readMigrations(folder: string): Record<string, Migration> {
  const files = readdirSync(folder).filter((name) => /^\d{4}_[\w-]+\.sql$/.test(name));
  return Object.fromEntries(files.map((name) => [name.replace(/\.sql$/, ''), fromSql(readFileSync(join(folder, name), 'utf8'))]));
}

function fromSql(text: string): Migration {
  const statements = text
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  return {
    async up(db) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase, type Database } from './database.ts';
import { migrate, MIGRATIONS_DIR } from './migrate.ts';

const CACHE = join(import.meta.dirname, '../../../../node_modules/.cache/switchboard');

/**
 * A fresh, migrated database for one test file: PGlite in memory, or its own PostgreSQL database where `TEST_DATABASE_URL` names a
 * server on which databases may be made. `close` removes it again.
 */
export async function createTestDatabase(): Promise<Database & { url?: string }> {
  const server = process.env.TEST_DATABASE_URL;
  return server ? createPostgres(server) : createPglite();
}

const fail = (error: Error) => {
  throw error;
};

async function createPglite(): Promise<Database> {
  const snapshot = join(CACHE, `pglite-${migrationsKey()}.tar`);
  if (existsSync(snapshot)) return openDatabase({ snapshot: new Blob([readFileSync(snapshot)]), onError: fail });
  const database = await openDatabase({ onError: fail });
  await migrate(database.db);
  if ('pglite' in database.driver) {
    const dump = await database.driver.pglite.dumpDataDir('none');
    mkdirSync(CACHE, { recursive: true });
    const temporary = `${snapshot}.${process.pid}.${randomUUID()}`;
    writeFileSync(temporary, Buffer.from(await dump.arrayBuffer()));
    renameSync(temporary, snapshot); // several test files may do this at once; each writes the same bytes
  }
  return database;
}

async function createPostgres(server: string): Promise<Database & { url: string }> {
  const { url, drop } = await createEmptyPostgres(server);
  const database = await openDatabase({ url, poolSize: 8, onError: () => {} });
  await migrate(database.db);
  return {
    ...database,
    url,
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

/** A new database without tables on a server; for a service that is a process of its own. */
export async function createEmptyPostgres(server: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `switchboard_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(server, `drop database if exists ${name} with (force)`) };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function migrationsKey(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(MIGRATIONS_DIR).sort()) hash.update(name).update(readFileSync(join(MIGRATIONS_DIR, name)));
  return hash.digest('hex').slice(0, 16);
}

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite, types as pgliteTypes } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, PostgresDialect, sql, type RawBuilder, type Transaction } from 'kysely';
import pg from 'pg';
import { lockFolder } from './folder-lock.ts';
import { limitSilence } from './silence.ts';

/** Every store narrows it with `db.withTables<Tables>()`; no store sees another one's tables. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export type Db = Kysely<{}>;
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export type Tx = Transaction<{}>;

export interface Database {
  kind: 'postgres' | 'pglite';
  db: Db;
  /** The driver itself, for pg-boss only. */
  driver: { pool: pg.Pool } | { pglite: PGlite };
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `postgres://…`; without it PGlite opens `folder` (or memory when that is missing too). */
  url?: string | undefined;
  folder?: string | undefined;
  /** A migrated database as PGlite's `dumpDataDir` wrote it: tests start from it instead of migrating anew. */
  snapshot?: Blob;
  poolSize?: number;
  /** How long a connection may be in the making, and be silent while a statement waits for its answer; shorter in tests. */
  connectMs?: number;
  silenceMs?: number;
  /** Connections that break end up here, used or not; what was under way on them fails by itself. */
  onError: (error: Error) => void;
}

const STATEMENT_MS = 30_000;
/** A bit above the limit that the server keeps: its answer comes first where there is one. */
const SILENCE_MS = 35_000;
/** Between two statements of a transaction lie milliseconds. Whoever was frozen there holds its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const CONNECT_MS = 10_000;
/** A machine that vanished is noticed by the operating system about ten seconds after this. */
const KEEP_ALIVE_MS = 10_000;

const INT8 = 20;
const INT8_PARSER = { [INT8]: (value: string) => Number(value) };

/** Opens PostgreSQL or PGlite. Both answer `bigint` as a JavaScript number (ours stay far below 2^53) and `timestamptz` as a Date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.url ? openPostgres(options.url, options) : openPglite(options);
}

async function openPostgres(url: string, options: DatabaseOptions): Promise<Database> {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) => ((oid as number) === INT8 ? Number : (pg.types.getTypeParser(oid, format as 'text') as unknown)),
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? 16,
    types,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    connectionTimeoutMillis: options.connectMs ?? CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  // The pool itself listens only to connections that nobody uses: one that breaks within a transaction would end the process.
  pool.on('connect', (client) => {
    client.on('error', options.onError);
    limitSilence(client, options.silenceMs ?? SILENCE_MS);
  });
  pool.on('error', () => {}); // the same errors of unused connections once more
  const db = new Kysely<object>({ dialect: new PostgresDialect({ pool }) }) as Db;
  return {
    kind: 'postgres',
    db,
    driver: { pool },
    ping: async () => void (await sql`select 1`.execute(db)),
    close: () => db.destroy(),
  };
}

async function openPglite(options: DatabaseOptions): Promise<Database> {
  if (options.folder) mkdirSync(dirname(options.folder), { recursive: true });
  const unlock = options.folder ? lockFolder(options.folder) : () => {};
  const pglite = await PGlite.create({
    ...(options.folder && { dataDir: options.folder }),
    ...(options.snapshot && { loadDataDir: options.snapshot }),
    parsers: { [pgliteTypes.INT8]: INT8_PARSER[INT8] },
  });
  const db = new Kysely<object>({ dialect: new PGliteDialect({ pglite }) }) as Db;
  return {
    kind: 'pglite',
    db,
    driver: { pglite },
    ping: async () => void (await pglite.query('select 1')),
    close: async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
      unlock();
    },
  };
}

/** A value for a `jsonb` column; the same on both drivers (a bare array would become a PostgreSQL array on one of them). */
export function json<T>(value: T): RawBuilder<T> {
  return sql<T>`cast(${JSON.stringify(value)} as jsonb)`;
}

/** The name of the unique constraint or index that an insert ran into, if that is what happened (SQLSTATE 23505, both drivers). */
export function uniqueViolation(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === '23505' && typeof constraint === 'string' ? constraint : undefined;
}

/** The fault lies in what was to be written: SQLSTATE classes 22 (data), 23 (constraint) and 54 (a value too large for an index). */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test(String((error as { code?: unknown } | null)?.code));
}

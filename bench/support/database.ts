import pg from 'pg';

/** A database of its own for one bench. */
export interface BenchDatabase {
  url: string;
  /** One value of the first row of a query. */
  value(query: string): Promise<unknown>;
  /** Removes it with everything in it. */
  close(): Promise<void>;
}

/** Where databases may be made: `TEST_DATABASE_URL`, else `DATABASE_URL`. The database that it names is only connected to. */
export function serverUrl(): string | undefined {
  return process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL'];
}

/** Why a bench that needs PostgreSQL cannot run; undefined when it can. */
export async function whyNoPostgres(): Promise<string | undefined> {
  const server = serverUrl();
  if (!server) return 'PostgreSQL is needed: name a server in TEST_DATABASE_URL on which databases may be made';
  try {
    await administer(server, 'select 1');
    return undefined;
  } catch (error) {
    return `the server of TEST_DATABASE_URL does not answer (${(error as Error).message})`;
  }
}

/** Made under a name that tells the process, so that whoever outlives it can remove it. */
export async function createBenchDatabase(): Promise<BenchDatabase> {
  const server = serverUrl();
  if (!server) throw new Error('no PostgreSQL server is named');
  made += 1;
  const name = `${prefixOf(process.pid)}${made}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    value: (query) => administer(url.href, query),
    close: async () => void (await administer(server, `drop database if exists ${name} with (force)`)),
  };
}

let made = 0;

/** Removes what a bench process that was killed could not. */
export async function dropDatabasesOf(pid: number): Promise<void> {
  const server = serverUrl();
  if (!server || (await whyNoPostgres())) return;
  const pattern = prefixOf(pid).replaceAll('_', String.raw`\_`);
  const names = await administer(server, `select coalesce(string_agg(datname, ' '), '') from pg_database where datname like '${pattern}%'`);
  for (const name of String(names).split(' ').filter(Boolean)) await administer(server, `drop database if exists ${name} with (force)`);
}

function prefixOf(pid: number): string {
  return `switchboard_bench_${pid}_`;
}

async function administer(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import { migrate } from './migrate.ts';
import { createEmptyPostgres } from './test-database.ts';

const server = process.env['TEST_DATABASE_URL'];
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A way to the database that can go silent: nothing comes through what is open then, nobody is told. New connections work, unless `deaf`. */
async function startLink(target: URL) {
  const open = new Set<Socket>();
  const link = { url: '', deaf: false, silence: () => open.forEach((socket) => socket.removeAllListeners('data').resume()) };
  const proxy = createServer((near) => {
    open.add(near.on('error', () => undefined));
    if (link.deaf) return;
    const far = connect(Number(target.port || 5432), target.hostname);
    open.add(far.on('error', () => undefined));
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => near.write(chunk));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => proxy.close(resolve));
  });
  const url = new URL(target);
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  link.url = url.href;
  return link;
}

describe.skipIf(!server)('a connection that goes silent (needs TEST_DATABASE_URL)', () => {
  let empty: { url: string; drop: () => Promise<void> };
  let link: Awaited<ReturnType<typeof startLink>>;
  let database: Database;
  beforeEach(async () => {
    empty = await createEmptyPostgres(server as string);
    closers.push(() => empty.drop());
    link = await startLink(new URL(empty.url));
    database = await openDatabase({ url: link.url, poolSize: 2, silenceMs: 1_000, connectMs: 1_500, onError: () => undefined });
    closers.push(() => database.close());
  });
  const pool = () => (database.driver as { pool: import('pg').Pool }).pool;
  const within = (ms: number) => new Promise((_, reject) => setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms));
  const pid = sql<{ pid: number }>`select pg_backend_pid() as pid`;

  it('fails its statement in time, and the pool hands out new ones instead', async () => {
    const before = (await pid.execute(database.db)).rows;
    link.silence();
    await expect(Promise.race([pid.execute(database.db), within(6_000)])).rejects.toThrow(/Connection terminated: .* silent/);
    expect((await pid.execute(database.db)).rows).not.toEqual(before);
    expect(pool().totalCount).toBe(1);
  });

  it('fails the statement of pg-boss as well', async () => {
    await pool().query('select 1');
    link.silence();
    await expect(Promise.race([pool().query('select 1'), within(6_000)])).rejects.toThrow(/Connection terminated/);
    expect(pool().totalCount).toBe(0);
  });

  it('fails its transaction with that reason, and the pool does not keep it', async () => {
    const work = database.db.transaction().execute(async (tx) => {
      await pid.execute(tx);
      link.silence();
      await pid.execute(tx);
    });
    await expect(Promise.race([work, within(6_000)])).rejects.toThrow(/Connection terminated: .* silent/);
    expect(pool().totalCount).toBe(0);
    await database.ping();
  });

  it('and one that is never made fail what waits for them', async () => {
    link.deaf = true;
    await expect(Promise.race([database.ping(), within(6_000)])).rejects.toThrow(/Connection terminated/);
    link.deaf = false;
    await database.ping();
  });

  it('while nobody asks anything of it stays, and so does one that answers late', async () => {
    await database.db.connection().execute(async (one) => {
      const before = (await pid.execute(one)).rows;
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      await sql`select pg_sleep(0.3)`.execute(one);
      expect((await pid.execute(one)).rows).toEqual(before);
    });
    await expect(sql`select pg_sleep(2)`.execute(database.db)).rejects.toThrow(/Connection terminated/);
  });

  it('does so for a migration, whose statements may take longer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, '0001_slow.sql'), 'create table slow as select 1 as one from pg_sleep(2);');
    expect(await migrate(database.db, folder)).toEqual(['0001_slow']);
    await expect(sql`select pg_sleep(2)`.execute(database.db)).rejects.toThrow(/Connection terminated/);
  });

  it('of a process that was frozen within a transaction holds its locks for some seconds only', async () => {
    const { rows } = await sql<{ timeout: string }>`select current_setting('idle_in_transaction_session_timeout') as timeout`.execute(
      database.db,
    );
    expect(rows).toEqual([{ timeout: '10s' }]);
    await sql`create table held as select 1 as id`.execute(database.db);
    const held = database.db.transaction().execute(async (tx) => {
      await sql`set local idle_in_transaction_session_timeout = '200ms'`.execute(tx);
      await sql`update held set id = 2`.execute(tx);
      await sql`update held set id = 3`.execute(database.db);
      await sql`select 1`.execute(tx);
    });
    await expect(held).rejects.toMatchObject({ code: '25P03' });
    expect((await sql`select id from held`.execute(database.db)).rows).toEqual([{ id: 3 }]);
  });
});

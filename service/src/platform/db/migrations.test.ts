import { execFileSync } from 'node:child_process';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { migrate, MIGRATIONS_DIR } from './migrate.ts';
import { createTestDatabase } from './test-database.ts';

/** Files that were edited after they were committed, and what a later one does about it. There must never be another. */
const EDITED: Record<string, string> = {
  '0100_connections.sql': 'within its first hour, before anybody had installed it: the condition of an index',
  '0205_messaging_sending.sql': 'repaired by 0207_messaging_sending_repair.sql',
};

function git(...words: string[]): string[] | undefined {
  try {
    const text = execFileSync('git', words, { cwd: MIGRATIONS_DIR, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text.split('\n').filter((line) => line !== '');
  } catch {
    return undefined; // an export without a history
  }
}

const changed = ['--name-only', '--no-renames', '--diff-filter=MD', '--relative'];
const past = git('log', '--format=', ...changed, '--', '.');
const present = git('diff', 'HEAD', ...changed, '--', '.');

it.skipIf(!past || !present)('migrations are not edited once they are committed: databases that ran them would not notice', () => {
  expect([...new Set(past)].sort()).toEqual(Object.keys(EDITED));
  expect(present).toEqual([]);
});

describe('a database that ran the first edition of 0205', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  const shape = async () => {
    const { rows: columns } = await sql`select column_default, is_nullable, data_type from information_schema.columns
      where table_name = 'carrier_account' and column_name = 'polled_numbers'`.execute(database.db);
    const { rows: indexes } = await sql`select indexdef from pg_indexes where indexname = 'message_part_to_ask'`.execute(database.db);
    return { columns, indexes };
  };

  it('gets what the second one has more, and keeps what it has', async () => {
    const wanted = await shape();
    expect([wanted.columns.length, wanted.indexes.length]).toEqual([1, 1]);
    await sql`alter table carrier_account drop column polled_numbers`.execute(database.db);
    await sql`drop index message_part_to_ask`.execute(database.db);
    await sql`create index message_part_to_ask on message_part (org_id, account_id, ask_at) where status = 'sent' and ask_at is not null`.execute(
      database.db,
    );
    await sql`delete from schema_migration where name like '0207%'`.execute(database.db);
    expect(await migrate(database.db)).toEqual(['0207_messaging_sending_repair']);
    expect(await shape()).toEqual(wanted);
  });
});

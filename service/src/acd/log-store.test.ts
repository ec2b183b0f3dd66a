import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { addLogEntries, searchLog, type LogEntry } from './log-store.ts';

let database: Database;
const orgId = randomUUID();
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`insert into org (id, salesforce_id, name, login_url, instance_url)
    values (${orgId}, '00D000000000001AAA', 'Org', 'https://login.example.com', 'https://org.example.com')`.execute(database.db);
});
afterAll(() => database.close());

const entry = (change: Partial<LogEntry>): LogEntry => ({
  orgId,
  at: new Date('2026-01-02T03:04:05.678Z'),
  pbx: 'Main',
  lookup: 'Support',
  caller: '120••••••21',
  called: '',
  source: 'index',
  matched: true,
  stale: false,
  records: 2,
  recordId: '003000000000001AAA',
  extension: '2001',
  tookMs: 0.25,
  why: 'Contact found by Phone.',
  ...change,
});

it('a batch is kept as it was answered, in its order, whatever admins call their things; of an org that is gone nothing is', async () => {
  const entries = [
    entry({}),
    entry({ matched: false, stale: true, records: 0, recordId: null, extension: null, source: 'fallback', why: '' }),
    entry({ pbx: 'a\x1fb\x1ec', lookup: '\\N \'{"x"}, Bücher 🎄\n', why: 'closed\x1e: “Día de Reyes”' }),
    entry({ orgId: randomUUID() }),
  ];
  await addLogEntries(database.db, entries);
  const rows = await searchLog(database.db, orgId, {}, null, 10);
  expect(rows.map(({ id: _id, ...row }) => row).toReversed()).toEqual(
    entries.slice(0, 3).map(({ orgId: _orgId, ...kept }, index) => ({
      ...kept,
      ...(index === 2 && { pbx: 'a b c', why: 'closed : “Día de Reyes”' }),
    })),
  );
});

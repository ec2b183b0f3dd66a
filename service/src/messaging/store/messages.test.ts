import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database, Db } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { addAccount, addOrg } from '../store.test-helper.ts';
import { findInboundIds } from './messages.ts';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** How many rows and index entries of both tables this session has read. */
async function read(tx: Db): Promise<number> {
  const { rows } = await sql<{ entries: number }>`
    select sum(pg_stat_get_xact_tuples_returned(oid))::int as entries from pg_class
    where oid in ('message'::regclass, 'erased_message'::regclass)
      or oid in (select indexrelid from pg_index where indrelid in ('message'::regclass, 'erased_message'::regclass))`.execute(tx);
  return rows[0]?.entries ?? NaN;
}

it('ids of a carrier are looked up one by one, also in tables that have grown since anybody counted them', async () => {
  const { db } = database;
  const orgId = await addOrg(db);
  const accountId = await addAccount(db, orgId, 'twilio');
  const conversationId = randomUUID();
  for (const table of ['message', 'erased_message'])
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = false)`.execute(db);
  await sql`insert into conversation (org_id, id, our_number, customer_number, last_message_at, last_text, last_direction)
    values (${orgId}, ${conversationId}, '+14155550100', '+14155550123', now(), 'text', 'inbound')`.execute(db);
  await sql`insert into message (org_id, id, conversation_id, sequence, direction, status, body, segments, account_id, carrier_id, occurred_at)
    select ${orgId}::uuid, gen_random_uuid(), ${conversationId}::uuid, i, 'inbound', 'received', 'text', 1, ${accountId}::uuid, 'stored ' || i, now()
    from generate_series(1, 10000) i`.execute(db);
  await sql`insert into erased_message (org_id, account_id, carrier_id)
    select ${orgId}::uuid, ${accountId}::uuid, 'erased ' || i from generate_series(1, 10000) i`.execute(db);

  for (const count of [1, 100]) {
    const ids = Array.from({ length: count }, (_, index) => [`stored ${index + 1}`, `erased ${index + 1}`, `unknown ${index + 1}`]).flat();
    await db.transaction().execute(async (tx) => {
      const before = await read(tx);
      expect(await findInboundIds(tx, orgId, accountId, ids)).toEqual(new Set(ids.filter((id) => !id.startsWith('unknown'))));
      const entries = (await read(tx)) - before;
      expect(entries).toBeGreaterThanOrEqual(2 * count);
      expect(entries).toBeLessThan(10 * count);
    });
  }
  expect(await findInboundIds(db, orgId, randomUUID(), ['stored 1', 'erased 1'])).toEqual(new Set());
});

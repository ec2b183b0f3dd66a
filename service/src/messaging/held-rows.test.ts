import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { createReceive } from './receive.ts';
import type { Inbound } from './types.ts';
import { addAccount, addOrg } from './store.test-helper.ts';
import { lockConversations } from './store/conversations.ts';

// PGlite runs one transaction after the other, so that nobody there can hold anything.
it.skipIf(!process.env['TEST_DATABASE_URL'])(
  'while somebody holds a conversation, the texts of all others are stored (needs TEST_DATABASE_URL)',
  async () => {
    const database = await createTestDatabase();
    try {
      const { db } = database;
      const orgId = await addOrg(db);
      const accountId = await addAccount(db, orgId, 'twilio');
      const { receive } = createReceive({ db, clock: { now: () => new Date() }, wake: () => undefined });
      const text = (index: number, body: string): Inbound => {
        const from = `+1415555${4000 + index}`;
        return { orgId, accountId, carrierId: randomUUID(), from, to: '+14155550100', body, media: [] };
      };
      const people = Array.from({ length: 100 }, (_, index) => index);
      const first = await Promise.all(people.map((index) => receive(text(index, 'first'))));
      const texts = people.map((index) => text(index, 'second'));
      const held = 41;

      await db.transaction().execute(async (tx) => {
        await lockConversations(tx, orgId, [first[held]?.conversationId as string]);
        const answers = await Promise.allSettled(
          texts.map((one) => Promise.race([receive(one), new Promise((_, reject) => setTimeout(reject, 9_000, 'late'))])),
        );
        const refused = answers.flatMap((answer, index) =>
          answer.status === 'rejected' ? [{ index, reason: answer.reason as unknown }] : [],
        );
        expect(refused).toMatchObject([{ index: held, reason: { status: 503, headers: { 'retry-after': '5' } } }]);
        const { rows } = await sql<{ texts: number }>`select count(*) as texts from message where body = 'second'`.execute(db);
        expect(rows).toEqual([{ texts: 99 }]);
      });

      expect(await receive(texts[held] as Inbound)).toMatchObject({ sequence: 2 });
      const { rows } = await sql<{ limit: string }>`select current_setting('lock_timeout') as limit`.execute(db);
      expect(rows).toEqual([{ limit: '0' }]); // the limit ended with its statement
    } finally {
      await database.close();
    }
  },
  60_000,
);

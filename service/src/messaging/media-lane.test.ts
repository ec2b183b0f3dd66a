import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TwilioProblem } from '../gateways/twilio/index.ts';
import type { Database } from '../platform/db/database.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import type { LaneBatch } from '../platform/lanes/engine.ts';
import { applyOutcome, readDue } from '../platform/lanes/outbox.ts';
import { createMediaLane } from './media-lane.ts';
import { addAccount, addMessage, addOrg } from './store.test-helper.ts';
import { addMedia, mediaOfMessages } from './store/media.ts';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** One picture whose carrier answers with this problem, tried for the n-th time. */
async function fetchOnce(kind: TwilioProblem['kind'], attempts: number) {
  const { db } = database;
  const orgId = await addOrg(db);
  const accountId = await addAccount(db, orgId, 'twilio');
  const { id } = await addMessage(db, { orgId, accountId, direction: 'inbound', status: 'received' });
  await addMedia(db, orgId, accountId, id, [{ id: randomUUID(), url: 'https://example.com/a', contentType: 'image/png', fileName: 'a' }]);
  await sql`update outbox set attempts = ${attempts} where org_id = ${orgId} and purpose = 'media'`.execute(db);
  let renewed = 0;
  const problem: TwilioProblem = { kind, text: 'the reason', retryable: false };
  const client = { downloadMedia: async () => ({ ok: false, problem }), close: async () => undefined } as never;
  await createMediaLane({ db, client: async () => client }).run({
    lease: { orgId, purpose: 'media', key: accountId, generation: 1 },
    rows: await readDue(db, { orgId, purpose: 'media', key: accountId }, 10),
    signal: new AbortController().signal,
    renew: async () => void (renewed += 1),
    settle: (outcome, also) =>
      db.transaction().execute(async (tx) => {
        await also?.(tx);
        await applyOutcome(tx, outcome);
      }),
  } satisfies LaneBatch);
  const { rows } = await sql<{ pause: number; code: string }>`select extract(epoch from due_at - now())::int as pause, code from outbox
    where org_id = ${orgId} and purpose = 'media'`.execute(db);
  return { state: (await mediaOfMessages(db, orgId, [id]))[0]?.state, left: rows[0], renewed };
}

describe('a picture that cannot be fetched', () => {
  it.each(['unauthorized', 'unreachable', 'carrier-error', 'throttled', 'refused'] as const)(
    'because of %s is tried again for days, at least every hour',
    async (kind) => {
      for (const attempts of [0, 9, 80]) {
        const { state, left, renewed } = await fetchOnce(kind, attempts);
        expect({ state, code: left?.code, renewed }).toEqual({ state: 'waiting', code: kind, renewed: 1 });
        expect(left?.pause).toBeLessThanOrEqual(3600);
      }
      expect((await fetchOnce(kind, 200)).state).toBe('failed');
    },
  );

  it.each(['not-found', 'too-large', 'wrong-type'] as const)('because it is %s is given up at once', async (kind) => {
    expect(await fetchOnce(kind, 0)).toMatchObject({ state: 'failed', left: undefined });
  });
});

import type { Db } from '../platform/db/database.ts';
import type { LaneBatch, LanePurpose } from '../platform/lanes/engine.ts';
import { enqueue } from '../platform/lanes/outbox.ts';
import type { OutboxRow, Outcome } from '../platform/lanes/outbox.ts';
import type { TwilioClient } from '../gateways/twilio/index.ts';
import { findMessages } from './store/messages.ts';
import { findMedia, saveMediaContent, saveMediaFailed, type MediaItem } from './store/parts-and-media.ts';
import { MEDIA_LANE, ORG_LANE, shardOf } from './types.ts';

const MAX_TRIES = 8;
const BASE_MS = 1_000;

/** Fetches the pictures of inbound messages from the carrier and keeps them. The message itself is in the org long before. */
export function createMediaLane(options: {
  db: Db;
  client(orgId: string, accountId: string): Promise<(TwilioClient & { close(): Promise<void> }) | undefined>;
}): LanePurpose {
  const { db } = options;

  async function run(batch: LaneBatch): Promise<void> {
    const { orgId, key: accountId } = batch.lease;
    const items = new Map(
      (
        await findMedia(
          db,
          orgId,
          batch.rows.map((row) => row.subjectId),
        )
      ).map((item) => [item.id, item]),
    );
    const client = await options.client(orgId, accountId);
    try {
      for (const row of batch.rows) {
        const item = items.get(row.subjectId);
        if (!item || !client) await batch.settle({ done: [{ id: row.id, version: row.version }] });
        else await fetchOne(batch, row, item, client);
      }
    } finally {
      await client?.close();
    }
  }

  async function fetchOne(batch: LaneBatch, row: OutboxRow, item: MediaItem, client: TwilioClient): Promise<void> {
    const { orgId } = batch.lease;
    const [message] = await findMessages(db, orgId, [item.messageId]);
    const result = await client.downloadMedia(item.sourceUrl);
    const givenUp = !result.ok && (!result.problem.retryable || row.attempts >= MAX_TRIES);
    const outcome: Outcome =
      result.ok || givenUp
        ? { done: [{ id: row.id, version: row.version }] }
        : { retry: [{ id: row.id, afterMs: BASE_MS * 2 ** row.attempts, code: result.problem.kind, reason: result.problem.text }] };
    await batch.settle(outcome, async (tx) => {
      if (result.ok) await saveMediaContent(tx, orgId, item.id, result.value.data, result.value.contentType);
      else if (givenUp) await saveMediaFailed(tx, orgId, item.id);
      if (message && (result.ok || givenUp)) {
        await enqueue(tx, [
          { orgId, purpose: ORG_LANE, key: shardOf(message.conversationId), subjectKind: 'message', subjectId: message.id },
        ]);
      }
    });
  }

  return { name: MEDIA_LANE, batchSize: 10, leaseMs: 300_000, run };
}

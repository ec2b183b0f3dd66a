import type { Db } from '../platform/db/database.ts';
import type { LaneBatch, LanePurpose } from '../platform/lanes/engine.ts';
import { enqueue } from '../platform/lanes/outbox.ts';
import type { OutboxRow } from '../platform/lanes/outbox.ts';
import type { TwilioClient, TwilioProblem } from '../gateways/twilio/index.ts';
import { findMessages } from './store/messages.ts';
import { findMedia, saveMediaContent, saveMediaFailed, type MediaItem } from './store/media.ts';
import { MEDIA_LANE, ORG_LANE, shardOf } from './types.ts';

/** Only these say that the picture will never come. All else may pass: an outage, or a key that an admin puts right. */
const FINAL: ReadonlySet<string> = new Set<TwilioProblem['kind']>(['not-found', 'too-large', 'wrong-type', 'foreign-address']);
/** With pauses that grow to an hour: about four days. */
const MAX_TRIES = 108;
const BASE_MS = 1_000;
const MAX_PAUSE_MS = 3600_000;

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
        if (!item) await batch.settle({ done: [{ id: row.id, version: row.version }] });
        else if (!client)
          await settleItem(batch, row, item, undefined); // the account was removed: nobody gives it out any more
        else await fetchOne(batch, row, item, client);
      }
    } finally {
      await client?.close();
    }
  }

  async function fetchOne(batch: LaneBatch, row: OutboxRow, item: MediaItem, client: TwilioClient): Promise<void> {
    await batch.renew();
    const result = await client.downloadMedia(item.sourceUrl);
    if (result.ok) return settleItem(batch, row, item, result.value);
    const { kind, text, retryAfterMs = 0 } = result.problem;
    if (FINAL.has(kind) || row.attempts >= MAX_TRIES) return settleItem(batch, row, item, undefined);
    const afterMs = Math.max(retryAfterMs, Math.min(MAX_PAUSE_MS, BASE_MS * 2 ** row.attempts));
    await batch.settle({ retry: [{ id: row.id, version: row.version, afterMs, code: kind, reason: text }] });
  }

  /** Keeps the picture, or notes that it will not come; the org's record shows either. */
  async function settleItem(
    batch: LaneBatch,
    row: OutboxRow,
    item: MediaItem,
    file: { data: Buffer; contentType: string } | undefined,
  ): Promise<void> {
    const { orgId } = batch.lease;
    const [message] = await findMessages(db, orgId, [item.messageId]);
    await batch.settle({ done: [{ id: row.id, version: row.version }] }, async (tx) => {
      if (file) await saveMediaContent(tx, orgId, item.id, file.data, file.contentType);
      else await saveMediaFailed(tx, orgId, item.id);
      if (!message) return;
      await enqueue(tx, [
        { orgId, purpose: ORG_LANE, key: shardOf(message.conversationId), subjectKind: 'message', subjectId: message.id },
      ]);
    });
  }

  return { name: MEDIA_LANE, batchSize: 10, leaseMs: 300_000, run };
}

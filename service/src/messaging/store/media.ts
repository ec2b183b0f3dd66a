import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { MEDIA_LANE, type InboundMedia } from '../types.ts';

/** Announces the pictures of an inbound message; the media lane fetches them. */
export async function addMedia(
  tx: Db,
  orgId: string,
  accountId: string,
  messageId: string,
  media: (InboundMedia & { id: string; fileName: string })[],
): Promise<void> {
  for (const [position, item] of media.entries()) {
    await sql`
      with added as (
        insert into media (org_id, id, message_id, position, source_url, content_type, file_name)
        values (${orgId}, ${item.id}, ${messageId}, ${position}, ${item.url}, ${item.contentType}, ${item.fileName})
        on conflict (org_id, message_id, position) do nothing returning id
      )
      insert into outbox (org_id, purpose, lane_key, subject_kind, subject_id)
      select ${orgId}::uuid, ${MEDIA_LANE}, ${accountId}, 'media', id from added on conflict do nothing`.execute(tx);
  }
}

export interface MediaItem {
  id: string;
  messageId: string;
  sourceUrl: string;
  contentType: string;
  fileName: string;
  size: number | null;
  state: 'waiting' | 'stored' | 'failed';
}

const MEDIA = sql`id, message_id as "messageId", source_url as "sourceUrl", content_type as "contentType", file_name as "fileName", size, state`;

export async function findMedia(db: Db, orgId: string, ids: string[]): Promise<MediaItem[]> {
  return (await sql<MediaItem>`select ${MEDIA} from media where org_id = ${orgId} and id = any(${ids}::uuid[])`.execute(db)).rows;
}

export async function mediaOfMessages(db: Db, orgId: string, messageIds: string[]): Promise<MediaItem[]> {
  if (messageIds.length === 0) return [];
  return (
    await sql<MediaItem>`select ${MEDIA} from media where org_id = ${orgId} and message_id = any(${messageIds}::uuid[]) order by position`.execute(
      db,
    )
  ).rows;
}

export async function readMediaContent(
  db: Db,
  orgId: string,
  id: string,
): Promise<{ contentType: string; fileName: string; content: Uint8Array } | undefined> {
  const { rows } = await sql<{ contentType: string; fileName: string; content: Uint8Array }>`
    select content_type as "contentType", file_name as "fileName", content from media
    where org_id = ${orgId} and id = ${id} and state = 'stored' and content is not null`.execute(db);
  return rows[0];
}

export async function saveMediaContent(tx: Db, orgId: string, id: string, content: Uint8Array, contentType: string): Promise<void> {
  await sql`update media set content = ${content}, size = ${content.byteLength}, content_type = ${contentType}, state = 'stored'
    where org_id = ${orgId} and id = ${id}`.execute(tx);
}

export async function saveMediaFailed(tx: Db, orgId: string, id: string): Promise<void> {
  await sql`update media set state = 'failed' where org_id = ${orgId} and id = ${id} and state = 'waiting'`.execute(tx);
}

import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';

/** One process of all takes over an org's change events. */
export const FEED_LANE = { purpose: 'feed', key: 'events' };

export interface FeedState {
  /** events: changes come at once. sweeps: they are found by the sweep of the next minute only. */
  mode: 'events' | 'sweeps';
  /** Why there are sweeps only. */
  reason: string | null;
  /** When the newest event, or sign of life, was taken over. */
  eventsAt: Date | null;
}

/** Which of these orgs nobody works on now, and nobody shall keep away from. */
export async function listFree(db: Db, orgIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select wanted.id from unnest(${[...orgIds]}::uuid[]) as wanted(id)
    left join lane on lane.org_id = wanted.id and lane.purpose = ${FEED_LANE.purpose} and lane.key = ${FEED_LANE.key}
    where (lane.lease_until is null or lane.lease_until < now()) and (lane.held_until is null or lane.held_until <= now())`.execute(db);
  return rows.map(({ id }) => id);
}

/** Behind which event an org's events go on; null: nowhere, something may have been missed. */
export async function findPlace(db: Db, orgId: string): Promise<string | null> {
  const { rows } = await sql<{ replayId: string | null }>`
    select replay_id as "replayId" from change_feed where org_id = ${orgId}`.execute(db);
  return rows[0]?.replayId ?? null;
}

/** Everything up to this event was taken over: events come. */
export async function savePlace(tx: Db, orgId: string, replayId: string): Promise<void> {
  await sql`insert into change_feed (org_id, replay_id, replay_at, mode) values (${orgId}, ${replayId}, now(), 'events')
    on conflict (org_id) do update set replay_id = excluded.replay_id, replay_at = excluded.replay_at, mode = excluded.mode, reason = null`.execute(
    tx,
  );
}

/** The place is of no use any more. */
export async function forgetPlace(db: Db, orgId: string): Promise<void> {
  await sql`update change_feed set replay_id = null where org_id = ${orgId}`.execute(db);
}

/** `reason` null: events come. */
export async function saveMode(db: Db, orgId: string, reason: string | null): Promise<void> {
  await sql`insert into change_feed (org_id, mode, reason) values (${orgId}, ${reason === null ? 'events' : 'sweeps'}, ${reason})
    on conflict (org_id) do update set mode = excluded.mode, reason = excluded.reason`.execute(db);
}

/** Undefined while events were never tried. A process that died says nothing any more: without a lease nobody takes events over. */
export async function findState(db: Db, orgId: string): Promise<FeedState | undefined> {
  const { rows } = await sql<FeedState & { isLed: boolean }>`
    select feed.mode, feed.reason, feed.replay_at as "eventsAt", coalesce(lane.lease_until > now(), false) as "isLed" from change_feed feed
    left join lane on lane.org_id = feed.org_id and lane.purpose = ${FEED_LANE.purpose} and lane.key = ${FEED_LANE.key}
    where feed.org_id = ${orgId}`.execute(db);
  if (!rows[0]) return undefined;
  const { isLed, ...state } = rows[0];
  return state.mode === 'events' && !isLed ? { ...state, mode: 'sweeps', reason: 'No process takes change events over just now.' } : state;
}

/** Nobody wants the org's events any more. */
export async function forgetFeed(db: Db, orgId: string): Promise<void> {
  await sql`delete from change_feed where org_id = ${orgId}`.execute(db);
}

/** The platform-event bus: events are kept 72 hours by the org's clock and can be replayed from any id still kept. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { OrgClock } from './clock.ts';
import { SalesforceError } from './errors.ts';

/** Events live this long. Source: platform event documentation. */
export const EVENT_RETENTION_MS = 72 * 3600 * 1000;
/** Replay from the oldest event still kept. */
export const REPLAY_EARLIEST = -2;
/** Only events from now on. */
export const REPLAY_LATEST = -1;

export interface EventMessage {
  /** `/event/Name__e`. */
  channel: string;
  data: {
    schema: string;
    payload: Record<string, unknown>;
    event: { replayId: number; EventUuid: string };
  };
}

export interface Subscription {
  close(): void;
}

export interface EventBus {
  /** Stores and delivers an event (its uuid is made unless given); answers its replay id and uuid. */
  publish(channel: string, payload: Record<string, unknown>, uuid?: string): { replayId: number; uuid: string };
  /**
   * Calls the listener for kept events after `replayId` (-1 none, -2 all), then for each new one.
   * A replay id that was never given out or is older than 72 hours is refused with the Pub/Sub error text.
   */
  subscribe(channel: string, listener: (message: EventMessage) => void, replayId?: number): Subscription;
  /** Kept events after a replay id, oldest first. */
  replay(channel: string, replayId: number): EventMessage[];
  /** Events published and delivered (per subscriber) in the last 24 hours; for `/limits`. */
  usage(): { published: number; delivered: number };
  /** Counts events that went out by another way against the deliveries of 24 hours. */
  countDelivered(events: number): void;
  /** Makes exactly so many deliveries used, all in this hour. */
  setDelivered(events: number): void;
  /** Number of listeners on a channel now. */
  subscribers(channel: string): number;
  /** Forgets all events; listeners stay. */
  clear(): void;
}

interface StoredEvent {
  replay_id: number;
  uuid: string;
  channel: string;
  payload: string;
  created_ms: number;
}

/** Creates the bus over its own tables (`sys_event`, `sys_event_use`) in the org's database. */
export function makeEventBus(db: DatabaseSync, clock: OrgClock): EventBus {
  db.exec(`CREATE TABLE IF NOT EXISTS sys_event (replay_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, channel TEXT NOT NULL COLLATE NOCASE,
    payload TEXT NOT NULL, created_ms INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS sys_event_channel ON sys_event (channel, replay_id);
    CREATE INDEX IF NOT EXISTS sys_event_age ON sys_event (created_ms);
    CREATE TABLE IF NOT EXISTS sys_event_use (hour INTEGER PRIMARY KEY, published INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0);`);
  const insert = db.prepare('INSERT INTO sys_event (replay_id, uuid, channel, payload, created_ms) VALUES (?, ?, ?, ?, ?)');
  const newest = db.prepare("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'sys_event'), 0) AS top");
  const after = db.prepare('SELECT * FROM sys_event WHERE channel = ? AND replay_id > ? AND created_ms > ? ORDER BY replay_id');
  const known = db.prepare('SELECT 1 FROM sys_event WHERE replay_id = ? AND created_ms > ?');
  const prune = db.prepare('DELETE FROM sys_event WHERE created_ms <= ?');
  const use = db.prepare(
    'INSERT INTO sys_event_use (hour, published, delivered) VALUES (?, ?, ?) ON CONFLICT (hour) DO UPDATE SET published = published + excluded.published, delivered = delivered + excluded.delivered',
  );
  const used = db.prepare(
    'SELECT coalesce(sum(published), 0) AS published, coalesce(sum(delivered), 0) AS delivered FROM sys_event_use WHERE hour > ?',
  );
  const listeners = new Map<string, Set<(message: EventMessage) => void>>();
  const hour = () => Math.floor(clock.now().getTime() / 3_600_000);
  const oldest = () => clock.now().getTime() - EVENT_RETENTION_MS;

  function replay(channel: string, replayId: number): EventMessage[] {
    if (replayId === REPLAY_LATEST) return [];
    if (replayId > 0 && !known.get(replayId, oldest())) {
      throw new SalesforceError(
        400,
        'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted',
        `The replay ${replayId} you provided was invalid. Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`,
      );
    }
    const rows = after.all(channel, Math.max(replayId, 0), oldest()) as unknown as StoredEvent[];
    return rows.map(toMessage);
  }

  return {
    replay,
    publish(channel, payload, uuid = randomUUID()) {
      prune.run(oldest());
      // Replay ids are opaque and not contiguous; the gaps keep clients from counting on +1.
      const replayId = (newest.get() as { top: number }).top + 1 + Math.floor(Math.random() * 3);
      const created = clock.now().getTime();
      insert.run(replayId, uuid, channel, JSON.stringify(payload), created);
      const message = toMessage({ replay_id: replayId, uuid, channel, payload: JSON.stringify(payload), created_ms: created });
      const targets = [...(listeners.get(channel.toLowerCase()) ?? [])];
      use.run(hour(), 1, targets.length);
      for (const target of targets) deliver(target, message);
      return { replayId, uuid };
    },
    subscribe(channel, listener, replayId = REPLAY_LATEST) {
      const missed = replay(channel, replayId);
      if (missed.length > 0) use.run(hour(), 0, missed.length);
      for (const message of missed) deliver(listener, message);
      const key = channel.toLowerCase();
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set);
      set.add(listener);
      return { close: () => void set.delete(listener) };
    },
    usage() {
      const row = used.get(hour() - 24) as { published: number; delivered: number };
      return { published: row.published, delivered: row.delivered };
    },
    countDelivered: (events) => void use.run(hour(), 0, events),
    setDelivered(events) {
      db.exec('UPDATE sys_event_use SET delivered = 0');
      use.run(hour(), 0, events);
    },
    subscribers: (channel) => listeners.get(channel.toLowerCase())?.size ?? 0,
    clear() {
      db.exec('DELETE FROM sys_event; DELETE FROM sys_event_use;');
    },
  };
}

function toMessage(row: StoredEvent): EventMessage {
  return {
    channel: row.channel,
    data: {
      schema: 'switchboard-sandbox',
      payload: JSON.parse(row.payload) as Record<string, unknown>,
      event: { replayId: row.replay_id, EventUuid: row.uuid },
    },
  };
}

/** A listener that throws must not keep the event from the others, nor fail the publisher. */
function deliver(listener: (message: EventMessage) => void, message: EventMessage): void {
  try {
    listener(structuredClone(message));
  } catch {
    // The subscriber's own fault; the platform does not know of it.
  }
}

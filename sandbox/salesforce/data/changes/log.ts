/** The log of change events: kept 72 hours by the org's clock, in the order of their replay ids. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { OrgClock } from '../clock.ts';
import { EVENT_RETENTION_MS } from '../events.ts';
import type { Row } from '../org-types.ts';

export type ChangeType = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE' | `GAP_${'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE' | 'OVERFLOW'}`;

/** The header as Salesforce fills it, with columns of the record in place of the bitmaps. */
export interface ChangeHeader {
  entityName: string;
  recordIds: string[];
  changeType: ChangeType;
  changeOrigin: string;
  transactionKey: string;
  sequenceNumber: number;
  /** Milliseconds since 1970. */
  commitTimestamp: number;
  commitNumber: number;
  commitUser: string;
  nulledFields: string[];
  diffFields: string[];
  changedFields: string[];
}

export interface ChangeEvent {
  replayId: number;
  uuid: string;
  header: ChangeHeader;
  /** Values that the event carries, by column. */
  fields: Row;
}

export interface ChangeLog {
  append(header: ChangeHeader, fields: Row): void;
  /** Kept events of these objects behind a replay id (0: all that are kept), oldest first. */
  after(entities: readonly string[], replayId: number, limit: number): ChangeEvent[];
  /** The newest replay id ever given out; 0 when there was none. */
  newest(): number;
  /** True for 0 and for a replay id that was given out and is still kept. */
  isKept(replayId: number): boolean;
  /** Told of every event that was appended. */
  listen(listener: () => void): () => void;
  clear(): void;
}

/** Opens the log over its own table in the org's database. */
export function makeChangeLog(db: DatabaseSync, clock: OrgClock): ChangeLog {
  db.exec(`CREATE TABLE IF NOT EXISTS sys_change (replay_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, entity TEXT NOT NULL,
    header TEXT NOT NULL, fields TEXT NOT NULL, created_ms INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS sys_change_age ON sys_change (created_ms);`);
  const insert = db.prepare('INSERT INTO sys_change (replay_id, uuid, entity, header, fields, created_ms) VALUES (?, ?, ?, ?, ?, ?)');
  const prune = db.prepare('DELETE FROM sys_change WHERE created_ms <= ?');
  const top = db.prepare("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'sys_change'), 0) AS top");
  const known = db.prepare('SELECT 1 FROM sys_change WHERE replay_id = ? AND created_ms > ?');
  const after = db.prepare(`SELECT * FROM sys_change WHERE replay_id > ? AND created_ms > ? AND entity IN (SELECT value FROM json_each(?))
    ORDER BY replay_id LIMIT ?`);
  const listeners = new Set<() => void>();
  const oldest = () => clock.now().getTime() - EVENT_RETENTION_MS;
  const newest = () => (top.get() as { top: number }).top;
  return {
    append(header, fields) {
      prune.run(oldest());
      // Replay ids are opaque and not contiguous; the gaps keep clients from counting on +1.
      const replayId = newest() + 1 + Math.floor(Math.random() * 3);
      insert.run(replayId, randomUUID(), header.entityName, JSON.stringify(header), JSON.stringify(fields), clock.now().getTime());
      for (const listener of listeners) listener();
    },
    after(entities, replayId, limit) {
      const rows = after.all(replayId, oldest(), JSON.stringify(entities), limit) as unknown as {
        replay_id: number;
        uuid: string;
        header: string;
        fields: string;
      }[];
      return rows.map((row) => ({
        replayId: row.replay_id,
        uuid: row.uuid,
        header: JSON.parse(row.header) as ChangeHeader,
        fields: JSON.parse(row.fields) as Row,
      }));
    },
    newest,
    isKept: (replayId) => replayId === 0 || known.get(replayId, oldest()) !== undefined,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => db.exec('DELETE FROM sys_change'),
  };
}

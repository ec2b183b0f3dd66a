/** Change data capture: notes what a transaction does to captured objects, and writes its events when it commits. */
import { randomUUID } from 'node:crypto';
import type { OrgClock } from '../clock.ts';
import type { Actor } from '../engine.ts';
import type { ObjectDef } from '../model.ts';
import type { Row } from '../org-types.ts';
import type { Store } from '../store.ts';
import type { ChangeLog, ChangeType } from './log.ts';

/** What is to go wrong with the next changes; counts run down. */
export interface CaptureFaults {
  /** Events that are never written. */
  lose: number;
  /** Events that become gap events: the same ids, no values. */
  gap: number;
  /** Transactions of which only one overflow event for each object remains. */
  overflow: number;
}

export interface Capture {
  /** One record was written. `before` is undefined for a new one. */
  note(object: ObjectDef, before: Row | undefined, after: Row, actor: Actor): void;
  /** So much was written past the single records that only an overflow event says so. */
  noteMany(object: ObjectDef, actor: Actor): void;
  readonly faults: CaptureFaults;
}

interface Change {
  object: ObjectDef;
  type: ChangeType;
  ids: string[];
  changed: string[];
  values: Row;
  actor: Actor;
}

/** Columns that every write touches; only the time of the last change is told, always. Source: Change Data Capture guide, header fields. */
const SILENT = new Set(['SystemModstamp', 'LastModifiedById', 'IsDeleted']);
const TOLD = 'LastModifiedDate';

/** `isCaptured`: whether a channel of the org has the object. */
export function makeCapture(store: Store, log: ChangeLog, clock: OrgClock, isCaptured: (object: ObjectDef) => boolean): Capture {
  const faults: CaptureFaults = { lose: 0, gap: 0, overflow: 0 };
  let pending: Change[] = [];
  store.onCommit(() => {
    if (pending.length === 0) return;
    const changes = merge(pending);
    pending = [];
    write(changes);
  });

  function add(change: Change): void {
    store.afterTx(() => pending.push(change), false);
  }

  function write(changes: Change[]): void {
    const transactionKey = randomUUID();
    const now = clock.now().getTime();
    let told = changes;
    if (faults.overflow > 0) {
      faults.overflow -= 1;
      const objects = new Map(changes.map((change) => [change.object.name, change]));
      told = [...objects.values()].map((change) => overflowOf(change.object, change.actor));
    }
    for (const [index, change] of told.entries()) {
      if (faults.lose > 0) {
        faults.lose -= 1;
        continue;
      }
      const isGap = faults.gap > 0 && !change.type.startsWith('GAP_');
      if (isGap) faults.gap -= 1;
      const { object, ids, changed, values, actor } = change;
      log.append(
        {
          entityName: object.name,
          recordIds: ids,
          changeType: isGap ? (`GAP_${change.type}` as ChangeType) : change.type,
          changeOrigin: actor.rights ? 'com/salesforce/api/rest/65.0' : '',
          transactionKey,
          sequenceNumber: index + 1,
          commitTimestamp: now,
          commitNumber: now * 1_000 + index,
          commitUser: actor.userId,
          nulledFields: isGap ? [] : changed.filter((name) => values[name] === null),
          diffFields: [],
          changedFields: isGap ? [] : changed,
        },
        isGap ? {} : values,
      );
    }
  }

  return {
    faults,
    note(object, before, after, actor) {
      if (!isCaptured(object)) return;
      const type = typeOf(before, after);
      const changed =
        type === 'UPDATE'
          ? Object.keys(after).filter((name) => name === TOLD || (!SILENT.has(name) && after[name] !== before?.[name]))
          : [];
      const names = type === 'UPDATE' ? changed : Object.keys(after).filter((name) => after[name] !== null && name !== 'Id');
      const values = type === 'DELETE' ? {} : Object.fromEntries(names.map((name) => [name, after[name] ?? null]));
      add({ object, type, ids: [String(after['Id'])], changed, values, actor });
    },
    noteMany(object, actor) {
      if (isCaptured(object)) add(overflowOf(object, actor));
    },
  };
}

function typeOf(before: Row | undefined, after: Row): ChangeType {
  if (!before) return 'CREATE';
  if (before['IsDeleted'] !== after['IsDeleted']) return after['IsDeleted'] === 1 ? 'DELETE' : 'UNDELETE';
  return 'UPDATE';
}

const overflowOf = (object: ObjectDef, actor: Actor): Change => ({
  object,
  type: 'GAP_OVERFLOW',
  ids: [],
  changed: [],
  values: {},
  actor,
});

/** What a transaction did to one record is one change; records that were changed alike share an event, as Salesforce merges them. */
function merge(changes: Change[]): Change[] {
  const byRecord = new Map<string, Change>();
  for (const change of changes) {
    const key = change.ids[0] ?? change.object.name;
    const earlier = byRecord.get(key);
    if (change.type !== 'UPDATE' || !earlier) byRecord.set(key, change);
    else if (earlier.type !== 'DELETE') {
      const changed = earlier.type === 'UPDATE' ? [...new Set([...earlier.changed, ...change.changed])] : [];
      byRecord.set(key, { ...earlier, changed, values: { ...earlier.values, ...change.values } });
    }
  }
  const alike = new Map<string, Change>();
  for (const change of byRecord.values()) {
    const key = JSON.stringify([change.object.name, change.type, change.changed, change.values]);
    const first = alike.get(key);
    if (first) first.ids = [...first.ids, ...change.ids];
    else alike.set(key, { ...change });
  }
  return [...alike.values()];
}

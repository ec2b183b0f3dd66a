/** Rows, ids, counters and transactions over the org's SQLite database. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Row } from './org-types.ts';
import { makeId } from './ids.ts';
import type { ObjectDef } from './model.ts';
import { quote } from './tables.ts';

export interface Store {
  /** Prepared once per text. */
  prepare(sql: string): StatementSync;
  nextId(object: ObjectDef): string;
  /** Next value of a named counter, starting at 1. What a roll-back undoes leaves a gap, as in the real org. */
  next(counter: string, step?: number): number;
  /** Deletes the counters but those whose name begins with `kept`. */
  resetCounters(kept: string): void;
  insertRow(object: ObjectDef, row: Row): void;
  updateRow(object: ObjectDef, id: string, changes: Row): void;
  row(object: ObjectDef, id: string): Row | undefined;
  rows(sql: string, params: readonly SQLInputValue[]): Row[];
  /** All-or-nothing; nested calls are savepoints. */
  tx<T>(work: () => T): T;
  /** Runs after the outermost transaction: at once when none is open. `keepOnRollback` says whether it runs after a roll-back too. */
  afterTx(work: () => void, keepOnRollback: boolean): void;
  /** Runs at the end of every outermost transaction that was committed, behind its `afterTx`. */
  onCommit(work: () => void): void;
}

/** Statements kept per org; queries of clients differ without end, so the oldest are dropped. */
const MAX_STATEMENTS = 500;

export function makeStore(db: DatabaseSync): Store {
  db.exec('CREATE TABLE IF NOT EXISTS sys_counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID');
  const statements = new Map<string, StatementSync>();
  const after: { work: () => void; keep: boolean }[] = [];
  const committed: (() => void)[] = [];
  let depth = 0;

  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const made = db.prepare(sql);
    if (statements.size >= MAX_STATEMENTS) statements.delete(statements.keys().next().value as string);
    statements.set(sql, made);
    return made;
  };
  // Counted here and written down once per transaction: a written counter per record costs more than the record.
  const counters = new Map<string, number>();
  const counted = new Set<string>();
  const next = (counter: string, step = 1): number => {
    const stored = () => prepare('SELECT value FROM sys_counter WHERE name = ?').get(counter) as { value: number } | undefined;
    const value = (counters.get(counter) ?? stored()?.value ?? 0) + step;
    counters.set(counter, value);
    counted.add(counter);
    if (depth === 0) saveCounters();
    return value;
  };
  const saveCounters = () => {
    const save = prepare('INSERT INTO sys_counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
    for (const name of counted) save.run(name, counters.get(name) ?? 0);
    counted.clear();
  };
  const drain = (isCommitted: boolean) => {
    for (const entry of after.splice(0)) if (isCommitted || entry.keep) entry.work();
    if (isCommitted) for (const work of committed) work();
  };

  function tx<T>(work: () => T): T {
    const level = depth;
    const name = `s${level}`;
    const outermost = level === 0;
    prepare(outermost ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${name}`).run();
    depth += 1;
    const mark = after.length;
    let result: T;
    try {
      result = work();
      depth = level;
      if (outermost) saveCounters();
      prepare(outermost ? 'COMMIT' : `RELEASE ${name}`).run();
    } catch (error) {
      depth = level;
      if (outermost) {
        db.exec('ROLLBACK');
        drain(false);
      } else {
        db.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
        const dropped = after.splice(mark);
        after.push(...dropped.filter((entry) => entry.keep));
      }
      throw error;
    }
    if (outermost) drain(true);
    return result;
  }

  return {
    prepare,
    next,
    resetCounters(kept) {
      saveCounters();
      prepare('DELETE FROM sys_counter WHERE substr(name, 1, ?) <> ?').run(kept.length, kept);
      counters.clear();
    },
    tx,
    nextId: (object) => makeId(object.keyPrefix, next(`id:${object.keyPrefix}`)),
    insertRow(object, row) {
      const names = Object.keys(row);
      const sql = `INSERT INTO ${quote(object.name)} (${names.map(quote).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      prepare(sql).run(...Object.values(row));
    },
    updateRow(object, id, changes) {
      const names = Object.keys(changes);
      if (names.length === 0) return;
      const sql = `UPDATE ${quote(object.name)} SET ${names.map((name) => `${quote(name)} = ?`).join(', ')} WHERE "Id" = ?`;
      prepare(sql).run(...Object.values(changes), id);
    },
    row: (object, id) => prepare(`SELECT * FROM ${quote(object.name)} WHERE "Id" = ?`).get(id) as Row | undefined,
    rows: (sql, params) => prepare(sql).all(...params) as Row[],
    afterTx(work, keepOnRollback) {
      if (depth === 0) work();
      else after.push({ work, keep: keepOnRollback });
    },
    onCommit: (work) => void committed.push(work),
  };
}

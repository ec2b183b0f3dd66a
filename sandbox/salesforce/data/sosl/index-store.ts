/** The search index: one document per record, its words by search group. Records enter it when the index delay is over. */
import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '../org-types.ts';
import type { Engine } from '../engine.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { phoneWords, words } from './words.ts';

/** Words of a record by search group, joined by blanks. */
export interface Document {
  name: string;
  email: string;
  phone: string;
  rest: string;
}

/** Creates the index tables; words are cut by ourselves, the tokenizer only splits on the blanks between them. */
export function createSearchTables(db: DatabaseSync): void {
  db.exec(`CREATE TABLE IF NOT EXISTS sys_search_doc (doc INTEGER PRIMARY KEY, record_id TEXT NOT NULL UNIQUE, object TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS sys_search_due (record_id TEXT NOT NULL, object TEXT NOT NULL, due_ms INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS sys_search_due_of ON sys_search_due (object, due_ms);
    DROP INDEX IF EXISTS sys_search_due_at;
    CREATE VIRTUAL TABLE IF NOT EXISTS sys_search USING fts5(name, email, phone, rest, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'");
    CREATE VIRTUAL TABLE IF NOT EXISTS sys_search_word USING fts5vocab(sys_search, 'row');`);
}

const TEXT = new Set(['string', 'textarea', 'longtextarea', 'phone', 'email', 'url', 'picklist', 'combobox']);
const NAMES = new Set(['firstname', 'lastname']);

/** True for fields whose words are indexed. */
export function isIndexed(field: FieldDef): boolean {
  return TEXT.has(field.type);
}

/** The words of a row; `sees` leaves out fields that a caller may not read. */
export function documentOf(object: ObjectDef, row: Row, sees: (field: FieldDef) => boolean = () => true): Document {
  const parts: Record<keyof Document, string[]> = { name: [], email: [], phone: [], rest: [] };
  for (const field of object.fields.values()) {
    const value = row[field.name];
    if (!isIndexed(field) || typeof value !== 'string' || !sees(field)) continue;
    if (field.type === 'phone') parts.phone.push(...phoneWords(value));
    else if (field.type === 'email') parts.email.push(...words(value));
    else if (field.nameField || NAMES.has(field.name.toLowerCase())) parts.name.push(...words(value));
    else parts.rest.push(...words(value));
  }
  return { name: parts.name.join(' '), email: parts.email.join(' '), phone: parts.phone.join(' '), rest: parts.rest.join(' ') };
}

/**
 * Takes those records of an object into the index whose delay is over by the org's clock. Only of what is being searched: a question for people
 * has not to wait for the words of thousands of messages.
 */
export function flushDue(engine: Engine, object: ObjectDef): void {
  const { store } = engine;
  const now = engine.clock.now().getTime();
  const due = store.rows('SELECT DISTINCT record_id FROM sys_search_due WHERE object = ? AND due_ms <= ?', [object.name, now]);
  if (due.length === 0) return;
  store.tx(() => {
    store.prepare('DELETE FROM sys_search_due WHERE object = ? AND due_ms <= ?').run(object.name, now);
    for (const entry of due) indexRecord(engine, object, String(entry['record_id']));
  });
}

/** Renews the document of one record. */
export function indexRecord(engine: Engine, object: ObjectDef, id: string): void {
  const { store } = engine;
  const row = store.row(object, id);
  const known = store.prepare('SELECT doc FROM sys_search_doc WHERE record_id = ?').get(id) as { doc: number } | undefined;
  if (known) store.prepare('DELETE FROM sys_search WHERE rowid = ?').run(known.doc);
  if (!row || row['IsDeleted'] === 1) {
    if (known) store.prepare('DELETE FROM sys_search_doc WHERE doc = ?').run(known.doc);
    return;
  }
  const insert = store.prepare('INSERT INTO sys_search_doc (record_id, object) VALUES (?, ?)');
  const doc = known ? known.doc : Number(insert.run(id, object.name).lastInsertRowid);
  const text = documentOf(object, row);
  store
    .prepare('INSERT INTO sys_search (rowid, name, email, phone, rest) VALUES (?, ?, ?, ?, ?)')
    .run(doc, text.name, text.email, text.phone, text.rest);
}

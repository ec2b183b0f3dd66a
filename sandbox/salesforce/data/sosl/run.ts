/** Runs a search: index → candidates → fields, sharing and conditions through the query compiler. */
import type { Actor, Engine } from '../engine.ts';
import { canSeeObject, visibleObject } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import type { ObjectDef } from '../model.ts';
import { compileQuery, planSql, runRows } from '../soql/compile.ts';
import { parseSoql } from '../soql/run.ts';
import type { ApiRecord } from '../soql/select.ts';
import { documentOf, flushDue, isIndexed } from './index-store.ts';
import type { Document } from './index-store.ts';
import { MAX_ROWS } from './parse.ts';
import type { Returning, SearchGroup, SearchRequest } from './parse.ts';
import { parseTerm } from './term.ts';
import type { Term } from './term.ts';

const COLUMNS: Record<SearchGroup, (keyof Document)[]> = {
  ALL: ['name', 'email', 'phone', 'rest'],
  SIDEBAR: ['name', 'email', 'phone'],
  NAME: ['name'],
  EMAIL: ['email'],
  PHONE: ['phone'],
};
/** Words that a wildcard in the middle may stand for. */
const MAX_EXPANSION = 500;
/** A word that no text yields, because it mixes what the cutter keeps with a sign that it never lets through. */
const NOTHING = '"\u{e000}"';

/** Records in the order of RETURNING, at most 2,000. */
export function runSearch(engine: Engine, actor: Actor, request: SearchRequest, urlBase: string): ApiRecord[] {
  const term = parseTerm(request.text);
  const targets = (request.returning.length > 0 ? request.returning : everything(engine, actor)).map((target) => {
    const object = visibleObject(engine, actor, target.object);
    if (!object.searchable) throw new SalesforceError(400, 'INVALID_TYPE', `entity type ${object.name} does not support search`);
    flushDue(engine, object);
    return { target, object };
  });
  const match = `{${COLUMNS[request.group].join(' ')}} : (${toMatch(engine, term)})`;
  const out: ApiRecord[] = [];
  for (const { target, object } of targets) {
    const ids = candidates(engine, actor, object, match, term, request.group);
    out.push(...readRecords(engine, actor, target, object, ids, urlBase));
    if (out.length >= request.limit) break;
  }
  return out.slice(0, Math.min(request.limit, MAX_ROWS));
}

function everything(engine: Engine, actor: Actor): Returning[] {
  return engine.schema.objects
    .filter((object) => object.searchable && canSeeObject(actor, object))
    .map((object) => ({ object: object.name, fields: ['Id'], clauses: '' }));
}

function readRecords(engine: Engine, actor: Actor, target: Returning, object: ObjectDef, ids: string[], urlBase: string): ApiRecord[] {
  const fields = target.fields.length === 0 ? 'Id' : target.fields.join(', ');
  const soql = `SELECT ${fields} FROM ${object.name} ${target.clauses}`;
  const plan = compileQuery(engine, actor, soql, parseSoql(soql), { allRows: false, urlBase, within: JSON.stringify(ids) });
  if (plan.selection.aggregate) throw new SalesforceError(400, 'MALFORMED_SEARCH', 'Aggregate functions are not allowed in RETURNING');
  const limit = Math.min(plan.limit ?? MAX_ROWS, MAX_ROWS);
  return runRows(engine, planSql(plan), [...plan.params, limit, plan.offset]).map((row) => plan.selection.build(row, urlBase));
}

function candidates(engine: Engine, actor: Actor, object: ObjectDef, match: string, term: Term, group: SearchGroup): string[] {
  const rows = engine.store.rows(
    'SELECT d.record_id AS id FROM sys_search s JOIN sys_search_doc d ON d.doc = s.rowid WHERE sys_search MATCH ? AND d.object = ? ORDER BY d.doc DESC',
    [match, object.name],
  );
  const ids = rows.map((row) => String(row['id']));
  const rights = actor.rights;
  const hidden = rights && [...object.fields.values()].some((field) => isIndexed(field) && !rights.field(object, field).read);
  if (!rights || !hidden) return ids;
  // The index knows all fields; what was found in a hidden one must not be found.
  return ids.filter((id) => {
    const row = engine.store.row(object, id);
    return (
      row !== undefined &&
      holds(
        term,
        documentOf(object, row, (field) => rights.field(object, field).read),
        COLUMNS[group],
      )
    );
  });
}

function quoteWord(word: string): string {
  return `"${word.replaceAll('"', '')}"`;
}

function toMatch(engine: Engine, term: Term): string {
  switch (term.kind) {
    case 'phrase':
      return `"${term.words.join(' ')}"`;
    case 'and':
    case 'or':
      return `(${term.of.map((part) => toMatch(engine, part)).join(term.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `(${toMatch(engine, term.keep)} NOT ${toMatch(engine, term.drop)})`;
    case 'word':
      return wordMatch(engine, term.word);
  }
}

function wordMatch(engine: Engine, word: string): string {
  if (!/[*?]/.test(word)) return quoteWord(word);
  const prefix = word.slice(0, -1);
  if (word.endsWith('*') && !/[*?]/.test(prefix)) return `${quoteWord(prefix)} *`;
  const rows = engine.store.rows('SELECT term FROM sys_search_word WHERE term GLOB ? LIMIT ?', [word, MAX_EXPANSION]);
  return rows.length === 0 ? NOTHING : `(${rows.map((row) => quoteWord(String(row['term']))).join(' OR ')})`;
}

/** The same question asked of one document without the index. */
function holds(term: Term, document: Document, columns: (keyof Document)[]): boolean {
  switch (term.kind) {
    case 'and':
      return term.of.every((part) => holds(part, document, columns));
    case 'or':
      return term.of.some((part) => holds(part, document, columns));
    case 'not':
      return holds(term.keep, document, columns) && !holds(term.drop, document, columns);
    case 'phrase':
      return columns.some((column) => ` ${document[column]} `.includes(` ${term.words.join(' ')} `));
    case 'word': {
      const pattern = new RegExp(`^${term.word.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u');
      return columns.some((column) => document[column].split(' ').some((word) => pattern.test(word)));
    }
  }
}

/** Running queries: parsing, paging by locator, COUNT(). */
import { parseQuery } from '@jetstreamapp/soql-parser-js';
import type { Query } from '@jetstreamapp/soql-parser-js';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { SYSTEM_PERMISSIONS } from '../rights.ts';
import { compileQuery, planSql, runRows } from './compile.ts';
import type { Plan } from './compile.ts';
import { malformed } from './condition.ts';
import type { ApiRecord } from './select.ts';

/** Rows of one page. Source: REST query resource; a client may ask for 200 to 2,000. */
export const PAGE_SIZE = 2000;
/** Longest query text. Source: SOQL limits. */
const MAX_QUERY = 100_000;
const LOCATOR_LIFE_MS = 2 * 24 * 3600 * 1000;

export interface QueryResult {
  totalSize: number;
  done: boolean;
  records: ApiRecord[];
  /** `01g…-2000`, to be put below `/query/`. */
  nextLocator?: string;
}

export interface RunOptions {
  allRows?: boolean;
  urlBase?: string;
  /** Undefined: everything in one result. */
  pageSize?: number;
  sessionId?: string;
}

const URL_BASE = '/services/data/v65.0';

/** Parses; anything the grammar does not know is MALFORMED_QUERY. */
export function parseSoql(soql: string): Query {
  if (soql.length > MAX_QUERY) throw malformed('SOQL statements cannot be longer than 100000 characters.');
  let query: Query;
  try {
    // Without options: any option object makes the library build its parser anew (40 ms instead of 0.3).
    query = parseQuery(soql);
  } catch (error) {
    throw malformed(parserText(soql, error));
  }
  if (!query.fields || query.fields.length === 0 || !query.sObject) throw malformed("unexpected token: '<EOF>'");
  return query;
}

function parserText(soql: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const token = /found:? -->\s*'?([^']*?)'?\s*<--/.exec(message)?.[1] ?? '';
  const shown = token === '' ? '<EOF>' : token;
  const at = token === '' ? soql.length : Math.max(0, soql.indexOf(token));
  return `\n${soql.slice(Math.max(0, at - 40), at + 30).replace(/\s+/g, ' ')}\n${' '.repeat(Math.min(40, at))}^\nERROR at Row:1:Column:${at + 1}\nunexpected token: '${shown}'`;
}

/** Runs SOQL for an actor with the actor's rights and sharing. */
export function runQuery(engine: Engine, actor: Actor, soql: string, options: RunOptions = {}): QueryResult {
  const query = parseSoql(soql);
  if (query.sObject?.toLowerCase() === 'userpermissionaccess') fillPermissionAccess(engine, actor);
  const urlBase = options.urlBase ?? URL_BASE;
  const allRows = options.allRows ?? false;
  const plan = compileQuery(engine, actor, soql, query, { allRows, urlBase });
  const sql = planSql(plan);
  if (plan.selection.countOnly) {
    const [row] = runRows(engine, sql, [...plan.params, -1, 0]);
    const total = Number(row?.[0] ?? 0);
    return { totalSize: plan.limit === undefined ? total : Math.min(total, plan.limit), done: true, records: [] };
  }
  const page = options.pageSize ?? Number.MAX_SAFE_INTEGER;
  const limit = Math.min(plan.limit ?? Number.MAX_SAFE_INTEGER, page === Number.MAX_SAFE_INTEGER ? page : page + 1);
  const rows = runRows(engine, sql, [...plan.params, limit, plan.offset]);
  const records = rows.slice(0, page).map((row) => plan.selection.build(row, urlBase));
  if (rows.length <= page) return { totalSize: rows.length, done: true, records };
  if (plan.selection.aggregate)
    throw new SalesforceError(
      400,
      'EXCEEDED_ID_LIMIT',
      'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
    );
  const ids = planIds(engine, plan);
  const locator = saveLocator(engine, actor, soql, allRows, ids, options.sessionId ?? '');
  return { totalSize: ids.length, done: false, records, nextLocator: `${locator}-${page}` };
}

/** Ids of all rows of a plan, in its order. */
export function planIds(engine: Engine, plan: Plan): string[] {
  const rows = runRows(engine, `SELECT ${plan.selection.columns[0]} ${plan.tail} LIMIT ? OFFSET ?`, [
    ...plan.params,
    plan.limit ?? -1,
    plan.offset,
  ]);
  return rows.map((row) => String(row[0]));
}

function saveLocator(engine: Engine, actor: Actor, soql: string, allRows: boolean, ids: string[], sessionId: string): string {
  const now = engine.clock.now().getTime();
  const id = `01gSb${String(engine.store.next('locator')).padStart(13, '0')}`;
  engine.store.prepare('DELETE FROM sys_locator WHERE created_ms < ?').run(now - LOCATOR_LIFE_MS);
  engine.store
    .prepare('INSERT INTO sys_locator (id, user_id, session_id, query, all_rows, ids, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(id, actor.userId, sessionId, soql, allRows ? 1 : 0, JSON.stringify(ids), now);
  return id;
}

/** The page of a locator `01g…-<offset>`; only for the user who opened it, otherwise INVALID_QUERY_LOCATOR. */
export function nextPage(engine: Engine, actor: Actor, locator: string, options: RunOptions): QueryResult {
  const match = /^(01g\w+)-(\d+)$/.exec(locator);
  const saved = match
    ? (engine.store.prepare('SELECT * FROM sys_locator WHERE id = ? AND user_id = ?').get(match[1] as string, actor.userId) as
        { query: string; all_rows: number; ids: string; created_ms: number } | undefined)
    : undefined;
  if (!match || !saved || saved.created_ms < engine.clock.now().getTime() - LOCATOR_LIFE_MS) {
    throw new SalesforceError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  const ids = JSON.parse(saved.ids) as string[];
  const from = Number(match[2]);
  const size = options.pageSize ?? PAGE_SIZE;
  const slice = ids.slice(from, from + size);
  const urlBase = options.urlBase ?? URL_BASE;
  const plan = compileQuery(engine, actor, saved.query, parseSoql(saved.query), { allRows: true, urlBase, ids: JSON.stringify(slice) });
  const order = new Map(slice.map((id, index) => [id, index]));
  const rows = runRows(engine, planSql(plan), [...plan.params, -1, 0]);
  rows.sort((a, b) => (order.get(String(a[0])) ?? 0) - (order.get(String(b[0])) ?? 0));
  const done = from + size >= ids.length;
  return {
    totalSize: ids.length,
    done,
    records: rows.map((row) => plan.selection.build(row, urlBase)),
    ...(done ? {} : { nextLocator: `${match[1]}-${from + size}` }),
  };
}

/** UserPermissionAccess has one row: the caller's own system permissions. */
function fillPermissionAccess(engine: Engine, actor: Actor): void {
  const names = SYSTEM_PERMISSIONS.map((name) => `"Permissions${name}"`);
  const values = SYSTEM_PERMISSIONS.map((name) => (!actor.rights || actor.rights.systemPermissions.has(name) ? 1 : 0));
  engine.store.prepare('DELETE FROM "UserPermissionAccess"').run();
  engine.store
    .prepare(
      `INSERT INTO "UserPermissionAccess" ("Id", ${names.join(', ')}) VALUES ('000000000000000AAA', ${names.map(() => '?').join(', ')})`,
    )
    .run(...values);
}

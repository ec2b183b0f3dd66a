/** Conditions as parameterised SQL. */
import type { SQLInputValue } from 'node:sqlite';
import type { Query } from '@jetstreamapp/soql-parser-js';
import { parseInstant } from '../convert.ts';
import { SalesforceError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import { stamp } from '../clock.ts';
import type { FieldDef } from '../model.ts';
import { quote } from '../tables.ts';
import { malformed } from './condition.ts';
import type { ConditionTree, Leaf } from './condition.ts';
import { literalRange, startOfDay } from './dates.ts';
import { functionSql } from './functions.ts';
import { located, resolve } from './scope.ts';
import type { Resolved, Scope } from './scope.ts';

/** Compiles an inner query of a semi-join; appends its parameters. */
export type SubqueryCompiler = (scope: Scope, query: Query, params: SQLInputValue[]) => string;

/** SQL of a condition tree. Aggregate functions are allowed in HAVING only (`aggregates`). */
export function treeSql(
  scope: Scope,
  tree: ConditionTree,
  params: SQLInputValue[],
  subquery: SubqueryCompiler,
  aggregates = false,
): string {
  if (tree.kind === 'leaf') return leafSql(scope, tree.leaf, params, subquery, aggregates);
  // SOQL knows two truth values only: what is unknown counts as false, so its negation is true.
  if (tree.kind === 'not') return `NOT coalesce(${treeSql(scope, tree.of, params, subquery, aggregates)}, 0)`;
  return `(${tree.of.map((part) => treeSql(scope, part, params, subquery, aggregates)).join(tree.kind === 'and' ? ' AND ' : ' OR ')})`;
}

function leafSql(scope: Scope, leaf: Leaf, params: SQLInputValue[], subquery: SubqueryCompiler, aggregates: boolean): string {
  const any = leaf as {
    field?: string;
    fn?: { functionName?: string; parameters?: unknown[] };
    operator: string;
    value?: string | string[];
    literalType?: string | string[];
    valueQuery?: Query;
  };
  const target = any.fn ? functionSql(scope, any.fn, aggregates) : resolve(scope, any.field ?? '');
  const operator = any.operator.toUpperCase();
  if (target.field.type === 'longtextarea') {
    const text = `field '${target.field.name}' can not be filtered in a query call`;
    throw new SalesforceError(400, 'INVALID_FIELD', located(scope.soql, target.field.name, text));
  }
  if (any.valueQuery) {
    if (target.field.type !== 'id' && target.field.type !== 'reference')
      throw malformed(`The left operand '${target.field.name}' in the where expression for the subquery must be an id or reference field`);
    const inner = subquery(scope, any.valueQuery, params);
    // NULL inside the inner result must not make NOT IN unknown.
    return operator === 'NOT IN' ? `(${target.sql} IS NULL OR ${target.sql} NOT IN (${inner}))` : `${target.sql} IN (${inner})`;
  }
  const types = any.literalType;
  if (Array.isArray(any.value)) {
    const values = any.value.map((value, i) =>
      literal(scope, target.field, value, Array.isArray(types) ? (types[i] ?? 'STRING') : (types ?? 'STRING')),
    );
    return listSql(target, operator, values, params);
  }
  const raw = any.value ?? '';
  const type = Array.isArray(types) ? (types[0] ?? 'STRING') : (types ?? 'STRING');
  if (type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL') return rangeSql(scope, target, operator, raw, params);
  return singleSql(scope, target, operator, literal(scope, target.field, raw, type, operator === 'LIKE'), params);
}

type Value = string | number | null;

const TEXT = new Set(['string', 'textarea', 'phone', 'email', 'url', 'picklist', 'multipicklist', 'combobox']);

/** A literal checked against the field's type and turned into its stored form. */
function literal(scope: Scope, field: FieldDef, raw: string, type: string, like = false): Value {
  if (type === 'NULL' || raw.toLowerCase() === 'null') return null;
  const wrong = (kind: string, quoted: boolean) =>
    new SalesforceError(
      400,
      'INVALID_FIELD',
      located(
        scope.soql,
        field.name,
        `value of filter criterion for field '${field.name}' must be of type ${kind} and should ${quoted ? '' : 'not '}be enclosed in quotes`,
      ),
    );
  if (field.type === 'id' || field.type === 'reference') {
    if (type !== 'STRING') throw wrong('string', true);
    const id = unescape(raw, false);
    if (id === '') return null;
    const normal = normaliseId(id);
    if (!normal)
      throw new SalesforceError(400, 'INVALID_QUERY_FILTER_OPERATOR', located(scope.soql, field.name, `invalid ID field: ${id}`));
    return normal;
  }
  if (TEXT.has(field.type)) {
    if (type !== 'STRING') throw wrong('string', true);
    const text = unescape(raw, like);
    return text === '' ? null : text;
  }
  if (field.type === 'boolean') {
    if (type !== 'BOOLEAN') throw wrong('boolean', false);
    return raw.toUpperCase() === 'TRUE' ? 1 : 0;
  }
  if (field.type === 'date') {
    if (type !== 'DATE') throw wrong('date', false);
    return raw;
  }
  if (field.type === 'datetime') {
    const parsed = type === 'DATETIME' ? parseInstant(raw) : undefined;
    if (!parsed) throw wrong('dateTime', false);
    return stamp(parsed);
  }
  if (type !== 'INTEGER' && type !== 'DECIMAL') throw wrong(field.type === 'int' ? 'int' : 'double', false);
  return Number(raw);
}

/** Text of a quoted literal. In a LIKE pattern the escapes of wildcards stay for the pattern. */
function unescape(raw: string, like: boolean): string {
  const inner = raw.startsWith("'") && raw.endsWith("'") ? raw.slice(1, -1) : raw;
  return inner.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (whole, code: string) => {
    const plain: Record<string, string> = { n: '\n', N: '\n', r: '\r', R: '\r', t: '\t', T: '\t', b: '\b', f: '\f', "'": "'", '"': '"' };
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (like && (code === '%' || code === '_' || code === '\\')) return whole;
    if (code === '\\') return '\\';
    const value = plain[code];
    if (value === undefined)
      throw malformed(`Invalid string literal '${inner.slice(0, 60)}'. Illegal character sequence '\\${code}' in string literal.`);
    return value;
  });
}

/** SQLite folds ASCII only; other letters go through our own function (no index, but right). */
function folds(field: FieldDef, value: Value): boolean {
  return TEXT.has(field.type) && !field.caseSensitive && typeof value === 'string' && /[^ -~\s]/.test(value);
}

function singleSql(scope: Scope, target: Resolved, operator: string, value: Value, params: SQLInputValue[]): string {
  const { sql, field } = target;
  const column = field.type === 'boolean' && target.join ? `coalesce(${sql}, 0)` : sql;
  if (operator === 'LIKE') return likeSql(scope, target, value, params);
  if (value === null) {
    if (operator === '=') return `${column} IS NULL`;
    if (operator === '!=' || operator === '<>') return `${column} IS NOT NULL`;
    return '0';
  }
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') return listSql(target, operator, [value], params);
  if (field.type === 'boolean' && operator !== '=' && operator !== '!=') {
    throw new SalesforceError(400, 'INVALID_QUERY_FILTER_OPERATOR', located(scope.soql, field.name, 'invalid operator on boolean field'));
  }
  const key = operator === '=' && !folds(field, value) ? parentKey(target) : undefined;
  params.push(value);
  if (key?.single) return `${key.column} = (SELECT "Id" FROM ${key.table} WHERE ${key.field} = ? AND "IsDeleted" = 0)`;
  const [left, right] = folds(field, value) ? [`sf_fold(${column})`, 'sf_fold(?)'] : [column, '?'];
  if (operator === '!=' || operator === '<>') return `(${left} <> ${right} OR ${column} IS NULL)`;
  if (!['=', '<', '>', '<=', '>='].includes(operator)) throw malformed(`unexpected operator: ${operator}`);
  return `${left} ${operator} ${right}`;
}

/**
 * A condition on a parent's key, seen from the child: the look-up column against the parent's id. SQLite would
 * otherwise walk all children of an outer join; this way it goes from the one parent to its children by index.
 */
function parentKey(target: Resolved): { column: string; table: string; field: string; single: boolean } | undefined {
  const { join, field } = target;
  const [parent] = join?.targets ?? [];
  if (!join || !parent || join.parent || join.targets.length > 1) return undefined;
  if (!field.unique && !field.externalId) return undefined;
  return { column: join.column, table: quote(parent.object.name), field: quote(field.name), single: field.unique };
}

function likeSql(scope: Scope, { sql, field }: Resolved, value: Value, params: SQLInputValue[]): string {
  if (!TEXT.has(field.type))
    throw new SalesforceError(
      400,
      'INVALID_QUERY_FILTER_OPERATOR',
      located(scope.soql, field.name, `invalid operator on ${field.type} field`),
    );
  if (value === null) return `${sql} IS NULL`;
  params.push(value);
  const escape = String(value).includes('\\') ? " ESCAPE '\\'" : '';
  return folds(field, value) ? `sf_fold(${sql}) LIKE sf_fold(?)${escape}` : `${sql} LIKE ?${escape}`;
}

function listSql({ sql, field, join }: Resolved, operator: string, values: Value[], params: SQLInputValue[]): string {
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') {
    const parts = values.map((value) => {
      const wanted = String(value ?? '').split(';');
      params.push(...wanted.map((entry) => `%;${entry};%`));
      return `(${wanted.map(() => `';' || ${sql} || ';' LIKE ?`).join(' AND ')})`;
    });
    return operator === 'INCLUDES' ? `(${parts.join(' OR ')})` : `NOT coalesce((${parts.join(' OR ')}), 0)`;
  }
  const given = values.filter((value) => value !== null);
  const withNull = given.length < values.length;
  const fold = given.some((value) => folds(field, value));
  params.push(...given);
  const marks = given.map(() => (fold ? 'sf_fold(?)' : '?')).join(', ');
  const key = operator === 'IN' && !withNull && !fold ? parentKey({ sql, field, join }) : undefined;
  if (key && given.length > 0)
    return `${key.column} IN (SELECT "Id" FROM ${key.table} WHERE ${key.field} IN (${marks}) AND "IsDeleted" = 0)`;
  const inList = given.length === 0 ? '0' : `${fold ? `sf_fold(${sql})` : sql} IN (${marks})`;
  if (operator === 'IN') return withNull ? `(${inList} OR ${sql} IS NULL)` : inList;
  if (operator === 'NOT IN') return withNull ? `(NOT coalesce(${inList}, 0) AND ${sql} IS NOT NULL)` : `NOT coalesce(${inList}, 0)`;
  throw malformed(`unexpected operator: ${operator}`);
}

function rangeSql(scope: Scope, { sql, field }: Resolved, operator: string, raw: string, params: SQLInputValue[]): string {
  const zone = scope.engine.users.byId(scope.actor.userId)?.timeZone ?? 'UTC';
  const range = literalRange(raw, scope.engine.clock.now(), zone);
  if (!range || (field.type !== 'date' && field.type !== 'datetime')) {
    throw new SalesforceError(
      400,
      'INVALID_FIELD',
      located(scope.soql, field.name, `value of filter criterion for field '${field.name}' must be of type ${field.type}`),
    );
  }
  const edge = (day: string) => (field.type === 'date' ? day : stamp(startOfDay(day, zone)));
  const [start, end] = [edge(range.start), edge(range.end)];
  const use = (...values: string[]) => params.push(...values);
  switch (operator) {
    case '=':
      use(start, end);
      return `(${sql} >= ? AND ${sql} < ?)`;
    case '!=':
      use(start, end);
      return `NOT coalesce(${sql} >= ? AND ${sql} < ?, 0)`;
    case '<':
      use(start);
      return `${sql} < ?`;
    case '<=':
      use(end);
      return `${sql} < ?`;
    case '>':
      use(end);
      return `${sql} >= ?`;
    case '>=':
      use(start);
      return `${sql} >= ?`;
    default:
      throw malformed(`unexpected operator: ${operator}`);
  }
}

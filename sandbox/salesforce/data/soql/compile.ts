/** A parsed query as one SQL statement plus readers for its child subqueries. */
import type { SQLInputValue } from 'node:sqlite';
import type { OrderByClause, Query, QueryBase, Subquery } from '@jetstreamapp/soql-parser-js';
import type { Stored } from '../convert.ts';
import { canSeeObject, visibleObject } from '../engine.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { readableSql } from '../sharing.ts';
import { quote } from '../tables.ts';
import { conditionTree, malformed } from './condition.ts';
import { functionSql } from './functions.ts';
import { located, makeScope, resolve } from './scope.ts';
import type { Scope } from './scope.ts';
import { compileSelect } from './select.ts';
import type { Selection } from './select.ts';
import { treeSql } from './where.ts';

/** Most rows that OFFSET may skip. Source: SOQL reference. */
const MAX_OFFSET = 2000;

export interface Plan {
  object: ObjectDef;
  selection: Selection;
  /** FROM … ORDER BY …, without limit. */
  tail: string;
  params: SQLInputValue[];
  limit: number | undefined;
  offset: number;
}

export interface CompileOptions {
  allRows: boolean;
  urlBase: string;
  /** Only these ids (a later page); replaces the query's own conditions. */
  ids?: string;
  /** Only rows among these ids (JSON list), besides the query's own conditions. */
  within?: string;
}

/** Compiles a root query for an actor. Throws INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY. */
export function compileQuery(engine: Engine, actor: Actor, soql: string, query: Query, options: CompileOptions): Plan {
  const object = visibleObject(engine, actor, query.sObject ?? '');
  if (object.kind === 'event')
    throw new SalesforceError(400, 'INVALID_TYPE_FOR_OPERATION', `entity type ${object.name} does not support query`);
  const scope = makeScope(engine, actor, soql, object, 't', query.sObjectAlias);
  return compileIn(scope, query, options, undefined);
}

function compileIn(scope: Scope, query: QueryBase, options: CompileOptions, link: FieldDef | undefined): Plan {
  const groups = query.groupBy === undefined ? [] : Array.isArray(query.groupBy) ? query.groupBy : [query.groupBy];
  const grouped = groups.map((group) => {
    const found = 'field' in group ? resolve(scope, group.field) : functionSql(scope, group.fn, false);
    if (found.field.type === 'longtextarea')
      throw new SalesforceError(
        400,
        'INVALID_FIELD',
        located(scope.soql, found.field.name, `field '${found.field.name}' can not be grouped in a query call`),
      );
    return found.sql;
  });
  const selection = compileSelect(scope, query.fields ?? [], grouped, (outer, subquery) => childReader(outer, subquery, options));
  checkFields(query);
  const params: SQLInputValue[] = [];
  const where: string[] = [];
  if (options.ids !== undefined && !link) {
    where.push(`${scope.alias}."Id" IN (SELECT value FROM json_each(?))`);
    params.push(options.ids);
  } else {
    if (link) where.push(`${scope.alias}.${quote(link.name)} = ?`);
    if (options.within !== undefined) {
      where.push(`${scope.alias}."Id" IN (SELECT value FROM json_each(?))`);
      params.push(options.within);
    }
    where.push(...conditions(scope, query, options.allRows, params));
  }
  const having = query.having ? treeSql(scope, conditionTree(query.having), params, semiJoin, true) : undefined;
  const order = orderSql(scope, query.orderBy, selection);
  const tail = [
    `FROM ${quote(scope.object.name)} ${scope.alias}`,
    ...scope.joinSql,
    where.length > 0 ? `WHERE ${where.join(' AND ')}` : '',
    grouped.length > 0 ? `GROUP BY ${grouped.join(', ')}` : '',
    having ? `HAVING ${having}` : '',
    order ? `ORDER BY ${order}` : '',
  ].join(' ');
  const offset = query.offset ?? 0;
  if (offset > MAX_OFFSET) throw new SalesforceError(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
  return { object: scope.object, selection, tail, params, limit: query.limit, offset };
}

/** WHERE, recycle bin, scope and sharing of one level. */
function conditions(scope: Scope, query: QueryBase, allRows: boolean, params: SQLInputValue[]): string[] {
  const out: string[] = [];
  if (query.where) out.push(treeSql(scope, conditionTree(query.where), params, semiJoin));
  if (!allRows) out.push(`${scope.alias}."IsDeleted" = 0`);
  if (query.usingScope?.toLowerCase() === 'mine' && scope.object.owned) {
    out.push(`${scope.alias}."OwnerId" = ?`);
    params.push(scope.actor.userId);
  }
  const sharing = readableSql(scope.engine, scope.actor, scope.object, scope.alias, params);
  if (sharing) out.push(sharing);
  return out;
}

function checkFields(query: QueryBase): void {
  const whole = query.fields?.some(
    (entry) =>
      entry.type === 'FieldFunctionExpression' &&
      entry.functionName.toUpperCase() === 'FIELDS' &&
      String(entry.parameters[0]).toUpperCase() !== 'STANDARD',
  );
  if (whole && (query.limit === undefined || query.limit > 200))
    throw malformed('The SOQL FIELDS function must have a LIMIT of at most 200');
}

/** Inner query of IN / NOT IN: one id-like column, with the caller's rights. */
function semiJoin(outer: Scope, query: Query, params: SQLInputValue[]): string {
  const object = visibleObject(outer.engine, outer.actor, query.sObject ?? '');
  outer.nested += 1;
  const scope = makeScope(outer.engine, outer.actor, outer.soql, object, `${outer.alias}s${outer.nested}`, query.sObjectAlias);
  const [entry] = query.fields ?? [];
  if (query.fields?.length !== 1 || !entry || (entry.type !== 'Field' && entry.type !== 'FieldRelationship'))
    throw malformed('A subquery of IN selects exactly one field');
  const found = resolve(scope, entry.type === 'Field' ? entry.field : [...entry.relationships, entry.field].join('.'));
  if (found.field.type !== 'id' && found.field.type !== 'reference')
    throw malformed(`The selected field '${found.field.name}' in the subquery must be an id or reference field`);
  const where = conditions(scope, query, false, params);
  where.push(`${found.sql} IS NOT NULL`);
  return `SELECT ${found.sql} FROM ${quote(object.name)} ${scope.alias} ${scope.joinSql.join(' ')} WHERE ${where.join(' AND ')}`;
}

function orderSql(scope: Scope, orderBy: OrderByClause | OrderByClause[] | undefined, selection: Selection): string {
  const list = orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy : [orderBy];
  return list
    .map((entry) => {
      const alias = 'field' in entry ? selection.aliases.get(entry.field.toLowerCase()) : undefined;
      const found =
        'field' in entry ? (alias ? undefined : resolve(scope, entry.field)) : functionSql(scope, entry.fn, selection.aggregate);
      if (found?.field.type === 'longtextarea')
        throw new SalesforceError(
          400,
          'INVALID_FIELD',
          located(scope.soql, found.field.name, `field '${found.field.name}' can not be sorted in a query call`),
        );
      return `${alias ?? found?.sql} ${entry.order ?? 'ASC'} NULLS ${entry.nulls ?? 'FIRST'}`;
    })
    .join(', ');
}

function childReader(outer: Scope, subquery: Subquery, options: CompileOptions): { name: string; read: (parentId: string) => unknown } {
  const wanted = subquery.relationshipName.toLowerCase();
  const relation = outer.engine.schema.children(outer.object).find((entry) => entry.relationshipName?.toLowerCase() === wanted);
  if (!relation?.relationshipName || !canSeeObject(outer.actor, relation.childObject)) {
    const text = `Didn't understand relationship '${subquery.relationshipName}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw new SalesforceError(400, 'INVALID_TYPE', located(outer.soql, subquery.relationshipName, text));
  }
  outer.nested += 1;
  const scope = makeScope(
    outer.engine,
    outer.actor,
    outer.soql,
    relation.childObject,
    `${outer.alias}c${outer.nested}`,
    subquery.sObjectAlias,
  );
  const { ids: _parents, within: _found, ...childOptions } = options;
  const plan = compileIn(scope, subquery, childOptions, relation.field);
  if (plan.selection.aggregate) throw malformed('Only root queries support aggregate expressions');
  const sql = planSql(plan);
  return {
    name: relation.relationshipName,
    read(parentId) {
      const rows = runRows(outer.engine, sql, [parentId, ...plan.params, plan.limit ?? -1, plan.offset]);
      if (rows.length === 0) return null;
      return { totalSize: rows.length, done: true, records: rows.map((row) => plan.selection.build(row, options.urlBase)) };
    },
  };
}

/** The statement of a plan; its last two parameters are limit (-1 none) and offset. */
export function planSql(plan: Plan): string {
  return `SELECT ${plan.selection.columns.join(', ')} ${plan.tail} LIMIT ? OFFSET ?`;
}

/** Rows as arrays of cells in column order. */
export function runRows(engine: Engine, sql: string, params: readonly SQLInputValue[]): Stored[][] {
  const statement = engine.store.prepare(sql);
  statement.setReturnArrays(true);
  return statement.all(...params) as unknown as Stored[][];
}

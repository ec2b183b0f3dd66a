/** Aggregate, date and display functions. */
import { SalesforceError } from '../errors.ts';
import { field } from '../model.ts';
import type { FieldDef } from '../model.ts';
import { malformed } from './condition.ts';
import { located, resolve } from './scope.ts';
import type { Resolved, Scope } from './scope.ts';

const AGGREGATES = new Set(['COUNT', 'COUNT_DISTINCT', 'SUM', 'MIN', 'MAX', 'AVG']);

const DATES: Record<string, string> = {
  CALENDAR_YEAR: '%Y',
  CALENDAR_MONTH: '%m',
  DAY_IN_MONTH: '%d',
  DAY_IN_YEAR: '%j',
  HOUR_IN_DAY: '%H',
};

/** True for COUNT, SUM and their like. */
export function isAggregate(name: string | undefined): boolean {
  return name !== undefined && AGGREGATES.has(name.toUpperCase());
}

/** SQL and result type of a function call. */
export function functionSql(scope: Scope, call: { functionName?: string; parameters?: unknown[] }, aggregates: boolean): Resolved {
  const name = (call.functionName ?? '').toUpperCase();
  const [argument] = call.parameters ?? [];
  if (name === 'COUNT' && (argument === undefined || argument === ''))
    return { sql: 'count(*)', field: field('expr', 'int'), join: undefined };
  const inner = typeof argument === 'string' ? resolve(scope, argument) : functionSql(scope, argument ?? {}, aggregates);
  if (AGGREGATES.has(name)) {
    if (!aggregates) throw malformed(located(scope.soql, name, 'Grouped fields and aggregate functions are not allowed here'));
    return aggregate(scope, name, inner);
  }
  if (name === 'TOLABEL' || name === 'FORMAT' || name === 'CONVERTTIMEZONE') return inner;
  if (name === 'DAY_ONLY') return { ...inner, sql: `substr(${inner.sql}, 1, 10)`, field: field(inner.field.name, 'date') };
  const format = DATES[name];
  if (format && (inner.field.type === 'date' || inner.field.type === 'datetime')) {
    return { ...inner, sql: `CAST(strftime('${format}', ${inner.sql}) AS INTEGER)`, field: field(inner.field.name, 'int') };
  }
  throw malformed(located(scope.soql, call.functionName ?? '', `unexpected token: '${call.functionName ?? ''}'`));
}

function aggregate(scope: Scope, name: string, inner: Resolved): Resolved {
  const numeric = ['int', 'double', 'currency', 'percent'].includes(inner.field.type);
  const refuse = () =>
    new SalesforceError(
      400,
      'MALFORMED_QUERY',
      located(scope.soql, inner.field.name, `field ${inner.field.name} does not support aggregate operator ${name}`),
    );
  if (inner.field.type === 'longtextarea') throw refuse();
  if (name === 'COUNT') return typed(inner, `count(${inner.sql})`, field('expr', 'int'));
  if (name === 'COUNT_DISTINCT') return typed(inner, `count(DISTINCT ${inner.sql})`, field('expr', 'int'));
  if (name === 'SUM' || name === 'AVG') {
    if (!numeric) throw refuse();
    return typed(inner, `${name.toLowerCase()}(${inner.sql})`, field('expr', 'double'));
  }
  if (inner.field.type === 'boolean') throw refuse();
  return typed(inner, `${name.toLowerCase()}(${inner.sql})`, inner.field);
}

function typed(inner: Resolved, sql: string, type: FieldDef): Resolved {
  return { sql, field: type, join: inner.join };
}

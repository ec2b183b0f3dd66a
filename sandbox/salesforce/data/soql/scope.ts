/** Names in a query: fields of the queried object and of its parents, with the rights of the caller. */
import type { Actor, Engine } from '../engine.ts';
import { canSeeObject } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { field as makeField } from '../model.ts';
import { quote } from '../tables.ts';

/** One step upwards; a polymorphic reference has several targets. */
export interface Join {
  key: string;
  /** As the schema spells it. */
  name: string;
  parent: Join | undefined;
  field: FieldDef;
  targets: { alias: string; object: ObjectDef }[];
  idSql: string;
  /** The look-up column itself. */
  column: string;
}

export interface Scope {
  engine: Engine;
  actor: Actor;
  /** The whole query, for error positions. */
  soql: string;
  object: ObjectDef;
  alias: string;
  /** Lower-case prefixes that mean the object itself. */
  selfNames: string[];
  joins: Map<string, Join>;
  joinSql: string[];
  /** Scopes made inside this one so far. */
  nested: number;
}

export interface Resolved {
  sql: string;
  field: FieldDef;
  join: Join | undefined;
}

/** A scope over one object. Aliases depend only on the query's shape, so that the same query finds its prepared statement again. */
export function makeScope(engine: Engine, actor: Actor, soql: string, object: ObjectDef, alias = 't', selfAlias?: string): Scope {
  const selfNames = [object.name.toLowerCase(), ...(selfAlias ? [selfAlias.toLowerCase()] : [])];
  return { engine, actor, soql, object, alias, nested: 0, selfNames, joins: new Map(), joinSql: [] };
}

/** Error text with the place in the query, as the platform prints it. */
export function located(soql: string, name: string, text: string): string {
  const at = soql.toLowerCase().indexOf(name.toLowerCase());
  if (at < 0) return text;
  const from = Math.max(0, at - 40);
  const excerpt = soql.slice(from, at + name.length + 30).replace(/\s+/g, ' ');
  return `\n${excerpt}\n${' '.repeat(at - from)}^\nERROR at Row:1:Column:${at + 1}\n${text}`;
}

const HINT = (kind: string) => `Please reference your WSDL or the describe call for the appropriate names.${kind}`;

function noColumn(scope: Scope, name: string, object: ObjectDef): SalesforceError {
  const text = `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${HINT('')}`;
  return new SalesforceError(400, 'INVALID_FIELD', located(scope.soql, name, text));
}

function noRelationship(scope: Scope, name: string): SalesforceError {
  const text = `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${HINT('')}`;
  return new SalesforceError(400, 'INVALID_FIELD', located(scope.soql, name, text));
}

function mayRead(scope: Scope, object: ObjectDef, field: FieldDef): boolean {
  return !scope.actor.rights || scope.actor.rights.field(object, field).read;
}

/** Resolves `Name`, `Owner.Name`, `Contact__r.Account.Name`; INVALID_FIELD when a part is unknown or hidden. */
export function resolve(scope: Scope, path: string): Resolved {
  const parts = path.split('.');
  if (parts.length > 1 && scope.selfNames.includes((parts[0] as string).toLowerCase())) parts.shift();
  const name = parts.pop() as string;
  if (parts.length > 5)
    throw new SalesforceError(
      400,
      'INVALID_FIELD',
      located(scope.soql, path, 'Invalid field: relationship path is more than five levels deep'),
    );
  let join: Join | undefined;
  for (const step of parts) join = joinTo(scope, join, step);
  if (!join) return { sql: `${scope.alias}.${quote(ownField(scope, name).name)}`, field: ownField(scope, name), join };
  return throughJoin(scope, join, name);
}

function ownField(scope: Scope, name: string): FieldDef {
  const field = scope.engine.schema.field(scope.object, name);
  if (!field || !mayRead(scope, scope.object, field)) throw noColumn(scope, name, scope.object);
  return field;
}

function throughJoin(scope: Scope, join: Join, name: string): Resolved {
  const [single] = join.targets;
  if (join.targets.length > 1 && name.toLowerCase() === 'type') {
    const cases = join.targets.map(
      (target) => `WHEN ${target.alias}."Id" IS NOT NULL THEN '${target.object.name === 'Group' ? 'Queue' : target.object.name}'`,
    );
    return { sql: `CASE ${cases.join(' ')} END`, field: makeField('Type', 'string'), join };
  }
  const found = join.targets.flatMap((target) => {
    const field = scope.engine.schema.field(target.object, name);
    return field && mayRead(scope, target.object, field) ? [{ sql: `${target.alias}.${quote(field.name)}`, field }] : [];
  });
  const [first] = found;
  if (!first) throw noColumn(scope, name, single?.object ?? scope.object);
  const sql = found.length === 1 ? first.sql : `coalesce(${found.map((entry) => entry.sql).join(', ')})`;
  return { sql, field: first.field, join };
}

/** The join for one relationship step, made once per path. */
export function joinTo(scope: Scope, parent: Join | undefined, step: string): Join {
  const key = `${parent?.key ?? ''}${step.toLowerCase()}.`;
  const known = scope.joins.get(key);
  if (known) return known;
  const from = parent ? parent.targets : [{ alias: scope.alias, object: scope.object }];
  const owner = from.find((target) => scope.engine.schema.relationship(target.object, step));
  const field = owner && scope.engine.schema.relationship(owner.object, step);
  if (!owner || !field || !mayRead(scope, owner.object, field)) throw noRelationship(scope, step);
  const column = `${owner.alias}.${quote(field.name)}`;
  const targets = field.referenceTo
    .map((name) => scope.engine.schema.object(name))
    .filter((object): object is ObjectDef => object !== undefined && canSeeObject(scope.actor, object))
    .map((object, index) => ({ alias: `${scope.alias}j${scope.joins.size}_${index}`, object }));
  if (targets.length === 0) throw noRelationship(scope, step);
  for (const target of targets)
    scope.joinSql.push(`LEFT JOIN ${quote(target.object.name)} ${target.alias} ON ${target.alias}."Id" = ${column}`);
  const idSql =
    targets.length === 1 ? `${targets[0]?.alias}."Id"` : `coalesce(${targets.map((target) => `${target.alias}."Id"`).join(', ')})`;
  const join: Join = { key, name: field.relationshipName as string, parent, field, targets, idSql, column };
  scope.joins.set(key, join);
  return join;
}

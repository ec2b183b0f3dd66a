/** The SELECT list: which SQL columns to read, and how a row of them becomes a record of the API. */
import type { FieldType as ParsedField, Subquery } from '@jetstreamapp/soql-parser-js';
import { fromStored } from '../convert.ts';
import type { Stored } from '../convert.ts';
import { SalesforceError } from '../errors.ts';
import type { FieldDef } from '../model.ts';
import { malformed } from './condition.ts';
import { functionSql, isAggregate } from './functions.ts';
import { joinTo, located, resolve } from './scope.ts';
import type { Join, Scope } from './scope.ts';

export type Cells = readonly Stored[];
export type ApiRecord = Record<string, unknown>;

/** Reads the children of one parent record. */
export type ChildReader = (parentId: string) => unknown;
export type ChildCompiler = (scope: Scope, subquery: Subquery) => { name: string; read: ChildReader };

interface ParentNode {
  join: Join;
  idIndex: number;
  typeIndex: number;
  outputs: Output[];
}

type Output =
  | { kind: 'value'; name: string; index: number; field: FieldDef }
  | { kind: 'parent'; name: string; node: ParentNode }
  | { kind: 'typeof'; name: string; node: ParentNode; branches: Map<string, Output[]> }
  | { kind: 'children'; name: string; read: ChildReader };

export interface Selection {
  columns: string[];
  aggregate: boolean;
  /** COUNT() alone: the answer is only a total. */
  countOnly: boolean;
  build(cells: Cells, urlBase: string): ApiRecord;
  /** The selected values in the order of the SELECT list, for answers that are tables. `path`: as the schema spells it. */
  flat: { path: string; index: number; field: FieldDef }[];
  /** Names that ORDER BY may use for aggregates (aliases) to their SQL. */
  aliases: Map<string, string>;
}

/** Compiles the SELECT list. Column 0 is the record id unless the query aggregates. */
export function compileSelect(scope: Scope, fields: ParsedField[], grouped: string[], child: ChildCompiler): Selection {
  const aggregate =
    grouped.length > 0 || fields.some((entry) => entry.type === 'FieldFunctionExpression' && isAggregate(entry.functionName));
  const columns: string[] = aggregate ? [] : [`${scope.alias}."Id"`];
  const outputs: Output[] = [];
  const aliases = new Map<string, string>();
  const flat: Selection['flat'] = [];
  const parents = new Map<string, ParentNode>();
  const seen = new Set<string>();
  let unnamed = 0;
  const add = (sql: string) => columns.push(sql) - 1;

  const parentNode = (join: Join): ParentNode => {
    const known = parents.get(join.key);
    if (known) return known;
    const types = join.targets.map((target) => `WHEN ${target.alias}."Id" IS NOT NULL THEN '${target.object.name}'`).join(' ');
    const node: ParentNode = { join, idIndex: add(join.idSql), typeIndex: add(`CASE ${types} END`), outputs: [] };
    parents.set(join.key, node);
    (join.parent ? parentNode(join.parent).outputs : outputs).push({ kind: 'parent', name: join.name, node });
    return node;
  };

  const addField = (path: string, alias?: string) => {
    const key = path.toLowerCase();
    if (seen.has(key)) throw malformed(located(scope.soql, path, `duplicate field selected: ${path}`));
    seen.add(key);
    const found = resolve(scope, path);
    if (aggregate) {
      if (!grouped.includes(found.sql)) throw malformed(located(scope.soql, path, `Field must be grouped or aggregated: ${path}`));
      outputs.push({ kind: 'value', name: alias ?? found.field.name, index: add(found.sql), field: found.field });
      if (alias) aliases.set(alias.toLowerCase(), found.sql);
      return;
    }
    const list = found.join ? parentNode(found.join).outputs : outputs;
    const index = add(found.sql);
    list.push({ kind: 'value', name: found.field.name, index, field: found.field });
    flat.push({ path: [...stepsTo(found.join), found.field.name].join('.'), index, field: found.field });
  };

  for (const entry of fields) {
    switch (entry.type) {
      case 'Field':
        addField('rawValue' in entry && entry.rawValue ? entry.rawValue : entry.field, entry.alias);
        break;
      case 'FieldRelationship':
        addField([...entry.relationships, entry.field].join('.'), 'alias' in entry ? entry.alias : undefined);
        break;
      case 'FieldFunctionExpression': {
        if (entry.functionName.toUpperCase() === 'FIELDS') {
          for (const name of fieldsOf(scope, String(entry.parameters[0] ?? ''))) if (!seen.has(name.toLowerCase())) addField(name);
          break;
        }
        const found = functionSql(scope, entry, aggregate);
        const name = entry.alias ?? (aggregate ? `expr${unnamed++}` : found.field.name);
        aliases.set(name.toLowerCase(), found.sql);
        const index = add(found.sql);
        outputs.push({ kind: 'value', name, index, field: found.field });
        flat.push({ path: name, index, field: found.field });
        break;
      }
      case 'FieldSubquery': {
        if (aggregate) throw malformed('Only root queries support aggregate expressions');
        outputs.push({ kind: 'children', ...child(scope, entry.subquery) });
        break;
      }
      case 'FieldTypeof':
        outputs.push(typeOf(scope, entry, add));
        break;
    }
  }
  const [only] = fields;
  const countOnly =
    fields.length === 1 &&
    grouped.length === 0 &&
    only?.type === 'FieldFunctionExpression' &&
    only.functionName.toUpperCase() === 'COUNT' &&
    (only.parameters.length === 0 || only.parameters[0] === '');
  const build = (cells: Cells, urlBase: string): ApiRecord => {
    if (aggregate) return fill({ attributes: { type: 'AggregateResult' } }, outputs, cells, urlBase);
    const id = String(cells[0]);
    const attributes = { type: scope.object.name, url: `${urlBase}/sobjects/${scope.object.name}/${id}` };
    return fill({ attributes }, outputs, cells, urlBase);
  };
  return { columns, aggregate, countOnly, build, flat, aliases };
}

/** Relationship names from the object upwards. */
function stepsTo(join: Join | undefined): string[] {
  return join ? [...stepsTo(join.parent), join.name] : [];
}

function fill(record: ApiRecord, outputs: readonly Output[], cells: Cells, urlBase: string): ApiRecord {
  for (const output of outputs) {
    if (output.kind === 'value') {
      const value = cells[output.index];
      // A checkbox of a parent that is not there is null, not false.
      record[output.name] = value === null || value === undefined ? null : fromStored(output.field, value);
    } else if (output.kind === 'children') record[output.name] = output.read(String(cells[0]));
    else record[output.name] = parentRecord(output, cells, urlBase);
  }
  return record;
}

function parentRecord(output: Extract<Output, { kind: 'parent' | 'typeof' }>, cells: Cells, urlBase: string): ApiRecord | null {
  const { node } = output;
  const id = cells[node.idIndex];
  if (id === null || id === undefined) return null;
  const real = String(cells[node.typeIndex]);
  const polymorphic = node.join.targets.length > 1 && output.kind === 'parent';
  const record: ApiRecord = { attributes: { type: polymorphic ? 'Name' : real, url: `${urlBase}/sobjects/${real}/${String(id)}` } };
  const outputs = output.kind === 'typeof' ? (output.branches.get(real) ?? output.branches.get('') ?? []) : node.outputs;
  return fill(record, outputs, cells, urlBase);
}

function typeOf(scope: Scope, entry: Extract<ParsedField, { type: 'FieldTypeof' }>, add: (sql: string) => number): Output {
  const join = joinTo(scope, undefined, entry.field);
  const types = join.targets.map((target) => `WHEN ${target.alias}."Id" IS NOT NULL THEN '${target.object.name}'`).join(' ');
  const node: ParentNode = { join, idIndex: add(join.idSql), typeIndex: add(`CASE ${types} END`), outputs: [] };
  const branches = new Map<string, Output[]>();
  for (const condition of entry.conditions) {
    const outputs = condition.fieldList.map((name): Output => {
      const found = resolve(scope, `${entry.field}.${name}`);
      return { kind: 'value', name: found.field.name, index: add(found.sql), field: found.field };
    });
    branches.set(condition.objectType ?? '', outputs);
  }
  return { kind: 'typeof', name: join.name, node, branches };
}

/** FIELDS(ALL | STANDARD | CUSTOM): every such field that the caller may read. */
function fieldsOf(scope: Scope, kind: string): string[] {
  const group = kind.toUpperCase();
  if (!['ALL', 'STANDARD', 'CUSTOM'].includes(group)) throw new SalesforceError(400, 'MALFORMED_QUERY', `unexpected token: '${kind}'`);
  return [...scope.object.fields.values()]
    .filter((field) => group === 'ALL' || field.custom === (group === 'CUSTOM'))
    .filter((field) => !scope.actor.rights || scope.actor.rights.field(scope.object, field).read)
    .map((field) => field.name);
}

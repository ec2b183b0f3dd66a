/** Puts a call's values into a query's places, and reads the answer as Apex would hand it to a component. */
import type { Parameter, ParameterType, QueryPart } from './plans.ts';

/** A value does not fit the parameter's Apex type. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

export type Arguments = Record<string, unknown>;

/** Values as Apex would take them: missing ones are null, unknown names and wrong types are refused. */
export function readArguments(parameters: Parameter[], given: Arguments): Arguments {
  const unknown = Object.keys(given).find((name) => !parameters.some((parameter) => parameter.name === name));
  if (unknown !== undefined)
    throw new ParameterError(`There is no parameter ${unknown}; known are: ${parameters.map(({ name }) => name).join(', ') || 'none'}`);
  return Object.fromEntries(parameters.map(({ name, type }) => [name, convert(name, type, given[name])]));
}

function convert(name: string, type: ParameterType, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const fail = (): never => {
    throw new ParameterError(`Value provided is invalid for action parameter '${name}' of type '${type}'`);
  };
  switch (type) {
    case 'String':
      return typeof value === 'object' ? fail() : String(value);
    case 'Id':
      return typeof value === 'string' && /^([a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/.test(value) ? value : fail();
    case 'Integer':
    case 'Long':
      return Number.isInteger(toNumber(value)) ? toNumber(value) : fail();
    case 'Decimal':
    case 'Double':
      return Number.isFinite(toNumber(value)) ? toNumber(value) : fail();
    case 'Boolean':
      return typeof value === 'boolean' ? value : fail();
    case 'Date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : fail();
    case 'Datetime':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value))
        ? new Date(value).toISOString()
        : fail();
    case 'Map<String,Object>':
      return typeof value === 'object' && !Array.isArray(value) ? value : fail();
    default:
      return Array.isArray(value) ? value.map((item) => convert(name, type === 'List<Id>' ? 'Id' : 'String', item)) : fail();
  }
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
}

export interface QueryContext {
  userId: string;
  /** Empty when the org has none. */
  namespace: string;
}

/** The query's text for REST: every value as a literal of its type, own names with the org's namespace. */
export function renderQuery(
  language: 'soql' | 'sosl',
  parts: QueryPart[],
  parameters: Parameter[],
  values: Arguments,
  context: QueryContext,
): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return withNamespace(part, context.namespace);
      if ('system' in part) return quote(context.userId);
      const type = parameters.find(({ name }) => name === part.bind)?.type ?? 'String';
      return language === 'sosl' && type === 'String' ? searchTerm(values[part.bind]) : literal(type, values[part.bind]);
    })
    .join('')
    .trim();
}

function literal(type: ParameterType, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? "('')" : `(${value.map((item) => literal('String', item)).join(', ')})`;
  return type === 'String' || type === 'Id' ? quote(String(value)) : String(value);
}

/** https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm */
function quote(text: string): string {
  const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f', '\\': '\\\\', "'": "\\'" };
  return `'${text.replace(/[\n\r\t\b\f\\']/g, (char) => escapes[char] ?? char)}'`;
}

// The caller escapes reserved characters, as in Apex; only what would end the braces early is escaped here.
function searchTerm(value: unknown): string {
  return `{${String(value ?? '').replace(/\\[\s\S]|[{}]|\\$/g, (match) => (match.length === 2 ? match : `\\${match}`))}}`;
}

/** `Message__c` → `ns__Message__c` outside text literals; names that carry a namespace stay. */
export function withNamespace(text: string, namespace: string): string {
  if (!namespace) return text;
  return text.replace(/'(?:\\.|[^'\\])*'|\b[A-Za-z]\w*__(?:c|r|e|mdt)\b/g, (match) =>
    match.startsWith("'") || /^[A-Za-z][A-Za-z0-9]*__\w+__(c|r|e|mdt)$/.test(match) ? match : `${namespace}__${match}`,
  );
}

interface RestRecord {
  attributes?: { type?: string; url?: string };
  [field: string]: unknown;
}

/** A record as Apex serialises it: no `attributes`, always an Id, no null fields, instants ending in Z, children as plain lists. */
export function apexRecord(record: RestRecord): Record<string, unknown> {
  const id = record.attributes?.url?.split('/').at(-1);
  const shaped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    if (name === 'attributes' || value === null || value === undefined) continue;
    shaped[name] = apexValue(value);
  }
  if (id && !('Id' in shaped)) shaped['Id'] = id;
  return shaped;
}

function apexValue(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})\+0000$/, '$1Z');
  if (typeof value !== 'object' || value === null) return value;
  const { records } = value as { records?: RestRecord[] };
  return Array.isArray(records) ? records.map(apexRecord) : apexRecord(value as RestRecord);
}

/** Results of a search, one list per object of RETURNING and in that order. */
export function searchLists(query: string, records: RestRecord[]): Record<string, unknown>[][] {
  return returning(query).map((object) =>
    records.filter((record) => record.attributes?.type?.toLowerCase() === object.toLowerCase()).map(apexRecord),
  );
}

function returning(query: string): string[] {
  const clause = /\bRETURNING\s+([\s\S]*)$/i.exec(query)?.[1] ?? '';
  const objects: string[] = [];
  let depth = 0;
  let word = '';
  for (const char of `${clause},`) {
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (depth === 0 && char === ',') {
      objects.push(word.trim().split(/\s/)[0] ?? '');
      word = '';
    } else if (depth === 0) word += char;
  }
  return objects.filter(Boolean);
}

import { PACKAGE_CHILD_RELATIONSHIPS, PACKAGE_FIELDS, PACKAGE_OBJECTS, PACKAGE_RELATIONSHIPS } from './package-names.ts';
import type { RecordError, SObjectRecord } from './types.ts';

/** Translates between the bare names the features speak and the names of the org, where the package may have a namespace. */
export interface NameMapper {
  readonly namespace: string | null;
  object(name: string): string;
  field(object: string, field: string): string;
  /** Developer names of packaged metadata outside objects (external credential): `ns__Name`. */
  developerName(name: string): string;
  record(object: string, record: SObjectRecord): SObjectRecord;
  soql(text: string): string;
  /** Of SOSL the objects and fields behind `RETURNING`. */
  sosl(text: string): string;
  /** A name as the org spells it, brought back to the bare one. */
  bare(name: string): string;
  bareRecord<T>(value: T): T;
  bareError(error: RecordError): RecordError;
}

const CUSTOM = /__(c|r|e|mdt|x)$/i;
const packageObjects = new Map(PACKAGE_OBJECTS.map((name) => [name.toLowerCase(), name]));
const relationships = new Map(Object.entries(PACKAGE_RELATIONSHIPS).map(([name, target]) => [name.toLowerCase(), target]));
const childRelationships = new Map(
  Object.entries({ ...PACKAGE_RELATIONSHIPS, ...PACKAGE_CHILD_RELATIONSHIPS }).map(([name, target]) => [name.toLowerCase(), target]),
);

const packageFields = new Set(
  Object.entries(PACKAGE_FIELDS).flatMap(([object, fields]) => fields.map((field) => `${object}.${field}`.toLowerCase())),
);

/** True when the object is one of the package's own, whatever the letter case. */
export function isPackageObject(name: string): boolean {
  return packageObjects.has(name.toLowerCase());
}

/**
 * Builds the mapper of one org. `namespace` is the prefix of the installed package (letters, digits, single underscores) or null for an
 * unpackaged deployment, where every function hands its argument back.
 */
export function createNameMapper(namespace: string | null): NameMapper {
  if (!namespace) return identity;
  if (!/^[a-z](?!.*__)[a-z0-9_]{0,14}$/i.test(namespace)) throw new RangeError('not a Salesforce namespace prefix');
  const prefix = `${namespace}__`;
  const isPrefixed = (name: string): boolean => name.toLowerCase().startsWith(prefix.toLowerCase());
  const add = (name: string): string => (isPrefixed(name) ? name : prefix + name);
  const bare = (name: string): string => (isPrefixed(name) ? name.slice(prefix.length) : name);
  const object = (name: string): string => (isPackageObject(name) ? add(name) : name);

  /** Maps `A__r.B__r.C__c` starting at `from`: each hop decides which object the next name belongs to. */
  const path = (from: string | null, text: string): string => {
    let current = from;
    const parts = text.split('.');
    return parts
      .map((part) => {
        const owned = current !== null && isPackageObject(current);
        const target = relationships.get(part.toLowerCase());
        const isOurs = (owned && CUSTOM.test(part)) || packageFields.has(`${current}.${part}`.toLowerCase());
        const mapped = isOurs ? add(part) : part;
        current = owned && target ? target : null;
        return mapped;
      })
      .join('.');
  };

  const record = (name: string, value: SObjectRecord): SObjectRecord => {
    const result: SObjectRecord = {};
    for (const [key, item] of Object.entries(value)) {
      if (key === 'attributes' && isObject(item) && typeof item['type'] === 'string') {
        result[key] = { ...item, type: object(item['type']) };
        continue;
      }
      const target = relationships.get(key.toLowerCase());
      result[path(name, key)] = isObject(item) && target && isPackageObject(name) ? record(target, item) : item;
    }
    return result;
  };

  const bareRecord = <T>(value: T): T => {
    if (Array.isArray(value)) return value.map(bareRecord) as T;
    if (!isObject(value)) return value;
    const result: SObjectRecord = {};
    for (const [key, item] of Object.entries(value)) {
      if (key === 'attributes' && isObject(item) && typeof item['type'] === 'string') {
        result[key] = { ...item, type: bare(item['type']) };
      } else result[bare(key)] = bareRecord(item);
    }
    return result as T;
  };

  return {
    namespace,
    object,
    field: path,
    developerName: add,
    record,
    soql: (text) => mapSoql(text, { object, path, add }),
    sosl: (text) => mapSosl(text, { object, path }),
    bare,
    bareRecord,
    bareError: (error) => ({ ...error, fields: error.fields.map(bare) }),
  };
}

const identity: NameMapper = {
  namespace: null,
  object: (name) => name,
  field: (_object, field) => field,
  developerName: (name) => name,
  record: (_object, record) => record,
  soql: (text) => text,
  sosl: (text) => text,
  bare: (name) => name,
  bareRecord: (value) => value,
  bareError: (error) => error,
};

interface SoqlNames {
  object(name: string): string;
  path(from: string | null, text: string): string;
  add(name: string): string;
}

function mapSosl(text: string, { object, path }: Pick<SoqlNames, 'object' | 'path'>): string {
  const at = text.indexOf(' RETURNING ');
  if (at < 0) return text;
  const returning = text
    .slice(at)
    .replace(/(\w+)\(([\w, ]+?)((?: WHERE | ORDER BY | LIMIT )[^()]*)?\)/g, (_all, name: string, columns: string, rest = '') => {
      const mapped = columns.split(',').map((column) => path(name, column.trim()));
      return `${object(name)}(${mapped.join(', ')}${String(rest)})`;
    });
  return text.slice(0, at) + returning;
}

interface Token {
  text: string;
  kind: 'name' | 'open' | 'close' | 'other';
  scope: number;
}

/**
 * Maps the names in SOQL text. Every `SELECT` opens a scope whose object is the one after its `FROM`; names inside string literals are left
 * alone. An alias in front of a path (`c.Name`) is not supported: the service writes its queries without aliases.
 */
function mapSoql(text: string, names: SoqlNames): string {
  const { tokens, from } = scan(text);
  return tokens
    .map((token, index) => {
      if (token.kind !== 'name') return token.text;
      if (from.get(token.scope) === index) {
        const child = childRelationships.get(token.text.toLowerCase());
        return child ? names.add(token.text) : names.object(token.text);
      }
      const fromIndex = from.get(token.scope);
      const fromName = fromIndex === undefined ? null : (tokens[fromIndex]?.text ?? null);
      const owner = fromName === null ? null : (childRelationships.get(fromName.toLowerCase()) ?? fromName);
      return names.path(owner, token.text);
    })
    .join('');
}

function scan(text: string): { tokens: Token[]; from: Map<number, number> } {
  const tokens: Token[] = [];
  const from = new Map<number, number>();
  const parens: number[] = [];
  let scope = 0;
  let lastScope = 0;
  let afterFrom = false;
  for (const match of text.matchAll(/'(?:[^'\\]|\\.)*'|[A-Za-z_][\w.]*|\(|\)|[^'A-Za-z_()]+|'/g)) {
    const piece = match[0];
    if (piece === '(') {
      parens.push(scope);
      if (/^\s*select\b/i.test(text.slice(match.index + 1))) scope = ++lastScope;
      tokens.push({ text: piece, kind: 'open', scope });
    } else if (piece === ')') {
      scope = parens.pop() ?? 0;
      tokens.push({ text: piece, kind: 'close', scope });
    } else if (/^[A-Za-z_]/.test(piece)) {
      tokens.push({ text: piece, kind: 'name', scope });
      if (afterFrom && !from.has(scope)) from.set(scope, tokens.length - 1);
      afterFrom = /^from$/i.test(piece);
    } else tokens.push({ text: piece, kind: 'other', scope });
  }
  return { tokens, from };
}

function isObject(value: unknown): value is SObjectRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

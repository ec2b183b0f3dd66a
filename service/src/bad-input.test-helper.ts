import { randomUUID } from 'node:crypto';

/** The part of JSON Schema that the OpenAPI document uses. */
export interface Schema {
  type?: string;
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  minLength?: number;
  $ref?: string;
  example?: unknown;
}

export interface Operation {
  method: string;
  path: string;
  params: string[];
  query: string[];
  body: Schema | undefined;
  scopes: string[];
}

interface OpenApi {
  paths: Record<string, Record<string, OpenApiOperation>>;
}

interface OpenApiOperation {
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  'x-scopes'?: string[];
}

/** Every operation of `/v1`, as the running service describes it. */
export function operationsOf(document: unknown): Operation[] {
  return Object.entries((document as OpenApi).paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        params: namesIn(operation, 'path'),
        query: namesIn(operation, 'query'),
        body: operation.requestBody?.content['application/json']?.schema,
        scopes: operation['x-scopes'] ?? [],
      })),
    );
}

function namesIn(operation: OpenApiOperation, place: string): string[] {
  return (operation.parameters ?? []).filter((parameter) => parameter.in === place).map((parameter) => parameter.name);
}

/** Values of the right form for fields whose schema says no more than a pattern. */
const BY_NAME: Record<string, unknown> = {
  to: '+14155550187',
  from: '+14155550100',
  number: '+14155550186',
  recordId: '003000000000001AAA',
  accountSid: 'AC00000000000000000000000000000001',
  baseUrl: 'http://localhost:1',
  host: '127.0.0.1',
  port: 1,
  country: 'US',
  key: 'bad-input-key-0001',
  users: [],
  fields: ['Phone'],
  conversationId: undefined,
  internationalPrefix: '011',
  longDistancePrefix: '1',
  cutPrefix: '9',
  addPrefix: '203',
};

/** A body that the schema takes, as far as that can be told from it. */
export function sample(schema: Schema, name = ''): unknown {
  if (schema.example !== undefined) return schema.example;
  if (name in BY_NAME && schema.type !== 'object') return BY_NAME[name];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const one = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (one) return sample(one, name);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sample(part))) as unknown;
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .map(([key, value]) => [key, sample(value, key)])
          .filter(([, value]) => value !== undefined),
      );
    case 'array':
      return [sample(schema.items ?? {}, '')];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    default:
      return schema.format === 'uuid' ? randomUUID() : schema.format === 'email' ? 'nobody@example.com' : 'sample text';
  }
}

type Path = (string | number)[];

/** Every place in a value that is not an object or list itself. */
export function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, Array.isArray(value) ? Number(key) : key]));
}

/** Every place in a value that is an object, itself included; what IVRs asked has any names. */
export function objects(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const named = Object.entries(value).filter(([key]) => key !== 'parameters');
  const inner = named.flatMap(([key, item]) => objects(item, [...path, Array.isArray(value) ? Number(key) : key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}

/** A copy with one place changed. */
export function withValue(value: unknown, path: Path, next: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[key] = withValue(copy[key], rest, next);
  return copy;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((current, key) => (current as Record<string | number, unknown>)[key], value);
}

export const isId = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(value);

/** The path of an operation with its parameters filled in. */
export function fill(operation: Operation, id: string): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(name === 'recordId' ? BY_NAME[name] : id)));
}

/** All that keys of phone systems and of agents open. */
export const VERBS = {
  acd: [
    'GET /v1/acd/lookup',
    'POST /v1/acd/callbacks/events',
    'POST /v1/acd/callbacks/tasks',
    'POST /v1/acd/pin',
    'PUT /v1/acd/calls/{callId}',
  ],
  agent: [
    'GET /v1/media/{id}',
    'GET /v1/numbers',
    'POST /v1/conversations/{id}/read',
    'POST /v1/messages',
    'POST /v1/messages/batch',
    'POST /v1/opt-outs',
  ],
};

/** Values for what the OpenAPI document describes: fitting, nearly fitting and absurd. What only a running world knows stands as `{{name}}`. */
import fc, { type Arbitrary } from 'fast-check';
import { OURS, PHONE_MARK, SECRET_MARK, TEXT_MARK } from './marks.ts';

/** The part of JSON Schema that the document uses. */
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
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  additionalProperties?: boolean | Schema;
}

export const ID_NAMES = ['connection', 'account', 'number', 'conversation', 'message', 'parked'] as const;

/** Ids of this org, of another org, of nobody, and what is no id at all. */
export const ids = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ID_NAMES.map((name) => `{{own:${name}}}`)) },
  { weight: 3, arbitrary: fc.constantFrom(...ID_NAMES.map((name) => `{{other:${name}}}`)) },
  { weight: 2, arbitrary: fc.uuid() },
  { weight: 1, arbitrary: fc.constantFrom('1', '0', '-1', '9'.repeat(20), '00000000-0000-0000-0000-000000000000', 'null', '*') },
);

export const numbers = fc.oneof(
  fc.integer({ min: 1000, max: 9999 }).map((end) => `${PHONE_MARK}${end}`),
  fc.constantFrom(
    OURS.twilio,
    OURS.smpp,
    '12345',
    'Switchboard',
    '+',
    '',
    '0',
    '+999999999999999',
    `tel:${PHONE_MARK}0000`,
    '+1 (415) 555-1234',
  ),
);

/** Strings that have broken programs before. */
export const evilText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    `${TEXT_MARK}\u0000`,
    '\ud800',
    'a\udfffb',
    '\ufffe\uffff',
    '\u202e\u2066\u200b',
    '𝕬'.repeat(50),
    '😀'.repeat(160),
    'Z\u0351\u036b'.repeat(40),
    'é',
    'ﷺ'.repeat(20),
    "' or 1=1 --",
    '"; drop table message; --',
    '${7*7}{{7*7}}<%= 7 %>',
    '<script>alert(1)</script>',
    '../../../../etc/passwd',
    '%00%0d%0aSet-Cookie:x=1',
    '\r\nX-Injected: 1',
    '__proto__',
    'constructor',
    'toString',
    'NaN',
    '1e999',
    '-0',
    'true',
    'null',
    '\\',
    '\u2028\u2029',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.nat(14).map((power) => TEXT_MARK.repeat(2 ** power).slice(0, 120_000)),
);

const hosts = fc.constantFrom(
  'http://{{carrier}}',
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:127.0.0.1]:5432',
  'http://2130706433/',
  'https://localhost:1',
  'http://user:pass@{{carrier}}',
  'http://{{carrier}}/../..',
  'http://{{carrier}}?x=',
  'ftp://{{carrier}}',
  'https://xn--/',
  'javascript:alert(1)',
  'file:///etc/passwd',
  '//{{carrier}}',
);

/** What a field of this name usually holds. */
const BY_NAME: Record<string, Arbitrary<unknown>> = {
  to: numbers,
  from: numbers,
  number: numbers,
  accountId: ids,
  conversationId: ids,
  recordId: fc.constantFrom('003000000000001AAA', '00Q000000000001AAA', '001000000000001', "003'--"),
  body: fc.oneof({ weight: 3, arbitrary: fc.constant(`Hello ${TEXT_MARK}`) }, { weight: 1, arbitrary: evilText }),
  reason: fc.constant(`because ${TEXT_MARK}`),
  accountSid: fc.constantFrom('{{accountSid}}', 'AC00000000000000000000000000000009'),
  baseUrl: hosts,
  host: fc.constantFrom('127.0.0.1', 'localhost', '169.254.169.254', '::1', '0x7f.1', '2130706433', 'host.invalid', '..', ':::'),
  port: fc.constantFrom(1, 5432, 65535),
  secret: fc.constant(SECRET_MARK),
  country: fc.constantFrom('US', 'GB', 'XX', 'us', '', '🇺🇸'),
  username: fc.constantFrom('spare@sandbox.test', 'agent@sandbox.test', 'nobody@sandbox.test', 'admin@sandbox.test'),
  email: fc.constant('somebody@example.com'),
  notifyEmails: fc.constantFrom([], ['somebody@example.com']),
  users: fc.constantFrom([], ['005000000000001AAA']),
  // The org stays reached: without it most verbs would end early.
  connectionMode: fc.constant(true),
  key: fc.stringMatching(/^[a-f0-9-]{8,40}$/),
  fields: fc.constantFrom([], ['Phone'], ['Phone', 'MobilePhone'], ['constructor'], ['__proto__']),
};

/** A value that the schema takes, as far as that can be told from it. */
export function fitting(schema: Schema, name = ''): Arbitrary<unknown> {
  const own = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (own) return own;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return fc.oneof(...several.map((one) => fitting(one, name)));
  if (schema.allOf) return fc.tuple(...schema.allOf.map((one) => fitting(one))).map((all) => Object.assign({}, ...all) as unknown);
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {}).map(([key, value]) => [key, fitting(value, key)] as const);
      return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] });
    }
    case 'array':
      return fc.array(fitting(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) });
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? 0, -1e9), max: Math.min(schema.maximum ?? 1e6, 1e9) });
    case 'number':
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return schema.format === 'uuid' ? ids : fc.string({ maxLength: Math.min(schema.maxLength ?? 20, 40), minLength: 1 });
    default:
      return absurd;
  }
}

/** Any JSON at all, with names that reach for prototypes among it. */
export const absurd: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ noUnicodeString: false, maxDepth: 4 } as Parameters<typeof fc.jsonValue>[0]),
  evilText,
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 5e-324, 2 ** 53, [], {}, [[]], [null], { length: -1 }, { then: 1 }, { toJSON: 1 }),
  fc.dictionary(
    fc.constantFrom('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'body', 'to', ''),
    fc.constantFrom<unknown>(1, null, {}, []),
    { noNullPrototype: true },
  ),
  fc.nat(12).map((power) => Array.from({ length: 2 ** power }, () => 0)),
);

/** A fitting value with one place of it changed to something else, or a place added or taken away. */
export function nearly(schema: Schema): Arbitrary<unknown> {
  return fc
    .tuple(fitting(schema), fc.nat(30), absurd, fc.constantFrom('replace', 'remove', 'add'))
    .map(([value, at, other, how]) => change(value, at, other, how));
}

function change(value: unknown, at: number, other: unknown, how: string): unknown {
  const places = placesOf(value);
  const place = places[at % places.length] ?? [];
  if (place.length === 0) return how === 'add' && typeof value === 'object' && value !== null ? { ...value, surprise: other } : other;
  const copy = structuredClone(value);
  const parent = place.slice(0, -1).reduce<unknown>((current, key) => (current as Record<string, unknown>)[key], copy) as Record<
    string,
    unknown
  >;
  const key = place.at(-1) as string;
  if (how === 'remove') Reflect.deleteProperty(parent, key);
  else if (how === 'add') parent[`${key}_`] = other;
  else Object.defineProperty(parent, key, { value: other, enumerable: true, configurable: true, writable: true });
  return copy;
}

function placesOf(value: unknown, place: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, item]) => placesOf(item, [...place, key]))];
}

/** Percent-encoding that does not mind lone surrogates: they become what UTF-8 has for them. */
export function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

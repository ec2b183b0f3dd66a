/** Requests made from the OpenAPI document: fitting ones, nearly fitting ones, and what no client would send. */
import fc, { type Arbitrary } from 'fast-check';
import { carrierForms, pages } from './forms.ts';
import { OURS, PHONE_MARK, SECRET_MARK, TEXT_MARK } from './marks.ts';
import type { HostileRequest } from './request.ts';
import { brokenBodies, methods, oddHeaders, oddTargets, rawBytes } from './oddities.ts';
import { absurd, encode, evilText, fitting, ids, nearly, type Schema } from './values.ts';

export interface Operation {
  method: string;
  path: string;
  query: { name: string; schema: Schema }[];
  body: Schema | undefined;
  form: boolean;
}

interface OpenApi {
  paths: Record<
    string,
    Record<
      string,
      { parameters?: { in: string; name: string; schema: Schema }[]; requestBody?: { content: Record<string, { schema: Schema }> } }
    >
  >;
}

/** Every operation of the document. */
export function operationsOf(document: unknown): Operation[] {
  return Object.entries((document as OpenApi).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
      const query = parameters.filter((parameter) => parameter.in === 'query');
      return { method: method.toUpperCase(), path, query, body: content?.schema, form: type === 'application/x-www-form-urlencoded' };
    }),
  );
}

const keys = fc.oneof(
  { weight: 8, arbitrary: fc.constant('Bearer {{key:admin}}') },
  { weight: 3, arbitrary: fc.constant('Bearer {{key:agent}}') },
  { weight: 2, arbitrary: fc.constant('Bearer {{key:other}}') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${SECRET_MARK}`,
      `Basic ${btoa(`a:${SECRET_MARK}`)}`,
      'bearer\t{{key:agent}}',
      'Bearer {{key:admin}} x',
      `Bearer ${'A'.repeat(6000)}`,
      'Digest x="y"',
      'Bearer \u00e9\u00ff',
    ),
  },
);

const idempotencyKeys = fc.oneof(
  { weight: 4, arbitrary: fc.uuid() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'short',
      'one-key-for-all',
      'x'.repeat(81),
      'with blank inside',
      '\u00fcml\u00e4ut-key',
      `${SECRET_MARK}-1`,
      '__proto__xx',
    ),
  },
);

/** A request that the document allows, as far as it tells, with a key that may be the right one. */
export function requestOf(operations: readonly Operation[]): Arbitrary<HostileRequest> {
  const plain = fc.constantFrom(...operations).chain((operation) => requestFor(operation));
  return fc.oneof(
    { weight: 10, arbitrary: plain },
    {
      weight: 3,
      arbitrary: fc.tuple(plain, oddHeaders).map(([request, more]) => ({ ...request, headers: [...request.headers, ...more] })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(plain, brokenBodies)
        .map(([request, broken]) => ({ ...request, ...broken, headers: [...request.headers, ...broken.headers] })),
    },
    { weight: 3, arbitrary: fc.tuple(plain, methods).map(([request, method]) => ({ ...request, method })) },
    { weight: 3, arbitrary: fc.tuple(plain, oddTargets).map(([request, change]) => ({ ...request, target: change(request.target) })) },
    { weight: 1, arbitrary: rawBytes },
    { weight: 2, arbitrary: pages },
  );
}

function requestFor(operation: Operation): Arbitrary<HostileRequest> {
  // The world stays usable: what is deleted is never what the run itself needs.
  const id = operation.path.startsWith('/carriers/')
    ? fc.oneof({ weight: 3, arbitrary: fc.constant('{{own:twilio}}') }, { weight: 1, arbitrary: ids })
    : operation.method === 'DELETE'
      ? fc.oneof(fc.uuid(), fc.constant('{{other:message}}'), fc.constant('1'))
      : ids;
  const { body } = operation;
  const good = GOOD[`${operation.method} ${operation.path}`];
  const value = body
    ? fc.oneof(
        { weight: 3, arbitrary: good ? fc.oneof(good, fitting(body)) : fitting(body) },
        { weight: 4, arbitrary: nearly(body) },
        { weight: 1, arbitrary: absurd },
      )
    : fc.constant(undefined);
  return fc
    .record({ id, value, key: keys, idempotency: idempotencyKeys, query: queries(operation) })
    .map(({ id: given, value: content, key, idempotency, query }) => {
      const target = operation.path.replaceAll(/\{\w+\}/g, given) + query;
      const headers: [string, string][] = [['idempotency-key', idempotency]];
      if (operation.path.startsWith('/v1/')) headers.push(['authorization', key]);
      if (!body) return { method: operation.method, target, headers, framing: 'length' as const };
      headers.push(['content-type', operation.form ? 'application/x-www-form-urlencoded' : 'application/json']);
      return { method: operation.method, target, headers, body: operation.form ? '' : json(content), framing: 'length' as const };
    })
    .chain((request) =>
      operation.form
        ? carrierForms.map((form) => ({ ...request, ...form, headers: [...request.headers, ...form.headers] }))
        : fc.constant(request),
    );
}

/** Numbers that are never given out, and that pass for real ones. */
const phone = fc.integer({ min: 100, max: 199 }).map((end) => `${PHONE_MARK}0${end}`);
const sends = { to: phone, from: fc.constantFrom(OURS.twilio, OURS.smpp), body: fc.oneof(fc.constant(`Hello ${TEXT_MARK}`), evilText) };

/** Bodies whose fields must also agree with each other, which the document cannot say. */
const GOOD: Record<string, Arbitrary<unknown>> = {
  'POST /v1/messages': fc.oneof(fc.record(sends), fc.record({ conversationId: fc.constant('{{own:conversation}}'), body: sends.body })),
  'POST /v1/messages/batch': fc.record({ messages: fc.array(fc.record({ key: fc.uuid(), ...sends }), { minLength: 1, maxLength: 4 }) }),
  'POST /v1/numbers': fc.record({
    number: phone,
    label: fc.constant('More'),
    accountId: fc.constant('{{own:account}}'),
    country: fc.constant('US'),
  }),
  'POST /v1/opt-outs': fc.record({
    number: phone,
    state: fc.constantFrom('opted_out', 'opted_in'),
    reason: evilText.map((text) => text.slice(0, 255)),
  }),
};

function queries({ query }: Operation): Arbitrary<string> {
  const names = [...query.map(({ name }) => name), 'surprise', '__proto__', 'a[b]', ''];
  const pair = fc.tuple(
    fc.constantFrom(...names),
    fc.oneof(evilText.map(encode), fc.constantFrom('%', '%zz', '%F0%9F', '%00', '1', 'true', '', '[]', '+')),
  );
  const known = query.map(({ name, schema }) => fitting(schema, name).map((value) => `?${name}=${encode(String(value))}`));
  return fc.oneof({ weight: 6, arbitrary: fc.constant('') }, ...known.map((arbitrary) => ({ weight: 4, arbitrary })), {
    weight: 1,
    arbitrary: fc
      .array(pair, { minLength: 1, maxLength: 3 })
      .map((pairs) => `?${pairs.map(([name, text]) => `${name}=${text}`).join('&')}`),
  });
}

/** JSON with lone surrogates kept as escapes, and without a crash on what has a strange `toJSON`. */
function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return '{"toJSON":1}';
  }
}

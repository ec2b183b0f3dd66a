/** What no client sends: headers, methods, addresses, bodies and bytes that have confused servers before. */
import fc, { type Arbitrary } from 'fast-check';
import { SECRET_MARK } from './marks.ts';
import type { HostileRequest } from './request.ts';
import { evilText } from './values.ts';

const contentTypes = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'application/json; charset=nothing',
  'APPLICATION/JSON',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/html',
  'application/xml',
  'application/problem+json',
  'application/octet-stream',
  '',
  '/',
  ';',
  'application/json, text/plain',
  'a'.repeat(300),
);

export const oddHeaders: Arbitrary<[string, string][]> = fc.array(
  fc.oneof(
    fc.tuple(
      fc.constantFrom('x-user-id', 'x-org-id'),
      fc.constantFrom('{{org:own}}', '{{org:other}}', '005000000000001AAA', '', 'x'.repeat(200), "'--"),
    ),
    fc.tuple(fc.constant('content-type'), contentTypes),
    fc.tuple(fc.constantFrom('content-encoding', 'accept-encoding'), fc.constantFrom('gzip', 'br', 'deflate', 'nothing')),
    fc.tuple(
      fc.constantFrom('accept', 'accept-language', 'range', 'if-match', 'if-none-match', 'if-modified-since'),
      fc.constantFrom('*', '', 'bytes=0-', '"x"', 'text/html', '\u00ff'),
    ),
    fc.tuple(
      fc.constantFrom('host', 'x-forwarded-host', 'x-forwarded-for', 'x-forwarded-proto', 'forwarded'),
      fc.constantFrom('evil.example', '', '127.0.0.1', 'for=1;host=x', '::1', 'a,b,c'),
    ),
    fc.tuple(
      fc.constantFrom('cookie', 'cookie'),
      fc.constantFrom('a=b', '=', ';;;', `switchboard=${SECRET_MARK}`, '__Host-flow=%', 'x'.repeat(4000)),
    ),
    fc.tuple(
      fc.constantFrom('expect', 'upgrade', 'te', 'trailer', 'origin', 'x-http-method-override', 'traceparent'),
      fc.constantFrom('100-continue', 'websocket', 'h2c', 'trailers', 'null', 'DELETE', '00-0-0-0'),
    ),
    fc.tuple(
      fc.constantFrom('x-odd', '__proto__', 'constructor', 'x'.repeat(200)),
      fc.constantFrom('', '\t', '\u0001', '\u0000', 'a\u000bb', 'folded\r\n value', 'crlf\r\nx-injected: 1', 'y'.repeat(20_000)),
    ),
  ) as Arbitrary<[string, string]>,
  { maxLength: 3 },
);

export const methods = fc.constantFrom(
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'SEARCH',
  'QUERY',
  'LOCK',
  'CONNECT',
  'get',
  'NOTHING',
);

export const oddTargets: Arbitrary<(target: string) => string> = fc.constantFrom<((target: string) => string)[]>(
  (target) => `${target}/`,
  (target) => `/${target}`,
  (target) => target.replace('/v1/', '/v1//'),
  (target) => target.replace('/v1/', '/v1/../v1/'),
  (target) => target.replace('/v1/', '/V1/'),
  (target) => target.replace('/v1/', '/v1%2F'),
  (target) => `${target}%00`,
  (target) => `${target}%`,
  (target) => `${target}%ff`,
  (target) => `${target};a=b`,
  (target) => `${target}#x`,
  (target) => `${target}?${'a=1&'.repeat(500)}`,
  (target) => `${target}${'/x'.repeat(1000)}`,
  (target) => `${target}${'x'.repeat(20_000)}`,
  (target) => `http://evil.example${target}`,
  (target) => `${target}\u00e9`,
  (target) =>
    target
      .split('')
      .map((char) => (/[a-z]/.test(char) ? `%${char.charCodeAt(0).toString(16)}` : char))
      .join(''),
  () => '*',
  () => '/',
  () => '',
  () => '?',
);

/** Bodies that are no JSON or no form, or not as they were announced. */
export const brokenBodies = fc.record({
  body: fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '{',
      '}',
      '[',
      '"',
      '{"body":',
      '{"a":1}{"a":2}',
      '{"a":1,}',
      "{'a':1}",
      '{"__proto__":{"admin":true}}',
      '{"constructor":{"prototype":{}}}',
      '\ufeff{}',
      'NaN',
      '01',
      '[1,2',
      '{"to":"\\ud800"}',
      '{"to":"\\u0000"}',
      'a=b&c=d',
      '%',
      '\u0000\u0001',
      '--x\r\n\r\n--x--',
    ),
    fc.constantFrom('{"a":', '[', '{"messages":[').chain((open) => fc.constantFrom(100, 5_000, 100_000).map((times) => open.repeat(times))),
    fc.constantFrom('{', '{', '{', 1_050_000, 1_050_000, 8_500_000).map((size) => `{"body":"${'x'.repeat(Number(size) || 1)}"}`),
    fc.constantFrom('{', `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join(',')}}`),
    evilText,
    evilText,
  ),
  headers: fc.oneof(
    fc.constant([]),
    contentTypes.map((type) => [['content-type', type]]),
  ) as Arbitrary<[string, string][]>,
  framing: fc.oneof(
    { weight: 6, arbitrary: fc.constant('length' as const) },
    { weight: 2, arbitrary: fc.constant('chunked' as const) },
    { weight: 1, arbitrary: fc.constant('short' as const) },
  ),
});

/** What is no HTTP, or HTTP that two readers would read in two ways. */
export const rawBytes: Arbitrary<HostileRequest> = fc
  .constantFrom(
    'GET /\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /v1/org HTTP/1.1\r\n\r\n',
    'GET /v1/org HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'GET /v1/org HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n',
    'GET /v1/org HTTP/1.1\r\nHost a\r\n\r\n',
    'GET /v1/org HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n',
    'GET  /v1/org  HTTP/1.1\r\nHost: a\r\n\r\n',
    'POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    'POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    'POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n',
    'POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'POST /v1/messages HTTP/1.1\r\nHost: a\r\nExpect: something-odd\r\nContent-Length: 0\r\n\r\n',
    'CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
    '\r\n\r\n\r\n',
    '\u0000\u0000\u0000\u0000',
    `GET /v1/org HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 3000 }, (_, index) => `X-${index}: 1\r\n`).join('')}\r\n`,
    `GET /v1/org HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`,
    `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    'GET /v1/org HTTP/1.1\nHost: a\n\n',
    'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Bad: a\u0000b\r\n\r\n',
  )
  .map((body) => ({ method: 'RAW', target: '', headers: [], body, framing: 'raw' as const }));

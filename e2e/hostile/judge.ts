/** What an answer of the service may look like, whatever was asked. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { OTHER_MARK } from './marks.ts';
import type { HostileRequest } from './request.ts';
import type { Answer, Outcome } from './socket.ts';

const PAGES = path.join(import.meta.dirname, '../../docs/errors');
const FIELDS = ['type', 'title', 'status', 'detail', 'code', 'errors'];
/** Where our code runs, how the database speaks, and what a stack looks like. */
const INSIDE =
  /node_modules|\.ts:\d|\n\s+at \S+ \(|postgres:\/\/|violates \w+|syntax error at|relation "|invalid input syntax|ECONNREFUSED 127/;

/** What is wrong with the outcome of a request, in words; undefined when it is as it must be. */
export function faultOf(request: HostileRequest, outcome: Outcome, secrets: readonly string[]): string | undefined {
  // Half a request need not be answered, nor what is no HTTP: with bytes still on their way, the answer can be lost to the cut.
  if (outcome.kind === 'closed') return isWhole(request) ? 'no answer' : undefined;
  if (outcome.kind === 'silent') return request.framing === 'raw' ? undefined : 'no answer within the time';
  return leakOf(outcome.answer, secrets, request) ?? shapeOf(outcome.answer, request);
}

function leakOf({ body, headers }: Answer, secrets: readonly string[], request: HostileRequest): string | undefined {
  const text = body + JSON.stringify(headers);
  const inside = INSIDE.exec(text);
  if (inside) return `shows its inside: ${inside[0]}`;
  if (secrets.some((secret) => text.includes(secret))) return 'shows a secret';
  if (text.includes(OTHER_MARK) && !request.headers.some(([, value]) => value.includes('{{key:other}}')))
    return 'shows a text of another org';
  if ('x-injected' in headers) return 'a header was injected';
  return undefined;
}

function shapeOf({ status, headers, body }: Answer, { method, target }: HostileRequest): string | undefined {
  if (status < 200) return `status ${status}`;
  if (status < 400) return undefined;
  const type = headers['content-type'] ?? '';
  if (status === 503) {
    if (!(Number(headers['retry-after']) > 0)) return 'a 503 without Retry-After';
  } else if (status >= 500) return `status ${status}`;
  // People read the sign-in: their refusals are pages.
  if (/^\/connect\//i.test(target) && type.startsWith('text/html')) return undefined;
  if (!type.startsWith('application/problem+json')) return `status ${status} is no problem document but "${type}"`;
  return method === 'HEAD' ? undefined : problemFault(status, body);
}

function problemFault(status: number, body: string): string | undefined {
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return `status ${status}: the problem document is no JSON`;
  }
  const { type, title, detail, code, errors } = problem;
  if (![type, title, detail, code].every((value) => typeof value === 'string' && value !== '')) return 'the problem document lacks a field';
  const more = Object.keys(problem).filter((name) => !FIELDS.includes(name));
  if (more.length > 0) return `the problem document has fields that are not declared: ${more.join(', ')}`;
  if (problem['status'] !== status) return `status ${status}, but the problem document says ${String(problem['status'])}`;
  if (!String(type).endsWith(`/docs/errors/${String(code)}`) || !existsSync(path.join(PAGES, `${String(code)}.md`)))
    return `no page for the code ${String(code)}`;
  const named =
    errors === undefined ||
    (Array.isArray(errors) &&
      errors.every((one: { field?: unknown; message?: unknown }) => typeof one.field === 'string' && typeof one.message === 'string'));
  return named ? undefined : 'the list of errors has another shape';
}

const METHODS = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;
const MOST_HEAD = 16_000;

/** Whether an HTTP parser reads it to its end, so that nothing is left unread when the answer goes out. A tunnel is refused by closing. */
function isWhole({ framing, method, target, headers, body }: HostileRequest): boolean {
  const head = target.length + JSON.stringify(headers).length;
  const odd = /[^\x21-\x7e]/.test(target) || target === '' || headers.some(([, value]) => /[\x00-\x08\x0a-\x1f]/.test(value));
  return framing !== 'short' && framing !== 'raw' && METHODS.test(method) && head < MOST_HEAD && !odd && (body?.length ?? 0) < 200_000;
}

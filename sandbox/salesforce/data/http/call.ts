/** A request of the data API, apart from HTTP, so that composite parts run through the same code. */
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';

export interface ApiCall {
  engine: Engine;
  actor: Actor;
  sessionId: string;
  method: string;
  /** Decoded segments after `/services/data/vXX.0`. */
  segments: string[];
  query: URLSearchParams;
  body: unknown;
  /** `65.0`. */
  version: string;
  /** Lower-case header names. */
  headers: Record<string, string>;
  /** Numbers for `/limits` inside a composite, where the host gives them. */
  limits?: (() => unknown) | undefined;
  /** Told of parts that count as API calls of their own. */
  countCalls?: ((additional: number) => void) | undefined;
}

export interface ApiAnswer {
  status: number;
  /** Undefined: an empty body. */
  body?: unknown;
  /** Instead of `body`: CSV in pieces, sent one after the other. */
  csv?: Iterable<string>;
  headers?: Record<string, string>;
}

/** `/services/data/v65.0`, the start of every URL in an answer. */
export function urlBase(call: ApiCall): string {
  return `/services/data/v${call.version}`;
}

/** The body as a JSON object, or JSON_PARSER_ERROR. */
export function objectBody(call: ApiCall): Record<string, unknown> {
  if (typeof call.body === 'object' && call.body !== null && !Array.isArray(call.body)) return call.body as Record<string, unknown>;
  throw new SalesforceError(
    400,
    'JSON_PARSER_ERROR',
    'The HTTP entity body is required, but this request has no entity body or it is not a JSON object.',
  );
}

/** 405 with the methods that would be right. */
export function wrongMethod(call: ApiCall, allowed: string): SalesforceError {
  return new SalesforceError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed. Allowed are ${allowed}`);
}

/** URLSearchParams reads `+` as a blank, which is what clients mean. */
export function splitUrl(url: string): { segments: string[]; query: URLSearchParams } {
  const [path = '', search = ''] = url.split(/\?(.*)/s, 2);
  const segments = path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        throw new SalesforceError(400, 'INVALID_INPUT', 'The URL holds a percent sequence that cannot be decoded');
      }
    });
  return { segments, query: new URLSearchParams(search) };
}

export const OLDEST_VERSION = 60;
export const NEWEST_VERSION = 65;

/** `v65.0` → `65.0`; unknown versions are NOT_FOUND. */
export function parseVersion(segment: string | undefined): string {
  const match = /^v(\d+)\.0$/.exec(segment ?? '');
  const number = Number(match?.[1] ?? 0);
  if (number < OLDEST_VERSION || number > NEWEST_VERSION)
    throw new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return `${number}.0`;
}

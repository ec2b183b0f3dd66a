/** `/composite` and `/composite/batch`. */
import { SalesforceError, asSalesforceError, errorBody } from '../errors.ts';
import { objectBody, parseVersion, splitUrl } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

/** Most parts of one call, and most of them that may be queries or collections. */
const MAX_PARTS = 25;
const MAX_QUERIES = 5;

type RunPart = (call: ApiCall) => ApiAnswer;

interface Part {
  method: string;
  url: string;
  referenceId: string;
  body: unknown;
  headers: Record<string, string>;
}

interface PartResult {
  body: unknown;
  httpHeaders: Record<string, string>;
  httpStatusCode: number;
  referenceId: string;
}

class RolledBack extends Error {
  readonly results: PartResult[];
  readonly failedAt: number;
  constructor(results: PartResult[], failedAt: number) {
    super('allOrNone');
    this.results = results;
    this.failedAt = failedAt;
  }
}

/** Runs the parts in order; later ones may refer to earlier answers. With allOrNone one failure undoes all. */
export function composite(call: ApiCall, run: RunPart): ApiAnswer {
  const body = objectBody(call);
  const parts = readParts(body['compositeRequest']);
  const allOrNone = body['allOrNone'] === true;
  const { store } = call.engine;
  try {
    const work = () => runParts(call, parts, allOrNone, run);
    const results = allOrNone ? store.tx(work) : work(); // the call is a transaction already; a savepoint more makes every write in it dearer
    return { status: 200, body: { compositeResponse: results } };
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    return { status: 200, body: { compositeResponse: undone(parts, error) } };
  }
}

function runParts(call: ApiCall, parts: Part[], allOrNone: boolean, run: RunPart): PartResult[] {
  const answers = new Map<string, unknown>();
  const results: PartResult[] = [];
  for (const [index, part] of parts.entries()) {
    const answer = runPart(call, part, answers, run);
    answers.set(part.referenceId, answer.body);
    results.push({
      body: answer.body ?? null,
      httpHeaders: partHeaders(answer),
      httpStatusCode: answer.status,
      referenceId: part.referenceId,
    });
    if (allOrNone && (answer.status >= 300 || hasFailedRecord(answer.body))) throw new RolledBack(results, index);
  }
  return results;
}

function partHeaders(answer: ApiAnswer): Record<string, string> {
  const location = answer.headers?.['location'];
  return location === undefined ? {} : { Location: location };
}

/** A collection answers 200 even when records failed; inside an all-or-none composite that counts as a failure. */
function hasFailedRecord(body: unknown): boolean {
  return (
    Array.isArray(body) &&
    body.some((entry) => typeof entry === 'object' && entry !== null && (entry as { success?: unknown }).success === false)
  );
}

function undone(parts: Part[], failure: RolledBack): PartResult[] {
  const text = 'The transaction was rolled back since another operation in the same transaction failed.';
  return parts.map((part, index) => {
    const own = failure.results[index];
    if (index === failure.failedAt && own) return own;
    return {
      body: [{ errorCode: 'PROCESSING_HALTED', message: text }],
      httpHeaders: {},
      httpStatusCode: 400,
      referenceId: part.referenceId,
    };
  });
}

function runPart(call: ApiCall, part: Part, answers: Map<string, unknown>, run: RunPart): ApiAnswer {
  try {
    const url = fillIn(part.url, answers, true) as string;
    const { segments, query } = splitUrl(url);
    if (segments[0] !== 'services' || segments[1] !== 'data')
      throw new SalesforceError(400, 'INVALID_INPUT', `The subrequest URL must begin with /services/data: ${part.url}`);
    const version = parseVersion(segments[2]);
    if (segments[3] === 'composite' && segments[4] !== 'sobjects')
      throw new SalesforceError(400, 'INVALID_INPUT', 'This resource is not supported in a composite request');
    return run({
      ...call,
      method: part.method,
      segments: segments.slice(3),
      query,
      version,
      body: refers(part.body) ? fillIn(part.body, answers, false) : part.body,
      headers: { ...call.headers, ...part.headers },
    });
  } catch (error) {
    const known = asSalesforceError(error);
    return { status: known.httpStatus, body: errorBody(known) };
  }
}

function readParts(raw: unknown): Part[] {
  if (!Array.isArray(raw) || raw.length === 0)
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'compositeRequest must be a list of subrequests');
  if (raw.length > MAX_PARTS)
    throw new SalesforceError(
      400,
      'LIMIT_EXCEEDED',
      `Composite requests are limited to ${MAX_PARTS} subrequests; this one has ${raw.length}`,
    );
  const parts = raw.map((entry: unknown): Part => {
    const part = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    const { method, url, referenceId, body, httpHeaders } = part;
    if (typeof method !== 'string' || typeof url !== 'string' || typeof referenceId !== 'string' || !/^[A-Za-z0-9_]+$/.test(referenceId)) {
      throw new SalesforceError(
        400,
        'INVALID_INPUT',
        'Each subrequest needs method, url and a referenceId of letters, digits and underscores',
      );
    }
    const headers = Object.entries((httpHeaders ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]);
    return { method: method.toUpperCase(), url, referenceId, body, headers: Object.fromEntries(headers) as Record<string, string> };
  });
  const names = new Set(parts.map((part) => part.referenceId));
  if (names.size < parts.length)
    throw new SalesforceError(400, 'INVALID_INPUT', 'Each referenceId may be used only once in a composite request');
  const heavy = parts.filter((part) => /\/(query|queryAll|composite\/sobjects)\b/.test(part.url));
  if (heavy.length > MAX_QUERIES)
    throw new SalesforceError(
      400,
      'LIMIT_EXCEEDED',
      `Composite requests are limited to ${MAX_QUERIES} query or collection subrequests; this one has ${heavy.length}`,
    );
  return parts;
}

/** Whether a text in it may hold a reference. Most bodies hold none, and a copy of a thousand records is dear. */
function refers(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('@{');
  return typeof value === 'object' && value !== null && Object.values(value).some(refers);
}

/** Replaces `@{ref.path}` in every text of a value; in a URL what is put in is percent-encoded. */
function fillIn(value: unknown, answers: Map<string, unknown>, inUrl: boolean): unknown {
  if (typeof value === 'string') {
    return value.replace(/@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}/g, (_whole, name: string, path: string) => {
      const found = follow(answers, name, path);
      return inUrl ? encodeURIComponent(found) : found;
    });
  }
  if (Array.isArray(value)) return value.map((entry) => fillIn(entry, answers, inUrl));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fillIn(entry, answers, inUrl)]));
  return value;
}

function follow(answers: Map<string, unknown>, name: string, path: string): string {
  let at = answers.get(name);
  for (const step of path.match(/[A-Za-z0-9_]+/g) ?? []) {
    if (typeof at !== 'object' || at === null) break;
    const holder = at as Record<string, unknown>;
    const key = step in holder ? step : Object.keys(holder).find((entry) => entry.toLowerCase() === step.toLowerCase());
    at = key === undefined ? undefined : holder[key];
  }
  if (at === undefined || at === null || typeof at === 'object') {
    throw new SalesforceError(400, 'PROCESSING_HALTED', `Invalid reference specified. No value for ${name}${path} found in ${name}`);
  }
  return String(at);
}

/** Independent parts, each an API call of its own; one failing does not undo the others. */
export function batch(call: ApiCall, run: RunPart): ApiAnswer {
  const body = objectBody(call);
  const list = body['batchRequests'];
  if (!Array.isArray(list) || list.length === 0)
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'batchRequests must be a list of subrequests');
  if (list.length > MAX_PARTS)
    throw new SalesforceError(400, 'LIMIT_EXCEEDED', `Batch requests are limited to ${MAX_PARTS} subrequests; this one has ${list.length}`);
  call.countCalls?.(list.length - 1);
  let halted = false;
  const results = list.map((entry: unknown) => {
    if (halted)
      return { statusCode: 412, result: [{ errorCode: 'BATCH_PROCESSING_HALTED', message: 'Batch processing halted per request' }] };
    const answer = batchPart(call, (entry ?? {}) as Record<string, unknown>, run);
    if (answer.status >= 400 && body['haltOnError'] === true) halted = true;
    return { statusCode: answer.status, result: answer.body ?? null };
  });
  return { status: 200, body: { hasErrors: results.some((result) => result.statusCode >= 400), results } };
}

function batchPart(call: ApiCall, part: Record<string, unknown>, run: RunPart): ApiAnswer {
  try {
    const { segments, query } = splitUrl(String(part['url'] ?? ''));
    const own = segments[0] === 'services' ? segments.slice(2) : segments;
    const version = parseVersion(own[0]);
    if (own[1] === 'composite') throw new SalesforceError(400, 'INVALID_INPUT', 'This resource is not supported in a batch request');
    return run({
      ...call,
      method: String(part['method'] ?? 'GET').toUpperCase(),
      segments: own.slice(1),
      query,
      version,
      body: part['richInput'],
    });
  } catch (error) {
    const known = asSalesforceError(error);
    return { status: known.httpStatus, body: errorBody(known) };
  }
}

/** `/search` (SOSL) and `/parameterizedSearch`. */
import { SalesforceError } from '../errors.ts';
import { MAX_ROWS, parseSosl } from '../sosl/parse.ts';
import type { Returning, SearchGroup, SearchRequest } from '../sosl/parse.ts';
import { runSearch } from '../sosl/run.ts';
import { badSearch } from '../sosl/term.ts';
import { objectBody, urlBase, wrongMethod } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

/** `GET /search?q=`. */
export function search(call: ApiCall): ApiAnswer {
  const sosl = call.query.get('q');
  if (sosl === null || sosl.trim() === '') throw badSearch('A search string has to be specified');
  return answer(call, parseSosl(sosl));
}

function answer(call: ApiCall, request: SearchRequest): ApiAnswer {
  return { status: 200, body: { searchRecords: runSearch(call.engine, call.actor, request, urlBase(call)) } };
}

const GROUPS = new Set(['ALL', 'NAME', 'EMAIL', 'PHONE', 'SIDEBAR']);

/** `/parameterizedSearch` by GET parameters or POST body. The text is taken word by word. */
export function parameterizedSearch(call: ApiCall): ApiAnswer {
  if (call.method === 'POST') return answer(call, fromBody(objectBody(call)));
  if (call.method === 'GET') return answer(call, fromQuery(call.query));
  throw wrongMethod(call, 'GET,POST');
}

function group(value: unknown): SearchGroup {
  const name = (typeof value === 'string' ? value : 'ALL').toUpperCase().replace(/\s+FIELDS$/, '');
  if (!GROUPS.has(name)) throw new SalesforceError(400, 'INVALID_SEARCH_SCOPE', `unknown search group: ${name}`);
  return name as SearchGroup;
}

function clauses(where: string, limit: number | undefined): string {
  return `${where === '' ? '' : `WHERE ${where}`}${limit === undefined ? '' : ` LIMIT ${limit}`}`;
}

function whole(value: unknown): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) && number > 0 ? Math.min(number, MAX_ROWS) : undefined;
}

function fromQuery(query: URLSearchParams): SearchRequest {
  const names = query
    .getAll('sobject')
    .flatMap((entry) => entry.split(','))
    .map((entry) => entry.trim());
  const common = (query.get('fields') ?? '').split(',').filter((name) => name !== '');
  const preset = whole(query.get('defaultLimit') ?? undefined);
  const returning = names
    .filter((name) => name !== '')
    .map((object): Returning => {
      const own = (query.get(`${object}.fields`) ?? '').split(',').filter((name) => name !== '');
      const limit = whole(query.get(`${object}.limit`) ?? undefined) ?? preset;
      return { object, fields: own.length > 0 ? own : common, clauses: clauses(query.get(`${object}.where`) ?? '', limit) };
    });
  return {
    text: query.get('q') ?? '',
    group: group(query.get('in')),
    returning,
    limit: whole(query.get('overallLimit') ?? undefined) ?? MAX_ROWS,
  };
}

function fromBody(body: Record<string, unknown>): SearchRequest {
  const strings = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  const common = strings(body['fields']);
  const preset = whole(body['defaultLimit']);
  const list = Array.isArray(body['sobjects']) ? (body['sobjects'] as Record<string, unknown>[]) : [];
  const returning = list.map((entry): Returning => {
    const own = strings(entry['fields']);
    const where = typeof entry['where'] === 'string' ? entry['where'] : '';
    return {
      object: String(entry['name'] ?? ''),
      fields: own.length > 0 ? own : common,
      clauses: clauses(where, whole(entry['limit']) ?? preset),
    };
  });
  return {
    text: typeof body['q'] === 'string' ? body['q'] : '',
    group: group(body['in']),
    returning,
    limit: whole(body['overallLimit']) ?? MAX_ROWS,
  };
}

/** `/query`, `/queryAll` and their further pages. */
import { malformed } from '../soql/condition.ts';
import { PAGE_SIZE, nextPage, runQuery } from '../soql/run.ts';
import type { QueryResult } from '../soql/run.ts';
import { urlBase } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

/** Handles `?q=` and `/<locator>`. */
export function query(call: ApiCall, allRows: boolean): ApiAnswer {
  const options = { allRows, urlBase: urlBase(call), pageSize: pageSize(call), sessionId: call.sessionId };
  const [locator] = call.segments;
  if (locator !== undefined) return page(call, nextPage(call.engine, call.actor, locator, options));
  const soql = call.query.get('q');
  if (soql === null || soql.trim() === '') throw malformed('A query string has to be specified');
  return page(call, runQuery(call.engine, call.actor, soql, options));
}

function page(call: ApiCall, result: QueryResult): ApiAnswer {
  const { nextLocator, ...rest } = result;
  const next = nextLocator === undefined ? {} : { nextRecordsUrl: `${urlBase(call)}/query/${nextLocator}` };
  return { status: 200, body: { totalSize: rest.totalSize, done: rest.done, ...next, records: rest.records } };
}

/** `Sforce-Query-Options: batchSize=500`; between 200 and 2,000. */
function pageSize(call: ApiCall): number {
  const wanted = /batchSize=(\d+)/.exec(call.headers['sforce-query-options'] ?? '');
  return wanted ? Math.min(Math.max(Number(wanted[1]), 200), PAGE_SIZE) : PAGE_SIZE;
}

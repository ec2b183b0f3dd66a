/** Query jobs: which SOQL they take, and how they run it piece by piece. */
import type { FieldType, Query } from '@jetstreamapp/soql-parser-js';
import type { Stored } from '../convert.ts';
import { userActor } from '../engine.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import type { FieldDef } from '../model.ts';
import { compileQuery, planSql, runRows } from '../soql/compile.ts';
import type { Plan } from '../soql/compile.ts';
import { isAggregate } from '../soql/functions.ts';
import { parseSoql, planIds } from '../soql/run.ts';
import { csvLine } from './csv.ts';
import { addLines, countProcessed, dropResults, startResult } from './jobs.ts';
import type { BulkJob } from './jobs.ts';

/** Rows that are read in one go; other calls get their turn in between. */
const SLICE = 2_000;

/** Checks a query as a job takes it and answers the object it reads. Throws what a plain query throws, and API_ERROR for what only those know. */
export function checkBulkQuery(engine: Engine, actor: Actor, soql: string): string {
  const query = parseSoql(soql);
  const wanted = query.fields ?? [];
  if (query.groupBy !== undefined) throw notSupported('GROUP BY');
  if (query.offset !== undefined) throw notSupported('OFFSET');
  if (wanted.some((entry) => entry.type === 'FieldTypeof')) throw notSupported('TYPEOF');
  if (wanted.some((entry) => entry.type === 'FieldSubquery')) throw notSupported('Aggregate Relationships');
  if (wanted.some(isAggregateField)) throw notSupported('Aggregate functions');
  return compile(engine, actor, soql, query, true).object.name;
}

const isAggregateField = (entry: FieldType): boolean => entry.type === 'FieldFunctionExpression' && isAggregate(entry.functionName);

function notSupported(what: string): SalesforceError {
  return new SalesforceError(400, 'API_ERROR', `${what} not supported in Bulk V2 Query`);
}

function compile(engine: Engine, actor: Actor, soql: string, query: Query, allRows: boolean, ids?: string): Plan {
  return compileQuery(engine, actor, soql, query, { allRows, urlBase: '', ...(ids === undefined ? {} : { ids }) });
}

/** The steps of a query job: each reads some rows and stores their lines. The rows are those of the first step, their values those of their own. */
export function* queryJobSteps(engine: Engine, job: BulkJob): Generator<void, void> {
  const query = parseSoql(job.query);
  const actor = () => userActor(engine, job.userId);
  const plan = compile(engine, actor(), job.query, query, job.operation === 'queryAll');
  const header = csvLine(
    job,
    plan.selection.flat.map(({ path }) => path),
  );
  const ids = planIds(engine, plan);
  // A job that was interrupted begins anew: nobody has read its results yet.
  dropResults(engine, job.id);
  startResult(engine, job.id, 'results', header);
  yield;
  for (let from = 0; from < ids.length; from += SLICE) {
    const slice = ids.slice(from, from + SLICE);
    const part = compile(engine, actor(), job.query, query, true, JSON.stringify(slice));
    const order = new Map(slice.map((id, index) => [id, index]));
    const rows = runRows(engine, planSql(part), [...part.params, -1, 0]);
    rows.sort((a, b) => (order.get(String(a[0])) ?? 0) - (order.get(String(b[0])) ?? 0));
    const lines = rows.map((row) =>
      csvLine(
        job,
        part.selection.flat.map(({ field, index }) => cell(field, row[index])),
      ),
    );
    addLines(engine, job.id, 'results', lines);
    countProcessed(engine, job.id, from + slice.length, 0);
    yield;
  }
}

/** Instants end in `Z` here, unlike in JSON. */
function cell(field: FieldDef, value: Stored | undefined): string {
  if (field.type === 'boolean') return String(value === 1);
  return value === null || value === undefined ? '' : String(value);
}

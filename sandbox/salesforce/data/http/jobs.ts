/** `/jobs/query` and `/jobs/ingest`: Bulk API 2.0. A job is seen by the user who made it and nobody else. */
import { normaliseId } from '../ids.ts';
import { csvForm } from '../bulk/csv.ts';
import { addJob, listJobs, ownJob, readLines, readUpload, removeJob, saveUpload, setState } from '../bulk/jobs.ts';
import type { BulkJob, JobKind, ResultKind } from '../bulk/jobs.ts';
import { checkBulkQuery } from '../bulk/query.ts';
import { abortJob } from '../bulk/runner.ts';
import { keyField } from '../dml/upsert.ts';
import { canSeeObject } from '../engine.ts';
import { SalesforceError, notFound } from '../errors.ts';
import { objectBody, urlBase, wrongMethod } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

/** Jobs of one page of the list. */
const LIST_PAGE = 1_000;
/** Rows of one page of results, unless fewer are asked for; the vendor names no number. */
const RESULT_PAGE = 50_000;
const INGEST = ['insert', 'update', 'upsert', 'delete'];
const INGEST_RESULTS: ResultKind[] = ['successfulResults', 'failedResults', 'unprocessedrecords'];

/** Routes below `/jobs`. */
export function jobs(call: ApiCall): ApiAnswer {
  const [kind, rawId, part, ...more] = call.segments;
  if ((kind !== 'query' && kind !== 'ingest') || more.length > 0) throw notFound();
  // A sandbox that was told to let jobs wait goes on when somebody asks.
  call.engine.store.afterTx(() => call.engine.jobs.wake(), false);
  if (rawId === undefined) {
    if (call.method === 'GET') return { status: 200, body: list(call, kind) };
    if (call.method !== 'POST') throw wrongMethod(call, 'GET,HEAD,POST');
    const job = kind === 'query' ? createQuery(call) : createIngest(call);
    return { status: 200, body: view(call, job) };
  }
  const job = ownJob(call.engine, call.actor, kind, normaliseId(rawId) ?? '');
  if (part === undefined) return one(call, job);
  if (kind === 'ingest' && part === 'batches') return upload(call, job);
  if (call.method !== 'GET') throw wrongMethod(call, 'GET,HEAD');
  if (kind === 'query' && part === 'results') return results(call, job);
  const wanted = INGEST_RESULTS.find((name) => name.toLowerCase() === part.toLowerCase());
  if (kind !== 'ingest' || !wanted) throw notFound();
  if (!isOver(job)) throw wrongState(`${wanted} of a job in state ${job.state} can't be read`);
  return { status: 200, csv: readLines(call.engine, job.id, wanted, 0, Number.MAX_SAFE_INTEGER) };
}

const isOver = ({ state }: BulkJob): boolean => state === 'JobComplete' || state === 'Failed' || state === 'Aborted';

function wrongState(text: string): SalesforceError {
  return new SalesforceError(400, 'INVALIDJOBSTATE', `InvalidJobState : ${text}`);
}

function invalid(text: string): SalesforceError {
  return new SalesforceError(400, 'INVALIDJOB', `InvalidJob : ${text}`);
}

/** The body of a new job: only these properties, and `contentType` CSV. */
function jobBody(call: ApiCall, allowed: readonly string[]): Record<string, unknown> {
  const body = objectBody(call);
  const unknown = Object.keys(body).find(
    (name) => ![...allowed, 'contentType', 'columnDelimiter', 'lineEnding', 'operation'].includes(name),
  );
  if (unknown) throw new SalesforceError(400, 'JSON_PARSER_ERROR', `Unrecognized field "${unknown}" at [line:1, column:1]`);
  if (body['contentType'] !== undefined && body['contentType'] !== 'CSV') throw invalid('only CSV is supported as contentType');
  return body;
}

function createQuery(call: ApiCall): BulkJob {
  const body = jobBody(call, ['query']);
  const { query, operation } = body;
  if (operation !== 'query' && operation !== 'queryAll') throw invalid(`${String(operation)} is not a valid operation`);
  if (typeof query !== 'string' || query.trim() === '') throw invalid('a query is required');
  const form = csvForm(body['columnDelimiter'], body['lineEnding']);
  const object = checkBulkQuery(call.engine, call.actor, query);
  return add(call, { kind: 'query', operation, object, query, keyField: '', state: 'UploadComplete', ...form });
}

function createIngest(call: ApiCall): BulkJob {
  const body = jobBody(call, ['object', 'externalIdFieldName']);
  const { operation, object: name, externalIdFieldName: key } = body;
  if (typeof operation !== 'string' || !INGEST.includes(operation)) throw invalid(`${String(operation)} is not a valid operation`);
  if (typeof name !== 'string' || name === '') throw invalid('an object is required');
  const form = csvForm(body['columnDelimiter'], body['lineEnding']);
  const object = call.engine.schema.object(name);
  if (!object || !canSeeObject(call.actor, object))
    throw new SalesforceError(400, 'INVALIDENTITY', `InvalidEntity : Unable to find object: ${name}`);
  if (object.kind !== 'object')
    throw new SalesforceError(400, 'INVALIDENTITY', `Entity '${object.name}' is not supported by the Bulk API.`);
  if (operation === 'upsert' && (typeof key !== 'string' || key === '')) throw invalid('externalIdFieldName is required for upsert');
  if (operation !== 'upsert' && key !== undefined) throw invalid(`externalIdFieldName is not allowed for ${operation}`);
  const keyName = typeof key === 'string' ? keyField(call.engine, call.actor, object, key).name : '';
  return add(call, { kind: 'ingest', operation, object: object.name, query: '', keyField: keyName, state: 'Open', ...form });
}

function add(call: ApiCall, job: Omit<Parameters<typeof addJob>[1], 'userId' | 'apiVersion'>): BulkJob {
  return addJob(call.engine, { ...job, userId: call.actor.userId, apiVersion: call.version });
}

function list(call: ApiCall, kind: JobKind): object {
  const from = Number(call.query.get('queryLocator') ?? 0) || 0;
  const found = listJobs(call.engine, call.actor, kind, from, LIST_PAGE + 1);
  const done = found.length <= LIST_PAGE;
  const next = done ? null : `${urlBase(call)}/jobs/${kind}?queryLocator=${from + LIST_PAGE}`;
  return { done, nextRecordsUrl: next, records: found.slice(0, LIST_PAGE).map((job) => view(call, job)) };
}

function one(call: ApiCall, job: BulkJob): ApiAnswer {
  switch (call.method) {
    case 'GET':
      return { status: 200, body: view(call, job) };
    case 'DELETE':
      removeJob(call.engine, job);
      return { status: 204 };
    case 'PATCH':
      changeState(call, job, objectBody(call)['state']);
      return { status: 200, body: view(call, ownJob(call.engine, call.actor, job.kind, job.id)) };
    default:
      throw wrongMethod(call, 'DELETE,GET,HEAD,PATCH');
  }
}

function changeState(call: ApiCall, job: BulkJob, state: unknown): void {
  if (state === 'Aborted') {
    if (isOver(job)) throw wrongState(`a job in state ${job.state} can't be aborted`);
    abortJob(call.engine, job);
  } else if (state === 'UploadComplete' && job.kind === 'ingest') {
    if (job.state !== 'Open') throw wrongState(`a job in state ${job.state} can't be closed`);
    setState(call.engine, job.id, 'UploadComplete');
  } else throw invalid(`${String(state)} is not a valid state to set`);
}

function upload(call: ApiCall, job: BulkJob): ApiAnswer {
  if (call.method !== 'PUT') throw wrongMethod(call, 'PUT');
  if (job.state !== 'Open') throw wrongState(`a job in state ${job.state} takes no data`);
  if (typeof call.body !== 'string') throw new SalesforceError(400, 'INVALIDJOB', 'InvalidJob : the data has to be text/csv');
  if (readUpload(call.engine, job.id) !== undefined) throw wrongState('a job takes its data once');
  saveUpload(call.engine, job.id, call.body);
  return { status: 201 };
}

/** A page of results, and in `Sforce-Locator` where the next one begins: the word null behind the last. */
function results(call: ApiCall, job: BulkJob): ApiAnswer {
  if (job.state !== 'JobComplete') throw wrongState(`results of a job in state ${job.state} can't be read`);
  const locator = call.query.get('locator');
  const from = locator === null ? 0 : offsetOf(locator, job);
  const asked = call.query.get('maxRecords');
  if (asked !== null && !/^[1-9]\d{0,8}$/.test(asked)) throw invalid(`maxRecords is not a positive number: ${asked.slice(0, 40)}`);
  const count = Math.min(Number(asked ?? RESULT_PAGE), RESULT_PAGE, job.processed - from);
  const next = from + count;
  const headers = {
    'sforce-locator': next < job.processed ? Buffer.from(String(next)).toString('base64url') : 'null',
    'sforce-numberofrecords': String(count),
  };
  return { status: 200, headers, csv: readLines(call.engine, job.id, 'results', from, count) };
}

function offsetOf(locator: string, job: BulkJob): number {
  const offset = Buffer.from(locator, 'base64url').toString('latin1');
  if (/^\d{1,9}$/.test(offset) && Number(offset) < job.processed) return Number(offset);
  throw new SalesforceError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
}

function view(call: ApiCall, job: BulkJob): object {
  const instant = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000');
  const common = {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.userId,
    createdDate: instant(job.createdMs),
    systemModstamp: instant(job.changedMs),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.apiVersion),
    lineEnding: job.lineEnding,
    columnDelimiter: job.delimiter,
    numberRecordsProcessed: job.processed,
    retries: 0,
    totalProcessingTime: job.tookMs,
    ...(job.error === null ? {} : { errorMessage: job.error }),
  };
  if (job.kind === 'query') return { ...common, jobType: 'V2Query', isPkChunkingSupported: true };
  return {
    ...common,
    jobType: 'V2Ingest',
    ...(job.keyField === '' ? {} : { externalIdFieldName: job.keyField }),
    ...(job.state === 'Open' ? { contentUrl: `${urlBase(call).slice(1)}/jobs/ingest/${job.id}/batches` } : {}),
    numberRecordsFailed: job.failed,
    apiActiveProcessingTime: job.tookMs,
    apexProcessingTime: 0,
  };
}

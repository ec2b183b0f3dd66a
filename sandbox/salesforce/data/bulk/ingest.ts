/** Ingest jobs: an uploaded CSV becomes records, one by one, each with a line in the successes or the failures. */
import { parse } from 'csv-parse/sync';
import type { Values } from '../org-types.ts';
import { createRecord } from '../dml/create.ts';
import { deleteRecord } from '../dml/delete.ts';
import { updateRecord } from '../dml/update.ts';
import { keyField, upsertRecord } from '../dml/upsert.ts';
import { readableField } from '../dml/values.ts';
import { userActor, visibleObject } from '../engine.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError, asSalesforceError, inCollection } from '../errors.ts';
import type { ObjectDef } from '../model.ts';
import { csvLine, delimiterOf, endingOf } from './csv.ts';
import { addLines, countProcessed, dropResults, readUpload, startResult } from './jobs.ts';
import type { BulkJob } from './jobs.ts';

/** Records that are written in one transaction. Source: Bulk API 2.0, how requests are processed. */
const CHUNK = 200;
/** An empty value is left alone; this one empties the field. Source: Bulk API 2.0, field values. */
const NOTHING = '#N/A';

/** The job as a whole could not be worked on: what was not written yet is left unprocessed. */
export class BatchError extends Error {
  override readonly name = 'BatchError';
}

/** The steps of an ingest job, each a transaction of its own. Throws BatchError. */
export function* ingestJobSteps(engine: Engine, job: BulkJob): Generator<void, void> {
  const [header = [], ...rows] = readRows(job, readUpload(engine, job.id) ?? '');
  if (job.processed === 0) startResults(engine, job, header);
  let { failed } = job;
  let from = job.processed;
  try {
    checkHeader(engine, userActor(engine, job.userId), job, header);
    yield;
    while (from < rows.length) {
      const chunk = rows.slice(from, from + CHUNK);
      const wrong = chunk.find((row) => row.length !== header.length);
      if (wrong) throw new BatchError(`InvalidBatch : a row has ${wrong.length} columns, the header has ${header.length}`);
      const seen = new Set<string>();
      const done = chunk.map((row) => writeRow(engine, job, header, row, seen));
      addLines(
        engine,
        job.id,
        'successfulResults',
        done.filter(({ ok }) => ok).map(({ line }) => line),
      );
      const failures = done.filter(({ ok }) => !ok);
      addLines(
        engine,
        job.id,
        'failedResults',
        failures.map(({ line }) => line),
      );
      from += chunk.length;
      failed += failures.length;
      countProcessed(engine, job.id, from, failed);
      yield;
    }
  } catch (error) {
    leave(engine, job, rows.slice(from));
    throw error;
  }
}

function startResults(engine: Engine, job: BulkJob, header: readonly string[]): void {
  dropResults(engine, job.id);
  startResult(engine, job.id, 'successfulResults', csvLine(job, ['sf__Id', 'sf__Created', ...header]));
  startResult(engine, job.id, 'failedResults', csvLine(job, ['sf__Id', 'sf__Error', ...header]));
  startResult(engine, job.id, 'unprocessedrecords', csvLine(job, header));
}

/** Of a job that is aborted: the rows that nobody will work on any more. A CSV that cannot be read has none. */
export function leaveUnprocessed(engine: Engine, job: BulkJob): void {
  const csv = readUpload(engine, job.id);
  if (csv === undefined) return;
  try {
    const [header = [], ...rows] = readRows(job, csv);
    if (job.processed === 0) startResults(engine, job, header);
    leave(engine, job, rows.slice(job.processed));
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
  }
}

function leave(engine: Engine, job: BulkJob, rows: readonly string[][]): void {
  addLines(
    engine,
    job.id,
    'unprocessedrecords',
    rows.map((row) => csvLine(job, row)),
  );
}

function readRows(job: BulkJob, csv: string): string[][] {
  const head = /^[^\r\n]*(\r\n|\n)?/.exec(csv)?.[1];
  if (head !== undefined && head !== endingOf(job))
    throw new BatchError(`ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${job.lineEnding}`);
  try {
    return parse(csv, {
      bom: true,
      delimiter: delimiterOf(job),
      recordDelimiter: endingOf(job),
      relaxColumnCount: true,
      skipEmptyLines: true,
    });
  } catch (error) {
    throw new BatchError(`InvalidBatch : Unable to parse the CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkHeader(engine: Engine, actor: Actor, job: BulkJob, header: readonly string[]): void {
  const missing = (name: string) => new BatchError(`InvalidBatch : Field name not found : ${name}`);
  if (header.length === 0) throw new BatchError('InvalidBatch : The CSV is empty');
  const object = visibleObject(engine, actor, job.object);
  const has = (name: string) => header.some((column) => column.toLowerCase() === name.toLowerCase());
  if ((job.operation === 'update' || job.operation === 'delete') && !has('Id')) throw missing('Id');
  if (job.operation === 'upsert' && !has(job.keyField)) throw missing(job.keyField);
  for (const column of header) {
    const [first = '', ...rest] = column.split('.');
    try {
      if (rest.length === 0) readableField(engine, actor, object, first);
      else if (rest.length > 1 || !engine.schema.relationship(object, first)) throw missing(column);
    } catch {
      throw missing(column);
    }
  }
}

function writeRow(
  engine: Engine,
  job: BulkJob,
  header: readonly string[],
  row: readonly string[],
  seen: Set<string>,
): { ok: boolean; line: string } {
  const cells = header.map((name, index): [string, string] => [name, row[index] ?? '']);
  const given = (name: string) => cells.find(([column]) => column.toLowerCase() === name.toLowerCase())?.[1] ?? '';
  try {
    // Rights may change while a job runs.
    const actor = userActor(engine, job.userId);
    const object = visibleObject(engine, actor, job.object);
    const work = () => write(engine, actor, object, job, cells, given, seen);
    const { id, created } = engine.store.tx(() => inCollection(work));
    return { ok: true, line: csvLine(job, [id, String(created), ...row]) };
  } catch (error) {
    return { ok: false, line: csvLine(job, [given('Id'), errorText(asSalesforceError(error)), ...row]) };
  }
}

function write(
  engine: Engine,
  actor: Actor,
  object: ObjectDef,
  job: BulkJob,
  cells: readonly [string, string][],
  given: (name: string) => string,
  seen: Set<string>,
): { id: string; created: boolean } {
  const id = given('Id');
  if (id === '' && (job.operation === 'update' || job.operation === 'delete'))
    throw new SalesforceError(400, 'MISSING_ARGUMENT', `Id not specified in an ${job.operation} call`);
  switch (job.operation) {
    case 'insert':
      return { id: createRecord(engine, actor, object, valuesOf(cells, [])), created: true };
    case 'update':
      updateRecord(engine, actor, object, id, valuesOf(cells, ['id']));
      return { id, created: false };
    case 'delete':
      deleteRecord(engine, actor, object, id);
      return { id, created: false };
    default: {
      const key = keyField(engine, actor, object, job.keyField);
      const value = given(job.keyField);
      if (value === '') throw new SalesforceError(400, 'MISSING_ARGUMENT', `${key.name} not specified`);
      const spelled = key.caseSensitive ? value : value.toLowerCase();
      if (seen.has(spelled)) throw new SalesforceError(400, 'DUPLICATE_VALUE', `Duplicate external id specified: ${value}`, [key.name]);
      seen.add(spelled);
      return upsertRecord(engine, actor, object, key, value, valuesOf(cells, [job.keyField.toLowerCase(), 'id']));
    }
  }
}

/** Values of a row; `Account.Key__c` names the parent by its own key. */
function valuesOf(cells: readonly [string, string][], without: readonly string[]): Values {
  const values: Values = {};
  for (const [name, text] of cells) {
    if (text === '' || without.includes(name.toLowerCase())) continue;
    const value = text === NOTHING ? null : text;
    const [first = '', second] = name.split('.');
    values[first] = second === undefined ? value : { [second]: value };
  }
  return values;
}

/** As in the column `sf__Error`. Source: Bulk API 2.0, failed record results. */
function errorText(error: SalesforceError): string {
  return `${error.errorCode}:${error.message}:${(error.fields ?? []).join(',')} --`;
}

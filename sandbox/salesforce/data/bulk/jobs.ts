/** Bulk API 2.0 jobs and their results as rows of the org's database, so that they outlive a restart as the real ones do. */
import type { DatabaseSync } from 'node:sqlite';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError, notFound } from '../errors.ts';
import { makeId } from '../ids.ts';
import type { CsvForm } from './csv.ts';

export type JobKind = 'query' | 'ingest';
export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';
export type ResultKind = 'results' | 'successfulResults' | 'failedResults' | 'unprocessedrecords';

export interface BulkJob extends CsvForm {
  id: string;
  kind: JobKind;
  userId: string;
  operation: string;
  object: string;
  /** SOQL of a query job. */
  query: string;
  /** External id of an upsert, otherwise empty. */
  keyField: string;
  state: JobState;
  apiVersion: string;
  createdMs: number;
  changedMs: number;
  tookMs: number;
  processed: number;
  failed: number;
  error: string | null;
}

/** Results are kept seven days. Source: Bulk API 2.0 limits. */
const JOB_LIFE_MS = 7 * 24 * 3600 * 1000;

const COLUMNS = `id, kind, user_id AS userId, operation, object, query, key_field AS keyField, delimiter, line_ending AS lineEnding, state,
  api_version AS apiVersion, created_ms AS createdMs, changed_ms AS changedMs, took_ms AS tookMs, processed, failed, error`;

export function createBulkTables(db: DatabaseSync): void {
  db.exec(`CREATE TABLE IF NOT EXISTS sys_bulk_job (id TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT NOT NULL, operation TEXT NOT NULL,
      object TEXT NOT NULL, query TEXT NOT NULL, key_field TEXT NOT NULL, delimiter TEXT NOT NULL, line_ending TEXT NOT NULL, state TEXT NOT NULL,
      api_version TEXT NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, took_ms INTEGER NOT NULL DEFAULT 0,
      processed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, error TEXT);
    CREATE TABLE IF NOT EXISTS sys_bulk_upload (job_id TEXT PRIMARY KEY, csv TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS sys_bulk_part (job_id TEXT NOT NULL, kind TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
      lines TEXT NOT NULL, PRIMARY KEY (job_id, kind, first)) WITHOUT ROWID`);
}

export function clearBulkTables(db: DatabaseSync): void {
  db.exec('DELETE FROM sys_bulk_job; DELETE FROM sys_bulk_upload; DELETE FROM sys_bulk_part');
}

type NewJob = Pick<
  BulkJob,
  'kind' | 'userId' | 'operation' | 'object' | 'query' | 'keyField' | 'delimiter' | 'lineEnding' | 'state' | 'apiVersion'
>;

export function addJob(engine: Engine, job: NewJob): BulkJob {
  const id = makeId('750', engine.store.next('bulk'));
  const now = engine.clock.now().getTime();
  engine.store
    .prepare(
      `INSERT INTO sys_bulk_job (id, kind, user_id, operation, object, query, key_field, delimiter, line_ending, state, api_version, created_ms, changed_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      id,
      job.kind,
      job.userId,
      job.operation,
      job.object,
      job.query,
      job.keyField,
      job.delimiter,
      job.lineEnding,
      job.state,
      job.apiVersion,
      now,
      now,
    );
  return readJob(engine, id) as BulkJob;
}

export function readJob(engine: Engine, id: string): BulkJob | undefined {
  return engine.store.prepare(`SELECT ${COLUMNS} FROM sys_bulk_job WHERE id = ?`).get(id) as BulkJob | undefined;
}

/** A job of this user; 404 for one of somebody else, one that is too old, and one that never was. */
export function ownJob(engine: Engine, actor: Actor, kind: JobKind, id: string): BulkJob {
  dropOldJobs(engine);
  const job = readJob(engine, id);
  if (!job || job.kind !== kind || job.userId !== actor.userId) throw notFound();
  return job;
}

/** This user's jobs, oldest first. */
export function listJobs(engine: Engine, actor: Actor, kind: JobKind, from: number, count: number): BulkJob[] {
  dropOldJobs(engine);
  const rows = engine.store
    .prepare(`SELECT ${COLUMNS} FROM sys_bulk_job WHERE user_id = ? AND kind = ? ORDER BY created_ms, id LIMIT ? OFFSET ?`)
    .all(actor.userId, kind, count, from);
  return rows as unknown as BulkJob[];
}

/** The job whose turn it is. */
export function nextJob(engine: Engine): BulkJob | undefined {
  return engine.store
    .prepare(`SELECT ${COLUMNS} FROM sys_bulk_job WHERE state IN ('UploadComplete', 'InProgress') ORDER BY created_ms, id LIMIT 1`)
    .get() as BulkJob | undefined;
}

export function setState(engine: Engine, id: string, state: JobState, error: string | null = null): void {
  const now = engine.clock.now().getTime();
  engine.store
    .prepare('UPDATE sys_bulk_job SET state = ?, error = ?, took_ms = took_ms + ? - changed_ms, changed_ms = ? WHERE id = ?')
    .run(state, error, now, now, id);
}

export function countProcessed(engine: Engine, id: string, processed: number, failed: number): void {
  engine.store.prepare('UPDATE sys_bulk_job SET processed = ?, failed = ? WHERE id = ?').run(processed, failed, id);
}

/** Deletes a job that is over, with its data; INVALIDJOBSTATE for one that is still worked on. */
export function removeJob(engine: Engine, job: BulkJob): void {
  if (job.state === 'UploadComplete' || job.state === 'InProgress') {
    throw new SalesforceError(400, 'INVALIDJOBSTATE', `InvalidJobState : a job in state ${job.state} can't be deleted`);
  }
  engine.store.prepare('DELETE FROM sys_bulk_job WHERE id = ?').run(job.id);
  dropResults(engine, job.id);
  engine.store.prepare('DELETE FROM sys_bulk_upload WHERE job_id = ?').run(job.id);
}

export function dropResults(engine: Engine, id: string): void {
  engine.store.prepare('DELETE FROM sys_bulk_part WHERE job_id = ?').run(id);
}

function dropOldJobs(engine: Engine): void {
  const before = engine.clock.now().getTime() - JOB_LIFE_MS;
  const old = engine.store
    .prepare(`SELECT ${COLUMNS} FROM sys_bulk_job WHERE created_ms < ? AND state NOT IN ('UploadComplete', 'InProgress')`)
    .all(before);
  for (const job of old) removeJob(engine, job as unknown as BulkJob);
}

export function saveUpload(engine: Engine, id: string, csv: string): void {
  engine.store.prepare('INSERT INTO sys_bulk_upload (job_id, csv) VALUES (?, ?)').run(id, csv);
}

export function readUpload(engine: Engine, id: string): string | undefined {
  return (engine.store.prepare('SELECT csv FROM sys_bulk_upload WHERE job_id = ?').get(id) as { csv: string } | undefined)?.csv;
}

/** Begins a result: its header stands in a piece of its own before the first line. */
export function startResult(engine: Engine, id: string, kind: ResultKind, header: string): void {
  insertPart(engine, id, kind, -1, [header]);
}

/** Adds lines behind those that a job has of this kind. */
export function addLines(engine: Engine, id: string, kind: ResultKind, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const { top } = engine.store
    .prepare('SELECT coalesce(max(first + count), 0) AS top FROM sys_bulk_part WHERE job_id = ? AND kind = ?')
    .get(id, kind) as { top: number };
  insertPart(engine, id, kind, top, lines);
}

function insertPart(engine: Engine, id: string, kind: ResultKind, first: number, lines: readonly string[]): void {
  engine.store
    .prepare('INSERT INTO sys_bulk_part (job_id, kind, first, count, lines) VALUES (?, ?, ?, ?, ?)')
    .run(id, kind, first, lines.length, JSON.stringify(lines));
}

/** The header, and `count` lines from `from` on, in pieces: the whole may be larger than the memory. */
export function* readLines(engine: Engine, id: string, kind: ResultKind, from: number, count: number): Generator<string, void> {
  const parts = engine.store
    .prepare(
      'SELECT first FROM sys_bulk_part WHERE job_id = ? AND kind = ? AND (first < 0 OR (first + count > ? AND first < ?)) ORDER BY first',
    )
    .all(id, kind, from, from + count) as { first: number }[];
  for (const { first } of parts) {
    const row = engine.store.prepare('SELECT lines FROM sys_bulk_part WHERE job_id = ? AND kind = ? AND first = ?').get(id, kind, first) as
      { lines: string } | undefined;
    const lines = JSON.parse(row?.lines ?? '[]') as string[];
    yield (first < 0 ? lines : lines.slice(Math.max(0, from - first), Math.max(0, from + count - first))).join('');
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { classifyFailure } from './classify.ts';
import { SalesforceError } from './errors.ts';
import type { NameMapper } from './namespace.ts';
import type { Send, SendForText } from './send.ts';

/** A query job of the org (Bulk API 2.0, `/jobs/query`). */
export interface BulkJob {
  id: string;
  /** `working`: ask again later. `failed`: failed or aborted, nothing will come of it. */
  state: 'working' | 'complete' | 'failed';
  /** When it was made, by the org's clock; ISO 8601. */
  createdAt: string;
  /** Of a complete job: all records of its results. */
  recordsProcessed: number;
  /** Why it failed, where the org says so; empty otherwise. */
  why: string;
}

/** Rows of a job's results. Values are text as the CSV has it, nothing is null. */
export interface BulkPage {
  rows: Record<string, string | null>[];
  /** Where the next page begins; null behind the last. Belongs to the job. */
  locator: string | null;
}

/**
 * Reading many records as one job of the org, which works on it in its own time. A job belongs to the user who made it and is kept seven days.
 * All but `create` throw BulkJobGoneError when the job is not there for this user: it has to be made anew.
 */
export interface BulkQuery {
  /** Deleted records are left out. SOQL without aggregates, child subqueries and OFFSET; ORDER BY and LIMIT make it slow. */
  create(soql: string): Promise<BulkJob>;
  status(id: string): Promise<BulkJob>;
  /** One page of a complete job; `locator` null is the first. */
  page(id: string, locator: string | null, maxRecords: number): Promise<BulkPage>;
  /** Frees what the org keeps for the job; one that is worked on cannot be deleted. */
  remove(id: string): Promise<void>;
}

/** The job is not there any more, or not for this user: expired, deleted, or made by another user before a failover. */
export class BulkJobGoneError extends SalesforceError {
  constructor(cause: SalesforceError) {
    super({ message: 'the bulk job is gone', status: cause.status, errors: cause.errors, sent: cause.sent, cause });
    this.name = 'BulkJobGoneError';
  }
}

export function createBulkQuery(send: Send, sendForText: SendForText, names: NameMapper): BulkQuery {
  const path = (id: string): string => `/jobs/query/${encodeURIComponent(id)}`;
  return {
    create: async (soql) =>
      toJob(await send({ method: 'POST', path: '/jobs/query', body: { operation: 'query', query: names.soql(soql) } })),
    status: (id) => orGone(async () => toJob(await send({ method: 'GET', path: path(id) }))),
    page: (id, locator, maxRecords) =>
      orGone(async () => {
        const query = new URLSearchParams({ maxRecords: String(maxRecords), ...(locator !== null && { locator }) });
        const { text, headers } = await sendForText({ method: 'GET', path: `${path(id)}/results?${query}` });
        const next = headers['sforce-locator'];
        // Without the header nobody knows whether there is more.
        if (!next) throw new SalesforceError({ message: 'the answer names no locator', status: 200, sent: 'yes', plainText: '' });
        const rows = await readRows(text, names);
        if (rows.length !== Number(headers['sforce-numberofrecords'] ?? rows.length)) throw unreadable('fewer or more rows than announced');
        return { rows, locator: next === 'null' ? null : next };
      }),
    remove: async (id) => void (await orGone(() => send({ method: 'DELETE', path: path(id) }))),
  };
}

/** Whatever the org says against a job of our own, there is only one remedy. Who asks, the org and the way to it are another matter. */
async function orGone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.status < 400) throw error;
    const { class: kind } = classifyFailure(error);
    throw kind === 'record' || kind === 'cursor' || kind === 'permission' ? new BulkJobGoneError(error) : error;
  }
}

interface RawJob {
  id: string;
  state: string;
  createdDate: string;
  numberRecordsProcessed?: number;
  errorMessage?: string;
}

function toJob(body: unknown): BulkJob {
  const raw = body as RawJob;
  const over = raw.state === 'Failed' || raw.state === 'Aborted';
  return {
    id: raw.id,
    state: raw.state === 'JobComplete' ? 'complete' : over ? 'failed' : 'working',
    createdAt: new Date(raw.createdDate).toISOString(),
    recordsProcessed: raw.numberRecordsProcessed ?? 0,
    why: raw.errorMessage ?? '',
  };
}

/** Bytes that are parsed in one go; callers on the phone get their turn in between. */
const PIECE = 64 * 1024;

async function readRows(csv: string, names: NameMapper): Promise<BulkPage['rows']> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => header.map((name) => name.split('.').map(names.bare).join('.')),
    cast: (value, { header }) => (value === '' && !header ? null : value),
  });
  const rows: BulkPage['rows'] = [];
  try {
    for await (const row of Readable.from(piecesOf(csv)).pipe(parser)) rows.push(row as Record<string, string | null>);
  } catch (error) {
    throw unreadable('not a CSV', error);
  }
  return rows;
}

/** Results that cannot be read will not get better by being read again: the job has to be made anew. */
function unreadable(what: string, cause?: unknown): BulkJobGoneError {
  return new BulkJobGoneError(new SalesforceError({ message: `results of a bulk job: ${what}`, status: 200, sent: 'yes', cause }));
}

/** The parser puts bytes together again that a piece has cut; halves of a character in text it could not. */
async function* piecesOf(text: string): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield bytes.subarray(at, at + PIECE);
    await nextTurn();
  }
}

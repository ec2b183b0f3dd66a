import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Call, Session } from '../../connections/index.ts';
import { FIRST_PLACE, wholeSoql, type Place } from '../../feed/index.ts';
import { BulkJobGoneError, refusedCode, type BulkJob, type BulkPage, type SalesforceClient } from '../../gateways/salesforce/index.ts';
import { sleep, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { messageOf } from '../../platform/errors.ts';
import type { FailPoints } from '../../platform/fail-points.ts';
import { guarded, renewLease, type Lease } from '../../platform/lanes/lease.ts';
import type { Logger } from '../../platform/log.ts';
import { listLoads, removeLoad, saveLoad, type Load } from './load-store.ts';
import { CALL_MS, LEASE_MS } from './limits.ts';
import { fromCsv, isGone, toKept, type KeptSource } from './objects.ts';
import type { KeptSources } from './sources.ts';
import { noteEverything } from './change-store.ts';
import { dropUnread, listSources, saveSource, type SourceState } from './source-store.ts';
import { putRecords, removeRecords, type KeyedRecord } from './store.ts';
import { viewerOf } from '../visible-fields.ts';

/** Records of one page of results: a hundred calls for a million, each read and stored well within the lease. */
const PAGE_RECORDS = 10_000;
/** Records that one statement stores. */
const STORE_RECORDS = 2_000;
/** Records whose numbers are read in one go. */
const READ_RECORDS = 200;
/** How long a job that is worked on is waited for; then it is the next sweep's turn. */
const WAITS_MS = [500, 1_000, 2_000, 4_000];
/** Jobs that may come to nothing before an object is read by pages all the same. */
const MOST_ATTEMPTS = 3;

export interface LoaderOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  call: Call;
  sources: KeptSources;
  failPoints: FailPoints;
  /** A load goes on in another process, or after a restart. */
  stopping: AbortSignal;
  /** For tests. */
  pageRecords?: number;
}

/** What is known of one load in this process; the database knows the same. */
interface Progress {
  source: KeptSource;
  load: Load;
  state: SourceState;
  /** The job is complete: its results can be read. */
  ready: boolean;
  /** The next page, which is asked for and whose numbers are read while this one is being stored. */
  ahead: Promise<Step> | undefined;
}

/** A page of results whose numbers are read. */
interface ReadPage {
  rows: number;
  gone: string[];
  people: KeyedRecord[];
  locator: BulkPage['locator'];
}

type Step =
  | { kind: 'made'; job: BulkJob; connectionId: string }
  | { kind: 'left' }
  | { kind: 'waits' }
  | { kind: 'ready'; total: number }
  | { kind: 'page'; page: ReadPage }
  | { kind: 'lost'; why: string };

export type Loader = ReturnType<typeof createLoader>;

/**
 * Reads whole objects by bulk queries. The job, whose it is and the place in its results are stored together with the records of each page, so
 * that a process that dies loses nothing and the next one goes on there. A job belongs to its user: after a failover, or when it is gone, a new
 * one is made and all of it is stored again, which changes nothing that was right.
 */
export function createLoader({ db, clock, logger, call, sources, failPoints, stopping, pageRecords = PAGE_RECORDS }: LoaderOptions) {
  /** Writes down that an object is going to be read. An earlier reading's place stays: what was deleted since then is found from there. */
  async function begin(
    tx: Db,
    orgId: string,
    source: KeptSource,
    before: { state?: SourceState | undefined; load?: Load | undefined },
    total: number,
    country: string,
  ) {
    const place = before.load?.place ?? before.state?.place ?? null;
    await saveLoad(tx, orgId, { object: source.object, place, job: null, locator: null, attempts: 0 });
    await saveSource(tx, orgId, {
      object: source.object,
      fields: [...source.fields],
      country,
      place: null,
      recordsRead: 0,
      recordsTotal: total,
      loadedAt: null,
      problem: null,
    });
  }

  /**
   * Goes on with the loads that were begun. `over`: they are through. `asks`: what is to be read has to be asked again. `later`: the time was up,
   * `isUp` said so. `waits`: the org works on a job.
   */
  async function goOn(
    lease: Lease,
    wanted: readonly KeptSource[],
    country: string,
    isUp: () => boolean,
  ): Promise<'over' | 'asks' | 'later' | 'waits'> {
    const { orgId } = lease;
    const [loads, states] = await Promise.all([listLoads(db, orgId), listSources(db, orgId)]);
    for (const source of wanted) {
      const load = loads.get(source.object);
      const state = states.find(({ object }) => object === source.object);
      if (!load || !state) continue;
      const waits = [...WAITS_MS];
      for (let at: Progress | undefined = { source, load, state, ready: load.locator !== null, ahead: undefined }; at;) {
        if (stopping.aborted) return 'waits';
        await renewLease(db, lease, LEASE_MS);
        const { kind, next } = await advance(lease, at, country, isUp);
        at = next;
        // Another user may see other fields, and so may this one by now: what is to be read is asked again.
        if (kind === 'left' || kind === 'lost') return 'asks';
        if (kind === 'waits') {
          const wait = waits.shift();
          if (wait === undefined) return 'waits';
          await sleep(wait, stopping);
        }
        // That the job is complete is not written down: a page follows at once.
        if (at && kind !== 'ready' && isUp()) return 'later';
      }
    }
    return 'over';
  }

  /** One request and what follows from it; `next` undefined: this load is over. */
  async function advance(
    lease: Lease,
    at: Progress,
    country: string,
    isUp: () => boolean,
  ): Promise<{ kind: Step['kind']; next: Progress | undefined }> {
    const { orgId } = lease;
    const step = await (at.ahead ?? request(orgId, at, country));
    switch (step.kind) {
      case 'waits':
        return { kind: step.kind, next: at };
      case 'ready':
        return { kind: step.kind, next: { ...at, ready: true, state: { ...at.state, recordsTotal: step.total } } };
      case 'made':
        await failPoints.hit('directory.job-made');
        return { kind: step.kind, next: await keepJob(lease, at, step) };
      case 'left':
        await dropJob(lease, at, at.load.attempts);
        return { kind: step.kind, next: undefined };
      case 'lost':
        logger.warn({ org: orgId, object: at.source.object, why: step.why }, 'a bulk query of the directory came to nothing');
        await dropJob(lease, at, at.load.attempts + 1);
        return { kind: step.kind, next: undefined };
      case 'page':
        return { kind: step.kind, next: await keepPage(lease, at, step.page, country, isUp) };
    }
  }

  async function request(orgId: string, at: Progress, country: string): Promise<Step> {
    const step = await call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS }, (sf, session) => ask(orgId, sf, session, at));
    return step.kind === 'rows' ? { kind: 'page', page: await readPage(at.source, step.page, country) } : step;
  }

  async function ask(
    orgId: string,
    sf: SalesforceClient,
    session: Session,
    { source, load, ready }: Progress,
  ): Promise<Exclude<Step, { kind: 'page' }> | { kind: 'rows'; page: BulkPage }> {
    try {
      if (load.job && load.job.connectionId !== session.connectionId) return { kind: 'left' };
      if (!load.job) return { kind: 'made', job: await sf.bulk.create(wholeSoql(source)), connectionId: session.connectionId };
      if (ready) return { kind: 'rows', page: await sf.bulk.page(load.job.id, load.locator, pageRecords) };
      const job = await sf.bulk.status(load.job.id);
      if (job.state === 'failed') return { kind: 'lost', why: job.why || 'the job failed' };
      return job.state === 'working' ? { kind: 'waits' } : { kind: 'ready', total: job.recordsProcessed };
    } catch (error) {
      const expired = error instanceof BulkJobGoneError;
      const why = expired ? error.message : refusedCode(error);
      if (why === undefined) throw error;
      if (!expired) sources.forget(viewerOf(orgId, session));
      return { kind: 'lost', why };
    }
  }

  async function keepJob(lease: Lease, at: Progress, made: { job: BulkJob; connectionId: string }): Promise<Progress> {
    const { orgId } = lease;
    const place: Place = at.load.place ?? { at: made.job.createdAt, id: '' };
    const load = { ...at.load, place, job: { id: made.job.id, connectionId: made.connectionId }, locator: null };
    const state = { ...at.state, recordsRead: 0 };
    await guarded(db, lease, async (tx) => {
      await saveLoad(tx, orgId, load);
      await saveSource(tx, orgId, state);
    });
    return { ...at, load, state, ready: false, ahead: undefined };
  }

  /** The next turn makes another job; after some the object is read by pages, which needs no job. */
  async function dropJob(lease: Lease, { source, load, state }: Progress, attempts: number): Promise<void> {
    const { orgId } = lease;
    const givesUp = attempts >= MOST_ATTEMPTS;
    await guarded(db, lease, async (tx) => {
      if (givesUp) await removeLoad(tx, orgId, source.object);
      else await saveLoad(tx, orgId, { ...load, job: null, locator: null, attempts });
      await saveSource(tx, orgId, { ...state, recordsRead: 0, place: givesUp ? FIRST_PLACE : null });
    });
  }

  async function keepPage(lease: Lease, at: Progress, page: ReadPage, country: string, isUp: () => boolean): Promise<Progress | undefined> {
    const { orgId } = lease;
    const isLast = page.locator === null;
    const load = { ...at.load, locator: page.locator };
    // The org works on the next page while the database stores this one. One that nobody comes to read is asked for again.
    const ahead = isLast || isUp() ? undefined : request(orgId, { ...at, load, ahead: undefined }, country);
    ahead?.catch(() => undefined);
    const read = { ...at.state, recordsRead: at.state.recordsRead + page.rows };
    const state = isLast ? { ...read, place: load.place, loadedAt: clock.now() } : read;
    await failPoints.hit('directory.page-read');
    await guarded(db, lease, async (tx) => {
      await removeRecords(tx, orgId, page.gone, { noted: false });
      for (let from = 0; from < page.people.length; from += STORE_RECORDS)
        await putRecords(tx, orgId, page.people.slice(from, from + STORE_RECORDS), { anew: true, noted: false });
      if (isLast) await dropUnread(tx, orgId, load.object);
      await noteEverything(tx, orgId);
      await (isLast ? removeLoad(tx, orgId, load.object) : saveLoad(tx, orgId, load));
      await saveSource(tx, orgId, state);
    });
    await failPoints.hit('directory.page-stored');
    if (isLast) await removeJob(orgId, load);
    return isLast ? undefined : { ...at, load, state, ahead };
  }

  /** Nobody misses what the org keeps for a job, and it goes by itself after seven days. */
  async function removeJob(orgId: string, { job }: Load): Promise<void> {
    if (!job) return;
    await call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS }, (sf) => sf.bulk.remove(job.id).catch(unlessRefused)).catch(
      (error: unknown) => logger.info({ org: orgId, why: messageOf(error) }, 'a bulk query that is over was not deleted'),
    );
  }

  return { begin, goOn };
}

/** Reading numbers takes time, and somebody may be on the phone: others get their turn in between. */
async function readPage(source: KeptSource, { rows: csv, locator }: BulkPage, country: string): Promise<ReadPage> {
  const rows = csv.map((row) => fromCsv(source, row));
  const people: KeyedRecord[] = [];
  for (const row of rows.filter((each) => !isGone(each))) {
    if (people.length % READ_RECORDS === 0) await nextTurn();
    people.push(toKept(source, row, country));
  }
  return { rows: rows.length, gone: rows.filter(isGone).map(({ Id }) => Id), people, locator };
}

/** A refusal to delete is no matter of the user's rights that another user should take over for. */
function unlessRefused(error: unknown): void {
  if (refusedCode(error) === undefined) throw error;
}

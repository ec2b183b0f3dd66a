import { CallFailedError, type Call } from '../../connections/index.ts';
import { OBJECTS_AT_ONCE, readChanges, type Changes } from '../../feed/index.ts';
import type { SalesforceClient } from '../../gateways/salesforce/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { messageOf } from '../../platform/errors.ts';
import { claimLane, guarded, releaseLease, renewLease, type Lease } from '../../platform/lanes/lease.ts';
import type { Logger } from '../../platform/log.ts';
import { CALL_MS, LEASE_MS } from './limits.ts';
import type { Loader } from './load.ts';
import { listLoads, removeLoad } from './load-store.ts';
import { isGone, toKept, type KeptSource } from './objects.ts';
import { BULK_FROM, planOf, sameFields, type Plan } from './plan.ts';
import type { KeptSources } from './sources.ts';
import {
  beginReload,
  dropOldChanges,
  dropUnread,
  findKeptOrg,
  KEEP_CHANGES_MS,
  listKeptOrgs,
  listSources,
  noteSweep,
  noteTimeZone,
  putRecords,
  removeRecords,
  saveSource,
  type DirectoryOrg,
  type SourceState,
} from './store.ts';
import { viewerOf } from '../visible-fields.ts';

/** Salesforce keeps change events for 72 hours; after a longer silence nothing is taken for known. */
const SILENCE_MS = 72 * 3600_000;
const LANE = { purpose: 'directory', key: 'sweep' };
/** Orgs that are read side by side. */
const ORGS_AT_ONCE = 8;
/** A load that takes longer goes on in the next sweep, so that other orgs do not wait for it. */
const TURN_MS = 30_000;

export interface SweepOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  call: Call;
  sources: KeptSources;
  owner: string;
  loader: Loader;
  sweepSoon: (orgId: string) => Promise<void>;
  /** For tests. */
  bulkFrom?: number;
  turnMs?: number;
}

export type Sweep = ReturnType<typeof createSweep>;

/**
 * Keeps the local directory up to date: reads what changed in an org since the last time, or everything the first time, a page of each object in
 * one call. What was read is stored with the place up to which it was, so that a process that dies loses nothing and the next one goes on there.
 * Large objects are read by a bulk query the first time (load.ts).
 */
export function createSweep(options: SweepOptions) {
  const { db, clock, logger, call, sources, owner, loader, sweepSoon, bulkFrom = BULK_FROM, turnMs = TURN_MS } = options;
  /** One org; false where somebody else is at it. Throws what `call` throws. */
  async function sweepOrg(orgId: string): Promise<boolean> {
    const lease = await claimLane(db, { orgId, ...LANE }, owner, LEASE_MS);
    if (!lease) return false;
    try {
      const kept = await findKeptOrg(db, orgId);
      if (kept?.sweptAt && clock.now().getTime() - kept.sweptAt.getTime() > SILENCE_MS) await beginReload(db, orgId);
      if (kept) await noteSweep(db, orgId, await bringUp(lease, kept));
      return true;
    } catch (error) {
      await noteSweep(db, orgId, { problem: problemOf(error), whole: false });
      throw error;
    } finally {
      await releaseLease(db, lease);
    }
  }

  /** Changes and loads by turns: a load takes minutes, and what changed while it ran is read behind it. */
  async function bringUp(lease: Lease, org: DirectoryOrg): Promise<{ problem: string | null; whole: boolean }> {
    const until = performance.now() + turnMs;
    for (;;) {
      const { problem, loads } = await readAll(lease, org);
      if (loads.length === 0) return { problem, whole: problem === null };
      const went = await loader.goOn(lease, loads, org.country, () => performance.now() >= until);
      if (went === 'later') await sweepSoon(org.orgId);
      if (went === 'later' || went === 'waits') return { problem, whole: false };
    }
  }

  /** Tells why an object could not be read, where one could not: the others are up to date, the org as a whole is not. */
  async function readAll(lease: Lease, org: DirectoryOrg): Promise<{ problem: string | null; loads: KeptSource[] }> {
    const { orgId, country, wanted, timeZone } = org;
    let problem: string | null = null;
    let plan: Plan | undefined;
    const [read, loads] = await Promise.all([listSources(db, orgId), listLoads(db, orgId)]);
    const states = new Map(read.map((state) => [state.object, state]));
    do {
      const due = plan;
      const answer: { plan: Plan; changes: Changes<KeptSource>[]; zone?: string | undefined } = await call(
        orgId,
        { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS },
        async (sf, session) => {
          const mine = due ?? (await planOf(sf, await sources.of(viewerOf(orgId, session), sf, wanted), states, loads, bulkFrom, country));
          const now = mine.asks.slice(0, OBJECTS_AT_ONCE);
          const changes = now.length > 0 ? await readChanges(sf, now) : [];
          // A field was deleted, or may not be seen any more: the next reading asks what there is.
          if (changes.some(({ errors }) => errors.length > 0)) sources.forget(viewerOf(orgId, session));
          return { plan: mine, changes, ...(timeZone === null && !due && { zone: await timeZoneOf(sf) }) };
        },
      );
      const { counts } = answer.plan;
      await guarded(db, lease, async (tx) => {
        for (const changes of answer.changes) await keep(tx, orgId, changes, states, counts, country);
        if (answer.zone) await noteTimeZone(tx, orgId, answer.zone);
        if (due) return;
        // What is read by pages now is no bulk query's matter any more.
        for (const { source } of answer.plan.asks) if (loads.has(source.object)) await removeLoad(tx, orgId, source.object);
        for (const { source, begins } of answer.plan.loads) {
          const before = { state: states.get(source.object), load: loads.get(source.object) };
          if (begins) await loader.begin(tx, orgId, source, before, counts.get(source.object) ?? 0, country);
        }
      });
      const more = answer.changes.filter((each) => each.more).map(({ source, place }) => ({ source, after: place }));
      plan = { ...answer.plan, asks: [...answer.plan.asks.slice(OBJECTS_AT_ONCE), ...more] };
      for (const { source, errors } of answer.changes) if (errors[0]) problem ??= `${source.object}: ${errors[0].code}`;
      if (plan.asks.length > 0) await renewLease(db, lease, LEASE_MS);
    } while (plan.asks.length > 0);
    return { problem, loads: plan.loads.map(({ source }) => source) };
  }

  /** When the first reading of these fields was through; null as long as it is not. */
  function loadedAt(source: KeptSource, before: SourceState | undefined, goesOn: boolean, country: string): Date | null {
    const known = sameFields(source, before, country) ? before.loadedAt : null;
    return goesOn ? known : (known ?? clock.now());
  }

  async function keep(
    tx: Db,
    orgId: string,
    { source, rows, place, more, errors }: Changes<KeptSource>,
    states: Map<string, SourceState>,
    counts: Map<string, number>,
    country: string,
  ): Promise<void> {
    const before = states.get(source.object);
    const known = sameFields(source, before, country) ? before : undefined;
    await removeRecords(
      tx,
      orgId,
      rows.filter(isGone).map(({ Id }) => Id),
    );
    const changed = await putRecords(
      tx,
      orgId,
      rows.filter((row) => !isGone(row)).map((row) => toKept(source, row, country)),
      { anew: !known?.loadedAt },
    );
    const state: SourceState = {
      object: source.object,
      fields: [...source.fields],
      country,
      // Nothing was read, or nothing was there: the place is the one that an overlap moved back.
      place: rows.length > 0 ? place : (known?.place ?? place),
      recordsRead: (known?.recordsRead ?? 0) + changed,
      recordsTotal: counts.get(source.object) ?? known?.recordsTotal ?? null,
      loadedAt: loadedAt(source, before, more || errors.length > 0, country),
      problem: errors[0] ? `${errors[0].code}: ${errors[0].message}` : null,
    };
    if (state.loadedAt && !before?.loadedAt) await dropUnread(tx, orgId, source.object);
    states.set(source.object, state);
    await saveSource(tx, orgId, state);
  }

  const soon = async (orgId: string): Promise<void> =>
    void (await sweepOrg(orgId).catch((error: unknown) =>
      logger.warn({ org: orgId, err: error }, 'the directory of an org could not be brought up to date'),
    ));

  return {
    sweepOrg,
    /** One org; what keeps it from being read is noted. */
    soon,
    /** Every org that is kept, each as far as it can be read now. */
    async run(): Promise<void> {
      const orgs = await listKeptOrgs(db);
      const next = async (): Promise<void> => {
        for (let org = orgs.shift(); org; org = orgs.shift()) await soon(org.orgId);
      };
      await Promise.all(Array.from({ length: ORGS_AT_ONCE }, next));
      await dropOldChanges(db, new Date(clock.now().getTime() - KEEP_CHANGES_MS));
    },
  };
}

/** In an admin's words, where the org is what could not be reached. */
const problemOf = (error: unknown): string => (error instanceof CallFailedError ? error.failure.text : messageOf(error));

/** The org's own time zone (IANA), by which its working hours are told. */
async function timeZoneOf(sf: SalesforceClient): Promise<string | undefined> {
  const { records } = await sf.query<{ TimeZoneSidKey: string | null }>('SELECT TimeZoneSidKey FROM Organization');
  return records[0]?.TimeZoneSidKey ?? undefined;
}

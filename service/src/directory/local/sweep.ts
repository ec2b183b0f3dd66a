import { CallFailedError, type Call } from '../../connections/index.ts';
import { OBJECTS_AT_ONCE, readChanges, type Changes } from '../../feed/index.ts';
import type { SalesforceClient } from '../../gateways/salesforce/index.ts';
import { sleep, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { messageOf } from '../../platform/errors.ts';
import { claimLane, guarded, releaseLease, renewLease, type Lease } from '../../platform/lanes/lease.ts';
import type { Logger } from '../../platform/log.ts';
import { CALL_MS, LEASE_MS } from './limits.ts';
import type { Loader } from './load.ts';
import { listLoads, removeLoad } from './load-store.ts';
import { isGone, keptObjects, toKept, type KeptSource, type Wanted } from './objects.ts';
import { BULK_FROM, planOf, sameFields, type Plan } from './plan.ts';
import type { KeptSources } from './sources.ts';
import { dropOldChanges, KEEP_CHANGES_MS } from './change-store.ts';
import { beginReload, findKeptOrg, listKeptOrgs, noteSweep, noteTimeZone, type DirectoryOrg } from './org-store.ts';
import { dropObject, dropUnread, listSources, noteProblem, saveSource, type SourceState } from './source-store.ts';
import { putRecords, removeRecords } from './store.ts';
import { CUSTOM_OBJECT } from '../phone-fields.ts';
import { viewerOf } from '../visible-fields.ts';

/** Salesforce keeps change events for 72 hours; after a longer silence nothing is taken for known. */
const SILENCE_MS = 72 * 3600_000;
const LANE = { purpose: 'directory', key: 'sweep' };
/** Orgs that are read side by side. */
const ORGS_AT_ONCE = 8;
/** How long somebody else's sweep is waited for, and how often it is looked whether it is over. */
const ASKED_MS = 10_000;
/** A process that died holds its org for less than a minute. */
const TAKE_OVER_MS = 30_000;
const AGAIN_MS = 250;
const NOT_SEEN = 'the connected user sees no such object, or no phone field of it';
/** Records that one transaction forgets. */
const DROP_RECORDS = 5_000;
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
  sweepSoon: (orgId: string, afterMs?: number) => Promise<void>;
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
    await dropUnwanted(lease, org, until);
    for (;;) {
      const { problem, loads } = await readAll(lease, org);
      if (loads.length === 0) return { problem, whole: problem === null };
      const went = await loader.goOn(lease, loads, org.country, () => performance.now() >= until);
      if (went === 'later') await sweepSoon(org.orgId);
      if (went === 'later' || went === 'waits') return { problem, whole: false };
    }
  }

  /** Custom objects that no feature wants any more are kept no longer. */
  async function dropUnwanted(lease: Lease, { orgId, wanted }: DirectoryOrg, until: number): Promise<void> {
    const kept = new Set(keptObjects(wanted));
    for (const { object } of await listSources(db, orgId)) {
      // What there is no time for is the next sweep's.
      for (let isOver = kept.has(object); !isOver && performance.now() < until;) {
        isOver = await guarded(db, lease, (tx) => dropObject(tx, orgId, object, DROP_RECORDS));
        await renewLease(db, lease, LEASE_MS);
      }
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
      const unseen = due ? [] : unseenOf(answer.plan, states, wanted);
      if (unseen[0] !== undefined) problem ??= `${unseen[0]}: ${NOT_SEEN}`;
      await guarded(db, lease, async (tx) => {
        for (const changes of answer.changes) await keep(tx, orgId, changes, states, counts, country);
        if (answer.zone) await noteTimeZone(tx, orgId, answer.zone);
        for (const object of unseen) if (states.has(object)) await noteProblem(tx, orgId, object, NOT_SEEN);
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

  /** False where somebody else is at it; what keeps the org from being read is noted. */
  const attempt = (orgId: string): Promise<boolean> =>
    sweepOrg(orgId).catch((error: unknown) => {
      logger.warn({ org: orgId, err: error }, 'the directory of an org could not be brought up to date');
      return true;
    });

  return {
    sweepOrg,
    /**
     * One org that somebody asked for. A sweep that is under way may be past what they want to see: ours begins after it, unless it takes long
     * and reads much.
     */
    async soon(orgId: string): Promise<void> {
      for (const end = performance.now() + ASKED_MS; !(await attempt(orgId)) && performance.now() < end;) await sleep(AGAIN_MS);
    },
    /** Every org that is kept, each as far as it can be read now. One that was never read as a whole does not wait for the next minute where it is taken. */
    async run(): Promise<void> {
      const orgs = await listKeptOrgs(db);
      const next = async (): Promise<void> => {
        for (let org = orgs.shift(); org; org = orgs.shift())
          if (!(await attempt(org.orgId)) && org.sweptAt === null) await sweepSoon(org.orgId, TAKE_OVER_MS);
      };
      await Promise.all(Array.from({ length: ORGS_AT_ONCE }, next));
      await dropOldChanges(db, new Date(clock.now().getTime() - KEEP_CHANGES_MS));
    },
  };
}

/** Objects that are wanted, or were read before, and that the connected user shows nothing of: what is kept of them is as it was. */
function unseenOf({ asks, loads }: Plan, states: Map<string, SourceState>, wanted: Wanted): string[] {
  const seen = new Set([...asks, ...loads].map(({ source }) => source.object));
  return keptObjects(wanted).filter((object) => !seen.has(object) && (states.has(object) || CUSTOM_OBJECT.test(object)));
}

/** In an admin's words, where the org is what could not be reached. */
const problemOf = (error: unknown): string => (error instanceof CallFailedError ? error.failure.text : messageOf(error));

/** The org's own time zone (IANA), by which its working hours are told. */
async function timeZoneOf(sf: SalesforceClient): Promise<string | undefined> {
  const { records } = await sf.query<{ TimeZoneSidKey: string | null }>('SELECT TimeZoneSidKey FROM Organization');
  return records[0]?.TimeZoneSidKey ?? undefined;
}

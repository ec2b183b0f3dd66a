import type { Call } from '../../connections/index.ts';
import { OBJECTS_AT_ONCE, readChanges, type Changes, type Source } from '../../feed/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { messageOf } from '../../platform/errors.ts';
import { claimLane, guarded, releaseLease, renewLease, type Lease } from '../../platform/lanes/lease.ts';
import type { Logger } from '../../platform/log.ts';
import type { PhoneFields } from '../phone-fields.ts';
import { CALL_MS, LEASE_MS } from './limits.ts';
import type { Loader } from './load.ts';
import { listLoads } from './load-store.ts';
import { isGone, sourcesOf, toKept } from './objects.ts';
import { BULK_FROM, planOf, sameFields, type Plan } from './plan.ts';
import {
  dropOldChanges,
  findKeptOrg,
  KEEP_CHANGES_MS,
  listKeptOrgs,
  listSources,
  noteSweep,
  putRecords,
  removeRecords,
  saveSource,
  type SourceState,
} from './store.ts';

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
  phoneFields: PhoneFields;
  owner: string;
  loader: Loader;
  sweepSoon: () => Promise<void>;
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
  const { db, clock, logger, call, phoneFields, owner, loader, sweepSoon, bulkFrom = BULK_FROM, turnMs = TURN_MS } = options;
  /** One org; false where somebody else is at it. Throws what `call` throws. */
  async function sweepOrg(orgId: string): Promise<boolean> {
    const lease = await claimLane(db, { orgId, ...LANE }, owner, LEASE_MS);
    if (!lease) return false;
    try {
      const kept = await findKeptOrg(db, orgId);
      if (kept) await noteSweep(db, orgId, await bringUp(lease, kept.country));
      return true;
    } catch (error) {
      await noteSweep(db, orgId, { problem: messageOf(error), whole: false });
      throw error;
    } finally {
      await releaseLease(db, lease);
    }
  }

  /** Changes and loads by turns: a load takes minutes, and what changed while it ran is read behind it. */
  async function bringUp(lease: Lease, country: string): Promise<{ problem: string | null; whole: boolean }> {
    const until = performance.now() + turnMs;
    for (;;) {
      const { problem, loads } = await readAll(lease, country);
      if (loads.length === 0) return { problem, whole: problem === null };
      const went = await loader.goOn(lease, loads, country, () => performance.now() >= until);
      if (went === 'later') await sweepSoon();
      if (went === 'later' || went === 'waits') return { problem, whole: false };
    }
  }

  /** Tells why an object could not be read, where one could not: the others are up to date, the org as a whole is not. */
  async function readAll(lease: Lease, country: string): Promise<{ problem: string | null; loads: Source[] }> {
    const { orgId } = lease;
    let problem: string | null = null;
    let plan: Plan | undefined;
    const [sources, loads] = await Promise.all([listSources(db, orgId), listLoads(db, orgId)]);
    const states = new Map(sources.map((state) => [state.object, state]));
    do {
      const due = plan;
      const answer: { plan: Plan; changes: Changes[] } = await call(
        orgId,
        { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS },
        async (sf, session) => {
          const viewer = { orgId, connectionId: session.connectionId, rightsVersion: session.rightsVersion };
          const mine = due ?? (await planOf(sf, sourcesOf(await phoneFields.readable(viewer, sf, [])), states, loads, bulkFrom));
          const now = mine.asks.slice(0, OBJECTS_AT_ONCE);
          const changes = now.length > 0 ? await readChanges(sf, now) : [];
          // A field was deleted, or may not be seen any more: the next reading asks what there is.
          if (changes.some(({ errors }) => errors.length > 0)) phoneFields.forget(viewer, []);
          return { plan: mine, changes };
        },
      );
      const { counts } = answer.plan;
      await guarded(db, lease, async (tx) => {
        for (const changes of answer.changes) await keep(tx, orgId, changes, states, counts, country);
        if (due) return;
        for (const { source, begins } of answer.plan.loads) {
          const before = { state: states.get(source.object), load: loads.get(source.object) };
          if (begins) await loader.begin(tx, orgId, source, before, counts.get(source.object) ?? 0);
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
  function loadedAt(source: Source, before: SourceState | undefined, goesOn: boolean): Date | null {
    const known = sameFields(source, before) ? before.loadedAt : null;
    return goesOn ? known : (known ?? clock.now());
  }

  async function keep(
    tx: Db,
    orgId: string,
    { source, rows, place, more, errors }: Changes,
    states: Map<string, SourceState>,
    counts: Map<string, number>,
    country: string,
  ): Promise<void> {
    const before = states.get(source.object);
    const known = sameFields(source, before) ? before : undefined;
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
      place,
      recordsRead: (known?.recordsRead ?? 0) + changed,
      recordsTotal: counts.get(source.object) ?? known?.recordsTotal ?? null,
      loadedAt: loadedAt(source, before, more || errors.length > 0),
      problem: errors[0] ? `${errors[0].code}: ${errors[0].message}` : null,
    };
    states.set(source.object, state);
    await saveSource(tx, orgId, state);
  }

  return {
    sweepOrg,
    /** Every org that is kept, each as far as it can be read now. */
    async run(): Promise<void> {
      const orgs = await listKeptOrgs(db);
      const next = async (): Promise<void> => {
        for (let org = orgs.shift(); org; org = orgs.shift()) {
          const { orgId } = org;
          await sweepOrg(orgId).catch((error: unknown) =>
            logger.warn({ org: orgId, err: error }, 'the directory of an org could not be brought up to date'),
          );
        }
      };
      await Promise.all(Array.from({ length: ORGS_AT_ONCE }, next));
      await dropOldChanges(db, new Date(clock.now().getTime() - KEEP_CHANGES_MS));
    },
  };
}

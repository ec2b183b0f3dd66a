import type { Call } from '../../connections/index.ts';
import { OBJECTS_AT_ONCE, readChanges, withOverlap, type Changes, type Place } from '../../feed/index.ts';
import type { SalesforceClient } from '../../gateways/salesforce/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { messageOf } from '../../platform/errors.ts';
import { claimLane, guarded, releaseLease, renewLease, type Lease } from '../../platform/lanes/lease.ts';
import type { Logger } from '../../platform/log.ts';
import { isGone, toKept, type KeptSource } from './objects.ts';
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

/** Salesforce keeps change events for 72 hours; after a longer silence nothing is taken for known. */
const SILENCE_MS = 72 * 3600_000;
const LANE = { purpose: 'directory', key: 'sweep' };
const LEASE_MS = 60_000;
/** The answer of one page and its storing end well within the lease. */
const CALL_MS = 25_000;
/** Orgs that are read side by side. */
const ORGS_AT_ONCE = 8;

export interface SweepOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  call: Call;
  sources: KeptSources;
  owner: string;
}

export type Sweep = ReturnType<typeof createSweep>;

/**
 * Keeps the local directory up to date: reads what changed in an org since the last time, or everything the first time, a page of each object in
 * one call. What was read is stored with the place up to which it was, so that a process that dies loses nothing and the next one goes on there.
 */
export function createSweep({ db, clock, logger, call, sources, owner }: SweepOptions) {
  /** One org; false where somebody else is at it. Throws what `call` throws. */
  async function sweepOrg(orgId: string): Promise<boolean> {
    const lease = await claimLane(db, { orgId, ...LANE }, owner, LEASE_MS);
    if (!lease) return false;
    try {
      const kept = await findKeptOrg(db, orgId);
      if (kept?.sweptAt && clock.now().getTime() - kept.sweptAt.getTime() > SILENCE_MS) await beginReload(db, orgId);
      await noteSweep(db, orgId, kept ? await readAll(lease, kept) : null);
      return true;
    } catch (error) {
      await noteSweep(db, orgId, messageOf(error));
      throw error;
    } finally {
      await releaseLease(db, lease);
    }
  }

  /** Tells why an object could not be read, where one could not: the others are up to date, the org as a whole is not. */
  async function readAll(lease: Lease, { orgId, country, wanted, timeZone }: DirectoryOrg): Promise<string | null> {
    let problem: string | null = null;
    let due: Ask[] | undefined;
    const states = new Map((await listSources(db, orgId)).map((state) => [state.object, state]));
    while (due === undefined || due.length > 0) {
      const answer: { asked: Ask[]; changes: Changes<KeptSource>[]; zone?: string | undefined } = await call(
        orgId,
        { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS },
        async (sf, session) => {
          const viewer = { orgId, connectionId: session.connectionId, rightsVersion: session.rightsVersion };
          const asked = due ?? (await sources.of(viewer, sf, wanted)).map((source) => begin(source, states.get(source.object)));
          const now = asked.slice(0, OBJECTS_AT_ONCE);
          const changes = await readChanges(sf, now);
          // A field was deleted, or may not be seen any more: the next reading asks what there is.
          if (changes.some(({ errors }) => errors.length > 0)) sources.forget(viewer);
          return { asked, changes, ...(timeZone === null && due === undefined && { zone: await timeZoneOf(sf) }) };
        },
      );
      await guarded(db, lease, async (tx) => {
        for (const changes of answer.changes) await keep(tx, orgId, changes, states, country);
        if (answer.zone) await noteTimeZone(tx, orgId, answer.zone);
      });
      const more = answer.changes.filter((each) => each.more).map(({ source, place }) => ({ source, after: place }));
      due = [...answer.asked.slice(OBJECTS_AT_ONCE), ...more];
      for (const { source, errors } of answer.changes) if (errors[0]) problem ??= `${source.object}: ${errors[0].code}`;
      if (due.length > 0) await renewLease(db, lease, LEASE_MS);
    }
    return problem;
  }

  /** When the first reading of these fields was through; null as long as it is not. */
  function loadedAt(source: KeptSource, before: SourceState | undefined, goesOn: boolean): Date | null {
    const known = sameFields(source, before) ? before.loadedAt : null;
    return goesOn ? known : (known ?? clock.now());
  }

  async function keep(
    tx: Db,
    orgId: string,
    { source, rows, place, more, errors }: Changes<KeptSource>,
    states: Map<string, SourceState>,
    country: string,
  ): Promise<void> {
    const before = states.get(source.object);
    await removeRecords(
      tx,
      orgId,
      rows.filter(isGone).map(({ Id }) => Id),
    );
    const changed = await putRecords(
      tx,
      orgId,
      rows.filter((row) => !isGone(row)).map((row) => toKept(source, row, country)),
      !before?.loadedAt || !sameFields(source, before),
    );
    const state: SourceState = {
      object: source.object,
      fields: [...source.fields],
      place,
      recordsRead: (sameFields(source, before) ? before.recordsRead : 0) + changed,
      loadedAt: loadedAt(source, before, more || errors.length > 0),
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

interface Ask {
  source: KeptSource;
  after: Place | null;
}

/** Where an object's reading begins. Other fields than last time: all of it anew. */
function begin(source: KeptSource, state: SourceState | undefined): Ask {
  if (!state?.place || !sameFields(source, state)) return { source, after: null };
  return { source, after: state.loadedAt ? withOverlap(state.place) : state.place };
}

function sameFields(source: KeptSource, state: SourceState | undefined): state is SourceState {
  return state !== undefined && JSON.stringify([...source.fields]) === JSON.stringify(state.fields);
}

/** The org's own time zone (IANA), by which its working hours are told. */
async function timeZoneOf(sf: SalesforceClient): Promise<string | undefined> {
  const { records } = await sf.query<{ TimeZoneSidKey: string | null }>('SELECT TimeZoneSidKey FROM Organization');
  return records[0]?.TimeZoneSidKey ?? undefined;
}

import type { Call } from '../../connections/index.ts';
import { createChangeEvents, type FeedState } from '../../feed/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { JobKind } from '../../platform/jobs.ts';
import type { FailPoints } from '../../platform/fail-points.ts';
import type { Logger } from '../../platform/log.ts';
import type { VisibleFields } from '../visible-fields.ts';
import { createEventFollower, DIRECTORY_CHANNEL } from './events.ts';
import { createLoader } from './load.ts';
import { createMemory } from './remembered.ts';
import { dismissOrg, findKeptOrg, keepOrg, setCountry, wantFields, type DirectoryOrg } from './org-store.ts';
import { listSources, type SourceState } from './source-store.ts';
import { createKeptSources } from './sources.ts';
import { createSweep } from './sweep.ts';

export const DIRECTORY_SWEEP = 'directory-sweep';
/** A directory that was not brought up to date for this long is called stale. */
const BEHIND_MS = 5 * 60_000;

export type LocalDirectory = ReturnType<typeof createLocalDirectory>;

/** The org's people kept in our own database, so that a look-up asks nobody else. */
export function createLocalDirectory(options: {
  db: Db;
  clock: Clock;
  logger: Logger;
  call: Call;
  visibleFields: VisibleFields;
  owner: string;
  failPoints: FailPoints;
  /** For tests: from how many records on an object is read by a bulk query, how many of its results at once, and for how long in one sweep. */
  bulkFrom?: number;
  pageRecords?: number;
  turnMs?: number;
  /** Asks whoever works on jobs for a sweep of this org now. */
  sweepSoon: (orgId: string, afterMs?: number) => Promise<void>;
}) {
  const { db, clock } = options;
  const memory = createMemory(options);
  const sources = createKeptSources(options.visibleFields);
  const stopping = new AbortController();
  const loader = createLoader({ ...options, sources, stopping: stopping.signal });
  const sweep = createSweep({ ...options, sources, loader });
  const follower = createEventFollower({ ...options, sources, sweepOrg: sweep.sweepOrg });
  const events = createChangeEvents({ ...options, channel: DIRECTORY_CHANNEL, follower });
  const jobs: JobKind<{ orgId?: string }>[] = [
    {
      name: DIRECTORY_SWEEP,
      cron: '* * * * *',
      retryLimit: 0,
      run: ({ orgId }) => (orgId ? sweep.soon(orgId) : sweep.run()),
    },
  ];
  return {
    findByKeys: memory.findByKeys,
    find: memory.find,
    /** The same without waiting: undefined where this process has to ask. */
    known: memory.known,
    /** How many orgs this process knows all of. */
    inMemory: memory.completeOrgs,
    /** True when the org's changes were not read for some minutes. */
    isBehind(orgId: string): boolean {
      const org = memory.org(orgId);
      return !org?.sweptAt || clock.now().getTime() - org.sweptAt.getTime() > BEHIND_MS;
    },
    /** What numbers without a prefix belong to. */
    countryOf: (orgId: string): string => memory.org(orgId)?.country ?? 'US',
    /** The org's own time zone (IANA); UTC until it was read. */
    timeZoneOf: (orgId: string): string => memory.org(orgId)?.timeZone ?? 'UTC',
    /** As `timeZoneOf`, asked of the database where this process does not know it yet. */
    timeZone: async (orgId: string): Promise<string> => memory.org(orgId)?.timeZone ?? (await findKeptOrg(db, orgId))?.timeZone ?? 'UTC',
    /**
     * Keeps this org's people from now on, part of the caller's transaction; `changed` is called after its commit. `country`: ISO 3166, what its
     * numbers belong to where they name none. Taken the first time only.
     */
    keep: (tx: Db, orgId: string, country: string) => keepOrg(tx, orgId, country),
    /** What numbers without a prefix belong to from now on; as `keep`. */
    setCountry: (tx: Db, orgId: string, country: string) => setCountry(tx, orgId, country),
    /** Fields that are kept of each object from now on, besides those that the directory reads by itself; as `keep`. Reading begins anew where they are others. */
    want: (tx: Db, orgId: string, find: () => Promise<DirectoryOrg['wanted']>) => wantFields(tx, orgId, find),
    /** What `keep`, `want` and `dismiss` asked for is committed: it is done soon, in whichever process has time. */
    async changed(orgId: string): Promise<void> {
      await memory.look();
      await options.sweepSoon(orgId);
    },
    /** Reads these records of the org now and keeps them, as the next sweep would. Throws what a call to the org throws. */
    async bring(orgId: string, records: readonly { object: string; id: string }[]): Promise<void> {
      const changes = records.map(({ object, id }) => ({ object, ids: [id], type: 'UPDATE', committedAt: clock.now() }));
      const store = await follower.read(orgId, changes);
      await db.transaction().execute(async (tx) => store?.(tx));
      await memory.look();
    },
    /** Brings an org up to date now; false where somebody else is at it. Throws what a call to the org throws. */
    sweepOrg: sweep.sweepOrg,
    /** Keeps this org's people no longer; as `keep`. */
    dismiss: (tx: Db, orgId: string) => dismissOrg(tx, orgId),
    /** How far an org was read; undefined where its people are not kept. */
    async state(orgId: string): Promise<(Omit<DirectoryOrg, 'orgId' | 'wanted'> & FeedState & { sources: SourceState[] }) | undefined> {
      const [org, read, feed] = await Promise.all([findKeptOrg(db, orgId), listSources(db, orgId), events.state(orgId)]);
      return org && { country: org.country, timeZone: org.timeZone, sweptAt: org.sweptAt, problem: org.problem, ...feed, sources: read };
    },
    /** Brings an org up to date soon, in whichever process has time. */
    refresh: (orgId: string) => options.sweepSoon(orgId),
    jobs,
    /** Begins to follow changes. `whole`: this process answers phone systems, and has everything in memory. */
    start: memory.start,
    /** Begins to take change events over; processes that work on jobs do. */
    startEvents: () => events.start(),
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.all([memory.stop(), events.stop()]);
    },
  };
}

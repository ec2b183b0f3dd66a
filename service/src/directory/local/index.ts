import type { Call } from '../../connections/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { JobKind } from '../../platform/jobs.ts';
import type { FailPoints } from '../../platform/fail-points.ts';
import type { Logger } from '../../platform/log.ts';
import type { PhoneFields } from '../phone-fields.ts';
import { createLoader } from './load.ts';
import { createMemory } from './remembered.ts';
import { dismissOrg, findKeptOrg, keepOrg, listSources, type DirectoryOrg, type SourceState } from './store.ts';
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
  phoneFields: PhoneFields;
  owner: string;
  failPoints: FailPoints;
  /** For tests: from how many records on an object is read by a bulk query, how many of its results at once, and for how long in one sweep. */
  bulkFrom?: number;
  pageRecords?: number;
  turnMs?: number;
  /** Asks whoever works on jobs for a sweep now. */
  sweepSoon: () => Promise<void>;
}) {
  const { db, clock } = options;
  const memory = createMemory(options);
  const stopping = new AbortController();
  const loader = createLoader({ ...options, stopping: stopping.signal });
  const sweep = createSweep({ ...options, loader });
  const jobs: JobKind<object>[] = [{ name: DIRECTORY_SWEEP, cron: '* * * * *', retryLimit: 0, run: () => sweep.run() }];
  return {
    findByKeys: memory.findByKeys,
    find: memory.find,
    /** True when the org's changes were not read for some minutes. */
    isBehind(orgId: string): boolean {
      const org = memory.org(orgId);
      return !org?.sweptAt || clock.now().getTime() - org.sweptAt.getTime() > BEHIND_MS;
    },
    /** What numbers without a prefix belong to. */
    countryOf: (orgId: string): string => memory.org(orgId)?.country ?? 'US',
    /** Keeps this org's people from now on. `country`: ISO 3166, what its numbers belong to where they name none. */
    async keep(orgId: string, country: string): Promise<void> {
      await keepOrg(db, orgId, country);
      await memory.look();
      await options.sweepSoon();
    },
    /** Brings an org up to date now; false where somebody else is at it. Throws what a call to the org throws. */
    sweepOrg: sweep.sweepOrg,
    /** Keeps this org's people no longer. */
    dismiss: (orgId: string) => dismissOrg(db, orgId),
    /** How far an org was read; undefined where its people are not kept. */
    async state(orgId: string): Promise<(Omit<DirectoryOrg, 'orgId'> & { sources: SourceState[] }) | undefined> {
      const [org, sources] = await Promise.all([findKeptOrg(db, orgId), listSources(db, orgId)]);
      return org && { country: org.country, sweptAt: org.sweptAt, problem: org.problem, sources };
    },
    /** Brings it up to date soon, in whichever process has time. */
    refresh: () => options.sweepSoon(),
    jobs,
    /** Begins to follow changes; every process that answers look-ups does. */
    start: () => memory.start(),
    stop: () => {
      stopping.abort();
      return memory.stop();
    },
  };
}

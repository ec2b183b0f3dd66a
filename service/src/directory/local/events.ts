import type { Call } from '../../connections/index.ts';
import { readRecords, type Follower, type Records } from '../../feed/index.ts';
import { sleep } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { isGone, keptObjects, toKept, type KeptSource } from './objects.ts';
import type { KeptSources } from './sources.ts';
import { findKeptOrg, listKeptOrgs } from './org-store.ts';
import { putRecords, removeRecords } from './store.ts';
import { viewerOf } from '../visible-fields.ts';

/** The channel of change events that is deployed with the package. */
export const DIRECTORY_CHANNEL = 'SwitchboardDirectory__chn';

const CALL_MS = 15_000;
/** Somebody else's sweep is waited for; ours has to begin after the change. */
const SWEEP_AGAIN_MS = 500;

/**
 * Follows the change events of kept orgs: reads the records that they name and stores them as a sweep would. An event is never believed beyond
 * that, so that repeated, late and lost ones do no harm, and the sweep stays the truth.
 */
export function createEventFollower({
  db,
  call,
  sources,
  sweepOrg,
}: {
  db: Db;
  call: Call;
  sources: KeptSources;
  sweepOrg: (orgId: string) => Promise<boolean>;
}): Follower {
  return {
    orgs: async () => (await listKeptOrgs(db)).map(({ orgId }) => orgId),

    async read(orgId, changes) {
      const org = await findKeptOrg(db, orgId);
      if (!org) return async () => undefined;
      const ids = new Map<string, Set<string>>(keptObjects(org.wanted).map((object) => [object, new Set()]));
      for (const change of changes) for (const id of change.ids) ids.get(change.object)?.add(id);
      if ([...ids.values()].some((own) => [...own].some((id) => !/^\w{18}$/.test(id)))) return undefined; // `001*`: all of them
      const records = await call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS }, async (sf, session) => {
        const all = await sources.of(viewerOf(orgId, session), sf, org.wanted);
        return readRecords(
          sf,
          all.map((source) => ({ source, ids: [...(ids.get(source.object) ?? [])] })),
        );
      });
      if (!records || records.some(({ errors }) => errors.length > 0)) return undefined;
      const deleted = changes.filter(({ type }) => type === 'DELETE').flatMap((change) => change.ids);
      return (tx) => store(tx, orgId, records, deleted, org.country);
    },

    async catchUp(orgId, signal) {
      while (!signal.aborted && !(await sweepOrg(orgId))) await sleep(SWEEP_AGAIN_MS, signal);
    },
  };
}

/** `deleted`: told to be deleted; where the org shows no trace of them they are gone from its recycle bin as well. */
async function store(
  tx: Db,
  orgId: string,
  records: readonly Records<KeptSource>[],
  deleted: readonly string[],
  country: string,
): Promise<void> {
  const rows = records.flatMap((each) => each.rows);
  const seen = new Set(rows.map(({ Id }) => Id));
  await removeRecords(tx, orgId, [...rows.filter(isGone).map(({ Id }) => Id), ...deleted.filter((id) => !seen.has(id))]);
  for (const { source, rows: own } of records)
    await putRecords(
      tx,
      orgId,
      own.filter((row) => !isGone(row)).map((row) => toKept(source, row, country)),
      { anew: false },
    );
}

import { LRUCache } from 'lru-cache';
import { sleep } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import type { Tenancy } from '../tenancy/index.ts';
import { findAcdConnection } from './connection-store.ts';
import type { Lookup } from './definition.ts';
import { listLookups, listPbxs, type Pbx } from './store.ts';

/** What an admin changes counts within this time in every process, and a service without its database goes on with what it knew. */
const SETTINGS_MS = 2_000;
/** A look-up waits this long for settings that are not known yet, and for newer ones. */
const FIRST_WAIT_MS = 1_000;
const NEWER_WAIT_MS = 100;

export interface Settings {
  pbxs: Pbx[];
  lookups: Lookup[];
  /** Origin of the org's pages. */
  orgUrl: string;
  /** Somebody has connected look-ups to the org. */
  isOn: boolean;
}

export type SettingsOfOrgs = ReturnType<typeof createSettings>;

/** What admins set for their phone systems, as far as this process knows it. */
export function createSettings({ db, tenancy }: { db: Db; tenancy: Pick<Tenancy, 'findOrg'> }) {
  const known = new LRUCache<string, Settings>({
    max: 10_000,
    ttl: SETTINGS_MS,
    noDeleteOnStaleGet: true,
    noDeleteOnFetchRejection: true,
    fetchMethod: async (orgId) => {
      const [pbxs, own, org, connection] = await Promise.all([
        listPbxs(db, orgId),
        listLookups(db, orgId),
        tenancy.findOrg({ id: orgId }),
        findAcdConnection(db, orgId),
      ]);
      return { pbxs, lookups: own, orgUrl: org?.instanceUrl ?? '', isOn: connection?.isOn ?? false };
    },
  });

  /** What an admin set, where it is new enough; asked for again before it is too old, so that nobody waits for it. */
  function current(orgId: string): Settings | undefined {
    const fresh = known.get(orgId);
    if (fresh && known.getRemainingTTL(orgId) < SETTINGS_MS / 2) known.fetch(orgId, { forceRefresh: true }).catch(() => undefined); // as late as ever then
    return fresh;
  }

  /** What an admin set, two seconds old at most while the database tells it, and as it was last known when it does not. */
  async function newest(orgId: string): Promise<Settings | undefined> {
    const over = new AbortController();
    const last = known.get(orgId, { allowStale: true });
    const late = sleep(last ? NEWER_WAIT_MS : FIRST_WAIT_MS, over.signal).then(() => undefined);
    const fresh = await Promise.race([known.fetch(orgId).catch(() => undefined), late]).finally(() => over.abort());
    return fresh ?? last;
  }

  return {
    current,
    newest,
    /** Something was changed here: it counts in this process at once. */
    forget: (orgId: string): void => void known.delete(orgId),
  };
}

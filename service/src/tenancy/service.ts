import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { sleep, type Clock } from '../platform/clock.ts';
import { hashToken, randomToken } from '../platform/crypto.ts';
import type { Db } from '../platform/db/database.ts';
import { createTenancyStore } from './store.ts';
import type { ApiKeyRow, KeyScope, Org } from './types.ts';

/** How long an old key goes on working after the one that replaces it was first used: calls under way do not fail. */
export const KEY_OVERLAP_MS = 24 * 3600_000;
/** A revoked key is noticed by every process after this long at the latest. */
const CACHE_MS = 5_000;
const TOUCH_MS = 60_000;
/** While the database is away the keys of phone systems open what is remembered for so long: callers wait. */
const REMEMBERED_MS = 3600_000;
/** A database that does not answer is as good as away to somebody on the phone. */
const PATIENCE_MS = 500;

export type Tenancy = ReturnType<typeof createTenancy>;

/** Orgs and their keys. */
export function createTenancy({ db, clock }: { db: Db; clock: Clock }) {
  const store = createTenancyStore(db);
  const keys = new LRUCache<string, { row: ApiKeyRow | false }>({ max: 10_000, ttl: CACHE_MS });
  const touched = new LRUCache<string, true>({ max: 10_000, ttl: TOUCH_MS });
  const remembered = new LRUCache<string, ApiKeyRow>({ max: 10_000, ttl: REMEMBERED_MS });

  /** What the database says of a key; of a phone system's key what it said last when it says nothing now. */
  async function find(hash: string): Promise<{ row: ApiKeyRow | false }> {
    const last = remembered.get(hash);
    const asked = store.findKey(hash).then((row) => {
      if (row?.scope === 'acd') remembered.set(hash, row);
      else remembered.delete(hash);
      const known: { row: ApiKeyRow | false } = { row: row ?? false };
      keys.set(hash, known);
      return known;
    });
    if (!last) return asked;
    const over = new AbortController();
    const late = sleep(PATIENCE_MS, over.signal).then(() => ({ row: last }));
    return Promise.race([asked.catch(() => ({ row: last })), late]).finally(() => over.abort());
  }

  async function noteUse(row: ApiKeyRow): Promise<void> {
    if (row.lastUsedAt === null) await store.expireOlder(row.id, new Date(clock.now().getTime() + KEY_OVERLAP_MS));
    await store.touchKey(row.id, clock.now());
  }

  return {
    findOrg: store.findOrg,
    listOrgs: store.listOrgs,
    updateOrg: (id: string, change: { connectionMode?: boolean | undefined; notifyEmails?: string[] | undefined }, tx: Db = db) =>
      store.updateOrg(tx, id, change),

    /** Inserts or refreshes the org with this Salesforce id; its own id stays. Part of the caller's transaction. */
    async saveOrg(tx: Db, org: Omit<Org, 'id' | 'connectionMode' | 'notifyEmails' | 'registeredAt'>): Promise<Org> {
      return store.saveOrg(tx, { id: randomUUID(), ...org });
    },

    /**
     * Makes one new key per scope, shown only now. Form: `sb_<scope>_<random>`. Older ones of the same use end KEY_OVERLAP_MS after the new one is first used: a
     * key that never reached its org must not be what silences it.
     */
    async rollKeys<S extends KeyScope>(tx: Db, orgId: string, scopes: readonly S[], usedFor = ''): Promise<Record<S, string>> {
      const made: Partial<Record<S, string>> = {};
      for (const scope of scopes) {
        const key = `sb_${scope}_${randomToken()}`;
        await store.addKey(tx, { orgId, id: randomUUID(), scope, usedFor, hash: hashToken(key) });
        made[scope] = key;
      }
      return made as Record<S, string>;
    },

    /** Ends the keys of one use at once; other processes notice within CACHE_MS. */
    async removeKeys(tx: Db, orgId: string, scope: KeyScope, usedFor: string): Promise<void> {
      await store.removeKeys(tx, orgId, scope, usedFor);
      keys.clear();
      remembered.clear();
    },

    /** As `authenticate`, without waiting: undefined also where the database has to be asked or told. */
    authenticateAtOnce(key: string): ApiKeyRow | undefined {
      const row = keys.get(hashToken(key))?.row;
      return row && touched.has(row.id) && !(row.expiresAt && row.expiresAt <= clock.now()) ? row : undefined;
    },

    /** The key's org and scope, or undefined when it is unknown or ended. */
    async authenticate(key: string): Promise<ApiKeyRow | undefined> {
      const hash = hashToken(key);
      const { row } = keys.get(hash) ?? (await find(hash));
      if (!row || (row.expiresAt && row.expiresAt <= clock.now())) return undefined;
      if (!touched.has(row.id)) {
        touched.set(row.id, true);
        // Nobody on the phone waits for that; what could not be noted is noted at the next use.
        if (row.scope === 'acd') noteUse(row).catch(() => touched.delete(row.id));
        else await noteUse(row);
      }
      return row;
    },
  };
}

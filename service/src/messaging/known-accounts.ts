import { LRUCache } from 'lru-cache';
import type { CarrierAccount } from './types.ts';

export interface KnownAccount {
  account: CarrierAccount;
  authToken: string;
}

/** How long a change of an account, in whichever process, may stay unnoticed. */
const TTL_MS = 1_000;

export type KnownAccounts = ReturnType<typeof createKnownAccounts>;

/** Accounts with their opened secrets, kept for a second: a carrier under load calls thousands of times in it. */
export function createKnownAccounts(load: (id: string) => Promise<KnownAccount | undefined>, now = () => performance.now()) {
  const cache = new LRUCache<string, KnownAccount>({
    max: 1_000,
    ttl: TTL_MS,
    ttlResolution: 0,
    perf: { now },
    fetchMethod: (id) => load(id),
  });

  /**
   * The account if `proves` accepts it. What was kept is not enough for a refusal: the account may have changed since, so it is read again.
   * Undefined when there is no such account, false when it was refused.
   */
  return async function find(id: string, proves: (known: KnownAccount) => boolean): Promise<CarrierAccount | false | undefined> {
    const kept = cache.get(id);
    if (kept && proves(kept)) return kept.account;
    const known = kept ? await read(id) : await cache.fetch(id);
    return known && proves(known) && known.account;
  };

  async function read(id: string): Promise<KnownAccount | undefined> {
    const known = await load(id);
    if (known) cache.set(id, known);
    else cache.delete(id);
    return known;
  }
}

import { LRUCache } from 'lru-cache';
import { createSingleFlight } from '../platform/single-flight.ts';
import { tooMuch } from './inbound-batch.ts';
import type { CarrierAccount } from './types.ts';

export interface KnownAccount {
  account: CarrierAccount;
  authToken: string;
}

/** How long a change of an account, in whichever process, may stay unnoticed; so for a new one that was asked for before it was there. */
const TTL_MS = 1_000;
/** Ids that nobody has proved here yet are looked up this many at once: whoever makes ids up must not take the database's connections. */
const STRANGERS_AT_ONCE = 2;
const STRANGERS_WAITING = 500;

export type KnownAccounts = ReturnType<typeof createKnownAccounts>;

type Proof = (known: KnownAccount) => boolean;

/** Accounts with their opened secrets, kept for a second: a carrier under load calls thousands of times in it. */
export function createKnownAccounts(load: (id: string) => Promise<KnownAccount | undefined>, now = () => performance.now()) {
  const forOneSecond = { ttl: TTL_MS, ttlResolution: 0, perf: { now } };
  const kept = new LRUCache<string, KnownAccount>({ max: 1_000, ...forOneSecond });
  const absent = new LRUCache<string, true>({ max: 10_000, ...forOneSecond });
  const proved = new LRUCache<string, true>({ max: 1_000 });
  const running = new Map<string, Promise<KnownAccount | undefined>>();
  const following = new Map<string, Promise<KnownAccount | undefined>>();
  const strangers = { atOnce: 0, waiting: [] as (() => void)[] };
  const once = createSingleFlight<KnownAccount | undefined>();
  return find;

  /**
   * The account if `proves` accepts it: from memory where it does. What was kept is not enough for a refusal: the account may have changed
   * since, so it is read again. Undefined when there is no such account, false when it was refused. Throws a 503 while too many strangers wait.
   */
  async function find(id: string, proves: Proof): Promise<CarrierAccount | false | undefined> {
    const held = kept.get(id);
    if (held && proves(held)) {
      // One that is in use is read before its second is over: nobody has to wait for it.
      if (kept.getRemainingTTL(id) < TTL_MS / 2 && !running.has(id)) read(id).catch(() => undefined);
      return held.account;
    }
    if (!held && absent.has(id)) return undefined;
    const known = await (held ? readAfter(id) : (running.get(id) ?? once(id, () => readNew(id))));
    if (!known || !proves(known)) return known && false;
    proved.set(id, true);
    return known.account;
  }

  async function readNew(id: string): Promise<KnownAccount | undefined> {
    if (proved.has(id)) return read(id);
    if (strangers.atOnce < STRANGERS_AT_ONCE) strangers.atOnce += 1;
    else if (strangers.waiting.length >= STRANGERS_WAITING) throw tooMuch();
    else await new Promise<void>((resolve) => strangers.waiting.push(resolve));
    try {
      return await read(id);
    } finally {
      const next = strangers.waiting.shift();
      if (next) next();
      else strangers.atOnce -= 1;
    }
  }

  /** One read of an account at a time. A read that began before the request may not see its change: all who came meanwhile share the next. */
  function readAfter(id: string): Promise<KnownAccount | undefined> {
    const current = running.get(id);
    const shared = following.get(id);
    if (shared) return shared;
    if (!current) return read(id);
    const next = current
      .catch(() => undefined)
      .then(() => {
        following.delete(id);
        return read(id);
      });
    following.set(id, next);
    return next;
  }

  function read(id: string): Promise<KnownAccount | undefined> {
    const begun = load(id)
      .then((known) => {
        remember(id, known);
        return known;
      })
      .finally(() => running.delete(id));
    running.set(id, begun);
    return begun;
  }

  function remember(id: string, known: KnownAccount | undefined): void {
    if (known) {
      kept.set(id, known);
      absent.delete(id);
    } else {
      kept.delete(id);
      proved.delete(id);
      absent.set(id, true);
    }
  }
}

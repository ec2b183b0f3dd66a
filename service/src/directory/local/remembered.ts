import { sleep } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { createCache } from './cache.ts';
import { changesSince, EVERYTHING, KEEP_CHANGES_MS } from './change-store.ts';
import { listKeptOrgs, type DirectoryOrg } from './org-store.ts';
import { findByKeys, findRecords, type Found, type LocalRecord } from './store.ts';
import { warmOrg } from './warm.ts';

/** Room for about a million people with a number each. */
const CACHE_BYTES = 280 * 1024 * 1024;
/** How often changes of other processes are looked for; what was asked before a change is answered so for this long at most. */
const LOOK_MS = 500;
/** While no org's people are kept nothing is asked for. */
const IDLE_LOOK_MS = 5_000;
/** An org that could not be read as a whole is tried again after this, and one that changed as a whole read when it has been quiet for a moment. */
const WARM_AGAIN_MS = 60_000;
const QUIET_MS = 5_000;

/** What was found, and whether the database could be asked. `stale`: it could not, and this is what was known before. */
export interface Remembered<T> {
  value: T;
  stale: boolean;
}

export type Memory = ReturnType<typeof createMemory>;

/**
 * Answers of the local directory that this process remembers: all of an org where there is room. Changes that any process stores are noticed
 * within half a second. While the database does not answer, what is remembered goes on answering.
 */
export function createMemory({
  db,
  logger,
  lookMs = LOOK_MS,
  cacheBytes = CACHE_BYTES,
}: {
  db: Db;
  logger: Logger;
  lookMs?: number;
  cacheBytes?: number;
}) {
  const cache = createCache(cacheBytes);
  const stopping = new AbortController();
  let loop: Promise<void> | undefined;
  let seen: string | null = null;
  /** Nothing is remembered while changes cannot be followed: it might never be forgotten. Counts what was forgotten. */
  let forgotten = 0;
  let follows = false;
  let orgs = new Map<string, DirectoryOrg>();
  let lookedAt = performance.now();
  let warms = false;
  let warming: Promise<void> | undefined;
  const dueAt = new Map<string, number>();

  async function look(): Promise<void> {
    const before = seen;
    const news = await Promise.all([changesSince(db, before), listKeptOrgs(db)]).catch((error: unknown) => {
      if (follows) logger.warn({ err: error }, 'changes of the directory could not be looked for');
      follows = false;
      return undefined;
    });
    if (!news) return;
    const [{ seen: next, changes }, kept] = news;
    orgs = new Map(kept.map((org) => [org.orgId, org]));
    // What changed between the last look and this one is in the news, as long as the notes are kept.
    if (performance.now() - lookedAt > KEEP_CHANGES_MS / 2) {
      cache.clear();
      forgotten += 1;
    }
    lookedAt = performance.now();
    seen = next;
    follows = true;
    // What was asked before the first look may be older than what that one begins with.
    if (changes.length > 0 || before === null) forgotten += 1;
    for (const orgId of cache.orgs()) if (!orgs.has(orgId)) cache.forgetOrg(orgId);
    for (const { orgId, what } of changes) {
      if (what !== EVERYTHING) cache.forget(orgId, what);
      else {
        cache.forgetOrg(orgId);
        dueAt.set(orgId, performance.now() + QUIET_MS);
      }
    }
    warmNext();
  }

  /** Reads one org after the other as a whole, while there is room: questions about it never wait for the database then. */
  function warmNext(): void {
    if (!warms || warming || cache.isFull || stopping.signal.aborted) return;
    const due = [...orgs.values()].find(
      ({ orgId, sweptAt }) => sweptAt !== null && !cache.isComplete(orgId) && (dueAt.get(orgId) ?? 0) <= performance.now(),
    );
    if (!due) return;
    dueAt.set(due.orgId, performance.now() + WARM_AGAIN_MS);
    warming = warmOrg(db, cache, due.orgId, stopping.signal)
      .then(() => undefined)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted)
          logger.warn({ org: due.orgId, why: messageOf(error) }, 'the directory could not be read into memory yet');
      })
      .finally(() => {
        warming = undefined;
        warmNext();
      });
  }

  return {
    /** `whole`: orgs are read into memory as a whole, where phone systems are answered. */
    start({ whole }: { whole: boolean }): void {
      warms = whole;
      loop ??= (async () => {
        while (!stopping.signal.aborted) {
          await look();
          await sleep(orgs.size > 0 ? lookMs : IDLE_LOOK_MS, stopping.signal);
        }
      })();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await loop;
      await warming;
    },
    look,

    /** What is known of a kept org as of the last look. */
    org: (orgId: string): DirectoryOrg | undefined => orgs.get(orgId),
    /** How many orgs are in memory as a whole. */
    completeOrgs: (): number => [...orgs.keys()].filter((orgId) => cache.isComplete(orgId)).length,

    /** What is in memory, without waiting: undefined where it has to be asked for. */
    known: {
      byKeys(orgId: string, keys: readonly string[]): Remembered<Found[]> | undefined {
        const value: Found[] = [];
        for (const key of keys) {
          const found = cache.byKey(orgId, key);
          if (!found) return undefined;
          value.push(...found);
        }
        return { value, stale: !follows };
      },
      byId: (orgId: string, id: string): LocalRecord | null | undefined => cache.byId(orgId, id),
    },

    /** The records under these keys. Throws when the database cannot be asked and something is not remembered. */
    async findByKeys(orgId: string, keys: readonly string[]): Promise<Remembered<Found[]>> {
      const known = keys.map((key) => cache.byKey(orgId, key));
      const missing = keys.filter((_, index) => known[index] === undefined);
      if (missing.length === 0) return { value: known.flatMap((each) => each ?? []), stale: !follows };
      const at = forgotten;
      const found = await findByKeys(db, orgId, missing);
      // A change that was noticed while the database answered may be newer than the answer.
      if (follows && at === forgotten) {
        for (const record of found) cache.putRecord(orgId, record.id, record);
        for (const key of missing)
          cache.putKey(
            orgId,
            key,
            found.filter((one) => one.key === key),
          );
      }
      return { value: [...known.flatMap((each) => each ?? []), ...found], stale: false };
    },

    /** A record by its id. Throws like `findByKeys`. */
    async find(orgId: string, id: string): Promise<LocalRecord | undefined> {
      const known = cache.byId(orgId, id);
      if (known !== undefined) return known ?? undefined;
      const at = forgotten;
      const [record] = await findRecords(db, orgId, [id]);
      if (follows && at === forgotten) cache.putRecord(orgId, id, record);
      return record;
    },
  };
}

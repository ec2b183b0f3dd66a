import { LRUCache } from 'lru-cache';
import { sleep } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Logger } from '../../platform/log.ts';
import {
  changesSince,
  EVERYTHING,
  findByKeys,
  findRecords,
  KEEP_CHANGES_MS,
  listKeptOrgs,
  type DirectoryOrg,
  type Found,
  type LocalRecord,
} from './store.ts';

/** Keys and records that a process remembers. */
const MOST_KEYS = 200_000;
/** How often changes of other processes are looked for; what was asked before a change is answered so for this long at most. */
const LOOK_MS = 500;
/** While no org's people are kept nothing is asked for. */
const IDLE_LOOK_MS = 5_000;

/** What was found, and whether the database could be asked. `stale`: it could not, and this is what was known before. */
export interface Remembered<T> {
  value: T;
  stale: boolean;
}

export type Memory = ReturnType<typeof createMemory>;

/**
 * Answers of the local directory that this process remembers. Changes that any process stores are noticed within half a second. While the
 * database does not answer, what is remembered goes on answering.
 */
export function createMemory({ db, logger, lookMs = LOOK_MS }: { db: Db; logger: Logger; lookMs?: number }) {
  const byKey = new LRUCache<string, readonly Found[]>({ max: MOST_KEYS });
  const byId = new LRUCache<string, { record: LocalRecord | undefined }>({ max: MOST_KEYS });
  const stopping = new AbortController();
  let loop: Promise<void> | undefined;
  let seen: string | null = null;
  /** Nothing is remembered while changes cannot be followed: it might never be forgotten. Counts what was forgotten. */
  let forgotten = 0;
  let follows = false;
  /** What is remembered of an org from before all of it changed has another number, is not asked for any more, and goes in its turn. */
  const eras = new Map<string, number>();
  const named = (orgId: string, what: string) => `${orgId} ${eras.get(orgId) ?? 0} ${what}`;
  let orgs = new Map<string, DirectoryOrg>();
  let lookedAt = performance.now();

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
      byKey.clear();
      byId.clear();
      forgotten += 1;
    }
    lookedAt = performance.now();
    seen = next;
    follows = true;
    if (changes.length > 0) forgotten += 1;
    for (const { orgId, what } of changes) {
      if (what === EVERYTHING) eras.set(orgId, (eras.get(orgId) ?? 0) + 1);
      else if (what.startsWith('#')) byId.delete(named(orgId, what.slice(1)));
      else byKey.delete(named(orgId, what));
    }
  }

  return {
    start(): void {
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
    },
    look,

    /** What is known of a kept org as of the last look. */
    org: (orgId: string): DirectoryOrg | undefined => orgs.get(orgId),

    /** The records under these keys. Throws when the database cannot be asked and something is not remembered. */
    async findByKeys(orgId: string, keys: readonly string[]): Promise<Remembered<Found[]>> {
      const known = keys.map((key) => byKey.get(named(orgId, key)));
      const missing = keys.filter((_, index) => known[index] === undefined);
      if (missing.length === 0) return { value: known.flatMap((each) => each ?? []), stale: !follows };
      const at = forgotten;
      const found = await findByKeys(db, orgId, missing);
      // A change that was noticed while the database answered may be newer than the answer.
      if (follows && at === forgotten)
        for (const key of missing)
          byKey.set(
            named(orgId, key),
            found.filter((one) => one.key === key),
          );
      return { value: [...known.flatMap((each) => each ?? []), ...found], stale: false };
    },

    /** A record by its id. Throws like `findByKeys`. */
    async find(orgId: string, id: string): Promise<LocalRecord | undefined> {
      const known = byId.get(named(orgId, id));
      if (known) return known.record;
      const at = forgotten;
      const [record] = await findRecords(db, orgId, [id]);
      if (follows && at === forgotten) byId.set(named(orgId, id), { record });
      return record;
    },
  };
}

import { setImmediate } from 'node:timers/promises';
import type { Db } from '../../platform/db/database.ts';
import type { Cache } from './cache.ts';
import { pageOfKeys, pageOfRecords } from './store.ts';

/** Rows of one statement: what they cost the process at once is not noticed by who asks meanwhile. */
const PAGE = 2_000;
/** Of a key with more records than an answer holds, the database says which. */
const MOST_OF_A_KEY = 100;

/** Reads all of an org into the cache, so that no question about it goes to the database. False as `complete` says, and after a stop. */
export async function warmOrg(db: Db, cache: Cache, orgId: string, signal: AbortSignal): Promise<boolean> {
  return cache.complete(orgId, async (isUntouched) => {
    for (let after = ''; ;) {
      const rows = await pageOfRecords(db, orgId, after, PAGE);
      signal.throwIfAborted();
      for (const record of rows) if (isUntouched(`#${record.id}`)) cache.putRecord(orgId, record.id, record);
      if (rows.length < PAGE) break;
      after = (rows.at(-1) as { id: string }).id;
      await setImmediate();
    }
    for (let after = ''; ;) {
      const { keys, isLast, next } = await pageOfKeys(db, orgId, after, PAGE);
      signal.throwIfAborted();
      for (const [key, refs] of keys) {
        if (!isUntouched(key)) continue;
        if (refs.length > MOST_OF_A_KEY) cache.forget(orgId, key);
        else cache.putKey(orgId, key, refs);
      }
      if (isLast) break;
      after = next;
      await setImmediate();
    }
  });
}

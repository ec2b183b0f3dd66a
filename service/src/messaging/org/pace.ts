import { LRUCache } from 'lru-cache';

/** An org that answers within this can carry more at once; one that takes longer than the other is about to time out (calls do after 25 s). */
const QUICK_MS = 5_000;
const SLOW_MS = 12_000;
const LEAST = 25;
const FORGET_MS = 3600_000;

/**
 * How many rows one call of an org may carry. Flows and triggers of a customer can make each record so dear that a full call does not come to
 * an end in time; sent again as it was it never would. So it is halved after each call that was slow or timed out, and grows again with quick
 * ones. Known to this process only: another one learns it with one call.
 */
export function createPace(full: number) {
  const limits = new LRUCache<string, number>({ max: 10_000, ttl: FORGET_MS });
  const halve = (orgId: string, rows: number) => void limits.set(orgId, Math.max(LEAST, Math.floor(rows / 2)));
  return {
    limit: (orgId: string): number => limits.get(orgId) ?? full,
    timedOut: halve,
    answered(orgId: string, rows: number, tookMs: number): void {
      if (tookMs > SLOW_MS) return halve(orgId, rows);
      const limit = limits.get(orgId);
      if (limit === undefined || tookMs > QUICK_MS || rows < limit) return;
      if (limit * 2 < full) limits.set(orgId, limit * 2);
      else limits.delete(orgId);
    },
  };
}

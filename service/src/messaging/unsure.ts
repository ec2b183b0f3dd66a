import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Attempt, Inbound } from './types.ts';

/** As long as a text without an id counts as a repetition of an equal one. */
const REMEMBERED_MS = 5 * 60_000;
/** Each try looks for those before it, so that an older one has been looked for as often. */
const TRIES = 20;

/**
 * Tries to store a whole text without an id that failed. The commit may have happened all the same, with its confirmation lost, and the
 * carrier, told to try again, repeats such a text on the same bind at once: too soon to be told from a person's second one by the time alone.
 * Memory of this process is enough, because a bind ends with the process that holds it and a repetition on another bind is known anyway.
 * (Parts of a long text are known by their number.)
 */
export function createUnsure() {
  const tries = new LRUCache<string, string[]>({ max: 10_000, ttl: REMEMBERED_MS });
  return {
    /** The ids of failed tries of such a text whose repetition has not been seen yet. */
    of: (text: Inbound): string[] => tries.get(keyOf(text)) ?? [],
    failed(text: Inbound, { id, isWritten }: Attempt): void {
      if (text.carrierId === null && !text.part && isWritten) tries.set(keyOf(text), [...this.of(text), id].slice(-TRIES));
    },
    /** This try was found stored, and stands for one repetition. */
    found(text: Inbound, id: string): void {
      const left = this.of(text).filter((other) => other !== id);
      if (left.length > 0) tries.set(keyOf(text), left);
      else tries.delete(keyOf(text));
    },
  };
}

function keyOf({ accountId, bindId, from, to, body }: Inbound): string {
  return createHash('sha256')
    .update(JSON.stringify([accountId, bindId, from, to, body]))
    .digest('base64');
}

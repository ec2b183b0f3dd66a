import { LRUCache } from 'lru-cache';
import type { Inbound } from './receive.ts';

/** As long as a text without an id counts as a repetition of an equal one. */
const REMEMBERED_MS = 5 * 60_000;

/**
 * Texts without an id whose storing failed. The commit may have happened all the same, with its confirmation lost, and the carrier, told
 * to try again, repeats such a text on the same bind at once: too soon to be told from a person's second one by the time alone. Memory of
 * this process is enough, because a bind ends with the process that holds it and a repetition on another bind is known anyway.
 */
export function createUnsure() {
  const firstTries = new LRUCache<string, Date>({ max: 10_000, ttl: REMEMBERED_MS });
  return {
    /** When the first try began after which the text may be stored; undefined when none failed. */
    since: (text: Inbound): Date | undefined => firstTries.get(keyOf(text)),
    failed(text: Inbound, at: Date): void {
      if (text.carrierId === null && !firstTries.has(keyOf(text))) firstTries.set(keyOf(text), at);
    },
    stored: (text: Inbound): void => void firstTries.delete(keyOf(text)),
  };
}

function keyOf({ accountId, bindId, from, to, body, part }: Inbound): string {
  return JSON.stringify([accountId, bindId, from, to, body, part?.reference, part?.part]);
}

import { LRUCache } from 'lru-cache';
import type { Inbound } from './receive.ts';

/** As long as a text without an id counts as a repetition of an equal one. */
const REMEMBERED_MS = 5 * 60_000;

/**
 * Tries to store a text without an id that failed, by the id under which each would have stored it. The commit may have happened all the
 * same, with its confirmation lost, and the carrier, told to try again, repeats such a text on the same bind at once: too soon to be told
 * from a person's second one by the time alone. Memory of this process is enough, because a bind ends with the process that holds it and a
 * repetition on another bind is known anyway.
 */
export function createUnsure() {
  const tries = new LRUCache<string, string[]>({ max: 10_000, ttl: REMEMBERED_MS });
  return {
    /** The failed tries of such a text whose repetition has not been seen yet. */
    of: (text: Inbound): string[] => tries.get(keyOf(text)) ?? [],
    failed(text: Inbound, id: string): void {
      if (text.carrierId === null) tries.set(keyOf(text), [...this.of(text), id]);
    },
    /** This try was found stored, and stands for one repetition. */
    found: (text: Inbound, id: string): void => void tries.set(keyOf(text), tries.get(keyOf(text))?.filter((other) => other !== id) ?? []),
  };
}

function keyOf({ accountId, bindId, from, to, body, part }: Inbound): string {
  return JSON.stringify([accountId, bindId, from, to, body, part?.reference, part?.part]);
}

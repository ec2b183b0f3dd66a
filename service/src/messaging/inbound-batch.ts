import { isContended } from '../platform/db/contention.ts';
import { isDataError } from '../platform/db/database.ts';
import { unavailable, type Problem } from '../platform/errors.ts';
import type { Inbound } from './types.ts';
import type { StoredMessage } from './store/messages.ts';

/** How long a batch waits for a row that somebody else has locked; milliseconds pass, unless that one is frozen or cut off. */
const LOCK_MS = 2_000;
/** And its parts, of which only one can hold the row: a hundred texts are divided seven times. */
const LOCK_OF_PART_MS = 100;
/** Carriers give a webhook 15 seconds: where many rows are held, the rest is refused instead of being divided on. */
const DIVIDE_MS = 6_000;

export type Result = StoredMessage | undefined;

export interface Item {
  text: Inbound;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Stores texts with one commit and answers each, in some seconds. Where one of them spoils the whole – it cannot be stored, or somebody holds
 * its conversation – the batch is divided in halves, in order, until that text is alone: it is refused, and what the same person sent after
 * it, all others are stored. Never rejects.
 *
 * `storeMany` has to write nothing when it throws, and to wait for no lock longer than it is told (milliseconds).
 */
export async function storeBatch(batch: Item[], storeMany: (texts: Inbound[], lockMs: number) => Promise<Result[]>): Promise<void> {
  const end = performance.now() + DIVIDE_MS;
  /** Whose texts were refused because of a lock: it may be free by now, and a later text must not come before an earlier one. */
  const held = new Map<string, unknown>();
  await store(batch, LOCK_MS);

  async function store(items: Item[], lockMs: number): Promise<void> {
    try {
      const texts = items.map(({ text }) => text);
      const stored = await storeMany(texts, lockMs);
      for (const [index, item] of items.entries()) item.resolve(stored[index]);
    } catch (error) {
      const mayDivide = isDataError(error) || (isHeld(error) && performance.now() < end);
      if (items.length > 1 && mayDivide) return divide(items);
      for (const { text, reject } of items) {
        if (isHeld(error)) held.set(text.from, error);
        reject(toProblem(error));
      }
    }
  }

  async function divide(items: Item[]): Promise<void> {
    const middle = Math.ceil(items.length / 2);
    for (const half of [items.slice(0, middle), items.slice(middle)]) {
      const free = half.filter(({ text }) => !held.has(text.from));
      for (const { text, reject } of half) if (held.has(text.from)) reject(toProblem(held.get(text.from)));
      if (free.length > 0) await store(free, LOCK_OF_PART_MS);
    }
  }
}

/** lock_not_available and query_canceled: somebody holds what the statement needs, or it took too long. Nothing was written. */
function isHeld(error: unknown): boolean {
  return /^(55P03|57014)$/.test(String((error as { code?: unknown } | null)?.code));
}

/** Expected of a database under load, and over soon. */
export function toProblem(error: unknown): unknown {
  return isContended(error) || isHeld(error) ? tooMuch(error) : error;
}

/** 503 with the time after which to try again. */
export function tooMuch(cause?: unknown): Problem {
  return unavailable('More comes in than can be stored at the moment. Nothing was accepted; try again in some seconds.', {
    cause,
    headers: { 'retry-after': '5' },
  });
}

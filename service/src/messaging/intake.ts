import { onceMoreWhenContended } from '../platform/db/contention.ts';
import { uniqueViolation } from '../platform/db/database.ts';
import { storeBatch, tooMuch, toProblem, type Item, type Result } from './inbound-batch.ts';
import type { Figures } from './figures.ts';
import type { Inbound } from './types.ts';

/** What of one org may wait here, with what is being stored: some seconds' worth of the highest rate. */
const MOST_OF_ONE_ORG = 2_000;
/** Carriers give a webhook 15 seconds; whoever is told in time to try again does so. */
const LONGEST_WAIT_MS = 10_000;
const MOST_IN_ONE_BATCH = 100;
/** Of one org at once: while one waits for the disk, the next one is made and its answers are written. */
const BATCHES_AT_ONCE = 2;
const ALONE_AT_ONCE = 8;
const TRIES = 3;
const WATCH_MS = 500;

export interface IntakeOptions {
  /**
   * Stores texts of one org in one commit, in this order; waits `lockMs` milliseconds for a lock at most. When it throws, nothing was
   * written. It throws the unique violation of `message_inbound_once` when one of them is there already, unless `mayBeThere`: then it looks
   * before.
   */
  storeMany(orgId: string, texts: Inbound[], how: { mayBeThere: boolean; lockMs: number }): Promise<Result[]>;
  /** Stores a text that takes more than one statement. */
  storeAlone(text: Inbound): Promise<Result>;
  /** Whether a text has to be stored alone. */
  isAlone(text: Inbound): boolean;
  figures?: Figures | undefined;
}

export type Intake = ReturnType<typeof createIntake>;

interface Waiting extends Item {
  alone: boolean;
  /** Infinity: its caller was told to try again. */
  since: number;
}

interface Queue {
  waiting: Waiting[];
  /** Being stored. */
  underWay: Set<Waiting>;
  /** Whose texts are being stored: the next one of the same person waits, so that texts keep their order. */
  busy: Set<string>;
  batches: number;
  /** Texts in those batches: a second one begins when as many wait, since small ones cost as much as large ones. */
  inBatches: number;
  alone: number;
  isDue: boolean;
}

/**
 * Group commit: texts that come while earlier ones are being stored are stored together, and each caller is answered after the commit that
 * holds its text. Texts of one person stay in the order in which they came. When the database does not keep up, callers are refused
 * (unavailable, with Retry-After) instead of being kept waiting without end, so that memory stays bounded.
 */
export function createIntake({ storeMany, storeAlone, isAlone, figures }: IntakeOptions) {
  const queues = new Map<string, Queue>();
  /** By carrier id: the same text that comes again meanwhile waits for the first one's outcome. */
  const pending = new Map<string, Promise<Result>>();
  let watch: NodeJS.Timeout | undefined;

  return { take };

  /**
   * Resolves when the text is stored; with undefined when it was there already. Rejects when it is not known to be: the carrier has to hand
   * it over again.
   */
  async function take(text: Inbound): Promise<Result> {
    const name = text.carrierId === null ? undefined : `${text.accountId}/${text.carrierId}`;
    const twin = name === undefined ? undefined : pending.get(name);
    if (twin) return void (await twin);
    const stored = enqueue(text);
    if (name === undefined) return stored;
    pending.set(name, stored);
    try {
      return await stored;
    } finally {
      pending.delete(name);
    }
  }

  function enqueue(text: Inbound): Promise<Result> {
    let queue = queues.get(text.orgId);
    if (!queue) {
      queue = { waiting: [], underWay: new Set(), busy: new Set(), batches: 0, inBatches: 0, alone: 0, isDue: false };
      queues.set(text.orgId, queue);
    }
    if (queue.waiting.length + queue.underWay.size >= MOST_OF_ONE_ORG) {
      figures?.refused('full');
      return Promise.reject(tooMuch());
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    queue.waiting.push({ text, alone: isAlone(text), since: performance.now(), resolve, reject });
    watch ??= setInterval(endLongWaits, WATCH_MS).unref();
    schedule(text.orgId, queue);
    return promise;
  }

  /** After all that this turn of the event loop has read: what came together is stored together. */
  function schedule(orgId: string, queue: Queue): void {
    if (queue.isDue) return;
    queue.isDue = true;
    setImmediate(() => {
      queue.isDue = false;
      pump(orgId, queue);
    });
  }

  function pump(orgId: string, queue: Queue): void {
    const mayBegin = queue.batches < BATCHES_AT_ONCE && queue.waiting.length >= queue.inBatches;
    const batch: Waiting[] = [];
    const inBatch = new Set<string>();
    const behind = new Set(queue.busy);
    const left: Waiting[] = [];
    for (const item of queue.waiting) {
      const { from } = item.text;
      if (behind.has(from)) left.push(item);
      else if (!item.alone && mayBegin && batch.length < MOST_IN_ONE_BATCH) {
        batch.push(item);
        inBatch.add(from);
      } else {
        behind.add(from);
        if (item.alone && queue.alone < ALONE_AT_ONCE && !inBatch.has(from)) begin(orgId, queue, [item]);
        else left.push(item);
      }
    }
    queue.waiting = left;
    if (batch.length > 0) begin(orgId, queue, batch);
  }

  function begin(orgId: string, queue: Queue, items: Waiting[]): void {
    const kind = items[0]?.alone ? 'alone' : 'batches';
    const texts = kind === 'alone' ? 0 : items.length;
    queue[kind] += 1;
    queue.inBatches += texts;
    for (const item of items) {
      queue.underWay.add(item);
      queue.busy.add(item.text.from);
    }
    void store(orgId, items).then(() => {
      queue[kind] -= 1;
      queue.inBatches -= texts;
      for (const item of items) {
        queue.underWay.delete(item);
        queue.busy.delete(item.text.from);
      }
      if (queue.waiting.length > 0) schedule(orgId, queue);
      else if (queue.underWay.size === 0) forget(orgId);
    });
  }

  function forget(orgId: string): void {
    queues.delete(orgId);
    if (queues.size > 0) return;
    clearInterval(watch);
    watch = undefined;
  }

  /** Never rejects: each caller is told for itself. */
  async function store(orgId: string, items: Waiting[]): Promise<void> {
    const [first] = items;
    if (!first?.alone) {
      return storeBatch(items, async (texts, lockMs) => {
        const stored = await lookingWhenThere((mayBeThere) => storeMany(orgId, texts, { mayBeThere, lockMs }));
        figures?.stored(texts.length);
        return stored;
      });
    }
    try {
      first.resolve(await onceMoreWhenContended(() => storeAlone(first.text)));
    } catch (error) {
      first.reject(toProblem(error));
    }
  }

  /** Who waits too long is told to try again, whether its text is about to be stored or not: it is known by its id then. */
  function endLongWaits(): void {
    const before = performance.now() - LONGEST_WAIT_MS;
    for (const queue of queues.values()) {
      const isLate = (item: Waiting) => item.since < before;
      for (const item of [...queue.waiting, ...queue.underWay].filter(isLate)) {
        figures?.refused('slow');
        item.reject(tooMuch());
        item.since = Infinity;
      }
      queue.waiting = queue.waiting.filter((item) => item.since !== Infinity);
    }
  }
}

/** Once more, looking, when one is there; and again when somebody else stores one at the same moment. */
async function lookingWhenThere<T>(work: (mayBeThere: boolean) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await onceMoreWhenContended(() => work(tries > 0));
    } catch (error) {
      if (tries === TRIES || uniqueViolation(error) !== 'message_inbound_once') throw error;
    }
  }
}

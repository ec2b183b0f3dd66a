import { readProblem } from 'c/coreErrors';
import type { Problem } from 'c/coreErrors';
import { readStored, watchStored, writeStored } from './store';

/** A message written on this page, from the click until the org's row is seen. */
export interface Outgoing {
  /** Idempotency key of the send action: a retry uses it again, so that the service takes the message once. */
  key: string;
  body: string;
  /** Sending number; empty leaves the choice to the service. */
  from: string;
  /** Number, and name if known, of a conversation that was started with this message. */
  to?: string;
  toName?: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  state: 'posting' | 'accepted' | 'failed';
  id?: string;
  sequence?: number;
  problem?: Problem;
}

/** The service's answer to a send. */
export interface Accepted {
  id: string;
  conversationId: string;
  sequence?: number;
}

/** Calls the service. */
export type Post = (message: Record<string, unknown>, key: string) => Promise<Accepted>;

/** `changed` is told after every change; `moved` when the service filed the message under another conversation. */
export interface QueueWatcher {
  changed(): void;
  moved(conversationId: string): void;
}

const KEEP_MS = 24 * 3_600_000;
/** Apex waits 20 seconds for the service; a page that has no answer after this long is gone. */
const ANSWER_MS = 30_000;

/** A version-4 UUID; where the page is not a secure context `randomUUID` is missing. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The messages being sent from one conversation: shown at once, posted one after another so that their order holds, kept in this browser
 * until the org shows them, so that neither a failure nor a reload loses a text. Other pages of this browser write into the same place:
 * each changes only the message that it is about.
 */
export class OutgoingQueue {
  private readonly conversationId: string;
  private readonly postMessage: Post;
  private readonly watchers = new Set<QueueWatcher>();
  /** Keys of messages whose answer this page waits for. */
  private readonly posting = new Set<string>();
  private kept: Outgoing[];
  private tail: Promise<void> = Promise.resolve();
  private stopStorage: (() => void) | undefined;

  constructor(conversationId: string, post: Post) {
    this.conversationId = conversationId;
    this.postMessage = post;
    this.kept = restore(conversationId).map(unanswered);
  }

  /** A message that another page posts is not confirmed once that page can have no answer any more. */
  get rows(): Outgoing[] {
    const since = Date.now() - ANSWER_MS;
    return this.kept.map((row) => (this.posting.has(row.key) || row.createdAt > since ? row : unanswered(row)));
  }

  /** Returns what ends it. */
  watch(watcher: QueueWatcher): () => void {
    if (this.watchers.size === 0) this.adopt(unanswered); // nobody listened to other pages meanwhile
    this.watchers.add(watcher);
    this.stopStorage ??= watchStored('pending', this.conversationId, () => this.adopt());
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size > 0) return;
      this.stopStorage?.();
      this.stopStorage = undefined;
    };
  }

  send(body: string, from: string, key: string = newKey()): void {
    this.put({ key, body, from, createdAt: Date.now(), state: 'posting' });
    this.enqueue(key);
  }

  /** Posts a failed message again under its own key. */
  retry(key: string): void {
    const row = this.rows.find((candidate) => candidate.key === key && candidate.state === 'failed');
    if (!row) return;
    const { problem: _solved, ...rest } = row;
    this.put({ ...rest, state: 'posting' });
    this.enqueue(key);
  }

  /** Takes a failed message away. */
  discard(key: string): void {
    if (this.rows.some((row) => row.key === key && row.state === 'failed')) this.drop(key);
  }

  /** Org rows were seen: this browser need not keep their messages any longer. They stay in `rows` to lend their key to the row. */
  arrived(ids: ReadonlySet<string>): void {
    const stored = restore(this.conversationId);
    const open = stored.filter(({ id }) => !id || !ids.has(id));
    if (open.length < stored.length) store(this.conversationId, open);
  }

  private enqueue(key: string): void {
    this.posting.add(key);
    this.tail = this.tail.then(() => this.post(key));
  }

  private async post(key: string): Promise<void> {
    const row = this.kept.find((candidate) => candidate.key === key);
    if (!row) return;
    const { body, from } = row;
    try {
      const answer = await this.postMessage({ conversationId: this.conversationId, body, ...(from ? { from } : {}) }, key);
      this.posting.delete(key);
      this.accept(row, answer);
    } catch (error) {
      this.posting.delete(key);
      this.put({ ...row, state: 'failed', problem: readProblem(error) });
    }
  }

  private accept(row: Outgoing, { id, conversationId, sequence }: Accepted): void {
    if (conversationId && conversationId !== this.conversationId) {
      this.drop(row.key);
      for (const watcher of [...this.watchers]) watcher.moved(conversationId);
      return;
    }
    this.put({ ...row, state: 'accepted', id, ...(sequence === undefined ? {} : { sequence }) });
  }

  /** Adds a message, or puts it in the place of what it was. */
  put(row: Outgoing): void {
    this.kept = withRow(this.kept, row);
    store(this.conversationId, withRow(restore(this.conversationId), row));
    this.tell();
  }

  private drop(key: string): void {
    const others = (row: Outgoing): boolean => row.key !== key;
    this.kept = this.kept.filter(others);
    store(this.conversationId, restore(this.conversationId).filter(others));
    this.tell();
  }

  /** Another page changed something: its messages are as it says, those that this page posts are as this page knows them. */
  private adopt(as: (row: Outgoing) => Outgoing = (row) => row): void {
    const ours = this.kept.filter(({ key, state }) => this.posting.has(key) || state === 'accepted');
    this.kept = ours.reduce(withRow, restore(this.conversationId).map(as));
    this.tell();
  }

  private tell(): void {
    for (const watcher of [...this.watchers]) watcher.changed();
  }
}

const queues = new Map<string, OutgoingQueue>();

/**
 * The queue of a conversation: one for all components of this page, so that one that comes back to a conversation finds its messages as
 * they are, and hears of answers that were on the way meanwhile.
 */
export function outgoingOf(conversationId: string, post: Post): OutgoingQueue {
  const known = queues.get(conversationId);
  if (known) return known;
  const queue = new OutgoingQueue(conversationId, post);
  queues.set(conversationId, queue);
  return queue;
}

/** For tests: what a reload does. */
export function forgetOutgoing(): void {
  queues.clear();
}

function withRow(rows: Outgoing[], row: Outgoing): Outgoing[] {
  return rows.some(({ key }) => key === row.key) ? rows.map((each) => (each.key === row.key ? row : each)) : [...rows, row];
}

/** After a reload nobody waits for the answer any more: such a message is shown as not confirmed, and retrying it is safe. */
function unanswered(row: Outgoing): Outgoing {
  return row.state === 'posting' ? { ...row, state: 'failed' } : row;
}

function store(conversationId: string, rows: Outgoing[]): void {
  writeStored('pending', conversationId, rows.length > 0 ? JSON.stringify(rows) : '');
}

function restore(conversationId: string): Outgoing[] {
  try {
    const rows = JSON.parse(readStored('pending', conversationId) || '[]') as Outgoing[];
    return rows.filter(({ state, createdAt }) => state !== 'accepted' || Date.now() - createdAt < KEEP_MS);
  } catch {
    return [];
  }
}

/** Keeps the first message of a conversation that was just started, so that its page has something to show before the rows arrive. */
export function keepStarted(conversationId: string, message: Outgoing): void {
  const live = queues.get(conversationId);
  if (live) live.put(message);
  else store(conversationId, withRow(restore(conversationId), message));
}

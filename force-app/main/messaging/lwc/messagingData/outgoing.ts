import { readProblem } from 'c/coreErrors';
import type { Problem } from 'c/coreErrors';
import { readStored, writeStored } from './store';

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

/** `post` calls the service; `changed` is told after every change; `moved` when the service filed the message under another conversation. */
interface Hooks {
  post(message: Record<string, unknown>, key: string): Promise<Accepted>;
  changed(): void;
  moved(conversationId: string): void;
}

const KEEP_MS = 24 * 3_600_000;

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
 * until the org shows them, so that neither a failure nor a reload loses a text.
 */
export class OutgoingQueue {
  private readonly conversationId: string;
  private readonly hooks: Hooks;
  private kept: Outgoing[];
  private tail: Promise<void> = Promise.resolve();

  constructor(conversationId: string, hooks: Hooks) {
    this.conversationId = conversationId;
    this.hooks = hooks;
    this.kept = restore(conversationId);
  }

  get rows(): Outgoing[] {
    return this.kept;
  }

  send(body: string, from: string, key: string = newKey()): void {
    this.kept = [...this.kept, { key, body, from, createdAt: Date.now(), state: 'posting' }];
    this.keep();
    this.enqueue(key);
  }

  /** Posts a failed message again under its own key. */
  retry(key: string): void {
    const row = this.kept.find((candidate) => candidate.key === key && candidate.state === 'failed');
    if (!row) return;
    const { problem: _solved, ...rest } = row;
    this.replace(key, { ...rest, state: 'posting' });
    this.enqueue(key);
  }

  /** Takes a failed message away. */
  discard(key: string): void {
    this.kept = this.kept.filter((row) => row.key !== key || row.state !== 'failed');
    this.keep();
  }

  /** Org rows were seen: this browser need not keep their messages any longer. They stay in `rows` to lend their key to the row. */
  arrived(ids: ReadonlySet<string>): void {
    const open = this.kept.filter(({ id }) => !id || !ids.has(id));
    writeStored('pending', this.conversationId, open.length > 0 ? JSON.stringify(open) : '');
  }

  private enqueue(key: string): void {
    this.tail = this.tail.then(() => this.post(key));
  }

  private async post(key: string): Promise<void> {
    const row = this.kept.find((candidate) => candidate.key === key);
    if (!row) return;
    const { body, from } = row;
    try {
      const answer = await this.hooks.post({ conversationId: this.conversationId, body, ...(from ? { from } : {}) }, key);
      this.accept(row, answer);
    } catch (error) {
      this.replace(key, { ...row, state: 'failed', problem: readProblem(error) });
    }
  }

  private accept(row: Outgoing, { id, conversationId, sequence }: Accepted): void {
    if (conversationId && conversationId !== this.conversationId) {
      this.kept = this.kept.filter(({ key }) => key !== row.key);
      this.keep();
      this.hooks.moved(conversationId);
      return;
    }
    this.replace(row.key, { ...row, state: 'accepted', id, ...(sequence === undefined ? {} : { sequence }) });
  }

  private replace(key: string, next: Outgoing): void {
    this.kept = this.kept.map((row) => (row.key === key ? next : row));
    this.keep();
  }

  private keep(): void {
    writeStored('pending', this.conversationId, this.kept.length > 0 ? JSON.stringify(this.kept) : '');
    this.hooks.changed();
  }
}

/** After a reload nobody waits for the answer any more: such a message is shown as not confirmed, and retrying it is safe. */
function restore(conversationId: string): Outgoing[] {
  try {
    const rows = JSON.parse(readStored('pending', conversationId) || '[]') as Outgoing[];
    return rows
      .filter(({ state, createdAt }) => state !== 'accepted' || Date.now() - createdAt < KEEP_MS)
      .map((row) => (row.state === 'posting' ? { ...row, state: 'failed' } : row));
  } catch {
    return [];
  }
}

/** Keeps the first message of a conversation that was just started, so that its page has something to show before the rows arrive. */
export function keepStarted(conversationId: string, message: Outgoing): void {
  writeStored('pending', conversationId, JSON.stringify([...restore(conversationId), message]));
}

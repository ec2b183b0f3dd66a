import readMessages from '@salesforce/apex/ConversationReads.messages';
import sendMessage from '@salesforce/apex/MessagingController.send';
import { applyNewestPage, mergeOutgoing, mergeStored, NO_LIMIT_SEQUENCE, outgoingOf, PAGE_SIZE, toMessage } from 'c/messagingData';
import type { MessageView, Outgoing, OutgoingQueue, QueueWatcher, Row } from 'c/messagingData';

/** What the page shows of a thread. */
export interface ThreadView {
  messages: MessageView[];
  /** Written here, taken by the service or not, and not seen in the org yet. */
  waiting: Outgoing[];
  hasOlder: boolean;
  loadingOlder: boolean;
  olderError: unknown;
}

export const EMPTY_THREAD: ThreadView = { messages: [], waiting: [], hasOlder: false, loadingOlder: false, olderError: undefined };

/** `show` is told after every change; `moved` when the service filed a message under another conversation. */
interface Listener {
  show(view: ThreadView): void;
  moved: QueueWatcher['moved'];
}

/** The messages of one conversation: pages read from the org and what is being sent from this browser. */
export class Thread {
  readonly id: string;
  readonly queue: OutgoingQueue;
  view: ThreadView = EMPTY_THREAD;
  private listener: Listener | undefined;
  private stopQueue: (() => void) | undefined;
  private stored: MessageView[] = [];

  constructor(id: string) {
    this.id = id;
    this.queue = outgoingOf(id, (message, key) => sendMessage({ message, key }));
  }

  /** Begins to tell, with how it stands. */
  open(listener: Listener): void {
    this.listener = listener;
    this.stopQueue ??= this.queue.watch({ changed: () => this.merge(), moved: (conversationId) => this.listener?.moved(conversationId) });
    this.merge();
  }

  /** Tells nothing any more. */
  close(): void {
    this.listener = undefined;
    this.stopQueue?.();
    this.stopQueue = undefined;
  }

  /** The newest page was read, for the first time or again. */
  takeNewest(rows: Row[]): void {
    const page = rows.map(toMessage);
    this.stored = applyNewestPage(this.stored, page);
    this.queue.arrived(new Set(this.stored.map(({ id }) => id)));
    const olderKept = this.stored.length > page.length;
    this.merge(olderKept ? {} : { hasOlder: page.length >= PAGE_SIZE });
  }

  async loadOlder(): Promise<void> {
    if (this.view.loadingOlder) return;
    this.merge({ loadingOlder: true, olderError: undefined });
    try {
      const beforeSequence = this.stored[0]?.sequence ?? NO_LIMIT_SEQUENCE;
      const page = await readMessages<Row[]>({ externalId: this.id, beforeSequence, size: PAGE_SIZE });
      this.stored = mergeStored(this.stored, page.map(toMessage));
      this.merge({ loadingOlder: false, hasOlder: page.length >= PAGE_SIZE });
    } catch (olderError) {
      this.merge({ loadingOlder: false, olderError });
    }
  }

  private merge(change: Partial<ThreadView> = {}): void {
    const seen = new Set(this.stored.map(({ id }) => id));
    const waiting = this.queue.rows.filter(({ id }) => !id || !seen.has(id));
    this.view = { ...this.view, ...change, messages: mergeOutgoing(this.stored, this.queue.rows), waiting };
    this.listener?.show(this.view);
  }
}

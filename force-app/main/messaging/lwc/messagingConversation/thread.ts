import readMessages from '@salesforce/apex/ConversationReads.messages';
import sendMessage from '@salesforce/apex/MessagingController.send';
import { applyNewestPage, mergeOutgoing, mergeStored, NO_LIMIT_SEQUENCE, OutgoingQueue, PAGE_SIZE, toMessage } from 'c/messagingData';
import type { MessageView, Outgoing, Row } from 'c/messagingData';

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

/** The messages of one conversation: pages read from the org and what is being sent from here. Tells `show` after every change. */
export class Thread {
  readonly id: string;
  readonly queue: OutgoingQueue;
  private readonly show: (view: ThreadView) => void;
  private stored: MessageView[] = [];
  private view: ThreadView = EMPTY_THREAD;

  constructor(id: string, show: (view: ThreadView) => void, moved: (conversationId: string) => void) {
    this.id = id;
    this.show = show;
    this.queue = new OutgoingQueue(id, { post: (message, key) => sendMessage({ message, key }), changed: () => this.merge(), moved });
    this.merge();
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
    this.show(this.view);
  }
}

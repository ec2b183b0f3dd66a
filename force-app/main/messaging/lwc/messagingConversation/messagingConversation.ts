import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import readConversation from '@salesforce/apex/ConversationReads.conversation';
import readMessages from '@salesforce/apex/ConversationReads.messages';
import maySend from '@salesforce/customPermission/SwitchboardSend';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { calmly, myNumbers, NO_LIMIT_SEQUENCE, PAGE_SIZE, seenBefore, toConversation, watchConversations } from 'c/messagingData';
import type { ConversationView, SendingNumber, Wired } from 'c/messagingData';
import MessagingSettle from 'c/messagingSettle';
import { blockedReason, placeholderOf, readNoter } from './rules';
import { EMPTY_THREAD, Thread } from './thread';
import type { ThreadView } from './thread';
import { labels } from './labels';

const REREAD_GAP_MS = 300;
/** While a sent message waits for its row, the page asks by itself too: the wake-up may be lost. */
const AWAIT_ROW_MS = 4_000;
/** A row that has not come by then waits for the wake-up like everything else. */
const AWAIT_AT_MOST_MS = 600_000;
/** A row takes a second or two; after this long the reader is told that something is in the way. */
const LATE_MS = 15_000;

const SETTLED = { sent: labels.settledSent, failed: labels.settledFailed, resend: labels.settledResend };

/**
 * A conversation with thread and composer. Fires `conversationloaded` (detail: the conversation, after every reading), `moved`
 * (detail `{id}`, when the service filed a message under another conversation), `back` and `details`.
 */
export default class MessagingConversation extends LightningElement {
  @api withBack = false;
  @api withDetails = false;

  labels = labels;
  activeId = '';
  newestSequence = NO_LIMIT_SEQUENCE;
  pageSize = PAGE_SIZE;

  conversation: ConversationView | undefined;
  view: ThreadView = EMPTY_THREAD;
  conversationRead = false;
  messagesRead = false;
  late = false;
  error: unknown;
  numbers: SendingNumber[] | undefined;
  numbersError: unknown;

  thread: Thread | undefined;
  wiredConversation: Wired | undefined;
  wiredMessages: Wired | undefined;
  noteRead = readNoter();
  awaiting: Poll | undefined;
  stopWatching: (() => void) | undefined;
  reread = calmly(() => this.refresh(), REREAD_GAP_MS);

  /** External id of the conversation to show; empty for none. */
  @api
  get conversationId(): string {
    return this.activeId;
  }
  set conversationId(id: string) {
    if ((id ?? '') !== this.activeId) this.open(id ?? '');
  }

  /** Puts the keyboard on the head of the conversation. */
  @api
  focus(): void {
    (this.refs?.['header'] as HTMLElement | undefined)?.focus();
  }

  connectedCallback(): void {
    this.stopWatching = watchConversations((ids) => {
      if (this.activeId && (!ids || ids.has(this.activeId))) this.reread();
    });
    if (maySend) void this.loadNumbers();
  }

  disconnectedCallback(): void {
    this.stopWatching?.();
    this.awaiting?.stop();
    this.reread.cancel();
  }

  @wire(readConversation, { externalId: '$activeId' })
  receiveConversation(wired: Wired): void {
    this.wiredConversation = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    if (!wired.data) return;
    this.conversationRead = true;
    this.conversation = wired.data[0] && toConversation(wired.data[0]);
    if (this.shown) this.dispatchEvent(new CustomEvent('conversationloaded', { detail: this.shown }));
    if (maySend) this.noteRead(this.conversation);
  }

  @wire(readMessages, { externalId: '$activeId', beforeSequence: '$newestSequence', size: '$pageSize' })
  receiveMessages(wired: Wired): void {
    this.wiredMessages = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    if (!wired.data) return;
    this.thread?.takeNewest(wired.data);
    if (!this.messagesRead && seenBefore(this.activeId)) this.reread(); // what came first is the browser's copy
    this.messagesRead = true;
  }

  get isUnchosen(): boolean {
    return this.activeId === '';
  }

  get isLoading(): boolean {
    return !this.isUnchosen && !this.error && !this.isRead;
  }

  /** A failed first reading takes the place of the thread; a later one stands above it, and what is shown stays. */
  get loadError(): unknown {
    return this.isRead ? undefined : this.error;
  }

  get refreshError(): unknown {
    return this.isRead ? this.error : undefined;
  }

  get isRead(): boolean {
    return this.conversationRead && this.messagesRead;
  }

  /** What is known of the conversation: its row, or before that what was just sent in it. */
  get shown(): ConversationView | undefined {
    return this.conversation ?? placeholderOf(this.activeId, this.view);
  }

  get isBeingAdded(): boolean {
    return !this.conversation;
  }

  /** Messages of this conversation exist, so that none here means that none could be written to the org. */
  get isUnwritten(): boolean {
    return Boolean(this.conversation?.lastAt);
  }

  get blockedReason(): string {
    return this.shown ? blockedReason({ maySend: maySend === true, conversation: this.shown, numbers: this.numbers }) : '';
  }

  get usableNumbers(): SendingNumber[] {
    return this.numbers ?? [];
  }

  open(id: string): void {
    this.activeId = id;
    this.conversation = undefined;
    this.conversationRead = this.messagesRead = false;
    this.error = undefined;
    this.view = EMPTY_THREAD;
    this.late = false;
    const moved = (otherId: string): unknown => this.dispatchEvent(new CustomEvent('moved', { detail: { id: otherId } }));
    this.thread = id ? new Thread(id, (view) => this.show(id, view), moved) : undefined;
  }

  show(id: string, view: ThreadView): void {
    if (id !== this.activeId) return;
    this.view = view;
    const since = Date.now() - AWAIT_AT_MOST_MS;
    const unseen = view.waiting.some(({ state, createdAt }) => state === 'accepted' && createdAt > since);
    if (unseen) this.awaiting ??= startPoll(() => this.askForRows(), AWAIT_ROW_MS);
    if (unseen) return;
    this.awaiting?.stop();
    this.awaiting = undefined;
    this.late = false;
  }

  askForRows(): void {
    const longAgo = Date.now() - LATE_MS;
    this.late = this.view.waiting.some(({ state, createdAt }) => state === 'accepted' && createdAt < longAgo);
    this.reread();
  }

  async refresh(): Promise<void> {
    if (this.numbersError) void this.loadNumbers(); // what failed while the service was away is made good with the rest
    await Promise.all([refreshApex(this.wiredMessages), refreshApex(this.wiredConversation)]);
  }

  async loadNumbers(): Promise<void> {
    this.numbersError = undefined;
    try {
      this.numbers = await myNumbers();
    } catch (error) {
      this.numbersError = error;
    }
  }

  handleOlder(): void {
    void this.thread?.loadOlder();
  }

  handleSend({ detail }: CustomEvent<{ body: string; from: string; key: string }>): void {
    this.thread?.queue.send(detail.body, detail.from, detail.key);
  }

  handleRetry({ detail }: CustomEvent<{ key: string }>): void {
    this.thread?.queue.retry(detail.key);
  }

  handleDiscard({ detail }: CustomEvent<{ key: string }>): void {
    this.thread?.queue.discard(detail.key);
  }

  async handleSettle({ detail }: CustomEvent<{ id: string; body: string }>): Promise<void> {
    const options = { label: labels.settleTitle, messageId: detail.id, text: detail.body };
    const settled = (await MessagingSettle.open({ ...options, size: 'small' })) as { outcome: keyof typeof SETTLED } | undefined;
    (this.refs?.['thread'] as HTMLElement | undefined)?.focus();
    if (!settled) return;
    this.dispatchEvent(new ShowToastEvent({ title: SETTLED[settled.outcome], variant: 'success' }));
    this.reread();
  }

  handleWriteAgain({ detail }: CustomEvent<{ body: string }>): void {
    (this.refs?.['composer'] as unknown as { insert(body: string): void } | undefined)?.insert(detail.body);
  }

  passOn(event: Event): void {
    this.dispatchEvent(new CustomEvent(event.type));
  }
}

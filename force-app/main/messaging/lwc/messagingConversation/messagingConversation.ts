import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import readConversation from '@salesforce/apex/ConversationReads.conversation';
import readMessages from '@salesforce/apex/ConversationReads.messages';
import maySend from '@salesforce/customPermission/SwitchboardSend';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { calmly, myNumbers, NO_LIMIT_SEQUENCE, PAGE_SIZE, seenBefore, toConversation, watchConversations } from 'c/messagingData';
import type { ConversationView, SendingNumber, Wired } from 'c/messagingData';
import MessagingSettle from 'c/messagingSettle';
import { RowWait } from './rowWait';
import { blockedReason, placeholderOf, readNoter } from './rules';
import { watchSight } from './sight';
import type { Sight } from './sight';
import { EMPTY_THREAD, Thread } from './thread';
import type { ThreadView } from './thread';
import { labels } from './labels';

const REREAD_GAP_MS = 300;
const SETTLED = { sent: labels.settledSent, failed: labels.settledFailed, resend: labels.settledResend };

/**
 * A conversation with thread and composer. Fires `conversationloaded` (detail: the conversation, after every reading), `moved`
 * (detail `{id}`, when the service filed a message under another conversation), `back` and `details`.
 */
export default class MessagingConversation extends LightningElement {
  @api withBack = false;
  @api withDetails = false;
  /** What the container knows of the conversation, perhaps from its list: then head and composer need not wait for a reading. */
  @api known: ConversationView | undefined;

  labels = labels;
  activeId = '';
  newestSequence = NO_LIMIT_SEQUENCE;
  pageSize = PAGE_SIZE;

  conversation: ConversationView | undefined;
  view: ThreadView = EMPTY_THREAD;
  conversationRead = false;
  messagesRead = false;
  late = false;
  conversationError: unknown;
  messagesError: unknown;
  numbers: SendingNumber[] | undefined;
  numbersError: unknown;

  thread: Thread | undefined;
  wiredConversation: Wired | undefined;
  wiredMessages: Wired | undefined;
  noteRead = readNoter();
  sight: Sight | undefined;
  /** The keyboard was sent here before there was a head to put it on. */
  wantsFocus = false;
  rows = new RowWait((late) => {
    this.late = late;
    this.reread();
  });
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
    const header = this.refs?.['header'] as HTMLElement | undefined;
    this.wantsFocus = !header;
    header?.focus();
  }

  connectedCallback(): void {
    this.stopWatching = watchConversations((ids) => {
      if (this.activeId && (!ids || ids.has(this.activeId))) this.reread();
    });
    this.sight = watchSight(this.template!.host, () => this.noteSeen());
    this.openThread();
    if (maySend) void this.loadNumbers();
  }

  renderedCallback(): void {
    if (this.wantsFocus && this.refs?.['header']) this.focus();
  }

  disconnectedCallback(): void {
    this.stopWatching?.();
    this.sight?.stop();
    this.thread?.close();
    this.rows.stop();
    this.reread.cancel();
  }

  @wire(readConversation, { externalId: '$activeId' })
  receiveConversation(wired: Wired): void {
    this.wiredConversation = wired;
    if (!wired.data && !wired.error) return;
    this.conversationError = wired.error;
    if (!wired.data) return;
    this.conversationRead = true;
    this.conversation = wired.data[0] && toConversation(wired.data[0]);
    if (this.shown) this.dispatchEvent(new CustomEvent('conversationloaded', { detail: this.shown }));
    this.noteSeen();
  }

  @wire(readMessages, { externalId: '$activeId', beforeSequence: '$newestSequence', size: '$pageSize' })
  receiveMessages(wired: Wired): void {
    this.wiredMessages = wired;
    if (!wired.data && !wired.error) return;
    this.messagesError = wired.error;
    if (!wired.data) return;
    this.thread?.takeNewest(wired.data);
    if (!this.messagesRead && seenBefore(this.activeId)) this.reread(); // what came first is the browser's copy
    this.messagesRead = true;
  }

  get isUnchosen(): boolean {
    return this.activeId === '';
  }

  /** The thread's place is kept; where nothing is known of the conversation yet, that of everything. */
  get isLoading(): boolean {
    return !this.isUnchosen && !this.error && !this.isRead;
  }

  get isBlank(): boolean {
    return this.isLoading && !this.shown;
  }

  get error(): unknown {
    return this.conversationError ?? this.messagesError;
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

  /** What is known of the conversation: its row, or before that what its container says or what was just sent in it. */
  get shown(): ConversationView | undefined {
    if (this.conversation) return this.conversation;
    const known = !this.conversationRead && this.known?.id === this.activeId ? this.known : undefined;
    return known ?? placeholderOf(this.activeId, this.view);
  }

  get isBeingAdded(): boolean {
    return this.conversationRead && !this.conversation;
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
    this.conversationError = this.messagesError = undefined;
    this.view = EMPTY_THREAD;
    this.late = this.wantsFocus = false;
    this.thread?.close();
    this.thread = id ? new Thread(id) : undefined;
    this.openThread();
  }

  openThread(): void {
    const moved = (id: string): unknown => this.dispatchEvent(new CustomEvent('moved', { detail: { id } }));
    this.thread?.open({ show: (view) => this.show(view), moved });
  }

  noteSeen(): void {
    if (maySend && this.sight?.isSeen()) this.noteRead(this.conversation);
  }

  show(view: ThreadView): void {
    this.view = view;
    if (!this.rows.follow(view.waiting)) this.late = false;
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

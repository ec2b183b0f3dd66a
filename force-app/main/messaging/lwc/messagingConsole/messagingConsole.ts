import { LightningElement, wire } from 'lwc';
import { CurrentPageReference, NavigationMixin } from 'lightning/navigation';
import type { PageReference } from 'lightning/navigation';
import type { ConversationView } from 'c/messagingData';
import MessagingStart from 'c/messagingStart';
import { labels } from './labels';

/** One pane at a time where there is room for one only; see the style sheet. */
type Pane = 'list' | 'thread' | 'record';

const STATE_KEY = 'c__conversation';
/** Room left below: the margin of a Lightning page and its utility bar. */
const BELOW_PX = 56;

/** The agent's page. The open conversation stands in the address, so that a reload or a link brings it back. */
export default class MessagingConsole extends NavigationMixin(LightningElement) {
  labels = labels;
  page: PageReference | undefined;
  selectedId = '';
  /** The chosen row of the list. */
  known: ConversationView | undefined;
  conversation: ConversationView | undefined;
  pane: Pane = 'list';
  focusNext: Pane | undefined;
  /** How much of the window lies above: Salesforce's header and navigation, which differ between apps. */
  above = 0;
  measure = (): void => {
    this.above = Math.max(0, Math.round(this.template!.host!.getBoundingClientRect().top + window.scrollY));
  };

  connectedCallback(): void {
    window.addEventListener('resize', this.measure);
  }

  disconnectedCallback(): void {
    window.removeEventListener('resize', this.measure);
  }

  @wire(CurrentPageReference)
  receivePage(page: PageReference | undefined): void {
    this.page = page;
    const id = page?.state?.[STATE_KEY];
    if (!id || id === this.selectedId) return;
    this.show(id);
  }

  get heightStyle(): string {
    return `height: calc(100vh - ${this.above + BELOW_PX}px)`;
  }

  get layoutClass(): string {
    return `layout layout_${this.pane}`;
  }

  get recordConversation(): ConversationView | undefined {
    return this.conversation?.id === this.selectedId ? this.conversation : undefined;
  }

  /** The keyboard follows only where the pane it was in has gone out of sight. */
  renderedCallback(): void {
    this.measure();
    const target = this.focusNext;
    if (!target) return;
    this.focusNext = undefined;
    const list = this.refs?.['listPane'] as HTMLElement | undefined;
    const listHidden = list !== undefined && getComputedStyle(list).display === 'none';
    if (target === 'list' || listHidden) (this.refs?.[target] as HTMLElement | undefined)?.focus();
  }

  handleChoose({ detail }: CustomEvent<{ id: string; conversation?: ConversationView }>): void {
    this.known = detail.conversation;
    this.show(detail.id);
    this.focusNext = 'thread';
    this.keepInAddress();
  }

  async handleStart(): Promise<void> {
    const started = (await MessagingStart.open({ label: labels.newMessage, size: 'small' })) as { conversationId: string } | undefined;
    if (!started) return;
    this.show(started.conversationId);
    this.keepInAddress();
  }

  handleLoaded({ detail }: CustomEvent<ConversationView>): void {
    this.conversation = detail;
  }

  handleMoved({ detail }: CustomEvent<{ id: string }>): void {
    this.show(detail.id);
    this.keepInAddress();
  }

  /** Back to the list closes the conversation: what nobody sees must not be marked as read. */
  handleBack(): void {
    this.selectedId = '';
    this.conversation = undefined;
    this.pane = 'list';
    this.focusNext = 'list';
    this.keepInAddress();
  }

  handleDetails(): void {
    this.pane = this.pane === 'record' ? 'thread' : 'record';
    this.focusNext = this.pane;
  }

  show(id: string): void {
    this.selectedId = id;
    this.conversation = undefined;
    this.pane = 'thread';
  }

  keepInAddress(): void {
    if (!this.page) return;
    const { [STATE_KEY]: _old, ...rest } = this.page.state ?? {};
    const state = this.selectedId ? { ...rest, [STATE_KEY]: this.selectedId } : rest;
    this[NavigationMixin.Navigate]({ ...this.page, state }, true);
  }
}

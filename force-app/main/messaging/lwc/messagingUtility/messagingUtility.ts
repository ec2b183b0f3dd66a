import { LightningElement, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { EnclosingUtilityId, updateUtility } from 'lightning/platformUtilityBarApi';
import { refreshApex } from '@salesforce/apex';
import myConversations from '@salesforce/apex/ConversationReads.myConversations';
import myUnreadConversations from '@salesforce/apex/ConversationReads.myUnreadConversations';
import { fill } from 'c/coreText';
import { calmly, namespacePrefix, NO_LIMIT_TIME, seenBefore, toConversation, watchConversations } from 'c/messagingData';
import type { ConversationView, Wired } from 'c/messagingData';
import { labels } from './labels';

const NEWEST = 20;
const REREAD_GAP_MS = 1_500;

/** The user's own conversations in the utility bar, with the number of unread messages on its button. */
export default class MessagingUtility extends NavigationMixin(LightningElement) {
  labels = labels;
  newest = NEWEST;
  before = NO_LIMIT_TIME;

  conversations: ConversationView[] | undefined;
  unread = 0;
  error: unknown;
  utilityId: string | undefined;
  wiredMine: Wired | undefined;
  wiredUnread: Wired | undefined;
  stopWatching: (() => void) | undefined;
  reread = calmly(() => Promise.all([refreshApex(this.wiredMine), refreshApex(this.wiredUnread)]), REREAD_GAP_MS);

  connectedCallback(): void {
    this.stopWatching = watchConversations(() => this.reread());
  }

  disconnectedCallback(): void {
    this.stopWatching?.();
    this.reread.cancel();
  }

  @wire(EnclosingUtilityId)
  receiveUtility(id: string | undefined): void {
    this.utilityId = id;
    this.showCount();
  }

  @wire(myConversations, { size: '$newest', before: '$before' })
  receiveMine(wired: Wired): void {
    this.wiredMine = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    if (!wired.data) return;
    if (!this.conversations && seenBefore('utility')) this.reread();
    this.conversations = wired.data.map(toConversation);
  }

  @wire(myUnreadConversations)
  receiveUnread(wired: Wired): void {
    this.wiredUnread = wired;
    if (!wired.data) return;
    this.unread = wired.data.map(toConversation).reduce((sum, { unread }) => sum + unread, 0);
    this.showCount();
  }

  get isLoading(): boolean {
    return !this.conversations && !this.error;
  }

  get loadError(): unknown {
    return this.conversations ? undefined : this.error;
  }

  get isEmpty(): boolean {
    return this.conversations?.length === 0;
  }

  get unreadText(): string {
    if (this.unread === 0) return labels.unreadNone;
    return this.unread === 1 ? labels.unreadOne : fill(labels.unreadMany, this.unread);
  }

  /** The button of the utility bar is seen while the panel is closed. */
  showCount(): void {
    if (!this.utilityId) return;
    const label = this.unread > 0 ? fill(labels.count, this.unread) : labels.title;
    updateUtility(this.utilityId, { label, highlighted: this.unread > 0 }).catch(() => undefined);
  }

  handleChoose({ detail }: CustomEvent<{ id: string }>): void {
    this.openConsole({ c__conversation: detail.id });
  }

  handleOpen(): void {
    this.openConsole({});
  }

  openConsole(state: Record<string, string>): void {
    const apiName = `${namespacePrefix}Switchboard_Console`;
    this[NavigationMixin.Navigate]({ type: 'standard__navItemPage', attributes: { apiName }, state });
  }

  handleRetry(): void {
    this.reread();
  }
}

import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import conversationsOfRecord from '@salesforce/apex/ConversationReads.conversationsOfRecord';
import { toConversation } from 'c/messagingData';
import type { ConversationView, Wired } from 'c/messagingData';
import { labels } from './labels';

/** The record page of a conversation: finds its external id, by which everything else is read, and shows thread and details. */
export default class MessagingThreadPage extends LightningElement {
  @api recordId = '';

  labels = labels;
  found: ConversationView | undefined;
  loaded: ConversationView | undefined;
  isRead = false;
  error: unknown;
  wired: Wired | undefined;

  @wire(conversationsOfRecord, { recordId: '$recordId' })
  receive(wired: Wired): void {
    this.wired = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    this.isRead = true;
    this.found = wired.data?.[0] && toConversation(wired.data[0]);
  }

  get isLoading(): boolean {
    return !this.isRead;
  }

  /** The thread reads the conversation again and again; what it read last is the truth. */
  get conversation(): ConversationView | undefined {
    return this.loaded?.id === this.found?.id ? this.loaded : this.found;
  }

  handleLoaded({ detail }: CustomEvent<ConversationView>): void {
    this.loaded = detail;
  }

  handleRetry(): void {
    void refreshApex(this.wired);
  }
}

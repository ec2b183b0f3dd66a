import { LightningElement, api, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { refreshApex } from '@salesforce/apex';
import readUnknown from '@salesforce/apex/UnknownMessages.newest';
import CONVERSATION from '@salesforce/schema/Message__c.Conversation__c';
import { formatDateTime } from 'c/coreTime';
import { namespacePrefix, related, showNumber, toConversation, toMessage } from 'c/messagingData';
import type { Row, Wired } from 'c/messagingData';
import { labels } from './labels';

/** What an admin can look through; with more, those below come up as these are settled. */
const SIZE = 50;

interface Item {
  key: string;
  conversationId: string;
  name: string;
  body: string;
  time: string;
}

/** Messages of which nobody knows whether they were sent; a click leads to the conversation, where they are settled. */
export default class MessagingUnknown extends NavigationMixin(LightningElement) {
  labels = labels;
  size = SIZE;
  items: Item[] | undefined;
  error: unknown;
  wired: Wired | undefined;
  counted = 0;

  /** How many the service counts: another number than before means that the list is out of date. */
  @api
  get count(): number {
    return this.counted;
  }
  set count(value: number) {
    const changed = value !== this.counted;
    this.counted = value;
    if (changed && this.wired) void refreshApex(this.wired);
  }

  @wire(readUnknown, { size: '$size' })
  receive(wired: Wired): void {
    this.wired = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    if (wired.data) this.items = wired.data.map(toItem);
  }

  get isShown(): boolean {
    return Boolean(this.error) || Boolean(this.items?.length);
  }

  handleOpen(event: Event): void {
    const conversation = (event.currentTarget as HTMLElement).dataset['conversation'] ?? '';
    const apiName = `${namespacePrefix}Switchboard_Console`;
    this[NavigationMixin.Navigate]({ type: 'standard__navItemPage', attributes: { apiName }, state: { c__conversation: conversation } });
  }

  handleRetry(): void {
    void refreshApex(this.wired);
  }
}

function toItem(row: Row): Item {
  const { key, body, at } = toMessage(row);
  const { id, name } = toConversation(related(row, CONVERSATION) ?? {});
  return { key, conversationId: id, name: showNumber(name), body, time: formatDateTime(at) };
}

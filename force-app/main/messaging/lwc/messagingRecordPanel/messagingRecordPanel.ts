import { LightningElement, api, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { refreshApex } from '@salesforce/apex';
import accountCard from '@salesforce/apex/ConversationReads.accountCard';
import contactCard from '@salesforce/apex/ConversationReads.contactCard';
import leadCard from '@salesforce/apex/ConversationReads.leadCard';
import { showNumber, toCard } from 'c/messagingData';
import type { ConversationView, RecordCard, RecordLink, Wired } from 'c/messagingData';
import { factRows } from './facts';
import type { FactRow } from './facts';
import { labels } from './labels';

const ICONS = { Contact: 'standard:contact', Lead: 'standard:lead', Account: 'standard:account' };
const KINDS = { Contact: labels.contact, Lead: labels.lead, Account: labels.account };

/** The record behind a conversation. Fires `back`, whose button shows where its container has no room for both panes. */
export default class MessagingRecordPanel extends NavigationMixin(LightningElement) {
  @api withBack = false;

  labels = labels;
  contactId: string | undefined;
  leadId: string | undefined;
  accountId: string | undefined;
  card: RecordCard | undefined;
  cardRead = false;
  error: unknown;
  url = '';
  wired: Wired | undefined;
  shown: ConversationView | undefined;

  @api
  get conversation(): ConversationView | undefined {
    return this.shown;
  }
  set conversation(next: ConversationView | undefined) {
    const changed = next?.record?.id !== this.shown?.record?.id;
    this.shown = next;
    if (changed) this.readCard(next?.record);
  }

  /** Puts the keyboard at the start of the panel. */
  @api
  focus(): void {
    (this.refs?.['title'] as HTMLElement | undefined)?.focus();
  }

  @wire(contactCard, { recordId: '$contactId' })
  receiveContact(wired: Wired): void {
    if (this.contactId) this.receive('Contact', wired);
  }

  @wire(leadCard, { recordId: '$leadId' })
  receiveLead(wired: Wired): void {
    if (this.leadId) this.receive('Lead', wired);
  }

  @wire(accountCard, { recordId: '$accountId' })
  receiveAccount(wired: Wired): void {
    if (this.accountId) this.receive('Account', wired);
  }

  receive(object: RecordLink['object'], wired: Wired): void {
    this.wired = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    this.cardRead = true;
    const row = wired.data?.[0];
    this.card = row && toCard(object, row);
    void this.makeUrl();
  }

  get isLoading(): boolean {
    return this.hasRecord && !this.cardRead;
  }

  get isUnchosen(): boolean {
    return !this.shown;
  }

  get hasRecord(): boolean {
    return this.shown?.record !== undefined;
  }

  /** Started a moment ago: whom it belongs to is not known yet. */
  get isBeingAdded(): boolean {
    return this.shown?.recordId === '';
  }

  get isUnknown(): boolean {
    return !this.hasRecord;
  }

  get kind(): string {
    return this.card ? KINDS[this.card.object] : '';
  }

  get icon(): string {
    return this.card ? ICONS[this.card.object] : 'standard:unmatched';
  }

  get cardFacts(): FactRow[] {
    const facts = this.card?.facts ?? [];
    return factRows(facts.map((fact) => (fact.kind === 'phone' ? { ...fact, value: showNumber(fact.value) } : fact)));
  }

  get conversationFacts(): FactRow[] {
    const { customerNumber = '', ourNumber = '', ownerName = '', matchNote = '' } = this.shown ?? {};
    return factRows([
      { label: labels.match, value: matchNote, kind: 'text' },
      { label: labels.customerNumber, value: showNumber(customerNumber), kind: 'text' },
      { label: labels.ourNumber, value: showNumber(ourNumber), kind: 'text' },
      { label: labels.owner, value: ownerName, kind: 'text' },
    ]);
  }

  get unknownNumber(): string {
    return showNumber(this.shown?.customerNumber ?? '');
  }

  readCard(record: RecordLink | undefined): void {
    this.card = this.error = this.wired = undefined;
    this.cardRead = false;
    this.url = '';
    this.contactId = record?.object === 'Contact' ? record.id : undefined;
    this.leadId = record?.object === 'Lead' ? record.id : undefined;
    this.accountId = record?.object === 'Account' ? record.id : undefined;
  }

  get recordPage(): { type: string; attributes: Record<string, string> } {
    const { id = '', object = '' } = this.card ?? {};
    return { type: 'standard__recordPage', attributes: { recordId: id, objectApiName: object, actionName: 'view' } };
  }

  /** A real address, so that the record can be opened in another tab. */
  async makeUrl(): Promise<void> {
    const { card } = this;
    if (!card) return;
    const url = await this[NavigationMixin.GenerateUrl](this.recordPage);
    if (card === this.card) this.url = url;
  }

  handleOpen(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this[NavigationMixin.Navigate](this.recordPage);
  }

  handleRetry(): void {
    void refreshApex(this.wired);
  }

  handleBack(): void {
    this.dispatchEvent(new CustomEvent('back'));
  }
}

import { LightningElement, api, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { getRecord } from 'lightning/uiRecordApi';
import { cardRequest, isOutOfSight, showNumber, toCard } from 'c/messagingData';
import type { CardRequest, ConversationView, RecordCard, RecordLink, WiredRecord } from 'c/messagingData';
import { factRows } from './facts';
import type { FactRow } from './facts';
import { labels } from './labels';

const ICONS = { Contact: 'standard:contact', Lead: 'standard:lead', Account: 'standard:account' };
const KINDS = { Contact: labels.contact, Lead: labels.lead, Account: labels.account };

/** The record behind a conversation. Fires `back`, whose button shows where its container has no room for both panes. */
export default class MessagingRecordPanel extends NavigationMixin(LightningElement) {
  @api withBack = false;

  labels = labels;
  request: CardRequest | undefined;
  card: RecordCard | undefined;
  cardRead = false;
  error: unknown;
  url = '';
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

  @wire(getRecord, { recordId: '$request.id', fields: '$request.fields', optionalFields: '$request.optional' })
  receive({ data, error }: WiredRecord): void {
    const { request } = this;
    if (!request || (!data && !error) || (data && data.id.slice(0, 15) !== request.id.slice(0, 15))) return;
    this.error = isOutOfSight(error) ? undefined : error;
    this.cardRead = true;
    this.card = data && toCard(request.object, data);
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
    this.card = this.error = undefined;
    this.cardRead = false;
    this.url = '';
    this.request = record && cardRequest(record.object, record.id);
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

  /** A wire asks again when its configuration changes; it looks once per turn, so the record is taken away for one. */
  async handleRetry(): Promise<void> {
    const record = this.shown?.record;
    this.readCard(undefined);
    await Promise.resolve();
    if (record === this.shown?.record) this.readCard(record);
  }

  handleBack(): void {
    this.dispatchEvent(new CustomEvent('back'));
  }
}

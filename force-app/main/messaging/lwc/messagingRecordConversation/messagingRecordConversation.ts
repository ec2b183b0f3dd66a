import { LightningElement, api, wire } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import { refreshApex } from '@salesforce/apex';
import conversationsOfRecord from '@salesforce/apex/ConversationReads.conversationsOfRecord';
import maySend from '@salesforce/customPermission/SwitchboardSend';
import { formatAge } from 'c/coreTime';
import { calmly, cardRequest, phonesOf, seenBefore, showNumber, toCard, toConversation, watchConversations } from 'c/messagingData';
import type { CardRequest, ConversationView, RecordCard, Wired, WiredRecord } from 'c/messagingData';
import MessagingStart from 'c/messagingStart';
import { labels } from './labels';

const REREAD_GAP_MS = 1_500;

/** The text messages of a contact, lead or account on its page: the newest conversation, the choice of others, and a new one. */
export default class MessagingRecordConversation extends LightningElement {
  labels = labels;
  shownRecordId = '';
  shownObject = '';
  request: CardRequest | undefined;
  card: RecordCard | undefined;
  cardFailed = false;
  conversations: ConversationView[] | undefined;
  chosenId = '';
  error: unknown;
  wired: Wired | undefined;
  stopWatching: (() => void) | undefined;
  reread = calmly(() => refreshApex(this.wired), REREAD_GAP_MS);

  @api
  get recordId(): string {
    return this.shownRecordId;
  }
  set recordId(id: string) {
    this.shownRecordId = id;
    this.conversations = this.card = this.error = undefined;
    this.chosenId = '';
    this.aimCard();
  }

  @api
  get objectApiName(): string {
    return this.shownObject;
  }
  set objectApiName(name: string) {
    this.shownObject = name;
    this.aimCard();
  }

  connectedCallback(): void {
    this.stopWatching = watchConversations(() => this.reread());
  }

  disconnectedCallback(): void {
    this.stopWatching?.();
    this.reread.cancel();
  }

  @wire(conversationsOfRecord, { recordId: '$shownRecordId' })
  receive(wired: Wired): void {
    this.wired = wired;
    if (!wired.data && !wired.error) return;
    this.error = wired.error;
    if (!wired.data) return;
    if (!this.conversations && seenBefore(`record ${this.shownRecordId}`)) this.reread();
    this.conversations = wired.data.map(toConversation);
  }

  /** The card gives the phone numbers to offer; without it a number can still be typed, so its failure is not shown. */
  @wire(getRecord, { recordId: '$request.id', fields: '$request.fields', optionalFields: '$request.optional' })
  receiveCard({ data, error }: WiredRecord): void {
    this.cardFailed = error !== undefined;
    if (this.request && data?.id.slice(0, 15) === this.request.id.slice(0, 15)) this.card = toCard(this.request.object, data);
  }

  aimCard(): void {
    this.request = cardRequest(this.shownObject, this.shownRecordId);
    this.cardFailed = false;
  }

  get isLoading(): boolean {
    return !this.conversations && !this.error;
  }

  get loadError(): unknown {
    return this.conversations ? undefined : this.error;
  }

  get isEmpty(): boolean {
    return this.activeId === '';
  }

  /** The chosen conversation, else the newest; one just started counts although its row is still on the way. */
  get activeId(): string {
    return this.chosenId || (this.conversations?.[0]?.id ?? '');
  }

  get active(): ConversationView | undefined {
    return this.conversations?.find(({ id }) => id === this.activeId);
  }

  get options(): { label: string; value: string }[] {
    return (this.conversations ?? []).map(({ id, customerNumber, ourNumber, lastAt }) => ({
      label: `${showNumber(customerNumber)} – ${showNumber(ourNumber)} (${formatAge(lastAt)})`,
      value: id,
    }));
  }

  get hasChoice(): boolean {
    return this.options.length > 1;
  }

  get canStart(): boolean {
    return maySend === true;
  }

  /** Opened without the card, the dialog would ask for a number that the record has. */
  get isWaitingForCard(): boolean {
    return this.request !== undefined && !this.card && !this.cardFailed;
  }

  handleChoose({ detail }: CustomEvent<{ value: string }>): void {
    this.chosenId = detail.value;
  }

  handleMoved({ detail }: CustomEvent<{ id: string }>): void {
    this.chosenId = detail.id;
    this.reread();
  }

  async handleStart(): Promise<void> {
    const { shownRecordId: recordId, card } = this;
    const options = { recordId, recordName: card?.name ?? '', phones: phonesOf(card) };
    const started = (await MessagingStart.open({ label: labels.startTitle, size: 'small', ...options })) as
      { conversationId: string } | undefined;
    if (!started) return;
    this.chosenId = started.conversationId;
    this.reread();
  }

  handleRetry(): void {
    this.reread();
  }
}

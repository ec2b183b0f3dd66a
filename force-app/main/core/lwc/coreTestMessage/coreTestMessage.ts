import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import readMessages from '@salesforce/apex/ConversationReads.messages';
import sendTestMessage from '@salesforce/apex/SetupController.sendTestMessage';
import { checkFields, showFieldErrors } from 'c/coreForm';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { NO_LIMIT_SEQUENCE, newKey, outcomeOf, showNumber, toMessage, watchConversations } from 'c/messagingData';
import type { Accepted, MessageView, Outcome, Row } from 'c/messagingData';
import type { OurNumber } from 'c/messagingSetupModel';
import { labels } from './labels';

const ASK_MS = 3_000;
/** The way of a message; `message` is undefined until the org has it. */
const STAGES: { isReached(message: MessageView | undefined): boolean; label: string }[] = [
  { isReached: () => true, label: labels.accepted },
  { isReached: (message) => message?.sent === 'Sent', label: labels.atCarrier },
  { isReached: (message) => message?.delivery === 'Delivered', label: labels.delivered },
];
const LOOKS = {
  reached: { iconName: 'utility:success', variant: 'success', word: labels.reached },
  failed: { iconName: 'utility:error', variant: 'error', word: labels.stageFailed },
  pending: { iconName: 'utility:clock', variant: '', word: labels.pending },
};

/** Sends one text and follows it through the org's own records to its end. Fires `started`, then `delivered` or `undelivered`. */
export default class CoreTestMessage extends LightningElement {
  labels = labels;
  to = '';
  from = '';
  body = labels.testBody;
  sending = false;
  error: unknown;
  messageId: string | undefined;
  /** Undefined until the service has answered: the read below waits for it. */
  conversationId: string | undefined;
  before = NO_LIMIT_SEQUENCE;
  size = 20;
  message: MessageView | undefined;
  wired: unknown;
  poll: Poll | undefined;
  unwatch: (() => void) | undefined;
  key = '';

  @api numbers: OurNumber[] = [];

  @wire(readMessages, { externalId: '$conversationId', beforeSequence: '$before', size: '$size' })
  handleMessages(result: { data?: Row[]; error?: unknown }): void {
    this.wired = result;
    this.message = result.data?.map(toMessage).find(({ id }) => id === this.messageId);
    if (this.outcome === 'delivered') this.dispatchEvent(new CustomEvent('delivered'));
    if (this.outcome === 'failed') this.dispatchEvent(new CustomEvent('undelivered'));
    if (this.isSettled) this.stopFollowing();
  }

  disconnectedCallback(): void {
    this.stopFollowing();
  }

  get fromOptions(): { label: string; value: string }[] {
    return this.numbers.map(({ number, label }) => ({
      value: number,
      label: label ? `${label} (${showNumber(number)})` : showNumber(number),
    }));
  }

  get fromValue(): string {
    return this.from || (this.numbers.find(({ isDefault }) => isDefault) ?? this.numbers[0])?.number || '';
  }

  get outcome(): Outcome | undefined {
    if (!this.messageId) return undefined;
    return this.message ? outcomeOf(this.message) : 'waiting';
  }

  get isSettled(): boolean {
    return this.outcome === 'delivered' || this.outcome === 'failed';
  }

  get isFollowed(): boolean {
    return this.outcome !== undefined;
  }

  /** A failure ends the list: what would come after it never comes. */
  get stages(): { key: string; label: string; iconName: string; variant: string; word: string }[] {
    const reached = STAGES.filter(({ isReached }) => isReached(this.message)).length;
    const failed = this.outcome === 'failed';
    return STAGES.slice(0, failed ? reached + 1 : STAGES.length).map(({ label }, index) => ({
      key: label,
      label,
      ...(index < reached ? LOOKS.reached : failed ? LOOKS.failed : LOOKS.pending),
    }));
  }

  get result(): string {
    if (this.outcome === 'delivered') return labels.testDone;
    if (this.outcome === 'unknown') return labels.unknown;
    return this.outcome === 'failed' ? '' : labels.following;
  }

  /** Why the carrier or the phone did not take it. */
  get failure(): string {
    return this.outcome === 'failed' ? this.message?.errorText || this.message?.errorCode || labels.noCause : '';
  }

  handleField(event: CustomEvent<{ value: string }>): void {
    const field = (event.currentTarget as HTMLElement).dataset['field'] as 'to' | 'from' | 'body';
    this[field] = event.detail.value;
    this.key = ''; // another text is another message
  }

  async handleSend(): Promise<void> {
    if (!checkFields(this.template)) return;
    this.sending = true;
    this.error = undefined;
    this.key ||= newKey();
    try {
      const body = { to: this.to.trim(), body: this.body, ...(this.fromValue ? { from: this.fromValue } : {}) };
      const { id, conversationId } = await sendTestMessage<Accepted>({ body, key: this.key });
      Object.assign(this, { messageId: id, message: undefined, conversationId, key: '' });
      this.dispatchEvent(new CustomEvent('started'));
      this.follow();
    } catch (error) {
      if (!showFieldErrors(this.template, error)) this.error = error;
    }
    this.sending = false;
  }

  follow(): void {
    this.stopFollowing();
    void this.refresh();
    this.poll = startPoll(() => this.refresh(), ASK_MS);
    this.unwatch = watchConversations(() => void this.refresh());
  }

  async refresh(): Promise<void> {
    if (this.wired) await refreshApex(this.wired);
  }

  stopFollowing(): void {
    this.poll?.stop();
    this.unwatch?.();
    this.unwatch = undefined;
  }
}

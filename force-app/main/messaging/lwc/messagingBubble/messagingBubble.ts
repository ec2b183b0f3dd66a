import { LightningElement, api } from 'lwc';
import mayManage from '@salesforce/customPermission/SwitchboardSetup';
import { fill } from 'c/coreText';
import { formatDateTime, formatTime } from 'c/coreTime';
import { outcomeOf } from 'c/messagingData';
import type { MessageView } from 'c/messagingData';
import { labels } from './labels';
import { badgesOf, nextStepOf } from './status';
import type { Badge } from './status';

/**
 * One message. Fires `retry` and `discard` (detail `{key}`) for a message the service did not take, `writeagain` (detail `{body}`) for
 * one that did not arrive, and `settle` (detail `{id, body}`) when an admin wants to say what became of one nobody knows about.
 */
export default class MessagingBubble extends LightningElement {
  @api message!: MessageView;
  /** Name or number of the other side. */
  @api customerName = '';

  labels = labels;

  /** Read out before the text, because left and right mean nothing to a screen reader. */
  get speaker(): string {
    const { inbound, sentByName, mine } = this.message;
    if (inbound) return fill(labels.fromCustomer, this.customerName);
    if (mine) return labels.fromYou;
    if (sentByName) return fill(labels.fromColleague, sentByName);
    return labels.automatic;
  }

  get bodyClass(): string {
    const side = this.message.inbound ? 'slds-chat-message__text_inbound' : 'slds-chat-message__text_outbound';
    const dimmed = outcomeOf(this.message) === 'posting' ? ' body_posting' : '';
    return `body slds-chat-message__text ${side}${dimmed}`;
  }

  get rowClass(): string {
    return `slds-chat-message__body ${this.message.inbound ? 'side_in' : 'side_out'}`;
  }

  get metaClass(): string {
    const side = this.message.inbound ? '' : ' slds-grid_align-end';
    return `meta slds-grid slds-wrap slds-grid_vertical-align-center slds-text-body_small slds-text-color_weak${side}`;
  }

  get time(): string {
    return formatTime(this.message.at);
  }

  get fullTime(): string {
    return formatDateTime(this.message.at);
  }

  get badges(): Badge[] {
    return badgesOf(this.message);
  }

  get segments(): string {
    const count = this.message.segments ?? 0;
    return count > 1 && !this.message.inbound ? fill(labels.segments, count) : '';
  }

  get reason(): string {
    const { errorText } = this.message;
    if (outcomeOf(this.message) !== 'failed') return errorText;
    return errorText || (this.isUnsent ? '' : labels.failedNoReason);
  }

  get nextStep(): string {
    return this.canSettle ? labels.nextUnknownAdmin : nextStepOf(this.message);
  }

  get hasTrouble(): boolean {
    return this.nextStep !== '' || this.reason !== '';
  }

  get troubleClass(): string {
    const soft = outcomeOf(this.message) === 'unknown' ? ' trouble_soft' : '';
    return `trouble slds-box slds-box_x-small slds-m-top_xx-small${soft}`;
  }

  get isUnsent(): boolean {
    return this.message.sent === 'NotSent';
  }

  get canWriteAgain(): boolean {
    return !this.isUnsent && outcomeOf(this.message) === 'failed' && this.message.body !== '' && this.message.errorCode !== 'opted_out';
  }

  /** A message without an id has never been with the service, which has nothing to settle then. */
  get canSettle(): boolean {
    return mayManage === true && this.message.sent === 'Unknown' && this.message.id !== '';
  }

  handleRetry(): void {
    this.dispatchEvent(new CustomEvent('retry', { detail: { key: this.message.key } }));
  }

  handleDiscard(): void {
    this.dispatchEvent(new CustomEvent('discard', { detail: { key: this.message.key } }));
  }

  handleSettle(): void {
    const { id, body } = this.message;
    this.dispatchEvent(new CustomEvent('settle', { detail: { id, body } }));
  }

  handleWriteAgain(): void {
    this.dispatchEvent(new CustomEvent('writeagain', { detail: { body: this.message.body } }));
  }
}

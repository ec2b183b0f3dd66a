import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { isNamedByNumber, showNumber } from 'c/messagingData';
import type { ConversationView } from 'c/messagingData';
import { labels } from './labels';

/** Head of a conversation. Fires `back` and `details`, whose buttons show where its container allows them (see the style sheet). */
export default class MessagingHeader extends LightningElement {
  @api conversation!: ConversationView;
  /** Offers the way back to the list. */
  @api withBack = false;
  /** Offers the details panel. */
  @api withDetails = false;

  labels = labels;

  /** Puts the keyboard at the start of the conversation, after it has taken the place of the list. */
  @api
  focus(): void {
    (this.refs?.['name'] as HTMLElement | undefined)?.focus();
  }

  get numbers(): string {
    const { name, customerNumber, ourNumber } = this.conversation;
    const number = isNamedByNumber(name, customerNumber) ? '' : showNumber(customerNumber);
    const via = ourNumber ? fill(labels.via, showNumber(ourNumber)) : '';
    return [number, via].filter(Boolean).join(' · ');
  }

  get name(): string {
    return showNumber(this.conversation.name);
  }

  handleBack(): void {
    this.dispatchEvent(new CustomEvent('back'));
  }

  handleDetails(): void {
    this.dispatchEvent(new CustomEvent('details'));
  }
}

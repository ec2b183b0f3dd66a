import { LightningElement, api } from 'lwc';
import { fill } from 'c/coreText';
import { LONGEST_TEXT, newKey, preferredNumber, readStored, showNumber, writeStored } from 'c/messagingData';
import type { SendingNumber } from 'c/messagingData';
import { labels } from './labels';

/**
 * Writes one message. Fires `send` with `{body, from, key}`; the key is made once per send action and makes a retry harmless.
 * What is typed is kept as a draft of its conversation in this browser until it is sent.
 */
export default class MessagingComposer extends LightningElement {
  @api numbers: SendingNumber[] = [];
  /** The number the customer wrote to. */
  @api ourNumber = '';
  @api customerName = '';
  /** Why nothing can be sent; empty when it can. */
  @api blockedReason = '';

  labels = labels;
  text = '';
  chosenNumber = '';
  currentId = '';

  @api
  get conversationId(): string {
    return this.currentId;
  }
  set conversationId(id: string) {
    if (id === this.currentId) return;
    this.currentId = id ?? '';
    this.chosenNumber = '';
    this.text = this.currentId ? readStored('draft', this.currentId) : '';
  }

  @api
  focus(): void {
    (this.refs?.['text'] as HTMLElement | undefined)?.focus();
  }

  /** Adds a text that was sent before to what is being written. */
  @api
  insert(body: string): void {
    this.keep(this.text.trim() ? `${this.text.trimEnd()}\n${body}` : body);
    this.focus();
  }

  get from(): string {
    return this.chosenNumber || preferredNumber(this.numbers, this.ourNumber);
  }

  get fromOptions(): { label: string; value: string }[] {
    return this.numbers.map(({ label, number }) => ({
      label: label ? `${label} (${showNumber(number)})` : showNumber(number),
      value: number,
    }));
  }

  get choosesNumber(): boolean {
    return this.numbers.length > 1 && !this.blockedReason;
  }

  get textLabel(): string {
    return fill(labels.label, this.customerName);
  }

  get hint(): string {
    return fill(labels.hint, /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ + Enter' : 'Ctrl + Enter');
  }

  get cannotSend(): boolean {
    return this.blockedReason !== '' || this.text.trim() === '' || this.text.length > LONGEST_TEXT;
  }

  handleText(event: CustomEvent<{ value: string }>): void {
    this.keep(event.detail.value);
  }

  handleFrom(event: CustomEvent<{ value: string }>): void {
    this.chosenNumber = event.detail.value;
  }

  handleKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.handleSend();
  }

  /** The box is emptied in the same breath, so a double click finds nothing to send. */
  handleSend(): void {
    if (this.cannotSend) return;
    const detail = { body: this.text.trim(), from: this.from, key: newKey() };
    this.keep('');
    this.dispatchEvent(new CustomEvent('send', { detail }));
    this.focus();
  }

  keep(text: string): void {
    this.text = text;
    if (this.currentId) writeStored('draft', this.currentId, text);
  }
}

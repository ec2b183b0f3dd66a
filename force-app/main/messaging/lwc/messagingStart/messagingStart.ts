import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import LOCALE from '@salesforce/i18n/locale';
import sendMessage from '@salesforce/apex/MessagingController.send';
import { takeBack } from 'c/coreForm';
import { fill } from 'c/coreText';
import {
  countryName,
  keepStarted,
  LONGEST_TEXT,
  myNumbers,
  newKey,
  preferredNumber,
  regionName,
  showNumber,
  toInternational,
} from 'c/messagingData';
import type { Accepted, SendingNumber } from 'c/messagingData';
import { EMPTY, keepDraft, readDraft } from './draft';
import type { Draft } from './draft';
import { labels } from './labels';

interface Option {
  label: string;
  value: string;
}

const OTHER = 'other';

/**
 * Starts a conversation. Opened with `{label, recordId?, recordName?, phones?}`, `phones` being `{label, number}` as the record has them;
 * closes with `{conversationId}`, or with nothing when given up: what was typed then stands there again the next time.
 */
export default class MessagingStart extends LightningModal {
  @api recordId = '';
  @api recordName = '';
  @api phones: { label: string; number: string }[] = [];

  labels = labels;
  numbers: SendingNumber[] | undefined;
  numbersError: unknown;
  draft = EMPTY;
  sending = false;
  error: unknown;

  connectedCallback(): void {
    this.draft = readDraft(this.recordId);
    void this.loadNumbers();
  }

  get isLoading(): boolean {
    return !this.numbers && !this.numbersError;
  }

  get hasNoNumber(): boolean {
    return this.numbers?.length === 0;
  }

  get hasPhones(): boolean {
    return this.phones.length > 0;
  }

  get phone(): string {
    const { phone } = this.draft;
    const isOffered = phone === OTHER || this.phones.some(({ number }) => number === phone);
    return isOffered ? phone : (this.phones[0]?.number ?? OTHER);
  }

  get typed(): string {
    return this.draft.typed;
  }

  get text(): string {
    return this.draft.text;
  }

  get phoneOptions(): Option[] {
    const own = this.phones.map(({ label, number }) => ({ label: `${label}: ${showNumber(number)}`, value: number }));
    return [...own, { label: labels.other, value: OTHER }];
  }

  get phoneLabel(): string {
    return this.recordName ? fill(labels.toRecord, this.recordName) : labels.to;
  }

  get typesNumber(): boolean {
    return !this.hasPhones || this.phone === OTHER;
  }

  /** As it will be sent: a national number goes as it is written, because the service reads it with the sending number's country. */
  get to(): string {
    const written = this.typesNumber ? this.typed.trim() : this.phone;
    return toInternational(written) ?? (/\d/.test(written) ? written : '');
  }

  get countryHint(): string {
    const number = this.typesNumber ? this.to : '';
    const country = number && countryName(number, LOCALE);
    if (country) return fill(labels.numberCountry, showNumber(number), country);
    const home = this.numbers?.find((candidate) => candidate.number === this.from)?.country;
    return home ? fill(labels.numberHelp, regionName(home, LOCALE)) : labels.numberHelpShort;
  }

  get from(): string {
    return preferredNumber(this.numbers ?? [], this.draft.from);
  }

  get fromOptions(): Option[] {
    return (this.numbers ?? []).map(({ label, number }) => ({
      label: label ? `${label} (${showNumber(number)})` : showNumber(number),
      value: number,
    }));
  }

  get cannotSend(): boolean {
    return this.sending || !this.numbers?.length || this.text.length > LONGEST_TEXT;
  }

  async loadNumbers(): Promise<void> {
    this.numbersError = undefined;
    try {
      this.numbers = await myNumbers();
    } catch (error) {
      this.numbersError = error;
    }
  }

  handlePhone({ detail }: CustomEvent<{ value: string }>): void {
    this.change({ phone: detail.value });
  }

  handleTyped(event: CustomEvent<{ value: string }>): void {
    this.change({ typed: event.detail.value });
    takeBack(event);
  }

  handleFrom({ detail }: CustomEvent<{ value: string }>): void {
    this.change({ from: detail.value });
  }

  handleText(event: CustomEvent<{ value: string }>): void {
    this.change({ text: event.detail.value });
    takeBack(event);
  }

  change(changes: Partial<Draft>): void {
    this.draft = { ...this.draft, ...changes };
    keepDraft(this.recordId, this.draft);
  }

  handleKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) void this.handleSend();
  }

  async handleSend(): Promise<void> {
    if (this.cannotSend || !this.isValid()) return;
    const { recordId, to, from } = this;
    const message = { to, from, body: this.text.trim(), ...(recordId ? { recordId } : {}) };
    this.sending = this.disableClose = true;
    this.error = undefined;
    try {
      const accepted = await sendMessage<Accepted & { to?: string }>({ message, key: this.keyFor(JSON.stringify(message)) });
      this.keep(accepted, message);
      keepDraft(recordId, EMPTY);
      this.disableClose = false;
      this.close({ conversationId: accepted.conversationId });
    } catch (error) {
      this.error = error;
      this.sending = this.disableClose = false;
    }
  }

  /** Pressing again after a failure, here or in a later dialog, must not send the same message twice; a changed message is another one. */
  keyFor(message: string): string {
    if (this.draft.attemptOf !== message) this.change({ attemptOf: message, attemptKey: newKey() });
    return this.draft.attemptKey;
  }

  keep({ id, conversationId, sequence, to }: Accepted & { to?: string }, message: { to: string; from: string; body: string }): void {
    const { body, from } = message;
    const known = { key: this.draft.attemptKey, id, body, from, to: to || message.to, toName: this.recordName, createdAt: Date.now() };
    keepStarted(conversationId, { ...known, state: 'accepted', ...(sequence === undefined ? {} : { sequence }) });
  }

  isValid(): boolean {
    const typed = this.template!.querySelector('lightning-input');
    typed?.setCustomValidity(this.to ? '' : this.typed.trim() ? labels.numberBad : labels.numberMissing);
    const text = this.template!.querySelector('lightning-textarea');
    text?.setCustomValidity(this.text.trim() ? '' : labels.textMissing);
    const wrong = [typed, text].filter((field) => field?.reportValidity() === false);
    wrong[0]?.focus();
    return this.to !== '' && this.text.trim() !== '';
  }

  handleCancel(): void {
    this.close();
  }
}

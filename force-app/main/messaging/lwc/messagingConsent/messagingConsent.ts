import { LightningElement, api, wire } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { refreshApex } from '@salesforce/apex';
import readOptOut from '@salesforce/apex/ConversationReads.optOut';
import mayChange from '@salesforce/customPermission/SwitchboardManageOptOut';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { calmly, showNumber, toConsent, watchConversations } from 'c/messagingData';
import type { Consent, Wired } from 'c/messagingData';
import MessagingOptOut from 'c/messagingOptOut';
import { labels } from './labels';

const REREAD_GAP_MS = 1_000;

/** Whether a number may be texted, why and since when; who may, changes it with a reason. */
export default class MessagingConsent extends LightningElement {
  /** E.164. */
  @api number = '';
  /** What the conversation says; the number's own record, where there is one, knows better. */
  @api optedOut = false;

  labels = labels;
  consent: Consent | undefined;
  error: unknown;
  wired: Wired | undefined;
  stopWatching: (() => void) | undefined;
  reread = calmly(() => refreshApex(this.wired), REREAD_GAP_MS);

  connectedCallback(): void {
    this.stopWatching = watchConversations(() => this.reread());
  }

  disconnectedCallback(): void {
    this.stopWatching?.();
    this.reread.cancel();
  }

  @wire(readOptOut, { numberKey: '$number' })
  receive(wired: Wired): void {
    this.wired = wired;
    this.error = wired.error;
    const row = wired.data?.[0];
    this.consent = row && toConsent(row);
  }

  get isOptedOut(): boolean {
    return this.consent?.optedOut ?? this.optedOut;
  }

  get answer(): string {
    return this.isOptedOut ? labels.no : labels.yes;
  }

  get icon(): string {
    return this.isOptedOut ? 'utility:ban' : 'utility:check';
  }

  get variant(): string {
    return this.isOptedOut ? 'error' : 'success';
  }

  get lines(): string[] {
    const { consent } = this;
    if (!consent) return this.isOptedOut ? [] : [labels.neverSaid];
    const since = consent.changedAt ? fill(labels.since, formatDateTime(consent.changedAt)) : '';
    const reason = consent.reason && consent.kind === 'Manual' ? fill(labels.reason, consent.reason) : '';
    return [originOf(consent), since, reason].filter(Boolean);
  }

  get canChange(): boolean {
    return mayChange === true && this.number !== '';
  }

  async handleChange(): Promise<void> {
    const shownNumber = showNumber(this.number);
    const options = { label: fill(labels.dialogTitle, shownNumber), number: this.number, optedOut: this.isOptedOut };
    const saved = (await MessagingOptOut.open({ ...options, size: 'small' })) as { optedOut: boolean } | undefined;
    (this.refs?.['change'] as HTMLElement | undefined)?.focus();
    if (!saved) return;
    const title = fill(saved.optedOut ? labels.savedOut : labels.savedIn, shownNumber);
    this.dispatchEvent(new ShowToastEvent({ title, variant: 'success' }));
    this.reread();
  }

  handleRetry(): void {
    this.reread();
  }
}

function originOf({ kind, keyword, changedByName }: Consent): string {
  if (kind === 'Keyword') return fill(labels.keyword, keyword);
  if (kind === 'Carrier') return labels.carrier;
  return changedByName ? fill(labels.manual, changedByName) : labels.manualUnknown;
}

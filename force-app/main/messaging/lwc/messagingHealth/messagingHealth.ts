import { LightningElement } from 'lwc';
import readHealth from '@salesforce/apex/MessagingSetupController.health';
import { goToPage } from 'c/coreOrg';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { fill } from 'c/coreText';
import { formatDateTime, formatTime } from 'c/coreTime';
import { CARRIER_KINDS, CARRIER_STATES } from 'c/messagingSetupModel';
import type { Health } from 'c/messagingSetupModel';
import { tilesOf } from './tiles';
import { labels } from './labels';

const REFRESH_MS = 5_000;

/** How delivery stands, read every few seconds while the page is visible. */
export default class MessagingHealth extends LightningElement {
  labels = labels;
  health: Health | undefined;
  readAt = 0;
  error: unknown;
  poll: Poll | undefined;

  connectedCallback(): void {
    void this.load();
    this.poll = startPoll(() => this.load(), REFRESH_MS);
  }

  disconnectedCallback(): void {
    this.poll?.stop();
  }

  get loading(): boolean {
    return !this.health && !this.error;
  }

  get failed(): boolean {
    return !this.health;
  }

  get updated(): string {
    return fill(this.error ? labels.updateFailed : labels.updated, formatTime(this.readAt));
  }

  get tiles(): object[] {
    if (!this.health) return [];
    return tilesOf(this.health, this.readAt).map((tile) => ({
      ...tile,
      valueClass: `value slds-text-heading_large ${tile.alert ? 'slds-text-color_error' : ''}`,
    }));
  }

  get hold(): { text: string; since: string; retry: string } | undefined {
    const hold = this.health?.hold;
    if (!hold) return undefined;
    return {
      text: [hold.reason, hold.detail].filter(Boolean).join(' '),
      since: fill(labels.heldSince, formatDateTime(hold.since)),
      retry: hold.retryAt ? fill(labels.heldRetry, formatDateTime(hold.retryAt)) : '',
    };
  }

  get isOff(): boolean {
    return this.health?.connectionMode === false;
  }

  get mainText(): string {
    return this.health?.main ? fill(labels.mainUser, this.health.main.username) : labels.noMainUser;
  }

  get hasNoCarrier(): boolean {
    return this.health?.carriers.length === 0;
  }

  get carriers(): object[] {
    return (this.health?.carriers ?? []).map((carrier) => ({
      ...carrier,
      ...CARRIER_STATES[carrier.state],
      kindLabel: CARRIER_KINDS[carrier.kind],
      sinceText: fill(labels.since, formatDateTime(carrier.since)),
    }));
  }

  async load(): Promise<void> {
    try {
      this.health = await readHealth<Health>();
      this.readAt = Date.now();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  handleRetry(): void {
    this.error = undefined;
    void this.load();
  }

  /** After a retry or discard the figures above the table change too. */
  handleParkedChange(): void {
    void this.load();
  }

  handleUsers(): void {
    goToPage(this, 'users');
  }

  handleNumbers(): void {
    goToPage(this, 'numbers');
  }
}

import { LightningElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import discardParkedCall from '@salesforce/apex/AcdController.discardParkedCall';
import parkedCalls from '@salesforce/apex/AcdController.parkedCalls';
import retryParkedCall from '@salesforce/apex/AcdController.retryParkedCall';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

interface Parked {
  id: string;
  kind: 'call' | 'task' | 'event';
  label: string;
  reason: string;
  since: string;
}

const REFRESH_MS = 30_000;
/** Of the service. */
const PAGE = 50;

/** Calls and callbacks that the org refused: tried again or given up. Shows nothing while there are none. */
export default class AcdParked extends LightningElement {
  labels = labels;
  items: Parked[] = [];
  next: string | undefined;
  error: unknown;
  actionError: unknown;
  busy = false;
  poll: Poll | undefined;

  connectedCallback(): void {
    void this.load();
    // Further pages that were asked for stay as they are.
    this.poll = startPoll(() => (this.items.length > PAGE ? undefined : this.load()), REFRESH_MS);
  }

  disconnectedCallback(): void {
    this.poll?.stop();
  }

  get isShown(): boolean {
    return Boolean(this.error) || this.hasItems;
  }

  get hasItems(): boolean {
    return this.items.length > 0;
  }

  get rows(): object[] {
    const kinds = { call: labels.callOf, task: labels.callbackOf, event: labels.callbackOf };
    return this.items.map(({ id, kind, label, reason, since }) => {
      const what = fill(kinds[kind], label || labels.noNumber);
      return {
        id,
        what,
        reason,
        when: formatDateTime(since),
        retryName: fill(labels.tryAgainOf, what),
        discardName: fill(labels.discardOf, what),
      };
    });
  }

  async load(cursor = ''): Promise<void> {
    try {
      const { items, next } = await parkedCalls<{ items: Parked[]; next?: string }>({ cursor });
      Object.assign(this, { items: cursor ? [...this.items, ...items] : items, next, error: undefined });
    } catch (error) {
      this.error = error;
    }
  }

  handleReload(): void {
    void this.load();
  }

  handleMore(): void {
    void this.load(this.next);
  }

  handleRetryRow(event: Event): void {
    const { id = '' } = (event.currentTarget as HTMLElement).dataset;
    void this.run(() => retryParkedCall({ id }));
  }

  async handleDiscardRow(event: Event): Promise<void> {
    const { id = '' } = (event.currentTarget as HTMLElement).dataset;
    const sure = await LightningConfirm.open({ label: labels.discardTitle, message: labels.discardText, theme: 'warning' });
    if (sure) await this.run(() => discardParkedCall({ id }));
  }

  async run(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.actionError = undefined;
    try {
      await work();
    } catch (error) {
      this.actionError = error;
    }
    await this.load();
    this.busy = false;
  }
}

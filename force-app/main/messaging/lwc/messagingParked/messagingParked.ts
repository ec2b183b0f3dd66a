import { LightningElement, api } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import discardParked from '@salesforce/apex/MessagingSetupController.discardParked';
import readParked from '@salesforce/apex/MessagingSetupController.parked';
import retryAllParked from '@salesforce/apex/MessagingSetupController.retryAllParked';
import retryParked from '@salesforce/apex/MessagingSetupController.retryParked';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import type { ParkedRow } from 'c/messagingSetupModel';
import { labels } from './labels';

interface Page {
  items: ParkedRow[];
  next?: string | null;
}

const KINDS: Record<ParkedRow['kind'], string> = {
  message: labels.kindMessage,
  conversation: labels.kindConversation,
  optOut: labels.kindOptOut,
  outbox: labels.kindOutbox,
};

/** Rows set aside because of a fault of their own. Fires `parkedchange` when one was retried or discarded. */
export default class MessagingParked extends LightningElement {
  labels = labels;
  rows: ParkedRow[] | undefined;
  next = '';
  busyId = '';
  error: unknown;
  actionError: unknown;
  counted = 0;

  /** How many the service counts: a change means that the list is read again. */
  @api get count(): number {
    return this.counted;
  }

  set count(value: number) {
    const changed = value !== this.counted;
    this.counted = value;
    if (changed && this.rows && !this.busyId) void this.load();
  }

  connectedCallback(): void {
    void this.load();
  }

  get loading(): boolean {
    return !this.rows && !this.error;
  }

  get failed(): boolean {
    return !this.rows;
  }

  get isEmpty(): boolean {
    return this.rows?.length === 0;
  }

  get hasRows(): boolean {
    return Boolean(this.rows?.length);
  }

  get hasMore(): boolean {
    return this.next !== '';
  }

  get isBusy(): boolean {
    return this.busyId !== '';
  }

  get cannotRetryAll(): boolean {
    return this.isBusy || !this.rows?.length;
  }

  get items(): object[] {
    return (this.rows ?? []).map((row) => ({
      ...row,
      kindLabel: KINDS[row.kind],
      sinceText: fill(labels.attempts, formatDateTime(row.since), row.attempts),
      retryName: fill(labels.retryOf, row.label),
      discardName: fill(labels.discardOf, row.label),
    }));
  }

  async load(): Promise<void> {
    try {
      const page = await readParked<Page>({ cursor: '' });
      Object.assign(this, { rows: page.items, next: page.next ?? '', error: undefined });
    } catch (error) {
      this.error = error;
    }
  }

  handleReload(): void {
    this.error = undefined;
    void this.load();
  }

  async handleMore(): Promise<void> {
    await this.run('more', '', async () => {
      const page = await readParked<Page>({ cursor: this.next });
      this.rows = [...(this.rows ?? []), ...page.items];
      this.next = page.next ?? '';
    });
  }

  async handleRetryAll(): Promise<void> {
    await this.run('all', labels.retriedAll, () => retryAllParked());
    await this.changed();
  }

  async handleRetry(event: Event): Promise<void> {
    const row = this.rowOf(event);
    await this.run(row.id, fill(labels.retried, row.label), () => retryParked({ id: row.id }));
    await this.changed();
  }

  async handleDiscard(event: Event): Promise<void> {
    const row = this.rowOf(event);
    const message = fill(labels.confirmDiscard, row.label);
    if (!(await LightningConfirm.open({ label: labels.confirmDiscardTitle, message, theme: 'warning' }))) return;
    await this.run(row.id, fill(labels.discarded, row.label), () => discardParked({ id: row.id }));
    await this.changed();
  }

  rowOf(event: Event): ParkedRow {
    const { id } = (event.currentTarget as HTMLElement).dataset;
    return this.rows?.find((row) => row.id === id) as ParkedRow;
  }

  async run(id: string, done: string, work: () => Promise<unknown>): Promise<void> {
    this.busyId = id;
    this.actionError = undefined;
    try {
      await work();
      if (done) this.dispatchEvent(new ShowToastEvent({ title: done, variant: 'success' }));
    } catch (error) {
      this.actionError = error;
    }
    this.busyId = '';
  }

  async changed(): Promise<void> {
    await this.load();
    this.dispatchEvent(new CustomEvent('parkedchange'));
    this.template?.querySelector<HTMLElement>('.heading')?.focus(); // the pressed button may be gone
  }
}

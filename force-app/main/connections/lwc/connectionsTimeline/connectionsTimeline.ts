import { LightningElement, api } from 'lwc';
import readEvents from '@salesforce/apex/ConnectionsController.events';
import type { ConnectionEvent } from 'c/connectionsModel';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

interface Page {
  items: ConnectionEvent[];
  next?: string | null;
}

const REFRESH_MS = 10_000;
const BAD = new Set(['refreshed_failed', 'disconnected', 'held', 'standby_failed', 'all_down']);
const WARN = new Set(['switched', 'last_spare', 'mail_failed']);
const GOOD = new Set(['registered', 'connected', 'released', 'recovered']);

/** What happened to the connection of this org, newest first; new events appear by themselves. */
export default class ConnectionsTimeline extends LightningElement {
  labels = labels;
  loaded: ConnectionEvent[] | undefined;
  next = '';
  loadingMore = false;
  error: unknown;
  moreError: unknown;
  poll: Poll | undefined;

  connectedCallback(): void {
    void this.loadNewest();
    this.poll = startPoll(() => this.loadNewest(), REFRESH_MS);
  }

  disconnectedCallback(): void {
    this.poll?.stop();
  }

  /** Reads the newest events at once, as after an action. */
  @api refresh(): void {
    void this.loadNewest();
  }

  get loading(): boolean {
    return !this.loaded && !this.error;
  }

  /** A failed refresh leaves what is shown; the next one will tell. */
  get failed(): boolean {
    return !this.loaded;
  }

  get isEmpty(): boolean {
    return this.loaded?.length === 0;
  }

  get hasMore(): boolean {
    return this.next !== '';
  }

  get items(): object[] {
    return (this.loaded ?? []).map((event) => ({
      ...event,
      ...look(event.kind),
      time: formatDateTime(event.at),
      cause: event.causeText ?? '',
      way: wayOf(event),
      waiting: event.waiting ? fill(event.waiting === 1 ? labels.waitingOne : labels.waitingMany, event.waiting) : '',
    }));
  }

  async loadNewest(): Promise<void> {
    try {
      const page = await readEvents<Page>({ cursor: '' });
      const fresh = new Set(page.items.map(({ id }) => id));
      const older = (this.loaded ?? []).filter(({ id }) => !fresh.has(id));
      // More than a page of news leaves a hole before what was loaded: start again from the newest then.
      const joins = page.items.length === 0 || older.length < (this.loaded?.length ?? 0);
      this.loaded = joins ? [...page.items, ...older] : page.items;
      if (!joins || older.length === 0) this.next = page.next ?? '';
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  handleRetry(): void {
    this.error = undefined;
    void this.loadNewest();
  }

  async handleMore(): Promise<void> {
    this.loadingMore = true;
    this.moreError = undefined;
    try {
      const page = await readEvents<Page>({ cursor: this.next });
      const known = new Set(this.loaded?.map(({ id }) => id));
      this.loaded = [...(this.loaded ?? []), ...page.items.filter(({ id }) => !known.has(id))];
      this.next = page.next ?? '';
    } catch (error) {
      this.moreError = error;
    }
    this.loadingMore = false;
  }
}

function look(kind: string): { iconName: string; variant: string } {
  if (BAD.has(kind)) return { iconName: 'utility:error', variant: 'error' };
  if (WARN.has(kind)) return { iconName: 'utility:warning', variant: 'warning' };
  if (GOOD.has(kind)) return { iconName: 'utility:success', variant: 'success' };
  return { iconName: 'utility:info', variant: '' };
}

/** From whom to whom, unless the text names both already. */
function wayOf({ text, from, to }: ConnectionEvent): string {
  if (!from || !to || (text.includes(from) && text.includes(to))) return '';
  return fill(labels.fromTo, from, to);
}

import { LightningElement } from 'lwc';
import readLog from '@salesforce/apex/AcdController.log';
import type { LogItem } from 'c/acdModel';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

interface Page {
  items: LogItem[];
  next?: string;
}

/** What phone systems asked and were answered, newest first; numbers are masked. */
export default class AcdLog extends LightningElement {
  labels = labels;
  items: LogItem[] | undefined;
  next: string | undefined;
  error: unknown;
  busy = false;

  connectedCallback(): void {
    void this.load('');
  }

  get loading(): boolean {
    return !this.items && !this.error;
  }

  get failed(): boolean {
    return !this.items;
  }

  get isEmpty(): boolean {
    return this.items?.length === 0;
  }

  get rows(): object[] {
    const from: Record<string, string> = { index: labels.fromDirectory, live: labels.fromOrg, fallback: labels.fromFallback };
    return (this.items ?? []).map(({ id, at, caller, extension, source, tookMs, why }) => ({
      id,
      when: formatDateTime(at),
      caller: caller || labels.noNumber,
      rang: extension ?? labels.nobody,
      from: fill(labels.sourceTook, from[source] ?? source, Math.max(1, Math.round(tookMs))),
      why,
    }));
  }

  handleReload(): void {
    this.error = undefined;
    void this.load('');
  }

  handleMore(): void {
    void this.load(this.next ?? '');
  }

  async load(cursor: string): Promise<void> {
    this.busy = true;
    try {
      const { items, next } = await readLog<Page>({ cursor });
      Object.assign(this, { items: cursor ? [...(this.items ?? []), ...items] : items, next, error: undefined });
    } catch (error) {
      this.error = error;
      if (!cursor) this.items = undefined;
    }
    this.busy = false;
  }
}

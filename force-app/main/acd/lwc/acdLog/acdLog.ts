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

/** Typing goes on for a moment before it is searched. */
const PAUSE_MS = 300;

/** What phone systems asked and were answered, newest first, searchable; numbers are masked. */
export default class AcdLog extends LightningElement {
  labels = labels;
  items: LogItem[] | undefined;
  next: string | undefined;
  error: unknown;
  busy = false;
  text = '';
  source = '';
  matched = '';
  loads = 0;
  pause: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    void this.load('');
  }

  disconnectedCallback(): void {
    clearTimeout(this.pause);
  }

  get isSearch(): boolean {
    return Boolean(this.text || this.source || this.matched);
  }

  get emptyHeading(): string {
    return this.isSearch ? labels.nothingFound : labels.noLog;
  }

  get emptyText(): string {
    return this.isSearch ? labels.nothingFoundText : labels.noLogText;
  }

  get sourceOptions(): { value: string; label: string }[] {
    return [
      { value: '', label: labels.allSources },
      { value: 'index', label: labels.fromDirectory },
      { value: 'live', label: labels.fromOrg },
      { value: 'fallback', label: labels.fromFallback },
    ];
  }

  get matchedOptions(): { value: string; label: string }[] {
    return [
      { value: '', label: labels.allResults },
      { value: 'true', label: labels.matchedOnly },
      { value: 'false', label: labels.notMatched },
    ];
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

  handleText(event: CustomEvent<{ value: string }>): void {
    this.text = event.detail.value.trim();
    this.next = undefined; // it belongs to what was searched before
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.load(''), PAUSE_MS);
  }

  handleSource(event: CustomEvent<{ value: string }>): void {
    this.source = event.detail.value;
    void this.load('');
  }

  handleMatched(event: CustomEvent<{ value: string }>): void {
    this.matched = event.detail.value;
    void this.load('');
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
    const load = (this.loads += 1);
    const { text, source, matched } = this;
    try {
      const { items, next } = await readLog<Page>({ cursor, text, source, matched });
      // Something else was asked for meanwhile, whose answer comes by itself.
      if (load !== this.loads) return;
      Object.assign(this, { items: cursor ? [...(this.items ?? []), ...items] : items, next, error: undefined });
    } catch (error) {
      if (load !== this.loads) return;
      this.error = error;
      if (!cursor) this.items = undefined;
    } finally {
      if (load === this.loads) this.busy = false;
    }
  }
}

import { LightningElement } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import readSummary from '@salesforce/apex/AcdController.logSummary';
import type { LogSummary } from 'c/acdModel';
import { startPoll } from 'c/corePoll';
import type { Poll } from 'c/corePoll';
import { fill } from 'c/coreText';
import { labels } from './labels';

interface Bar {
  name: string;
  label: string;
  text: string;
  style: string;
}

/** Width of the longest bar, so that its number fits beside it on a narrow screen. */
const WIDEST_PERCENT = 60;
const REFRESH_MS = 30_000;

/** Answers by source and by how long they took, and what look-ups cost the org in API calls. */
export default class AcdCharts extends LightningElement {
  labels = labels;
  days = '7';
  summary: LogSummary | undefined;
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
    return !this.summary && !this.error;
  }

  get isEmpty(): boolean {
    return this.summary?.lookups === 0;
  }

  get spans(): { value: string; label: string }[] {
    return [
      { value: '1', label: labels.today },
      { value: '7', label: labels.sevenDays },
      { value: '30', label: labels.thirtyDays },
    ];
  }

  get totalText(): string {
    const { lookups, matched } = this.summary!;
    return fill(labels.total, this.format(lookups), this.format(Math.round((100 * matched) / lookups)));
  }

  get costText(): string {
    const { orgCalls, callsPer10000 } = this.summary!;
    return fill(labels.cost, this.format(orgCalls), this.format(callsPer10000 ?? 0));
  }

  get latencyText(): string {
    const { p50Ms, p95Ms, p99Ms } = this.summary!;
    const ms = (value: number | null): string => this.format(Math.max(1, Math.round(value ?? 0)));
    return fill(labels.percentiles, ms(p50Ms), ms(p95Ms), ms(p99Ms));
  }

  get charts(): { name: string; title: string; bars: Bar[] }[] {
    const { sources, latencies } = this.summary!;
    const named: Record<string, string> = { index: labels.fromDirectory, live: labels.fromOrg, fallback: labels.fromFallback };
    const spans = latencies.map(({ upToMs, lookups }, index) => ({
      name: String(upToMs),
      label: upToMs === null ? fill(labels.longer, this.format(latencies[index - 1]?.upToMs ?? 0)) : fill(labels.upTo, this.format(upToMs)),
      lookups,
    }));
    return [
      {
        name: 'sources',
        title: labels.bySource,
        bars: this.bars(sources.map(({ source, lookups }) => ({ name: source, label: named[source] ?? source, lookups }))),
      },
      { name: 'latencies', title: labels.byTime, bars: this.bars(spans.filter(({ lookups }) => lookups > 0)) },
    ];
  }

  bars(rows: { name: string; label: string; lookups: number }[]): Bar[] {
    const most = Math.max(1, ...rows.map(({ lookups }) => lookups));
    return rows.map(({ name, label, lookups }) => ({
      name,
      label,
      text: this.format(lookups),
      style: `width: ${Math.round((WIDEST_PERCENT * lookups) / most)}%`,
    }));
  }

  format(value: number): string {
    return new Intl.NumberFormat(LOCALE.replace(/_/g, '-')).format(value);
  }

  handleDays(event: CustomEvent<{ value: string }>): void {
    this.days = event.detail.value;
    this.summary = undefined;
    void this.load();
  }

  handleRetry(): void {
    this.error = undefined;
    void this.load();
  }

  async load(): Promise<void> {
    const asked = this.days;
    try {
      const summary = await readSummary<LogSummary>({ days: asked });
      if (asked === this.days) Object.assign(this, { summary, error: undefined });
    } catch (error) {
      if (asked === this.days) this.error = this.summary ? undefined : error; // what is shown stays
    }
  }
}

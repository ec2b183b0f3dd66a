import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import type { DirectoryState } from 'c/acdModel';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

/** How far the people of the org were read, and how changes are found. Fires `refreshdirectory`. */
export default class AcdDirectory extends LightningElement {
  labels = labels;

  @api state: DirectoryState | undefined;
  @api busy = false;
  /** Milliseconds since 1970, by which an age is told. */
  @api now = Date.now();

  get isEmpty(): boolean {
    return !this.state?.kept;
  }

  get cannotRefresh(): boolean {
    return this.busy || this.isEmpty;
  }

  get freshnessText(): string {
    const at = this.state?.sweptAt;
    if (!at) return labels.readingFirst;
    const seconds = Math.max(0, Math.round((this.now - Date.parse(at)) / 1_000));
    return seconds < 120 ? fill(labels.freshSeconds, seconds) : fill(labels.freshSince, formatDateTime(at));
  }

  get modeText(): string {
    const { mode, reason } = this.state ?? {};
    if (mode === 'events') return labels.byEvents;
    return reason ? fill(labels.bySweepsBecause, reason) : labels.bySweeps;
  }

  get problem(): string {
    const { problem } = this.state ?? {};
    return problem ? fill(labels.directoryProblem, problem) : '';
  }

  get rows(): object[] {
    const number = new Intl.NumberFormat(LOCALE.replace(/_/g, '-'));
    return (this.state?.sources ?? []).map(({ object, recordsRead, recordsTotal, loadedAt, problem }) => {
      const isReading = loadedAt === null && recordsTotal !== null && recordsTotal > 0;
      return {
        object,
        isReading,
        percent: isReading ? Math.min(100, Math.floor((100 * recordsRead) / recordsTotal)) : 100,
        text: isReading
          ? fill(labels.readOf, object, number.format(recordsRead), number.format(recordsTotal))
          : fill(labels.readAll, object, number.format(recordsRead)),
        progressName: fill(labels.progressOf, object),
        problem: problem ?? '',
      };
    });
  }

  handleRefresh(): void {
    this.dispatchEvent(new CustomEvent('refreshdirectory'));
  }
}

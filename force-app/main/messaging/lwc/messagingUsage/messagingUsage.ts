import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import type { Usage } from 'c/messagingSetupModel';
import { labels } from './labels';

/** From here on the limit may be met before the day ends. */
const HIGH_PERCENT = 80;

/** One limit of the org: used of maximum, as bar and in words. */
export default class MessagingUsage extends LightningElement {
  labels = labels;

  @api label = '';
  @api usage: Usage | null = null;

  get percent(): number {
    const { used = 0, max = 0 } = this.usage ?? {};
    return max > 0 ? Math.min(100, Math.round((100 * used) / max)) : 0;
  }

  get isHigh(): boolean {
    return this.percent >= HIGH_PERCENT;
  }

  get barStyle(): string {
    return `width: ${this.percent}%`;
  }

  get barClass(): string {
    return `slds-progress-bar__value ${this.isHigh ? 'bar_high' : ''}`;
  }

  get text(): string {
    if (!this.usage) return '';
    const share = this.usage.used > 0 && this.percent === 0 ? '< 1' : String(this.percent);
    return fill(labels.usage, count(this.usage.used), count(this.usage.max), share);
  }

  get time(): string {
    return this.usage ? fill(labels.usageAt, formatDateTime(this.usage.at)) : '';
  }
}

function count(value: number): string {
  return value.toLocaleString(LOCALE.replace(/_/g, '-'));
}

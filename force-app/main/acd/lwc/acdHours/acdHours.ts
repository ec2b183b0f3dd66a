import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import { filled } from 'c/acdModel';
import type { Hours, OpenSpan } from 'c/acdModel';
import { fieldsOf } from 'c/coreForm';
import type { Field } from 'c/coreForm';
import { labels } from './labels';

/** A Monday, to name the days of the week by. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/**
 * Working hours and holidays. Spans are typed as `08:00-12:00, 13:00-17:00`, holidays one per line as `2026-12-25 Christmas`. Fires `hourschange`
 * with `{hours}`, undefined for none; what cannot be read goes on as it is typed, and the service names what is wrong.
 */
export default class AcdHours extends LightningElement {
  labels = labels;
  /** As it is typed, by day. */
  typed: Record<number, string> | undefined;
  holidays: string | undefined;

  @api hours: Hours | undefined;

  /** For the form around it. */
  @api formFields(): Field[] {
    return fieldsOf(this.template);
  }

  get hasHours(): boolean {
    return this.hours !== undefined;
  }

  get days(): { number: number; label: string; text: string }[] {
    const name = new Intl.DateTimeFormat(LOCALE.replace(/_/g, '-'), { weekday: 'long', timeZone: 'UTC' });
    return [1, 2, 3, 4, 5, 6, 7].map((number) => ({
      number,
      label: name.format(MONDAY + (number - 1) * DAY_MS),
      text: this.typed?.[number] ?? toText(this.hours?.open ?? [], number),
    }));
  }

  get holidaysText(): string {
    return this.holidays ?? (this.hours?.holidays ?? []).map(({ date, name }) => (name ? `${date} ${name}` : date)).join('\n');
  }

  get closedRoute(): string {
    return this.hours?.closedRoute ?? '';
  }

  get timeZone(): string {
    return this.hours?.timeZone ?? '';
  }

  handleHasHours(event: CustomEvent<{ checked: boolean }>): void {
    this.typed = undefined;
    this.holidays = undefined;
    const open = [1, 2, 3, 4, 5].map((day) => ({ day, from: '08:00', to: '17:00' }));
    this.tell(event.detail.checked ? { open, holidays: [] } : undefined);
  }

  handleDay(event: CustomEvent<{ value: string }>): void {
    const day = Number((event.currentTarget as HTMLElement).dataset['day']);
    this.typed = { ...this.typed, [day]: event.detail.value };
    const others = (this.hours?.open ?? []).filter((span) => span.day !== day);
    const open = [...others, ...fromText(event.detail.value, day)].sort((a, b) => a.day - b.day || a.from.localeCompare(b.from));
    this.change({ open });
  }

  handleHolidays(event: CustomEvent<{ value: string }>): void {
    this.holidays = event.detail.value;
    const lines = event.detail.value.split('\n').map((line) => line.trim());
    const holidays = lines
      .filter((line) => line !== '')
      .map((line) => {
        const [date = '', ...words] = line.split(/\s+/);
        return filled({ date, name: words.join(' ') });
      });
    this.change({ holidays });
  }

  handleClosedRoute(event: CustomEvent<{ value: string }>): void {
    this.change({ closedRoute: event.detail.value.trim() });
  }

  handleTimeZone(event: CustomEvent<{ value: string }>): void {
    this.change({ timeZone: event.detail.value.trim() });
  }

  change(part: Partial<Hours>): void {
    this.tell(filled({ ...(this.hours as Hours), ...part }));
  }

  tell(hours: Hours | undefined): void {
    this.dispatchEvent(new CustomEvent('hourschange', { detail: { hours } }));
  }
}

const toText = (open: readonly OpenSpan[], day: number): string =>
  open
    .filter((span) => span.day === day)
    .map(({ from, to }) => `${from}-${to}`)
    .join(', ');

/** `8:00-12:00` is meant as `08:00-12:00`. */
function fromText(text: string, day: number): OpenSpan[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [from = '', to = ''] = part.split(/[-–]/).map((time) => time.trim().replace(/^(\d):/, '0$1:'));
      return { day, from, to };
    });
}

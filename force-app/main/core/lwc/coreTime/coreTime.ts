import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import { fill } from 'c/coreText';
import { labels } from './labels';

/** Times come as ISO 8601 in UTC (Apex, service) or as milliseconds; everything is shown in the user's Salesforce zone and locale. */
export type Instant = string | number;

const MINUTE = 60_000;
const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Hours and minutes, as in "2:05 PM" or "14:05". */
export function formatTime(at: Instant | undefined): string {
  return show(at, { hour: 'numeric', minute: '2-digit' });
}

/** Day and time in full, for tooltips and histories. */
export function formatDateTime(at: Instant | undefined): string {
  return show(at, { dateStyle: 'medium', timeStyle: 'short' });
}

/** "Today", "Yesterday", a weekday with date within the year, else a full date. */
export function formatDay(at: Instant | undefined, now: number = Date.now()): string {
  const millis = toMillis(at);
  if (millis === undefined) return '';
  const daysAgo = calendarDaysBetween(millis, now);
  if (daysAgo === 0) return labels.today;
  if (daysAgo === 1) return labels.yesterday;
  return dayKey(millis).slice(0, 4) === dayKey(now).slice(0, 4)
    ? show(millis, { weekday: 'long', month: 'long', day: 'numeric' })
    : show(millis, { dateStyle: 'long' });
}

/** Short age for lists: "now", "5 min", a time today, "Yesterday", a weekday this week, else a short date. */
export function formatAge(at: Instant | undefined, now: number = Date.now()): string {
  const millis = toMillis(at);
  if (millis === undefined) return '';
  const age = now - millis;
  if (age < MINUTE) return labels.now;
  if (age < 60 * MINUTE) return fill(labels.minutes, Math.floor(age / MINUTE));
  const daysAgo = calendarDaysBetween(millis, now);
  if (daysAgo === 0) return formatTime(millis);
  if (daysAgo === 1) return labels.yesterday;
  if (daysAgo < 7) return show(millis, { weekday: 'short' });
  return dayKey(millis).slice(0, 4) === dayKey(now).slice(0, 4)
    ? show(millis, { month: 'short', day: 'numeric' })
    : show(millis, { dateStyle: 'short' });
}

/** Calendar day in the user's zone as `YYYY-MM-DD`: equal keys, same day. Empty for an unreadable time. */
export function dayKey(at: Instant | undefined): string {
  const millis = toMillis(at);
  if (millis === undefined) return '';
  const parts = formatter({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-US').formatToParts(millis);
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Milliseconds since 1970, or undefined for an empty or unreadable time. */
export function toMillis(at: Instant | undefined): number | undefined {
  const millis = typeof at === 'number' ? at : Date.parse(at ?? '');
  return Number.isFinite(millis) ? millis : undefined;
}

function calendarDaysBetween(earlier: number, later: number): number {
  return Math.round((Date.parse(dayKey(later)) - Date.parse(dayKey(earlier))) / DAY);
}

function show(at: Instant | undefined, options: Intl.DateTimeFormatOptions): string {
  const millis = toMillis(at);
  return millis === undefined ? '' : formatter(options).format(millis);
}

/** Building an Intl formatter costs far more than using it, and a thread formats hundreds of times. */
function formatter(options: Intl.DateTimeFormatOptions, locale: string = LOCALE): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = build(locale, options);
    formats.set(key, format);
  }
  return format;
}

/** A locale or zone this browser does not know must not break a page: its own defaults are used then. */
function build(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale.replace(/_/g, '-'), { ...options, timeZone: TIME_ZONE });
  } catch {
    return new Intl.DateTimeFormat(undefined, options);
  }
}

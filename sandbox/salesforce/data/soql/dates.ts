/** Date literals as ranges of civil days in the user's time zone. */

/** Civil days from `start` up to but without `end`, as `YYYY-MM-DD`. */
export interface DayRange {
  start: string;
  end: string;
}

const DAY = 86_400_000;

/** Civil date of an instant in a zone, as UTC midnight of that date. */
function civil(now: Date, zone: string): Date {
  const text = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
  return new Date(`${text}T00:00:00Z`);
}

/** The instant at which a civil day begins in a zone. */
export function startOfDay(day: string, zone: string): Date {
  const guess = new Date(`${day}T00:00:00Z`);
  const offset = zoneOffset(guess, zone);
  const first = new Date(guess.getTime() - offset);
  return new Date(guess.getTime() - zoneOffset(first, zone));
}

function zoneOffset(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - at.getTime();
}

const text = (date: Date) => date.toISOString().slice(0, 10);
const days = (date: Date, n: number) => new Date(date.getTime() + n * DAY);
const month = (date: Date, n: number) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + n, 1));
const quarter = (date: Date, n: number) => new Date(Date.UTC(date.getUTCFullYear(), (Math.floor(date.getUTCMonth() / 3) + n) * 3, 1));
const year = (date: Date, n: number) => new Date(Date.UTC(date.getUTCFullYear() + n, 0, 1));
/** Weeks begin on Sunday, as in a US locale. */
const week = (date: Date, n: number) => days(date, -date.getUTCDay() + 7 * n);

const UNITS: Record<string, (date: Date, n: number) => Date> = { DAY: days, WEEK: week, MONTH: month, QUARTER: quarter, YEAR: year };

/** Range of a literal such as `TODAY`, `LAST_N_DAYS:5`, `THIS_MONTH`; undefined when it is not known. */
export function literalRange(literal: string, now: Date, zone: string): DayRange | undefined {
  const today = civil(now, zone);
  const name = literal.toUpperCase().replace('FISCAL_', '');
  const range = (start: Date, end: Date): DayRange => ({ start: text(start), end: text(end) });
  if (name === 'TODAY') return range(today, days(today, 1));
  if (name === 'YESTERDAY') return range(days(today, -1), today);
  if (name === 'TOMORROW') return range(days(today, 1), days(today, 2));
  if (name === 'LAST_90_DAYS') return range(days(today, -90), days(today, 1));
  if (name === 'NEXT_90_DAYS') return range(days(today, 1), days(today, 91));
  const simple = /^(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)$/.exec(name);
  if (simple) {
    const unit = UNITS[simple[2] as string] as (date: Date, n: number) => Date;
    const shift = simple[1] === 'LAST' ? -1 : simple[1] === 'NEXT' ? 1 : 0;
    return range(unit(today, shift), unit(today, shift + 1));
  }
  const counted = /^(LAST_N|NEXT_N|N)_(DAY|WEEK|MONTH|QUARTER|YEAR)S(_AGO)?:(\d+)$/.exec(name);
  if (!counted) return undefined;
  const unit = UNITS[counted[2] as string] as (date: Date, n: number) => Date;
  const n = Number(counted[4]);
  if (counted[3]) return range(unit(today, -n), unit(today, -n + 1));
  if (counted[1] === 'NEXT_N') return range(unit(today, 1), unit(today, n + 1));
  // LAST_N_DAYS includes today; the longer units end before the current one.
  return counted[2] === 'DAY' ? range(days(today, -n), days(today, 1)) : range(unit(today, -n), unit(today, 0));
}

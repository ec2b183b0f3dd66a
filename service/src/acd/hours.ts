import { z } from 'zod';
import { text } from '../platform/http/schemas.ts';
import { destination } from './destination.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is a time such as 08:30; the end of a day is 24:00');

/** Calls outside of these hours go to the closed route. */
export const hours = z.strictObject({
  /** IANA name; the org's own zone without it. */
  timeZone: z.string().max(60).refine(isTimeZone, 'is no time zone such as Europe/Berlin').meta({ example: 'Europe/Berlin' }).optional(),
  /** Spans of the week; a day without one is closed. `day`: 1 is Monday, 7 Sunday (ISO 8601). */
  open: z
    .array(
      z
        .strictObject({ day: z.number().int().min(1).max(7), from: clock.meta({ example: '08:00' }), to: clock.meta({ example: '17:00' }) })
        .refine(({ from, to }) => from < to, { path: ['to'], message: 'is not after its beginning' }),
    )
    .max(50),
  /** Closed all day. */
  holidays: z
    .array(z.strictObject({ date: z.iso.date().meta({ example: '2026-12-25' }), name: text(80).optional() }))
    .max(400)
    .default([]),
  /** Where calls go meanwhile; the default route without it. */
  closedRoute: destination.optional(),
});
export type Hours = z.output<typeof hours>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Why it is closed at this moment; undefined when it is open. `orgZone`: what counts where the hours name no zone. */
export function whyClosed(set: Hours | undefined, now: Date, orgZone: string): string | undefined {
  if (!set) return undefined;
  const local = inZone(now, set.timeZone ?? orgZone);
  const holiday = set.holidays.find((each) => each.date === local.date);
  if (holiday) return holiday.name ? `It is ${holiday.name}.` : 'It is a holiday.';
  const isOpen = set.open.some(({ day, from, to }) => day === local.day && from <= local.time && local.time < to);
  return isOpen ? undefined : 'It is outside working hours.';
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The date, the day of the week (ISO 8601) and the time of day that clocks in a zone show. */
function inZone(now: Date, timeZone: string): { date: string; day: number; time: string } {
  let format = formats.get(timeZone);
  if (!format) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-CA', { timeZone, ...fields });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = `${parts['year']}-${parts['month']}-${parts['day']}`;
  return { date: day, day: new Date(`${day}T00:00:00Z`).getUTCDay() || 7, time: `${parts['hour']}:${parts['minute']}` };
}

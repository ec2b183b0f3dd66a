import { describe, expect, it } from 'vitest';
import { hours, whyClosed, type Hours } from './hours.ts';

const week: Hours = hours.parse({
  timeZone: 'Europe/Berlin',
  open: [
    { day: 1, from: '08:00', to: '12:00' },
    { day: 1, from: '13:00', to: '17:00' },
    { day: 7, from: '22:00', to: '24:00' },
  ],
  holidays: [{ date: '2026-12-28', name: 'the week after Christmas' }, { date: '2027-01-04' }],
});

describe('working hours', () => {
  it.each([
    ['2026-11-30T07:00:00Z', undefined], // Monday, 08:00 in Berlin
    ['2026-11-30T06:59:59Z', 'It is outside working hours.'],
    ['2026-11-30T11:00:00Z', 'It is outside working hours.'], // lunch
    ['2026-11-30T12:30:00Z', undefined],
    ['2026-11-30T16:00:00Z', 'It is outside working hours.'],
    ['2026-07-06T06:00:00Z', undefined], // Monday, 08:00 in summer time
    ['2026-12-01T09:00:00Z', 'It is outside working hours.'], // Tuesday
    ['2026-11-29T22:59:59Z', undefined], // Sunday, a second before midnight
    ['2026-11-29T23:00:00Z', 'It is outside working hours.'], // Monday there
    ['2026-12-28T10:00:00Z', 'It is the week after Christmas.'],
    ['2027-01-04T10:00:00Z', 'It is a holiday.'],
  ])('at %s', (at, why) => expect(whyClosed(week, new Date(at), 'UTC')).toBe(why));

  it('count in the org’s zone where they name none', () => {
    const { timeZone: _zone, ...own } = week;
    expect(whyClosed(own, new Date('2026-11-30T08:30:00Z'), 'America/New_York')).toBe('It is outside working hours.');
    expect(whyClosed(own, new Date('2026-11-30T13:30:00Z'), 'America/New_York')).toBeUndefined();
  });

  it('that are not set are always open', () => expect(whyClosed(undefined, new Date(), 'UTC')).toBeUndefined());

  it.each([
    { open: [{ day: 0, from: '08:00', to: '09:00' }] },
    { open: [{ day: 1, from: '09:00', to: '09:00' }] },
    { open: [{ day: 1, from: '25:00', to: '26:00' }] },
    { open: [], timeZone: 'Mars/Olympus' },
    { open: [], holidays: [{ date: '2026-02-30' }] },
    { open: [], closedRoute: 'a b' },
  ])('cannot be %j', (bad) => expect(hours.safeParse(bad).success).toBe(false));
});

import { describe, expect, it } from 'vitest';
import { instantOf, readDay, readTime } from './mirage-times.ts';

describe('a day', () => {
  it.each([
    ['2021-03-22', '2021-03-22'],
    ['16-04-2021', '2021-04-16'],
    ['16/04/2021', '2021-04-16'],
    ['1.4.2021', '2021-04-01'],
    [' 2021-3-2 ', '2021-03-02'],
    ['2024-02-29', '2024-02-29'],
    ['2023-02-29', undefined],
    ['04-16-2021', undefined],
    ['31-04-2021', undefined],
    ['tomorrow', undefined],
    ['', undefined],
    ['20210322', undefined],
  ])('«%s» is %s', (text, day) => expect(readDay(text)).toBe(day));
});

describe('a time', () => {
  it.each([
    ['9:30', '09:30:00'],
    ['09:30:15', '09:30:15'],
    ['12:05 AM', '00:05:00'],
    ['12:05 pm', '12:05:00'],
    ['9:30PM', '21:30:00'],
    ['24:00', undefined],
    ['13:00 PM', undefined],
    ['0:30 AM', undefined],
    ['9:60', undefined],
    ['noon', undefined],
  ])('«%s» is %s', (text, time) => expect(readTime(text)).toBe(time));
});

describe('the clocks of a zone', () => {
  it.each([
    ['2026-07-01', '09:30:00', 'Europe/Berlin', '2026-07-01T07:30:00.000Z'],
    ['2026-12-01', '09:30:00', 'Europe/Berlin', '2026-12-01T08:30:00.000Z'],
    ['2026-12-01', '00:00:00', 'Pacific/Auckland', '2026-11-30T11:00:00.000Z'],
    ['2026-12-01', '12:00:00', 'Asia/Kolkata', '2026-12-01T06:30:00.000Z'],
    ['2026-12-01', '12:00:00', 'UTC', '2026-12-01T12:00:00.000Z'],
    ['2026-03-29', '02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'], // skipped: an hour later
    ['2026-10-25', '02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'], // twice: the first
    ['2026-03-29', '03:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ])('show %s %s in %s at %s', (day, time, zone, at) => expect(instantOf(day, time, zone)).toBe(at));
});

import { dayKey, formatAge, formatDateTime, formatDay, formatTime, toMillis } from 'c/coreTime';

jest.mock('@salesforce/i18n/locale', () => ({ default: 'en-GB' }), { virtual: true });
jest.mock('@salesforce/i18n/timeZone', () => ({ default: 'America/New_York' }), { virtual: true });
jest.mock('@salesforce/label/c.Core_Time_Minutes', () => ({ default: '{0} min' }), { virtual: true });

// 22 November 2026, 02:30 UTC is still the evening of the 21st in New York.
const NOW = Date.parse('2026-11-22T02:30:00Z');

describe('c/coreTime', () => {
  it('shows the user’s zone and locale', () => {
    expect(formatTime('2026-11-22T02:05:00.000Z')).toBe('21:05');
    expect(formatDateTime('2026-11-22T02:05:00.000Z')).toBe('21 Nov 2026, 21:05');
    expect(dayKey('2026-11-22T02:05:00.000Z')).toBe('2026-11-21');
  });

  it.each([
    ['2026-11-22T02:00:00Z', 'c.Core_Day_Today'],
    ['2026-11-21T04:59:00Z', 'c.Core_Day_Yesterday'],
    ['2026-03-02T12:00:00Z', 'Monday 2 March'],
    ['2025-03-02T12:00:00Z', '2 March 2025'],
  ])('names the day of %s as %s', (at, expected) => {
    expect(formatDay(at, NOW)).toBe(expected);
  });

  it.each([
    ['2026-11-22T02:29:30Z', 'c.Core_Time_Now'],
    ['2026-11-22T02:31:00Z', 'c.Core_Time_Now'],
    ['2026-11-22T02:05:00Z', '25 min'],
    ['2026-11-21T20:05:00Z', '15:05'],
    ['2026-11-20T20:05:00Z', 'c.Core_Day_Yesterday'],
    ['2026-11-17T20:05:00Z', 'Tue'],
    ['2026-03-02T12:00:00Z', '2 Mar'],
    ['2025-03-02T12:00:00Z', '02/03/2025'],
  ])('gives the age of %s as %s', (at, expected) => {
    expect(formatAge(at, NOW)).toBe(expected);
  });

  it('counts calendar days over a change to summer time', () => {
    const monday = Date.parse('2026-03-09T12:00:00Z');
    expect(formatDay('2026-03-08T06:30:00Z', monday)).toBe('c.Core_Day_Yesterday');
  });

  it('shows nothing for a missing or unreadable time', () => {
    expect([formatTime(undefined), formatDay(''), formatAge('soon'), dayKey('x')]).toEqual(['', '', '', '']);
    expect(toMillis('2026-11-22T02:30:00.000+0000')).toBe(NOW);
    expect(toMillis('never')).toBeUndefined();
  });
});

import type { Health } from 'c/messagingSetupModel';
import { ageInWords, tilesOf } from '../tiles';

jest.mock('@salesforce/label/c.Msg_Setup_Seconds', () => ({ default: '{0} s' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Setup_Minutes', () => ({ default: '{0} min' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Setup_Hours', () => ({ default: '{0} h' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Setup_Days', () => ({ default: '{0} days' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Setup_Oldest', () => ({ default: 'oldest {0}' }), { virtual: true });

const NOW = Date.parse('2026-11-22T12:00:00Z');
const health = (fields: object = {}) =>
  ({
    backlog: { toOrg: { waiting: 0, oldestAt: null }, toCarrier: { waiting: 0, oldestAt: null } },
    parked: 0,
    unknown: 0,
    ...fields,
  }) as unknown as Health;

describe('figures of message health', () => {
  it('is calm while nothing waits', () => {
    expect(tilesOf(health(), NOW).map(({ key, value, alert }) => [key, value, alert])).toEqual([
      ['toOrg', 0, false],
      ['toCarrier', 0, false],
      ['parked', 0, false],
      ['unknown', 0, false],
    ]);
  });

  it('alerts for a long wait, not for a short one', () => {
    const waiting = (oldestAt: string) =>
      tilesOf(health({ backlog: { toOrg: { waiting: 3, oldestAt }, toCarrier: { waiting: 0 } } }), NOW)[0];
    expect(waiting('2026-11-22T11:59:50Z')).toMatchObject({ value: 3, note: 'oldest 10 s', alert: false });
    expect(waiting('2026-11-22T11:30:00Z')).toMatchObject({ note: 'oldest 30 min', alert: true });
  });

  it('alerts for rows that need somebody', () => {
    expect(
      tilesOf(health({ parked: 2, unknown: 1 }), NOW)
        .filter(({ alert }) => alert)
        .map(({ key }) => key),
    ).toEqual(['parked', 'unknown']);
  });

  it.each([
    [-5_000, '0 s'],
    [59_000, '59 s'],
    [3_599_000, '59 min'],
    [47 * 3_600_000, '47 h'],
    [50 * 3_600_000, '2 days'],
  ])('says %i ms as %s', (ms, words) => {
    expect(ageInWords(ms)).toBe(words);
  });
});

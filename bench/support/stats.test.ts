import { expect, it } from 'vitest';
import { isMet, limitOf, type Figure, type Report } from './result.ts';
import { median, percentile, ratios, spread } from './stats.ts';
import { toTable } from './table.ts';

it('finds the middle of an odd and of an even number of values', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

it('takes the nearest rank as percentile', () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect(percentile(values, 0.95)).toBe(19);
  expect(percentile([7], 0.95)).toBe(7);
  expect(spread(values)).toEqual([1, 20]);
});

it('compares round by round', () => {
  const rounds = [
    { product: 10, baseline: 5 },
    { product: 300, baseline: 100 },
    { product: 8, baseline: 8 },
  ];
  expect(ratios(rounds)).toEqual({ median: 2, spread: [1, 3] });
});

it('has no figure where nothing was measured, and meets no limit with it', () => {
  expect(percentile([], 0.95)).toBeNaN();
  expect(median([])).toBeNaN();
  expect(isMet({ name: 'x', value: Number.NaN, unit: 'ms', must: { atMost: 100 } })).toBe(false);
});

it('knows limits from above, from below and exact ones', () => {
  const figure = (value: number, must: Figure['must']) => isMet({ name: 'x', value, unit: '/s', ...(must && { must }) });
  expect([figure(999, { atLeast: 1_000 }), figure(1_000, { atLeast: 1_000 }), figure(Number.NaN, { atLeast: 1_000 })]).toEqual([
    false,
    true,
    false,
  ]);
  expect([figure(1, { atMost: 1 }), figure(1, { exactly: 0 }), figure(1, undefined)]).toEqual([true, false, undefined]);
  expect(limitOf({ name: 'x', value: 1, unit: '/s', must: { atLeast: 1_000 } })).toBe('≥ 1000 /s');
});

it('says what was met, what was missed, and that an invalid run proves nothing', () => {
  const report = (invalid: string[], value: number): Report => ({
    name: 'a-bench',
    at: '2026-01-01T00:00:00.000Z',
    commit: 'abc',
    machine: { cpu: 'x', cores: 2, memoryMb: 1, node: 'v24' },
    tiny: false,
    figures: [{ name: 'time', value, unit: 'ms', must: { atMost: 100 }, spread: [1, 2] }],
    invalid,
    notes: [],
    samples: {},
  });
  expect(toTable([report([], 99)])).toMatch(/a-bench +time +99 ms +1 … 2 +≤ 100 ms +met\n/);
  expect(toTable([report([], 101)])).toMatch(/MISSED\n/);
  expect(toTable([report(['the machine was busy'], 99)])).toMatch(/met \(invalid run\)\n[^]*a-bench: INVALID, the machine was busy/);
});

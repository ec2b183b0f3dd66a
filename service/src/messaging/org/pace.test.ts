import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

it('halves what an org gets at once until it answers in time, and doubles it while it answers quickly', () => {
  const pace = createPace(600);
  pace.timedOut('org', 600);
  expect([pace.limit('org'), pace.limit('other')]).toEqual([300, 600]);
  pace.answered('org', 300, 13_000);
  expect(pace.limit('org')).toBe(150);
  pace.answered('org', 150, 8_000);
  pace.answered('org', 149, 100); // not full, so it says nothing about more
  expect(pace.limit('org')).toBe(150);
  pace.answered('org', 150, 3_000);
  expect(pace.limit('org')).toBe(300);
  pace.answered('org', 300, 3_000);
  expect(pace.limit('org')).toBe(600);
  for (let time = 0; time < 9; time += 1) pace.timedOut('org', pace.limit('org'));
  expect(pace.limit('org')).toBe(25);
});

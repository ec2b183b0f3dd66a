import { expect, it } from 'vitest';
import { createSingleFlight } from './single-flight.ts';

it('does the work once for all who ask while it runs, by key, and anew afterwards, after an error too', async () => {
  const once = createSingleFlight<number>();
  let runs = 0;
  const work = async (fails = false) => {
    runs += 1;
    await Promise.resolve();
    if (fails) throw new Error('refused');
    return runs;
  };
  expect(await Promise.all([once('a', () => work()), once('a', () => work()), once('b', () => work())])).toEqual([2, 2, 2]);
  expect(runs).toBe(2);
  const failed = [once('a', () => work(true)), once('a', () => work())];
  expect((await Promise.allSettled(failed)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await once('a', () => work())).toBe(4);
});

import { expect, it } from 'vitest';
import { createLoopTime } from './loop-time.ts';

it('the time of the event loop goes on while it waits, and stands while it stands', async () => {
  const time = createLoopTime();
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const [machine, loop] = [performance.now(), time.now()];
  await sleep(1_000);
  const until = performance.now() + 2_000;
  while (performance.now() < until); // nothing else runs meanwhile
  await sleep(1);
  const [onMachine, inLoop] = [performance.now() - machine, time.now() - loop];
  expect(onMachine).toBeGreaterThan(2_900);
  expect(inLoop).toBeGreaterThan(500);
  expect(onMachine - inLoop).toBeGreaterThan(1_500);
  time.stop();
});

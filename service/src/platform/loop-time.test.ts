import { expect, it } from 'vitest';
import { createLoopTime } from './loop-time.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('the time of the event loop goes on while it waits, and stands while it stands', async () => {
  const time = createLoopTime();
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

it('what is read after a standstill may have come since its beginning, and later things have not', async () => {
  const time = createLoopTime();
  const standStill = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  await sleep(500);
  standStill(1_500);
  expect(time.unreadMs()).toBeGreaterThanOrEqual(1_500); // at once, before anything else ran
  await sleep(1);
  expect(time.unreadMs()).toBeGreaterThanOrEqual(1_500); // and for what is read a little later
  standStill(600);
  await sleep(1);
  expect(time.unreadMs()).toBeGreaterThanOrEqual(2_100); // also when there is so much to catch up with that it stands still once more
  // In the end it is over, however long this machine takes to let it be.
  while (time.unreadMs() > 0) await sleep(100);
  time.stop();
});

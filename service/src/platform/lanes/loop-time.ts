const TICK_MS = 200;

/**
 * Milliseconds in which this process was able to do something. A process that stood still (busy, swapped out, stopped) has not waited for
 * anybody meanwhile: answers that came in time are only read late. Stop it when it is used no more.
 */
export function createLoopTime(): { now(): number; stop(): void } {
  let [passed, tickAt] = [0, performance.now()];
  const since = (): number => Math.min(performance.now() - tickAt, 2 * TICK_MS);
  const ticking = setInterval(() => {
    passed += since();
    tickAt = performance.now();
  }, TICK_MS).unref();
  return { now: () => passed + since(), stop: () => clearInterval(ticking) };
}

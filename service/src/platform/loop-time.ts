const TICK_MS = 200;
/** What came while this process stood still is read within this once it goes on; what is read later has come later. */
const CATCHING_UP_MS = 500;

export interface LoopTime {
  /** Milliseconds in which this process was able to do something. */
  now(): number;
  /** How long what is read now may have lain unread at most, because this process stood still: milliseconds, 0 when it did not. */
  unreadMs(): number;
  /** When it is used no more. */
  stop(): void;
}

/**
 * The time of this process. One that stood still (busy, swapped out, stopped) has not waited for anybody meanwhile: answers that came in time are
 * only read late, and what it reads now may have come long ago.
 */
export function createLoopTime(): LoopTime {
  let [passed, tickAt] = [0, performance.now()];
  let stoodStill = { from: -Infinity, to: -Infinity };
  const since = (): number => Math.min(performance.now() - tickAt, 2 * TICK_MS);
  const ticking = setInterval(() => {
    const now = performance.now();
    // Work that was left lying may make it stand still once more: what came during the first time may only be read after the second.
    if (now - tickAt > 2 * TICK_MS) stoodStill = { from: tickAt - stoodStill.to <= CATCHING_UP_MS ? stoodStill.from : tickAt, to: now };
    passed += since();
    tickAt = now;
  }, TICK_MS).unref();
  return {
    now: () => passed + since(),
    unreadMs() {
      const now = performance.now();
      const isCatchingUp = (at: number) => at - stoodStill.to <= CATCHING_UP_MS;
      if (now - tickAt > 2 * TICK_MS) return now - (isCatchingUp(tickAt) ? stoodStill.from : tickAt); // nobody has ticked yet since it goes on
      return isCatchingUp(now) ? now - stoodStill.from : 0;
    },
    stop: () => clearInterval(ticking),
  };
}

import { sleep as realSleep } from '../../platform/clock.ts';

export type Pace = (signal: AbortSignal) => Promise<void>;

/**
 * The token bucket of a carrier account. It holds one token: a message that waits gets the next one in its turn, and a pause is not followed
 * by a burst that the carrier would count as too fast. Wait here before a message counts as being sent: what waits certainly did not leave.
 */
export function createPace(perSecond: number, { now = () => performance.now(), sleep = realSleep } = {}): Pace {
  let next = 0;
  return async (signal) => {
    const at = Math.max(now(), next);
    next = at + 1000 / perSecond;
    const wait = at - now();
    if (wait > 0) await sleep(wait, signal);
  };
}

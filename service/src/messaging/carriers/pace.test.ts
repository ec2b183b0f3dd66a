import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

/** Time that passes only when it is told to. */
function virtualTime() {
  let time = 5_000;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        sleepers.push({ at: time + ms, wake: resolve });
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    async pass(ms: number) {
      for (const end = time + ms; time < end; time += 1) {
        for (const { wake } of sleepers.filter(({ at }) => at <= time)) wake();
        sleepers = sleepers.filter(({ at }) => at > time);
        await Promise.resolve();
      }
    },
  };
}

function rig(perSecond: number) {
  const time = virtualTime();
  const pace = createPace(perSecond, time);
  const passed: { index: number; at: number }[] = [];
  const stop = new AbortController();
  return {
    time,
    passed,
    stop,
    send: (count: number) => {
      for (let index = 0; index < count; index += 1) void pace(stop.signal).then(() => passed.push({ index, at: time.now() }));
    },
  };
}

describe('the pace of a carrier account', () => {
  it.each([1, 7, 50, 400])('lets %i through in a second, however many wait, in their order', async (rate) => {
    const { time, passed, send } = rig(rate);
    send(rate * 3);
    await time.pass(2_990);
    expect(passed.map(({ index }) => index)).toEqual(passed.map((_, index) => index));
    for (const { at } of passed)
      expect(passed.filter((other) => other.at > at - 1_000 && other.at <= at).length).toBeLessThanOrEqual(rate + 1);
    expect(passed.length).toBeGreaterThanOrEqual(rate * 3 - Math.ceil(rate / 50) - 1);
  });

  it('keeps no tokens for later: after a pause there is no burst', async () => {
    const { time, passed, send } = rig(10);
    send(1);
    await time.pass(60_000);
    send(20);
    await time.pass(950);
    expect(passed.length).toBe(1 + 10);
  });

  it('lets those that wait go when the account is given back', async () => {
    const { time, passed, send, stop } = rig(1);
    send(5);
    await time.pass(10);
    expect(passed).toHaveLength(1);
    stop.abort();
    await time.pass(10);
    expect(passed).toHaveLength(5);
  });
});

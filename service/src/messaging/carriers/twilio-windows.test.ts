import { describe, expect, it } from 'vitest';
import type { CarrierMessage } from '../../gateways/twilio/index.ts';
import { hoursAgo, listed, longList } from './twilio-list.test-helper.ts';
import { readWindows } from './twilio-windows.ts';

const texts = Array.from({ length: 2_500 }, (_, index) =>
  listed({ body: String(index), createdAt: new Date(hoursAgo(20).getTime() + index * 20_000).toISOString() }),
);
const bodies = texts.map((text) => text.body);
const open = new AbortController().signal;

/** What is handed over in as many looks as it takes, each of which goes on where the one before ended. */
async function readAll(list: CarrierMessage[], perLook: number, most: number, more: { keepsBound?: boolean } = {}) {
  const [stretch, to] = [{ ms: Infinity }, new Date()];
  const read: CarrierMessage[] = [];
  let [from, looks, calls] = [hoursAgo(24), 0, 0];
  for (let failed = true; failed && looks < most; looks += 1) {
    const left = { left: perLook };
    failed = false;
    try {
      for await (const { messages, until } of readWindows(longList(list, left, more), from, to, open, stretch)) {
        read.push(...messages);
        from = until;
      }
    } catch {
      failed = true;
    }
    calls += perLook - left.left;
  }
  return { bodies: [...new Set(read.map((message) => message.body))], calls, looks, longest: read.length };
}

describe('a list that is longer than what can be held', () => {
  it('is read in its order', async () => {
    const read = await readAll(texts, 1_000, 1);
    expect(read.bodies).toEqual(bodies);
    expect(read.calls).toBeLessThan(40);
  });

  it.each([2, 3, 7])('is read in the end where the carrier lets only %i calls through at once', async (perLook) => {
    const read = await readAll(texts, perLook, 60);
    expect(read.bodies).toEqual(bodies);
    expect(read.looks).toBeLessThan(60);
  });

  it('is read whole where everything was written in the same second', async () => {
    const createdAt = hoursAgo(1).toISOString();
    const same = Array.from({ length: 2_100 }, (_, index) => listed({ body: String(index), createdAt }));
    expect((await readAll(same, 1_000, 1)).bodies).toHaveLength(2_100);
  });

  it('is read once more at most where the carrier does not keep to the end that it is given', async () => {
    const read = await readAll(texts, 1_000, 1, { keepsBound: false });
    expect(read.bodies).toEqual(bodies);
    expect(read.longest).toBeLessThan(2 * texts.length);
    expect(read.calls).toBeLessThan(60);
  });
});

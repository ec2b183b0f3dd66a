import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCompactMap } from './compact-map.ts';

const MEGABYTE = 1024 * 1024;

describe('a compact map', () => {
  it('does what a Map does, whatever is set, asked and deleted', () => {
    const key = fc.constantFrom(...Array.from({ length: 60 }, (_, index) => `+1203555${index}`), 'Zoë', '', '😀');
    const step = fc.oneof(
      fc.record({ do: fc.constant('set' as const), key, value: fc.string({ maxLength: 300, unit: 'grapheme' }) }),
      fc.record({ do: fc.constant('delete' as const), key, value: fc.constant('') }),
      fc.record({ do: fc.constant('clear' as const), key, value: fc.constant('') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const [map, model] = [createCompactMap({ maxBytes: 4 * MEGABYTE }), new Map<string, string>()];
        for (const { do: what, key: name, value } of steps) {
          if (what === 'set') {
            map.set(name, value);
            model.set(name, value);
          } else if (what === 'delete') {
            map.delete(name);
            model.delete(name);
          } else if (steps.length % 7 === 0) {
            map.clear();
            model.clear();
          }
          expect(map.get(name)).toBe(model.get(name));
        }
        for (const [name, value] of model) expect(map.get(name)).toBe(value);
        expect(map.size).toBe(model.size);
      }),
      { numRuns: 60 },
    );
  });

  it('forgets the oldest when it is full, tells of it, and answers nothing wrong', () => {
    let evictions = 0;
    const map = createCompactMap({ maxBytes: 16 * MEGABYTE, evicted: () => (evictions += 1) });
    const count = 200_000;
    const value = (index: number) => `${index} ${'x'.repeat(100)}`;
    for (let index = 0; index < count; index += 1) {
      map.set(`key ${index}`, value(index));
    }
    expect(evictions).toBeGreaterThan(0);
    expect(map.bytes).toBeLessThan(18 * MEGABYTE);
    let kept = 0;
    for (let index = 0; index < count; index += 1) {
      const found = map.get(`key ${index}`);
      if (found === undefined) continue;
      kept += 1;
      if (found !== value(index)) throw new Error(`key ${index} answers ${found}`);
    }
    expect(map.get(`key ${count - 1}`)).toBe(value(count - 1));
    expect(kept).toBeGreaterThan(80_000);
    expect(kept).toBeLessThan(count);
    expect(map.size).toBe(kept);
  });

  it('makes room out of what was overwritten and of what nobody asks for, and loses nothing that lives', () => {
    let evictions = 0;
    let era = 'a';
    const map = createCompactMap({ maxBytes: 8 * MEGABYTE, isLive: (key) => key.startsWith(era), evicted: () => (evictions += 1) });
    const put = (from: string, index: number, round: number) => map.set(`${from} ${index}`, `${round} ${'x'.repeat(100)}`);
    for (let round = 0; round < 20; round += 1) for (let index = 0; index < 10_000; index += 1) put('a', index, round);
    expect([evictions, map.size, map.get('a 77')?.startsWith('19 ')]).toEqual([0, 10_000, true]);
    era = 'b';
    for (let round = 0; round < 20; round += 1) for (let index = 0; index < 10_000; index += 1) put('b', index, round);
    expect(evictions).toBe(0);
    for (let index = 0; index < 10_000; index += 1) expect(map.get(`b ${index}`)?.startsWith('19 ')).toBe(true);
    expect(map.bytes).toBeLessThan(10 * MEGABYTE);
  });

  it('takes very many small entries', () => {
    const map = createCompactMap({ maxBytes: 2 * MEGABYTE });
    for (let index = 0; index < 100_000; index += 1) map.set(String(index), '');
    expect(map.get('99999')).toBe('');
    expect(map.size).toBeGreaterThan(1_000);
  });

  it('does not keep what is too large, and forgets what was there before under its key', () => {
    const map = createCompactMap({ maxBytes: 4 * MEGABYTE });
    map.set('a', 'small');
    expect([map.set('a', 'x'.repeat(2 * MEGABYTE)), map.set('y'.repeat(70_000), 'long key')]).toEqual([false, false]);
    expect([map.get('a'), map.get('y'.repeat(70_000)), map.size]).toEqual([undefined, undefined, 0]);
  });
});

import { afterEach, expect, it, vi } from 'vitest';
import { storeBatch, type Result } from './inbound-batch.ts';
import type { Inbound } from './types.ts';

afterEach(() => void vi.useRealTimers());

const failure = (code: string) => Object.assign(new Error(code), { code });

/**
 * Stores a batch in which the texts for which `spoils` gives a code fail the whole; a lock is waited for as long as it may be. Each text is
 * `person number`. Gives what became of each, in what order texts were stored, and how long it took.
 */
async function run(texts: string[], spoils: (text: string, storedNow: string[]) => string | undefined) {
  vi.useFakeTimers({ toFake: ['performance'] });
  const stored: string[] = [];
  const outcomes = new Map<string, unknown>();
  const items = texts.map((name) => ({
    text: { from: name.split(' ')[0], body: name } as Inbound,
    resolve: (result: Result) => void outcomes.set(name, result?.id),
    reject: (error: unknown) => void outcomes.set(name, (error as { status?: number }).status ?? (error as { code?: string }).code),
  }));
  const before = performance.now();
  await storeBatch(items, (some, lockMs) => {
    const code = some.map(({ body }) => spoils(body, stored)).find(Boolean);
    if (code === '55P03') vi.advanceTimersByTime(lockMs);
    if (code === '57014') vi.advanceTimersByTime(30_000);
    if (code) return Promise.reject(failure(code));
    stored.push(...some.map(({ body }) => body));
    return Promise.resolve(some.map(({ body }) => ({ id: body, conversationId: '', sequence: 1 })));
  });
  return { outcomes, stored, took: performance.now() - before };
}
const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index} 1`);

it.each([0, 37, 99])('refuses the text whose conversation somebody holds, and stores the others soon (%i)', async (held) => {
  const texts = people(100);
  const { outcomes, stored, took } = await run(texts, (text) => (text === texts[held] ? '55P03' : undefined));
  expect(texts.filter((text) => outcomes.get(text) === 503)).toEqual([texts[held]]);
  expect(stored).toEqual(texts.filter((_, index) => index !== held));
  expect(took).toBeLessThan(3_000);
});

it('ends in time where all are held: the rest is refused', async () => {
  const texts = people(100);
  const { outcomes, took } = await run(texts, () => '55P03');
  expect(texts.every((text) => outcomes.get(text) === 503)).toBe(true);
  expect(took).toBeLessThan(8_000);
});

it('does not divide what the server ended after its limit, when the callers have been told already', async () => {
  const texts = people(100);
  const { outcomes, took } = await run(texts, () => '57014');
  expect(texts.every((text) => outcomes.get(text) === 503)).toBe(true);
  expect(took).toBeLessThan(31_000);
});

it('stores no later text of a person before an earlier one that was refused, though the row is free by then', async () => {
  const texts = ['a 1', 'held 1', 'b 1', 'c 1', 'held 2', 'd 1', 'held 3', 'e 1'];
  const { outcomes, stored } = await run(texts, (text, storedNow) =>
    text.startsWith('held') && !storedNow.includes('b 1') ? '55P03' : undefined,
  );
  expect(stored).toEqual(['a 1', 'b 1', 'c 1', 'd 1', 'e 1']);
  expect(texts.filter((text) => outcomes.get(text) === 503)).toEqual(['held 1', 'held 2', 'held 3']);
});

it('keeps the texts apart that can never be stored: their error is their own', async () => {
  const texts = people(9);
  const { outcomes, stored } = await run(texts, (text) => (text === 'p3 1' ? '23503' : text === 'p7 1' ? '55P03' : undefined));
  expect([outcomes.get('p3 1'), outcomes.get('p7 1')]).toEqual(['23503', 503]);
  expect(stored).toHaveLength(7);
});

it('does not divide for another reason', async () => {
  let asked = 0;
  const { outcomes } = await run(people(4), () => {
    asked += 1;
    return 'ECONNREFUSED';
  });
  expect(asked).toBe(4); // each text of the one batch
  expect([...outcomes.values()]).toEqual(Array.from({ length: 4 }, () => 'ECONNREFUSED'));
});

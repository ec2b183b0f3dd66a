import { expect, it } from 'vitest';
import { newTextsFrom } from './replies.ts';

const now = new Date('2026-01-01T12:00:00Z');

it('a reply in time makes the next equal text a new one, and a late one only after a while', () => {
  const read = [
    { messageId: 'quick', tookMs: 20 },
    { messageId: 'late', tookMs: 5_001 },
  ];
  expect(newTextsFrom(read, now)).toEqual([
    { at: now, messageIds: ['quick'] },
    { at: new Date('2026-01-01T12:01:00Z'), messageIds: ['late'] },
  ]);
  expect(newTextsFrom([], now)).toEqual([]);
});

it('of a delivery and its repetition one reply in time is enough', () => {
  const read = [
    { messageId: 'both', tookMs: 14_000 },
    { messageId: 'both', tookMs: 4_000 },
  ];
  expect(newTextsFrom(read, now)).toEqual([{ at: now, messageIds: ['both'] }]);
});

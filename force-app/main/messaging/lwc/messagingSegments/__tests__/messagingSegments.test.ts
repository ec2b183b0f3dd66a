import { countSegments, splitSegments } from '../messagingSegments';

const FAMILY = '👨‍👩‍👧‍👦';

describe('c-messaging-segments', () => {
  it('counts what a composer shows', () => {
    expect(countSegments('')).toEqual({ encoding: 'GSM-7', segments: 1, characters: 0, perSegment: 160, remaining: 160 });
    expect(countSegments('a'.repeat(160))).toEqual({ encoding: 'GSM-7', segments: 1, characters: 160, perSegment: 160, remaining: 0 });
    expect(countSegments('a'.repeat(161))).toEqual({ encoding: 'GSM-7', segments: 2, characters: 161, perSegment: 153, remaining: 145 });
    expect(countSegments('€')).toEqual({ encoding: 'GSM-7', segments: 1, characters: 2, perSegment: 160, remaining: 158 });
    expect(countSegments('zażółć 😀')).toEqual({ encoding: 'UCS-2', segments: 1, characters: 9, perSegment: 70, remaining: 61 });
  });

  it('keeps a joined emoji whole', () => {
    const text = 'я'.repeat(60) + FAMILY + 'я'.repeat(60);
    expect(splitSegments(text).parts).toEqual(['я'.repeat(60), FAMILY + 'я'.repeat(56), 'я'.repeat(4)]);
  });

  it('cuts what no part could hold between code points only', () => {
    const monster = 'e' + '\u0301'.repeat(100);
    const { parts } = splitSegments(monster);
    expect(parts.map((part) => part.length)).toEqual([67, 34]);
    expect(parts.join('')).toBe(monster);
  });
});

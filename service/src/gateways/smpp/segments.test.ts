import fc from 'fast-check';
import segmentsCalculator from 'sms-segments-calculator';
import splitSms from 'split-sms';
import { describe, expect, it } from 'vitest';
import {
  GSM_BASIC,
  GSM_EXTENSION,
  countSegments,
  splitSegments,
} from '../../../../force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts';
import { NotGsmError, decodeGsm7, encodeGsm7, isGsm7 } from './gsm7.ts';

const { SegmentedMessage } = segmentsCalculator;
const FAMILY = '👨‍👩‍👧‍👦';
const gsmChars = [...[...GSM_BASIC].filter((char) => char !== '\u001b'), ...GSM_EXTENSION.map(([char]) => char)];
const gsmText = fc.string({ unit: fc.constantFrom(...gsmChars), maxLength: 700 });
/** Characters on which all libraries agree what is one character: no joined emoji. */
const plainUnicode = fc.string({
  unit: fc.constantFrom('я', 'ł', 'a', '€', '😀', '漢', '𝄞', '\n', '\r\n', ' ', 'ç', '\t'),
  maxLength: 400,
});
const joined = fc.string({ unit: fc.constantFrom('я', '😀', FAMILY, '🏳️‍🌈', 'é', 'e\u0301', '👍🏽', '🇬🇧', '\r\n'), maxLength: 300 });

describe('segment table of published calculators', () => {
  it.each([
    ['160 x a', 'a'.repeat(160), 1],
    ['161 x a', 'a'.repeat(161), 2],
    ['80 x €', '€'.repeat(80), 1],
    ['80 x € + a', '€'.repeat(80) + 'a', 2],
    ['70 x я', 'я'.repeat(70), 1],
    ['71 x я', 'я'.repeat(71), 2],
    ['35 x emoji', '😀'.repeat(35), 1],
    ['36 x emoji', '😀'.repeat(36), 2],
    ['escape pair across the edge', 'a'.repeat(152) + '€' + 'a'.repeat(152), 3],
    ['escape pair that fits', 'a'.repeat(152) + '€' + 'a'.repeat(151), 2],
    ['surrogate pair across the edge', 'я'.repeat(66) + '😀' + 'я'.repeat(66), 3],
    ['surrogate pair that fits', 'я'.repeat(66) + '😀' + 'я'.repeat(65), 2],
    ['joined emoji', 'я'.repeat(60) + FAMILY + 'я'.repeat(60), 3],
    ['80 x CR LF', '\r\n'.repeat(80), 1],
    ['empty', '', 1],
  ])('%s', (_name, text, segments) => {
    expect(countSegments(text).segments).toBe(segments);
    expect(new SegmentedMessage(text).segmentsCount).toBe(segments);
  });

  it.each(['ç', '\t', '`', '\u00a0', '“', '’'])('%j forces UCS-2', (char) => expect(countSegments(`a${char}`).encoding).toBe('UCS-2'));
  it.each(['Ç', 'ß', '\f', '€', '@', '_'])('%j is in GSM 03.38', (char) => expect(countSegments(`a${char}`).encoding).toBe('GSM-7'));
});

describe('segments against both libraries', () => {
  it('agree with sms-segments-calculator and split-sms on GSM text', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        const ours = countSegments(text);
        expect(ours).toMatchObject({ encoding: 'GSM-7', segments: new SegmentedMessage(text).segmentsCount });
        expect(ours.segments).toBe(splitSms.split(text).parts.length);
      }),
    );
  });

  it('agree with both on Unicode text without joined characters, and cut at the same places', () => {
    fc.assert(
      fc.property(plainUnicode, (text) => {
        fc.pre(countSegments(text).encoding === 'UCS-2');
        expect(countSegments(text).segments).toBe(new SegmentedMessage(text).segmentsCount);
        expect(splitSegments(text).parts).toEqual(splitSms.split(text).parts.map((part) => part.content));
      }),
    );
  });

  it('agree with sms-segments-calculator on joined emoji and combining marks', () => {
    fc.assert(
      fc.property(joined, (text) => {
        fc.pre(countSegments(text).encoding === 'UCS-2');
        expect(countSegments(text).segments).toBe(new SegmentedMessage(text).segmentsCount);
      }),
    );
  });
});

describe('splitting', () => {
  const anyText = fc.oneof(gsmText, plainUnicode, joined, fc.string({ unit: 'binary', maxLength: 500 }));

  it('gives the text back, fits every part and never cuts a surrogate pair', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { encoding, parts } = splitSegments(text);
        const count = countSegments(text);
        expect(parts.join('')).toBe(text);
        expect(parts).toHaveLength(count.segments);
        for (const part of parts) {
          const units = encoding === 'GSM-7' ? encodeGsm7(part).length : part.length;
          expect(units).toBeLessThanOrEqual(count.perSegment);
          expect(part.length > 0 || text === '').toBe(true);
        }
        for (const [index, part] of parts.entries()) {
          const next = parts[index + 1];
          if (next === undefined) continue;
          const cutPair = /[\ud800-\udbff]$/.test(part) && /^[\udc00-\udfff]/.test(next);
          expect(cutPair).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('handles a text of 10,000 characters', () => {
    expect(countSegments('a'.repeat(10_000))).toMatchObject({ segments: 66, characters: 10_000 });
    expect(countSegments('я'.repeat(10_000))).toMatchObject({ segments: 150, remaining: 150 * 67 - 10_000 });
  });
});

describe('GSM 03.38', () => {
  it('round-trips every text in the alphabet', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        expect(decodeGsm7(encodeGsm7(text))).toBe(text);
      }),
    );
  });

  it('uses the codes of the standard', () => {
    expect(encodeGsm7('@£€{àA').toString('hex')).toBe('00011b651b287f41');
  });

  it('refuses instead of replacing', () => {
    expect(() => encodeGsm7('ç')).toThrow(NotGsmError);
    expect(() => encodeGsm7('\u001b')).toThrow(NotGsmError);
    expect(isGsm7('\u001b')).toBe(false);
  });

  it('reads odd input by the rules for receivers', () => {
    expect(decodeGsm7(Buffer.from('1b411b', 'hex'))).toBe('A ');
    expect(decodeGsm7(Buffer.from('1b1b41', 'hex'))).toBe(' A');
    expect(decodeGsm7(Buffer.from([0xe9]))).toBe('é');
  });
});

/*
 * How a text is cut into SMS segments. One file for the counter under the composer and for the splitter of the carrier gateways, so that
 * the number an agent sees is the number that is sent. Pure and without imports: it runs in Lightning and in Node as it is.
 *
 * Sizes (3GPP TS 23.040): 160 septets or 70 UTF-16 units alone; 153 or 67 in each part of a longer message, because the header that joins
 * the parts takes 6 octets.
 */

export type SegmentEncoding = 'GSM-7' | 'UCS-2';

export interface SegmentCount {
  readonly encoding: SegmentEncoding;
  /** How many SMS a carrier charges. An empty text counts 1, because it still takes one when sent. */
  readonly segments: number;
  /** Used space in units of the encoding: septets (an extension character such as € takes 2) or UTF-16 units (an emoji takes 2 or more). */
  readonly characters: number;
  /** Units that fit into each segment of this text: 160 or 153 (GSM-7), 70 or 67 (UCS-2). */
  readonly perSegment: number;
  /** Units still free in the last segment. */
  readonly remaining: number;
}

export interface SegmentSplit {
  readonly encoding: SegmentEncoding;
  readonly parts: string[];
}

/** GSM 03.38 default alphabet (3GPP TS 23.038 section 6.2.1): the position of a character is its code. Position 0x1B is the escape. */
export const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** Extension table (section 6.2.1.1): a character and the code that follows the escape. */
export const GSM_EXTENSION: ReadonlyArray<readonly [string, number]> = [
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
];

export const GSM_ESCAPE = 0x1b;

const SEPTETS: ReadonlyMap<string, number> = new Map<string, number>([
  ...[...GSM_BASIC].filter((_, code) => code !== GSM_ESCAPE).map((char): [string, number] => [char, 1]),
  ...GSM_EXTENSION.map(([char]): [string, number] => [char, 2]),
]);

const LIMITS = { 'GSM-7': { alone: 160, joined: 153 }, 'UCS-2': { alone: 70, joined: 67 } } as const;

/** A piece that is never cut, with its size in units. */
interface Piece {
  readonly text: string;
  readonly units: number;
}

/** The encoding a text is sent in: GSM-7 when every character is in GSM 03.38, else UCS-2 (as UTF-16, which phones read). */
export function encodingOf(text: string): SegmentEncoding {
  for (const char of text) if (!SEPTETS.has(char)) return 'UCS-2';
  return 'GSM-7';
}

/**
 * Cuts a text into the parts that are sent. Joined, the parts are the text again; an empty text gives one empty part.
 * Never cut: an escape pair, a surrogate pair, and whatever a reader sees as one character (a joined emoji such as a family, a letter with
 * combining marks). The last costs a few units more than cutting anywhere would, and saves phones that show parts as they arrive, or lose
 * one, from broken characters. A single such character larger than a segment is cut between its code points, since no part could hold it.
 */
export function splitSegments(text: string): SegmentSplit {
  const encoding = encodingOf(text);
  return { encoding, parts: fill(text, encoding).map((part) => part.text) };
}

/** Counts segments by the same rule as {@link splitSegments}. */
export function countSegments(text: string): SegmentCount {
  const encoding = encodingOf(text);
  const parts = fill(text, encoding);
  const perSegment = parts.length > 1 ? LIMITS[encoding].joined : LIMITS[encoding].alone;
  const characters = parts.reduce((sum, part) => sum + part.units, 0);
  const last = parts[parts.length - 1];
  return { encoding, segments: parts.length, characters, perSegment, remaining: perSegment - (last ? last.units : 0) };
}

function fill(text: string, encoding: SegmentEncoding): Piece[] {
  const { alone, joined } = LIMITS[encoding];
  const pieces = encoding === 'GSM-7' ? septetPieces(text) : unicodePieces(text, joined);
  const total = pieces.reduce((sum, piece) => sum + piece.units, 0);
  if (total <= alone) return [{ text, units: total }];
  const parts: Piece[] = [];
  let current = '';
  let used = 0;
  for (const piece of pieces) {
    if (used + piece.units > joined) {
      parts.push({ text: current, units: used });
      current = '';
      used = 0;
    }
    current += piece.text;
    used += piece.units;
  }
  parts.push({ text: current, units: used });
  return parts;
}

function septetPieces(text: string): Piece[] {
  return [...text].map((char) => ({ text: char, units: SEPTETS.get(char) ?? 1 }));
}

function unicodePieces(text: string, limit: number): Piece[] {
  return graphemes(text).flatMap((whole) => {
    // A line break of two characters may be cut: both halves are characters of their own.
    const atoms = whole.length > limit || whole === '\r\n' ? [...whole] : [whole];
    return atoms.map((atom) => ({ text: atom, units: atom.length }));
  });
}

const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter('en', { granularity: 'grapheme' }) : undefined;

function graphemes(text: string): string[] {
  if (!segmenter) return [...text];
  return Array.from(segmenter.segment(text), (found) => found.segment);
}

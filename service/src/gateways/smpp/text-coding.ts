import { decodeGsm7 } from './gsm7.ts';

export interface DecodedText {
  readonly text: string;
  /** `GSM-7`, `UCS-2`, an encoding's name, or `binary` when the octets are no text. */
  readonly charset: string;
}

/** National sets of SMPP 3.4 section 5.2.19, by the names that TextDecoder knows. */
const NATIONAL: ReadonlyMap<number, string> = new Map([
  [5, 'shift_jis'],
  [6, 'iso-8859-5'],
  [7, 'iso-8859-8'],
  [10, 'iso-2022-jp'],
  [14, 'euc-kr'],
]);

/** Reads message octets by `data_coding`. `defaultAlphabet` says what 0 means at this carrier. */
export function decodeText(bytes: Buffer, dataCoding: number, defaultAlphabet: 'gsm7' | 'latin1' = 'gsm7'): DecodedText {
  switch (alphabetOf(dataCoding)) {
    case 'default':
      return defaultAlphabet === 'gsm7' ? { text: decodeGsm7(bytes), charset: 'GSM-7' } : { text: latin1(bytes), charset: 'ISO-8859-1' };
    case 'ascii':
      return ascii(bytes);
    case 'latin1':
      return { text: latin1(bytes), charset: 'ISO-8859-1' };
    case 'ucs2':
      return { text: utf16(bytes), charset: 'UCS-2' };
    case 'national': {
      const name = NATIONAL.get(dataCoding) ?? 'shift_jis';
      return { text: new TextDecoder(name).decode(bytes), charset: name };
    }
    case 'binary':
      return { text: '', charset: 'binary' };
  }
}

type Alphabet = 'default' | 'ascii' | 'latin1' | 'ucs2' | 'national' | 'binary';

/** SMPP's own values are below 0x10; above, the octet is the data coding scheme of 3GPP TS 23.038 section 4. */
function alphabetOf(dataCoding: number): Alphabet {
  if (dataCoding === 0) return 'default';
  if (dataCoding === 1) return 'ascii';
  if (dataCoding === 3) return 'latin1';
  if (dataCoding === 8) return 'ucs2';
  if (NATIONAL.has(dataCoding)) return 'national';
  if (dataCoding < 0x10) return 'binary';
  if (dataCoding >= 0xf0) return dataCoding & 0x04 ? 'binary' : 'default';
  if (dataCoding >= 0xe0) return 'ucs2';
  if (dataCoding >= 0xc0) return 'default';
  const bits = (dataCoding >> 2) & 0x03;
  return bits === 0 ? 'default' : bits === 2 ? 'ucs2' : 'binary';
}

/** data_coding 1 is IA5, but common software sends GSM 03.38 under it; control codes that no one types in IA5 give that away. */
function ascii(bytes: Buffer): DecodedText {
  const looksGsm = bytes.some((byte) => byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return looksGsm ? { text: decodeGsm7(bytes), charset: 'GSM-7' } : { text: latin1(bytes), charset: 'IA5' };
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** Big endian unless a byte order mark says otherwise. A lone octet at the end is dropped: it is half a character. */
function utf16(bytes: Buffer): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  const mark = even.length >= 2 ? even.readUInt16BE(0) : 0;
  if (mark === 0xfffe) return even.subarray(2).toString('utf16le');
  return even
    .swap16()
    .toString('utf16le')
    .replace(/^\ufeff/, '');
}

/**
 * Puts the parts of a long inbound message together. Octets are joined before they are read, because phones exist that cut an emoji or an
 * escape pair in the middle. Parts in different encodings are read one by one. `parts` must be in order.
 */
export function joinParts(
  parts: readonly { readonly payload: Buffer; readonly dataCoding: number }[],
  defaultAlphabet: 'gsm7' | 'latin1' = 'gsm7',
): string {
  const first = parts[0];
  if (!first) return '';
  if (parts.every((part) => part.dataCoding === first.dataCoding)) {
    return decodeText(Buffer.concat(parts.map((part) => part.payload)), first.dataCoding, defaultAlphabet).text;
  }
  return parts.map((part) => decodeText(part.payload, part.dataCoding, defaultAlphabet).text).join('');
}

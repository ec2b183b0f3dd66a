import {
  GSM_BASIC,
  GSM_ESCAPE,
  GSM_EXTENSION,
  encodingOf,
} from '../../../../force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts';

const CODES: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...[...GSM_BASIC].map((char, code): [string, readonly number[]] => [char, [code]]),
  ...GSM_EXTENSION.map(([char, code]): [string, readonly number[]] => [char, [GSM_ESCAPE, code]]),
]);
const BASIC = [...GSM_BASIC];
const EXTENDED: ReadonlyMap<number, string> = new Map(GSM_EXTENSION.map(([char, code]) => [code, char]));

/** The text holds a character that GSM 03.38 has no code for; send it as UCS-2. */
export class NotGsmError extends Error {
  override readonly name = 'NotGsmError';
}

/** True when every character is in GSM 03.38 (default alphabet and extension table). */
export function isGsm7(text: string): boolean {
  return encodingOf(text) === 'GSM-7';
}

/**
 * GSM 03.38, one septet per octet (unpacked), as SMPP carries it under data_coding 0. Throws {@link NotGsmError} instead of replacing a
 * character, because the caller has chosen the encoding by the same table.
 */
export function encodeGsm7(text: string): Buffer {
  const bytes: number[] = [];
  for (const char of text) {
    const codes = char === '\u001b' ? undefined : CODES.get(char);
    if (!codes) throw new NotGsmError('a character is not in GSM 03.38');
    bytes.push(...codes);
  }
  return Buffer.from(bytes);
}

/**
 * Reads unpacked GSM 03.38. By 3GPP TS 23.038 an unknown code after the escape falls back to the default alphabet, and an escape at the
 * very end shows as a space. Octets above 0x7F are no septets; they are read as Latin-1, which is what senders of such octets mean.
 */
export function decodeGsm7(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 1) {
    const code = bytes[index] ?? 0;
    if (code === GSM_ESCAPE) {
      index += 1;
      const next = bytes[index];
      text += next === undefined ? ' ' : (EXTENDED.get(next) ?? single(next));
    } else {
      text += single(code);
    }
  }
  return text;
}

function single(code: number): string {
  if (code === GSM_ESCAPE) return ' ';
  return BASIC[code] ?? String.fromCharCode(code);
}

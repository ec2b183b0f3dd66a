import type { Concatenation } from './types.ts';

/** `esm_class` bit that says "the message starts with a user data header". */
export const ESM_UDHI = 0x40;

/** Header of part `part` of `total` with an 8-bit reference (3GPP TS 23.040, 9.2.3.24.1); the first octet is the length of the rest. */
export function concatenationHeader(reference: number, total: number, part: number): Buffer {
  return Buffer.from([0x05, 0x00, 0x03, reference & 0xff, total, part]);
}

export interface HeaderSplit {
  readonly body: Buffer;
  readonly concatenation?: Concatenation;
}

/**
 * Takes a user data header off a message and reads the place of the part from it (8- or 16-bit reference). A header that claims to be
 * longer than the message is no header: the whole is kept as body, so that nothing a person wrote is dropped.
 */
export function splitHeader(message: Buffer): HeaderSplit {
  const length = message[0];
  if (length === undefined || length + 1 > message.length) return { body: message };
  const body = message.subarray(length + 1);
  let concatenation: Concatenation | undefined;
  for (let at = 1; at + 2 <= length + 1;) {
    const id = message[at];
    const size = message[at + 1] ?? 0;
    const data = message.subarray(at + 2, Math.min(at + 2 + size, length + 1));
    if (id === 0x00 && data.length === 3) concatenation = place(data.readUInt8(0), data.readUInt8(1), data.readUInt8(2));
    if (id === 0x08 && data.length === 4) concatenation = place(data.readUInt16BE(0), data.readUInt8(2), data.readUInt8(3));
    at += 2 + size;
  }
  return concatenation ? { body, concatenation } : { body };
}

/** The place of a part from the SAR parameters (SMPP 3.4, 5.3.2.22–24), or undefined when they are missing or make no sense. */
export function fromSar(reference: number | undefined, total: number | undefined, part: number | undefined): Concatenation | undefined {
  if (reference === undefined || total === undefined || part === undefined) return undefined;
  return place(reference, total, part);
}

/** A total of 1 is a whole message; part 0 or a part beyond the total is to be ignored by the standard. */
function place(reference: number, total: number, part: number): Concatenation | undefined {
  return total > 1 && part >= 1 && part <= total ? { reference, total, part } : undefined;
}

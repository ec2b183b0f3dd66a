/** Record ids: 15 case-sensitive characters (key prefix 3, instance 2, reserved 1, counter 9) plus 3 that code the letter case. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 3-character case checksum of a 15-character id: five bits per group of five, lowest bit first. */
function checksum(id15: string): string {
  let suffix = '';
  for (let group = 0; group < 3; group += 1) {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) {
      const c = id15[group * 5 + i] ?? '';
      if (c >= 'A' && c <= 'Z') bits |= 1 << i;
    }
    suffix += SUFFIX[bits] ?? '';
  }
  return suffix;
}

/** 18-character form of a 15- or 18-character id; undefined when it is neither or the checksum is impossible. */
export function normaliseId(id: string): string | undefined {
  if (!/^[0-9A-Za-z]+$/.test(id)) return undefined;
  if (id.length === 15) return id + checksum(id);
  if (id.length !== 18) return undefined;
  return repairCase(id);
}

/** An 18-character id is valid in any letter case: its suffix says which letters are upper case. */
function repairCase(id: string): string | undefined {
  const suffix = id.slice(15).toUpperCase();
  let out = '';
  for (let i = 0; i < 15; i += 1) {
    const bits = SUFFIX.indexOf(suffix[Math.floor(i / 5)] ?? '');
    if (bits < 0) return undefined;
    const c = id[i] ?? '';
    const upper = (bits >> (i % 5)) & 1;
    if (upper && !/[A-Za-z]/.test(c)) return undefined;
    out += upper ? c.toUpperCase() : c.toLowerCase();
  }
  return out + suffix;
}

/** Builds the 18-character id of the n-th record of a key prefix. */
export function makeId(prefix: string, counter: number): string {
  let tail = '';
  let rest = counter;
  while (rest > 0) {
    tail = (ALPHABET[rest % 62] ?? '0') + tail;
    rest = Math.floor(rest / 62);
  }
  const id15 = `${prefix}Sb0${tail.padStart(9, '0')}`;
  return id15 + checksum(id15);
}

/** Key prefix (first three characters) of an id. */
export function prefixOf(id: string): string {
  return id.slice(0, 3);
}

/** Calling codes of one digit, and first digits of those that have two (ITU-T E.164, list of assigned codes); all others have three. */
const ONE_DIGIT = /^[17]/;
const TWO_DIGITS = /^(20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** How mobile numbers are grouped where it is not by threes: digits per group after the calling code, which stands in front. */
const GROUPS = new Map(
  [
    '1 3 3 4, 7 3 3 2 2, 20 2 8, 27 2 3 4, 30 3 3 4, 31 1 8, 32 3 2 2 2, 33 1 2 2 2 2, 34 3 2 2 2, 36 2 3 4, 39 3 3 4, 41 2 3 2 2',
    '43 3 6, 44 4 6, 45 2 2 2 2, 46 2 3 2 2, 47 2 2 2 2, 49 4 7, 52 3 3 4, 54 1 2 4 4, 55 2 5 4, 56 1 4 4, 57 3 7, 60 2 3 4',
    '63 3 3 4, 64 2 3 4, 65 4 4, 66 2 3 4, 81 2 4 4, 82 2 4 4, 86 3 4 4, 90 3 3 2 2, 91 5 5, 353 2 3 4, 358 2 7, 359 2 3 3',
    '370 3 5, 371 2 3 3, 372 4 4, 380 2 3 4, 385 2 3 4, 386 2 3 3, 852 4 4, 966 2 3 4, 971 2 3 4, 972 2 3 4',
  ]
    .flatMap((line) => line.split(', '))
    .map((entry) => {
      const [code = '', ...groups] = entry.split(' ');
      return [code, groups.map(Number)] as const;
    }),
);

/**
 * Readable grouping of a number in international form, however it is grouped already, so that the same number looks the same everywhere.
 * A number of an unusual length is grouped by threes; short codes, sender names and everything else stay as they are.
 */
export function showNumber(number: string): string {
  if (!/^\+[\d\s().-]{7,}$/.test(number)) return number;
  const digits = number.replace(/\D/g, '');
  const code = digits.slice(0, ONE_DIGIT.test(digits) ? 1 : TWO_DIGITS.test(digits) ? 2 : 3);
  const rest = digits.slice(code.length);
  const groups = GROUPS.get(code);
  const fits = groups?.reduce((sum, size) => sum + size, 0) === rest.length;
  return [`+${code}`, ...(groups && fits ? cut(rest, groups) : byThrees(rest))].join(' ');
}

function cut(digits: string, groups: readonly number[]): string[] {
  let at = 0;
  return groups.map((size) => digits.slice(at, (at += size)));
}

/** Groups of three, and four where one digit would be left alone at the end. */
function byThrees(digits: string): string[] {
  return digits.match(/\d{4}$|\d{3}(?!\d$)|\d+/g) ?? [];
}

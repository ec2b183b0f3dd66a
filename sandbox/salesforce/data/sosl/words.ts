/** How text becomes search words: cut at blanks and punctuation, phone numbers also as digits only. */

const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** Lower-case words in order. Signs of scripts without blanks become words of their own. */
export function words(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(IDEOGRAPH, ' $& ')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');
}

/** Words of a stored phone number: what stands between separators, and all digits in one. */
export function phoneWords(text: string): string[] {
  const parts = words(text);
  const digits = text.replace(/\D/g, '');
  return digits === '' || parts.includes(digits) ? parts : [...parts, digits];
}

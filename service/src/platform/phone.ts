import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';

/**
 * Brings a typed or stored phone number to E.164 (`+14155550123`). `country` (ISO 3166) is what a number without a prefix belongs to.
 * Accepts what people write: spaces, brackets, `00` or `011` for plus, `tel:`. Undefined when no phone can have it. Possible numbers
 * are enough: ranges in use change faster than tables of them.
 */
export function toE164(text: string, country: string): string | undefined {
  const cleaned = text.replace(/^\s*tel:/i, '').trim();
  if (cleaned.length > 40 || !/\d/.test(cleaned)) return undefined;
  const parsed = parsePhoneNumberFromString(cleaned, country as CountryCode);
  return parsed?.isPossible() ? parsed.number : undefined;
}

/** Short codes (3 to 8 digits) are no phone numbers and must never pass through a phone parser. */
export function isShortCode(text: string): boolean {
  return /^\d{3,8}$/.test(text);
}

/** A sender name: 1 to 11 letters, digits and spaces with at least one letter (GSM 03.40 alphanumeric address). */
export function isSenderName(text: string): boolean {
  return /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(text);
}

/**
 * Where a text is to go: a short code, or a phone number in E.164. What people dial within a country may look like a long short code
 * (eight digits in Norway), so from seven digits on a number of the country comes first.
 */
export function toAddress(text: string, country: string): string | undefined {
  const typed = text.trim();
  if (/^\d{3,6}$/.test(typed)) return typed;
  return toE164(typed, country) ?? (isShortCode(typed) ? typed : undefined);
}

/** The forms under which an E.164 number may be stored as digits: international, national, and national with the trunk prefix. */
export function digitForms(e164: string): string[] {
  const parsed = parsePhoneNumberFromString(e164);
  const digits = e164.replace(/\D/g, '');
  if (!parsed) return [digits];
  const trunk = parsed.formatNational().replace(/\D/g, '');
  return [...new Set([digits, parsed.nationalNumber, trunk])];
}

/** As people of its country write it abroad, for display: `+1 415 555 0123`. */
export function formatNumber(number: string): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}

/** ISO country of an E.164 number, where it can be told. */
export function countryOf(e164: string): string | undefined {
  return parsePhoneNumberFromString(e164)?.country;
}

import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import type { CallerNumber } from './caller-number.ts';

/**
 * Under which keys a stored number is found, strongest first. `+…`: this very number. The others are for what could not be read as a whole
 * number on one side: the last nine and seven digits, of a stored number that is whole (`9:`, `7:`) or not (`9?`, `7?`).
 */
export function keysOfStored(stored: string, country: string): string[] {
  if (stored.length > 40) return []; // a phone field holds no more
  const parsed = parsePhoneNumberFromString(stored, country as CountryCode);
  const isWhole = parsed?.isPossible() ?? false;
  const digits = isWhole ? (parsed?.number.slice(1) as string) : stored.replace(/\D/g, '');
  return [...(isWhole ? [`+${digits}`] : []), ...suffixes(digits, isWhole ? ':' : '?')];
}

/** Addresses are compared without regard to case. Undefined for what is none, or longer than an e-mail field of Salesforce holds. */
export function keyOfEmail(address: string): string | undefined {
  const plain = address.trim().toLowerCase();
  return plain.length <= 80 && /^[^\s@]+@[^\s@]+$/.test(plain) ? `mail:${plain}` : undefined;
}

/**
 * The keys of a caller, in tiers: the next tier is asked only when the ones before it found nobody. A whole number is never taken for another
 * whole number because their ends are equal.
 */
export function keysOfCaller(caller: CallerNumber): string[][] {
  if (caller.kind === 'withheld') return [];
  if (caller.kind === 'address') {
    const key = keyOfEmail(caller.address);
    return key === undefined ? [] : [[key]];
  }
  const { digits } = caller;
  if (caller.kind === 'number') return [[`+${digits}`], ...suffixes(digits, '?').map((key) => [key])];
  return suffixes(digits, ':').map((key, tier) => [key, suffixes(digits, '?')[tier] as string]);
}

/** Of nine digits or more their last nine come first; fewer than seven are shared by too many. */
function suffixes(digits: string, mark: ':' | '?'): string[] {
  return [9, 7].filter((length) => digits.length >= length).map((length) => `${length}${mark}${digits.slice(-length)}`);
}

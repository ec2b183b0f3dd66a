import type { AddressRules, AddressType } from './types.ts';

export interface WireAddress extends AddressType {
  readonly address: string;
}

/** Longest sender name on the air (3GPP TS 23.040, 9.1.2.5) and longest address in SMPP 3.4 (21 octets with the final NUL). */
const MAX_NAME = 11;
const MAX_ADDRESS = 20;

/** The address in the form that goes on the wire, or null when no carrier could take it. */
export function toWire(number: string, rules: AddressRules = {}): WireAddress | null {
  if (/^\+[1-9]\d{4,14}$/.test(number)) return { address: number.slice(1), ...(rules.international ?? { ton: 1, npi: 1 }) };
  if (/^\d{2,20}$/.test(number)) return { address: number, ...(rules.shortCode ?? { ton: 0, npi: 0 }) };
  const name = /^[\x20-\x7e]+$/.test(number) && /[A-Za-z]/.test(number) && number.length <= MAX_NAME;
  return name ? { address: number, ...(rules.alphanumeric ?? { ton: 5, npi: 0 }) } : null;
}

/**
 * An address from the wire as the rest of the product writes numbers. TON 1 is international by definition. Without a type (TON 0 or 2),
 * 11 to 15 digits that do not start with 0 are taken as international too: several carriers leave the type out, short codes are shorter,
 * and national numbers of that length start with a trunk 0. Everything else stays as received.
 */
export function fromWire(address: string, ton: number): string {
  // Octets that no address has come out of the library as control characters, and PostgreSQL stores no NUL.
  const text = address.replaceAll(/[\u0000-\u001f\u007f]/g, '').trim();
  const digits = text.replace(/^\+|^00/, '');
  if (!/^\d{1,15}$/.test(digits)) return text.slice(0, MAX_ADDRESS);
  if (text.startsWith('+') && digits.length < 7) return digits; // a short code that a peer marked as international
  if (ton === 1 && digits.length >= 7) return `+${digits}`;
  if (text !== digits && digits.length >= 7) return `+${digits}`;
  return ton !== 5 && /^[1-9]\d{10,14}$/.test(digits) ? `+${digits}` : text;
}

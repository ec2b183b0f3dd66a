import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';
import { applyDiallingRules, type DiallingRules } from './dialling-rules.ts';

/** Who calls, as far as the phone system says it. */
export type CallerNumber =
  /** The network told no number, or the caller kept it back. */
  | { kind: 'withheld' }
  /** A number that some phone can have. `digits`: of the whole number, without the plus. */
  | { kind: 'number'; e164: string; digits: string; extension?: string }
  /** Digits that make no whole number: dialled within an area, an extension, a short code. */
  | { kind: 'digits'; digits: string; extension?: string }
  /** No number but an address, as SIP phones without one have it and people's e-mail is written. In small letters. */
  | { kind: 'address'; address: string };

/** Longest text that is looked at; the longest SIP address of a phone is far shorter. */
const LONGEST = 200;
/** RFC 3323 and what networks and phone systems write instead of a number. 266696687 spells ANONYMOUS. */
const WITHHELD =
  /^(anonymous|anon|unknown|unavailable|restricted|private|withheld|blocked|not ?available|no ?number|none|null|undefined|asserted|\+?266696687|-|0*)$/i;

/**
 * Reads a caller or called number as phone systems send it: typed forms, `+`, a space where a plus was lost in the URL, `%2B`, `00`, `011`,
 * `tel:`, `sip:`, names with an address in angle brackets, extensions and vanity letters; else a SIP or e-mail address. Undefined when there is
 * nothing of either in it.
 */
export function readCaller(text: string, rules: DiallingRules): CallerNumber | undefined {
  if (text.length > LONGEST) return undefined;
  const { number, extension, context } = takeApart(addressOf(text));
  if (WITHHELD.test(number)) return { kind: 'withheld' };
  const dialled = dialledOf(number, text);
  if (dialled === undefined) {
    const address = mailAddressOf(text);
    return address === undefined ? undefined : { kind: 'address', address };
  }
  const ext = extension ? { extension } : {};
  const found = context ? parse(`${context}${dialled}`, rules.country) : bestOf(readings(dialled, rules), rules.country);
  if (found) return { kind: 'number', e164: found.number, digits: found.number.slice(1), ...ext };
  return { kind: 'digits', digits: dialled.replace(/\D/g, ''), ...ext };
}

/** The user part of a SIP or tel address, the text in angle brackets, or the text itself. */
function addressOf(text: string): string {
  const bracketed = /<([^<>]*)>/.exec(text)?.[1] ?? text;
  const [, scheme = '', rest = ''] = /^\s*(sips?:|tel:|callto:)?([\s\S]*)$/i.exec(bracketed) ?? [];
  const user = /^sip/i.test(scheme) || /^[^@\s]+@[\w.:[\]-]+$/.test(rest) ? (rest.split('@')[0] as string) : rest;
  return decoded(user);
}

/** `name@domain` of a SIP address or an e-mail address, without what follows it. */
function mailAddressOf(text: string): string | undefined {
  const bracketed = /<([^<>]*)>/.exec(text)?.[1] ?? text;
  const [, address] = /^\s*(?:sips?:|mailto:)?([^\s@:;?<>"]+@[\w-]+(?:\.[\w-]+)+)(?:[;?:][^\s]*)?\s*$/i.exec(decoded(bracketed)) ?? [];
  return address?.toLowerCase();
}

/** A percent sign that stands for nothing is left as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Pieces {
  number: string;
  extension: string | undefined;
  /** The prefix that a local number is dialled behind (RFC 3966, `phone-context=+1203`). */
  context: string | undefined;
}

/** Parameters (`;ext=204;phone-context=+1`, RFC 3966) and written extensions (`x204`, `ext. 204`, `#204`) apart from the number. */
function takeApart(address: string): Pieces {
  const [main = '', ...parameters] = address.split(';');
  const parameter = (name: string) =>
    parameters
      .map((each) => each.split('='))
      .find(([key]) => key?.trim().toLowerCase() === name)?.[1]
      ?.trim();
  const written = /^(.*?\d.*?)\s*(?:,|\bext(?:ension|n)?\b\.?|x|#|~)[\s:.]*(\d{1,7})\s*$/i.exec(main);
  const context = parameter('phone-context');
  return {
    number: (written?.[1] ?? main).trim(),
    extension: parameter('ext')?.replace(/\D/g, '') || written?.[2],
    context: context && /^\+\d{1,15}$/.test(context) ? context : undefined,
  };
}

const KEYPAD: Record<string, string> = Object.fromEntries(
  ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'].flatMap((letters, index) =>
    [...letters].map((each) => [each, String(index + 2)]),
  ),
);

/** Digits, with a plus in front where one was sent: letters are read from the keypad when a number begins with digits (1-800-GOT-MILK). */
function dialledOf(number: string, text: string): string | undefined {
  const plain = number.normalize('NFKC').replace(/\((0)\)(?=\s*\d)/, (zero) => (number.trim().startsWith('+') ? '' : zero));
  if (!/\d/.test(plain)) return undefined;
  const isVanity = /^[+(\s]*\d[\d\s().\-/]*[a-z]{3}/i.test(plain);
  if (!isVanity && /[a-z]{2}/i.test(plain)) return undefined;
  const digits = plain.replace(/[a-z]/gi, (letter) => (isVanity ? (KEYPAD[letter.toLowerCase()] as string) : '')).replace(/\D/g, '');
  // A plus that was not escaped arrives as a space before the country code.
  const isPlus = plain.startsWith('+') || /^ \d{8,15}\s*$/.test(text);
  return digits === '' ? undefined : `${isPlus ? '+' : ''}${digits}`;
}

/** In the order in which they are believed. */
function* readings(dialled: string, rules: DiallingRules): Generator<string> {
  const applied = applyDiallingRules(dialled, rules);
  yield applied;
  if (dialled.startsWith('+')) {
    yield dialled.slice(1); // a space that stood for nothing
    return;
  }
  // Phone systems abroad, and those who type for them, write their own international prefix.
  for (const prefix of ['00', '011', '0011']) if (dialled.startsWith(prefix)) yield `+${dialled.slice(prefix.length)}`;
  if (applied.length > 7) yield `+${applied}`;
}

/** The first reading that is a number in use, else the first that some phone can have. */
function bestOf(all: Iterable<string>, country: string): PhoneNumber | undefined {
  let possible: PhoneNumber | undefined;
  for (const reading of all) {
    const parsed = parse(reading, country);
    if (parsed?.isValid()) return parsed;
    possible ??= parsed;
  }
  return possible;
}

function parse(text: string, country: string): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(text, country as CountryCode);
  return parsed?.isPossible() ? parsed : undefined;
}

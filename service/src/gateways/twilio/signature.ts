import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';

/** Parameters of a form post; a name that came more than once holds all its values. */
export type FormParams = Readonly<Record<string, string | readonly string[]>>;

/**
 * `X-Twilio-Signature` of a form post: HMAC-SHA1 with the auth token over the public URL followed by name and value of every parameter in
 * order of names, base64 (https://www.twilio.com/docs/usage/security). Several values of one name count once each, in order.
 */
export function computeSignature(authToken: string, url: string, params: FormParams): string {
  return sign(authToken, url + textOf(params));
}

function textOf(params: FormParams): string {
  let text = '';
  for (const name of Object.keys(params).sort()) {
    const value = params[name] ?? '';
    if (typeof value === 'string') text += name + value;
    else for (const each of [...new Set(value)].sort()) text += name + each;
  }
  return text;
}

function sign(authToken: string, text: string): string {
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

export interface SignatureCheck {
  readonly authToken: string;
  /** The URL that the carrier called: the public one, with its query. */
  readonly url: string;
  readonly params: FormParams;
  readonly signature: string | undefined;
}

/** Compares in constant time. What was signed may be spelt otherwise than what arrived (see {@link spellings}), which it seldom is. */
export function verifySignature({ authToken, url, params, signature }: SignatureCheck): boolean {
  if (!signature || !authToken) return false;
  const given = Buffer.from(signature);
  const form = textOf(params);
  const signs = (spelling: string) => {
    const expected = Buffer.from(sign(authToken, spelling + form));
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  if (signs(url)) return true;
  let valid = false;
  // No early return: who guesses must not learn from the time how often it was compared.
  for (const spelling of spellings(url)) if (signs(spelling)) valid = true;
  return valid;
}

/**
 * The ways in which the official library lets an address be spelt: as it arrived, as a URL parser writes it, and that with its query written
 * anew; each with its port (or the default one) and without. For the addresses that we give out these are two.
 */
function spellings(url: string): ReadonlySet<string> {
  const found = new Set(withAndWithoutPort(url));
  if (!URL.canParse(url)) return found;
  for (const normal of withAndWithoutPort(new URL(url).href)) {
    found.add(normal);
    const query = normal.indexOf('?') + 1;
    if (query > 0 && query < normal.length) found.add(normal.slice(0, query) + stringify(parse(normal.slice(query))));
  }
  return found;
}

function withAndWithoutPort(url: string): string[] {
  const parts = /^(https?):\/\/([^/?#]*)(.*)$/is.exec(url);
  if (!parts) return [url];
  const [, scheme = '', authority = '', rest = ''] = parts;
  const bare = authority.replace(/:\d+$/, '');
  const own = bare === authority ? `${authority}:${scheme.toLowerCase() === 'https' ? 443 : 80}` : authority;
  return [own, bare].map((host) => `${scheme}://${host}${rest}`);
}

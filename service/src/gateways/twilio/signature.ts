import { createHmac, timingSafeEqual } from 'node:crypto';

/** Parameters of a form post; a name that came more than once holds all its values. */
export type FormParams = Readonly<Record<string, string | readonly string[]>>;

/**
 * `X-Twilio-Signature` of a form post: HMAC-SHA1 with the auth token over the public URL followed by name and value of every parameter in
 * order of names, base64 (https://www.twilio.com/docs/usage/security). Several values of one name count once each, in order.
 */
export function computeSignature(authToken: string, url: string, params: FormParams): string {
  const data = Object.keys(params)
    .sort()
    .reduce(
      (text, name) =>
        text +
        [...new Set([params[name] ?? ''].flat())]
          .sort()
          .map((value) => name + value)
          .join(''),
      url,
    );
  return createHmac('sha1', authToken).update(Buffer.from(data, 'utf8')).digest('base64');
}

export interface SignatureCheck {
  readonly authToken: string;
  /** The URL that the carrier called: the public one, with its query. */
  readonly url: string;
  readonly params: FormParams;
  readonly signature: string | undefined;
}

/** Compares in constant time. The default port may or may not be in the signed URL, so both spellings are tried. */
export function verifySignature({ authToken, url, params, signature }: SignatureCheck): boolean {
  if (!signature || !authToken) return false;
  const given = Buffer.from(signature);
  let valid = false;
  for (const spelling of spellings(url)) {
    const expected = Buffer.from(computeSignature(authToken, spelling, params));
    // No early return: the time must not tell which spelling matched.
    if (given.length === expected.length && timingSafeEqual(given, expected)) valid = true;
  }
  return valid;
}

function spellings(url: string): string[] {
  const parts = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(url);
  if (!parts) return [url];
  const [, scheme = '', authority = '', rest = ''] = parts;
  const port = scheme.toLowerCase() === 'https' ? '443' : '80';
  if (authority.endsWith(`:${port}`)) return [url, `${scheme}://${authority.slice(0, -port.length - 1)}${rest}`];
  return /:\d+$/.test(authority)
    ? [url, `${scheme}://${authority.replace(/:\d+$/, '')}${rest}`]
    : [url, `${scheme}://${authority}:${port}${rest}`];
}

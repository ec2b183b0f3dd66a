import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** An unguessable text of letters, digits, `-` and `_`. */
export function randomText(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** The stored form of tokens and codes. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares in a time that does not depend on where the texts differ. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/** PKCE S256 (RFC 7636, section 4.6). */
export function matchesChallenge(verifier: string, challenge: string): boolean {
  return sameText(createHash('sha256').update(verifier).digest('base64url'), challenge);
}

/** The `signature` of a token answer: HMAC-SHA256 over id and issued_at, keyed by the client secret, in base64. */
export function tokenSignature(clientSecret: string, id: string, issuedAt: string): string {
  return createHmac('sha256', clientSecret)
    .update(id + issuedAt)
    .digest('base64');
}

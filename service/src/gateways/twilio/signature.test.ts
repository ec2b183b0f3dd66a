import { parse, stringify } from 'node:querystring';
import fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { verifySignature } from './signature.ts';

describe('signatures that the official library takes and refuses', () => {
  const token = fc.string({ minLength: 1 });
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' ', "O'Neil", 'a+b', 'a%20b', 'a%27b', 'ł', '!*()'));
  const params = fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
    fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
    { noNullPrototype: true, maxKeys: 5 },
  );
  /** As an admin may type it or a proxy pass it on: with and without ports, unescaped characters, sign-in data, an IPv6 host. */
  const url = fc
    .record({
      scheme: fc.constantFrom('https://', 'http://', 'HTTPS://'),
      user: fc.constantFrom('', 'me:pass@', 'me@'),
      host: fc.constantFrom('x.test', 'X.Test', '127.0.0.1', '[::1]', 'bücher.test'),
      port: fc.constantFrom('', ':443', ':80', ':8443'),
      path: fc.constantFrom('', '/', '/in', "/o'neil/a b", '/a%27b', '/zażółć', '/a/../b'),
      query: fc.constantFrom('', '?', '?a=1', "?a='b'&c", '?a=b c', '?a=b+c&a=d', '?a=%27&b=%zz', '?ł=ó', '?a=1#part'),
    })
    .map(({ scheme, user, host, port, path, query }) => scheme + user + host + port + path + query);
  const legacyQuery = (address: string): string => {
    const at = address.indexOf('?');
    return at < 0 ? address : `${address.slice(0, at)}?${stringify(parse(address.slice(at + 1)))}`;
  };
  /** What a carrier may have signed when it called this address, and what it may not. */
  const signed: Record<string, (address: string) => string> = {
    'as it is': (address) => address,
    'with a port': (address) => address.replace(/^(\w+:\/\/[^/?#]*?)(?::\d+)?(?=[/?#]|$)/, '$1:443'),
    'without a port': (address) => address.replace(/:\d+(?=[/?#]|$)/, ''),
    normalised: (address) => new URL(address).href,
    'normalised, with another port': (address) => new URL(address).href.replace(/:\d+(?=[/?#]|$)/, ''),
    'with the query written anew': (address) => legacyQuery(new URL(address).href),
    'only with the query written anew': legacyQuery,
    'with a bar at the end': (address) => `${address}/`,
    'with another host': (address) => address.replace('x.test', 'y.test'),
    'in small letters': (address) => address.toLowerCase(),
  };
  const seldom = <T>(wrong: fc.Arbitrary<T>) => fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: wrong });
  const damage: Record<string, (signature: string) => string> = {
    none: (signature) => signature,
    cut: (signature) => signature.slice(0, -1),
    spaces: (signature) => ` ${signature}`,
    padding: (signature) => `${signature}=`,
    letters: (signature) => signature.toLowerCase(),
    empty: () => '',
  };

  it('are the same as ours, for any address, form and change of either', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.record({ token, url, params, other: seldom(params), foreign: seldom(token) }),
        fc.constantFrom(...Object.keys(signed)),
        fc.constantFrom('none', 'none', 'none', ...Object.keys(damage)),
        (given, how, broken) => {
          const made = webhooks.getExpectedTwilioSignature(
            given.foreign ?? given.token,
            signed[how]!(given.url),
            given.other ?? given.params,
          );
          const signature = damage[broken]!(made);
          const theirs = webhooks.validateRequest(given.token, signature, given.url, given.params);
          const ours = verifySignature({ authToken: given.token, url: given.url, params: given.params, signature });
          seen[theirs ? 'taken' : 'refused'] += 1;
          expect(ours).toBe(theirs);
        },
      ),
      { numRuns: 1_000 },
    );
    // Neither answer may be an accident of the data.
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(50);
  });

  it.each([
    ["https://x.test/in?name='x'", 'https://x.test/in?name=%27x%27'],
    ['https://x.test/in?name=a+b', 'https://x.test/in?name=a%20b'],
    ['https://X.test/zażółć', 'https://x.test/za%C5%BC%C3%B3%C5%82%C4%87'],
  ])('are taken for %s where the escaped form %s was signed', (address, escaped) => {
    const params = { Body: 'hi' };
    const signature = webhooks.getExpectedTwilioSignature('tok', escaped, params);
    expect(verifySignature({ authToken: 'tok', url: address, params, signature })).toBe(true);
    expect(webhooks.validateRequest('tok', signature, address, params)).toBe(true);
  });
});

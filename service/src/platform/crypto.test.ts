import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSecretBox, hashToken, parseMasterKeys, randomToken, SecretBoxError } from './crypto.ts';

const key = (id: string) => ({ id, bytes: randomBytes(32) });

describe('the secret box', () => {
  it('opens what it sealed, and never seals the same way twice', () => {
    const box = createSecretBox([key('k1')]);
    const sealed = box.seal('päss wörd 🙂', 'row:1');
    expect(box.open(sealed, 'row:1')).toBe('päss wörd 🙂');
    expect(box.seal('päss wörd 🙂', 'row:1')).not.toBe(sealed);
    expect(sealed).not.toContain(Buffer.from('päss').toString('base64url'));
  });

  it('goes on opening with an old key, seals with the newest, and says what is stale', () => {
    const [k1, k2] = [key('k1'), key('k2')];
    const old = createSecretBox([k1]).seal('token', 'row:1');
    const both = createSecretBox([k2, k1]);
    expect(both.open(old, 'row:1')).toBe('token');
    expect(both.isStale(old)).toBe(true);
    const fresh = both.seal('token', 'row:1');
    expect(both.isStale(fresh)).toBe(false);
    expect(createSecretBox([k2]).open(fresh, 'row:1')).toBe('token');
    expect(() => createSecretBox([k2]).open(old, 'row:1')).toThrow(/k1 is not configured/);
  });

  it('does not open a value in another row', () => {
    const box = createSecretBox([key('k1')]);
    expect(() => box.open(box.seal('token', 'row:1'), 'row:2')).toThrow(SecretBoxError);
  });

  it('notices every altered character', () => {
    const box = createSecretBox([key('k1')]);
    const sealed = box.seal('token', 'row:1');
    for (let at = 6; at < sealed.length; at += 1) {
      if (sealed[at] === '.') continue;
      // The last character of a base64url group may carry unused bits; two steps away they differ for sure.
      const other = sealed[at] === 'A' ? 'z' : 'A';
      const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(() => box.open(altered, 'row:1'), `character ${at}`).toThrow(SecretBoxError);
    }
  });

  it.each(['', 'v1', 'v1.k1', 'v1.k1..', 'v2.k1.AAAA.AAAA', 'v1.k1.AA.AA', 'v1.gone.AAAA.AAAA'])('refuses %j', (value) => {
    expect(() => createSecretBox([key('k1')]).open(value, 'row:1')).toThrow(SecretBoxError);
  });

  it('takes no key of another length, and not none', () => {
    expect(() => createSecretBox([{ id: 'k1', bytes: randomBytes(16) }])).toThrow(/not 32 bytes/);
    expect(() => createSecretBox([])).toThrow(SecretBoxError);
  });
});

describe('the configured keys', () => {
  it('are read newest first', () => {
    const [a, b] = [randomBytes(32), randomBytes(32)];
    expect(parseMasterKeys(`k2:${a.toString('base64')}, k1:${b.toString('base64')}`)).toEqual([
      { id: 'k2', bytes: a },
      { id: 'k1', bytes: b },
    ]);
  });

  it.each(['nonsense', 'k1:', ':AAAA', 'k 1:AAAA', 'k1:AAAA,'])('are refused as %j', (text) => {
    expect(() => parseMasterKeys(text)).toThrow(SecretBoxError);
  });

  it('are refused with one id for two keys: what the first seals the second could not open', () => {
    const one = () => `k1:${randomBytes(32).toString('base64')}`;
    expect(() => parseMasterKeys(`${one()},${one()}`)).toThrow(/id of its own/);
  });
});

describe('tokens', () => {
  it('are random, and are stored as a hash', () => {
    expect(new Set(Array.from({ length: 50 }, () => randomToken())).size).toBe(50);
    expect(Buffer.from(randomToken(), 'base64url')).toHaveLength(32);
    expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

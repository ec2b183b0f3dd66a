import { beforeEach, expect, it } from 'vitest';
import { createKnownAccounts, type KnownAccount, type KnownAccounts } from './known-accounts.ts';

/** What the database holds; undefined when the account was removed. */
let stored: KnownAccount | undefined;
let reads: number;
let now: number;
let find: KnownAccounts;
const signedWith = (token: string) => (known: KnownAccount) => known.authToken === token;

beforeEach(() => {
  now = 1_000;
  stored = { account: { id: 'a' } as KnownAccount['account'], authToken: 'first' };
  reads = 0;
  find = createKnownAccounts(
    async () => {
      reads += 1;
      return stored && { ...stored };
    },
    () => now,
  );
});

it('reads an account once for many calls', async () => {
  await Promise.all(Array.from({ length: 10 }, () => find('a', signedWith('first'))));
  for (let call = 0; call < 10; call += 1) expect(await find('a', signedWith('first'))).toMatchObject({ id: 'a' });
  expect(reads).toBe(1);
});

it('takes what is signed with a new token at once, and what is signed with the old one for a second at most', async () => {
  await find('a', signedWith('first'));
  stored = { ...(stored as KnownAccount), authToken: 'second' };
  expect(await find('a', signedWith('second'))).toMatchObject({ id: 'a' });
  expect(await find('a', signedWith('first'))).toBe(false);

  stored = { ...stored, authToken: 'third' };
  expect(await find('a', signedWith('second'))).toMatchObject({ id: 'a' });
  now += 1_100;
  expect(await find('a', signedWith('second'))).toBe(false);
});

it('looks a refused signature up once, and believes what it finds', async () => {
  await find('a', signedWith('first'));
  expect(await find('a', signedWith('forged'))).toBe(false);
  expect(reads).toBe(2);
});

it('forgets a removed account within a second, at once when a signature fails', async () => {
  await find('a', signedWith('first'));
  stored = undefined;
  now += 1_100;
  expect(await find('a', signedWith('first'))).toBeUndefined();

  stored = { account: { id: 'a' } as KnownAccount['account'], authToken: 'first' };
  await find('a', signedWith('first'));
  stored = undefined;
  expect(await find('a', signedWith('forged'))).toBeUndefined();
  expect(await find('a', signedWith('first'))).toBeUndefined();
});

it('keeps no failure', async () => {
  let isAway = true;
  const flaky = createKnownAccounts(async () => {
    if (isAway) throw new Error('away');
    return stored;
  });
  await expect(flaky('a', signedWith('first'))).rejects.toThrow('away');
  isAway = false;
  expect(await flaky('a', signedWith('first'))).toMatchObject({ id: 'a' });
});

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

it('asks for what is not there once a second, and finds it then', async () => {
  stored = undefined;
  for (let call = 0; call < 10; call += 1) expect(await find('a', signedWith('first'))).toBeUndefined();
  expect(reads).toBe(1);
  stored = { account: { id: 'a' } as KnownAccount['account'], authToken: 'first' };
  now += 1_100;
  expect(await find('a', signedWith('first'))).toMatchObject({ id: 'a' });
});

it('reads an account that is in use before its second is over: nobody waits for it', async () => {
  await find('a', signedWith('first'));
  now += 700;
  await find('a', signedWith('first'));
  await turn();
  expect(reads).toBe(2);
  now += 400; // the first read is too old by now
  await find('a', signedWith('first'));
  expect(reads).toBe(2);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Reads that end when they are told to. */
function slowly() {
  const under: { id: string; end: () => void }[] = [];
  const slow = createKnownAccounts(
    (id) =>
      new Promise((resolve) =>
        under.push({ id, end: () => resolve(/^a/.test(id) ? { account: { id } as never, authToken: 'first' } : undefined) }),
      ),
    () => now,
  );
  const drain = async () => {
    let most = 0;
    for (let ids = under.splice(0); ids.length > 0; ids = under.splice(0)) {
      most = Math.max(most, ids.length);
      for (const { end } of ids) end();
      await turn();
    }
    return most;
  };
  return { slow, under, drain };
}

it('reads an account twice at most for all forged signatures that come meanwhile', async () => {
  const { slow, under, drain } = slowly();
  const first = slow('a', signedWith('first'));
  await drain();
  await first;
  const before = under.length;
  const forged = Array.from({ length: 100 }, () => slow('a', signedWith('forged')));
  await turn();
  expect(under.length - before).toBe(1);
  under.shift()?.end();
  await turn();
  expect(under).toHaveLength(1); // what the first one saw may be older than the request
  await drain();
  expect(new Set(await Promise.all(forged))).toEqual(new Set([false]));
});

it('looks few made-up ids up at once, and an account that was proved before at once among them', async () => {
  const { slow, under, drain } = slowly();
  const known = slow('a', signedWith('first'));
  await drain();
  await known;
  now += 1_100;
  const strangers = Promise.allSettled(Array.from({ length: 600 }, (_, index) => slow(`made up ${index}`, signedWith('first'))));
  await turn();
  const again = slow('a', signedWith('first'));
  await turn();
  expect(under.map(({ id }) => id)).toEqual(['made up 0', 'made up 1', 'a']);
  const fresh = slow('made up 7', signedWith('first')); // waits with the one that waits already
  expect(await drain()).toBe(3);
  expect(await again).toMatchObject({ id: 'a' });
  expect(await fresh).toBeUndefined();
  const outcomes = await strangers;
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(502);
  expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { status: 503 } });
});

it('finds accounts that nobody has proved yet, though many come at once', async () => {
  const { slow, drain } = slowly();
  const all = Promise.all(Array.from({ length: 50 }, (_, index) => slow(`a${index}`, signedWith('first'))));
  await turn();
  await drain();
  expect((await all).map((account) => account && account.id)).toEqual(Array.from({ length: 50 }, (_, index) => `a${index}`));
});

import { afterEach, expect, it, vi } from 'vitest';
import type { Result } from './inbound-batch.ts';
import { createIntake, type Intake } from './intake.ts';
import type { Inbound } from './types.ts';

afterEach(() => void vi.useRealTimers());

const text = (from: string, body: string, more: Partial<Inbound> = {}): Inbound => ({
  orgId: 'org',
  accountId: 'account',
  carrierId: `${from} ${body}`,
  from,
  to: 'ours',
  body,
  media: [],
  ...more,
});
const turn = () => new Promise((resolve) => setImmediate(resolve));
const failure = (code: string) => Object.assign(new Error(code), { code });
const resultOf = ({ from, body }: Inbound): Result => ({ id: `${from} ${body}`, conversationId: from, sequence: 1 });

/** A store that ends a commit only when it is told to, and notes what each held. A text that begins with ! has to be stored alone. */
function slowStore(fail: (texts: Inbound[]) => Error | undefined = () => undefined) {
  const begun: string[][] = [];
  const commits: (() => void)[] = [];
  const store = async (texts: Inbound[]): Promise<Result[]> => {
    begun.push(texts.map(({ from, body }) => `${from} ${body}`));
    await new Promise<void>((resolve) => commits.push(resolve));
    const error = fail(texts);
    if (error) throw error;
    return texts.map(resultOf);
  };
  const intake: Intake = createIntake({
    storeMany: (_orgId, texts) => store(texts),
    storeAlone: async (one) => (await store([one]))[0],
    isAlone: ({ body }) => body.startsWith('!'),
  });
  /** Lets what is under way end, until nothing is. */
  const drain = async () => {
    do {
      for (const commit of commits.splice(0)) commit();
      await turn();
      await turn();
    } while (commits.length > 0);
  };
  return { intake, begun, commits, drain };
}

it('stores together what comes while something is being stored, and answers each after the commit that holds it', async () => {
  const { intake, begun, commits, drain } = slowStore();
  const answered: string[] = [];
  const take = (from: string, body: string) => intake.take(text(from, body)).then((stored) => answered.push(stored?.id ?? 'nothing'));
  const first = [take('anna', '1'), take('ben', '1')];
  await turn();
  const later = ['carl', 'dora', 'emil'].map((from) => take(from, '1'));
  await turn();
  expect(begun).toEqual([
    ['anna 1', 'ben 1'],
    ['carl 1', 'dora 1', 'emil 1'],
  ]);
  expect(answered).toEqual([]);
  commits.shift()?.();
  await Promise.all(first);
  expect(answered).toEqual(['anna 1', 'ben 1']);
  await drain();
  await Promise.all(later);
  expect(answered).toHaveLength(5);
});

it('does not begin a second commit for less than what the first one holds', async () => {
  const { intake, begun, drain } = slowStore();
  const all = ['anna', 'ben', 'carl'].map((from) => intake.take(text(from, '1')));
  await turn();
  all.push(intake.take(text('dora', '1')));
  await turn();
  expect(begun).toHaveLength(1);
  await drain();
  await Promise.all(all);
  expect(begun[1]).toEqual(['dora 1']);
});

it('keeps the order of a person’s texts, also around one that is stored alone, and holds nobody else up', async () => {
  const { intake, begun, drain } = slowStore();
  const all = [text('anna', '1'), text('anna', '!2'), text('anna', '3'), text('ben', '!1'), text('ben', '2')].map((one) =>
    intake.take(one),
  );
  await turn();
  expect(begun).toEqual([['ben !1'], ['anna 1']]);
  await drain();
  await Promise.all(all);
  const order = (name: string) => begun.flat().filter((each) => each.startsWith(name));
  expect(order('anna')).toEqual(['anna 1', 'anna !2', 'anna 3']);
  expect(order('ben')).toEqual(['ben !1', 'ben 2']);
});

it('stores the same text of a hundred callers once, and answers them all', async () => {
  const { intake, begun, drain } = slowStore();
  const all = Array.from({ length: 100 }, () => intake.take(text('anna', '1')));
  await turn();
  await drain();
  expect((await Promise.all(all)).filter(Boolean)).toHaveLength(1);
  expect(begun).toEqual([['anna 1']]);
});

it('one text that cannot be stored fails for itself', async () => {
  const isPoison = (one: Inbound) => one.body === 'poison';
  const { intake, begun, drain } = slowStore((texts) => (texts.some(isPoison) ? failure('23503') : undefined));
  const people = ['anna', 'ben', 'carl', 'dora', 'emil'];
  const all = Promise.allSettled(people.map((from) => intake.take(text(from, from === 'carl' ? 'poison' : '1'))));
  await turn();
  await drain();
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(begun[0]).toHaveLength(5);
});

it('a database that is away fails them all at once, and is not asked for each', async () => {
  const { intake, begun, drain } = slowStore(() => failure('ECONNREFUSED'));
  const all = Promise.allSettled(['anna', 'ben', 'carl'].map((from) => intake.take(text(from, '1'))));
  await turn();
  await drain();
  expect((await all).every((each) => each.status === 'rejected' && (each.reason as { code?: string }).code === 'ECONNREFUSED')).toBe(true);
  expect(begun).toHaveLength(1);
});

it.each(['40P01', '57014', '55P03'])('says that it can be tried again after %s', async (code) => {
  const { intake, drain } = slowStore(() => failure(code));
  const one = intake.take(text('anna', '1'));
  const refused = expect(one).rejects.toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) as string } });
  await turn();
  await drain();
  await refused;
});

it('refuses what exceeds its room, of this org only, and takes texts again when there is room', async () => {
  const { intake, drain } = slowStore();
  const waiting = Array.from({ length: 2_000 }, (_, index) => intake.take(text(`person ${index}`, '1')));
  await expect(intake.take(text('late', '1'))).rejects.toMatchObject({
    code: 'unavailable',
    headers: { 'retry-after': expect.any(String) as string },
  });
  const other = intake.take(text('anna', '1', { orgId: 'another' }));
  await turn();
  await drain();
  expect(await Promise.all(waiting)).toHaveLength(2_000);
  expect(await other).toMatchObject({ id: 'anna 1' });
  const again = intake.take(text('late', '1'));
  await turn();
  await drain();
  expect(await again).toMatchObject({ id: 'late 1' });
});

it('tells whoever waits too long to try again, and knows the text then', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const { intake, begun, drain } = slowStore();
  const [underWay, behind] = [intake.take(text('anna', '1')), intake.take(text('ben', '1'))].map((one) =>
    one.then(
      () => 'stored',
      (error: unknown) => (error as { status?: number }).status,
    ),
  );
  await turn();
  const waiting = intake.take(text('anna', '2')).catch((error: unknown) => (error as { status?: number }).status);
  await turn();
  vi.advanceTimersByTime(11_000);
  expect(await Promise.all([underWay, behind, waiting])).toEqual([503, 503, 503]);
  const again = intake.take(text('anna', '1'));
  await turn();
  expect(begun).toEqual([['anna 1', 'ben 1']]); // it waits for the first try, whose outcome nobody knows
  await drain();
  expect(await again).toMatchObject({ id: 'anna 1' });
  expect(begun.flat()).not.toContain('anna 2');
});

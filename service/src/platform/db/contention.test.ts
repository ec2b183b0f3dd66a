import { expect, it } from 'vitest';
import { onceMoreWhenContended } from './contention.ts';

const failing = (codes: string[]) => {
  let tries = 0;
  const work = () => {
    const code = codes[tries];
    tries += 1;
    return code ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve(tries);
  };
  return { work, tries: () => tries };
};

it.each(['40P01', '40001'])('runs again once after %s', async (code) => {
  expect(await onceMoreWhenContended(failing([code]).work)).toBe(2);
  const twice = failing([code, code]);
  await expect(onceMoreWhenContended(twice.work)).rejects.toMatchObject({ code });
  expect(twice.tries()).toBe(2);
});

it('leaves every other error alone', async () => {
  const unique = failing(['23505']);
  await expect(onceMoreWhenContended(unique.work)).rejects.toMatchObject({ code: '23505' });
  expect(unique.tries()).toBe(1);
});

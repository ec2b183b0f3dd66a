import { describe, expect, it } from 'vitest';
import { createCache } from './cache.ts';
import { type LocalRecord } from './store.ts';

const MEGABYTE = 1024 * 1024;
const record = (id: string, name = 'Ada'): LocalRecord => ({
  id,
  object: 'Contact',
  name,
  ownerId: '005',
  accountId: null,
  activityAt: new Date('2026-11-01T10:00:00Z'),
  changedAt: new Date('2026-11-02T10:00:00.123Z'),
  fields: { Title: 'Zoë', DoNotCall: true, Empty: null },
});
const key = '+12035550184';

describe('the cache of an org', () => {
  it('gives back what was put, and asks for what was not', () => {
    const cache = createCache(4 * MEGABYTE);
    expect([cache.byKey('org', key), cache.byId('org', '003')]).toEqual([undefined, undefined]);
    cache.putRecord('org', '003', record('003'));
    cache.putKey('org', key, [{ id: '003', field: 'Phone' }]);
    expect(cache.byKey('org', key)).toEqual([{ ...record('003'), key, field: 'Phone' }]);
    expect(cache.byId('org', '003')).toEqual(record('003'));
    expect(cache.byKey('other', key)).toBeUndefined();
    cache.putKey('org', '9?035550184', []);
    cache.putRecord('org', '004', undefined);
    expect([cache.byKey('org', '9?035550184'), cache.byId('org', '004')]).toEqual([[], null]);
  });

  it('that is complete knows what there is not, but for ends of numbers and what has changed', async () => {
    const cache = createCache(4 * MEGABYTE);
    const fill = async () => {
      cache.putRecord('org', '003', record('003'));
      cache.putKey('org', key, [{ id: '003', field: 'Phone' }]);
    };
    expect(await cache.complete('org', fill)).toBe(true);
    expect([cache.byKey('org', '+1'), cache.byId('org', '009'), cache.byKey('org', '9:035550184')]).toEqual([[], null, undefined]);
    cache.forget('org', '+1');
    cache.forget('org', '#003');
    expect([cache.byKey('org', '+1'), cache.byKey('org', key), cache.byId('org', '003')]).toEqual([undefined, undefined, undefined]);
    cache.putKey('org', '+1', []);
    cache.putRecord('org', '003', record('003', 'Eve'));
    expect(cache.byKey('org', key)?.map(({ name }) => name)).toEqual(['Eve']);
    cache.forgetOrg('org');
    expect([cache.isComplete('org'), cache.byKey('org', key)]).toEqual([false, undefined]);
  });

  it('does not take from a reading what changed while it went on', async () => {
    const cache = createCache(4 * MEGABYTE);
    const isComplete = await cache.complete('org', async (isUntouched) => {
      cache.forget('org', key); // the change is noticed
      cache.putKey('org', key, []); // and what is so now was asked for
      if (isUntouched(key)) cache.putKey('org', key, [{ id: '003', field: 'Phone' }]);
      cache.forget('org', '+1');
      if (isUntouched('+1')) cache.putKey('org', '+1', [{ id: '003', field: 'Phone' }]);
      if (isUntouched('+2')) cache.putKey('org', '+2', []);
    });
    expect(isComplete).toBe(true);
    // Asked for once more; what was read before the change is nowhere.
    for (const each of [key, '+1']) expect(cache.byKey('org', each) ?? []).toEqual([]);
    expect(cache.byKey('org', '+1')).toBeUndefined();
  });

  it('is not complete when everything changed meanwhile, or there was no room', async () => {
    const cache = createCache(4 * MEGABYTE);
    const overtaken = cache.complete('org', async (isUntouched) => {
      cache.forgetOrg('org');
      isUntouched(key);
    });
    expect([await overtaken, cache.isComplete('org')]).toEqual([false, false]);
    const crowded = cache.complete('org', async (isUntouched) => {
      for (let index = 0; index < 100_000; index += 1)
        if (isUntouched(`#${index}`)) cache.putRecord('org', String(index), record(String(index)));
    });
    expect([await crowded, cache.isFull, cache.bytes < 5 * MEGABYTE]).toEqual([false, true, true]);
    await expect(cache.complete('org', async () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });
});

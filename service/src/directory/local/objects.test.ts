import { describe, expect, it } from 'vitest';
import { fromCsv, isGone, sourceOf, toKept } from './objects.ts';

const visible = (fields: Record<string, string>) => Object.entries(fields).map(([name, type]) => ({ name, label: name, type }));
const contact = sourceOf('Contact', visible({ Name: 'string', Phone: 'phone', IsPersonAccount: 'boolean' }), {});
const account = sourceOf('Account', visible({ Name: 'string', Phone: 'phone', PersonMobilePhone: 'phone', Vip__c: 'boolean' }), {
  Account: ['Vip__c', 'Hidden__c'],
});
const row = (id: string, more: object) => ({ Id: id, SystemModstamp: '2026-11-29T10:00:00.000+0000', ...more });

describe('person accounts', () => {
  it('are found by the numbers of their account, also the ones that only they have', () => {
    const kept = toKept(
      account!,
      row('001000000000001AAA', { Name: 'Ada Person', PersonMobilePhone: '+1 203 555 0184', Vip__c: true }),
      'US',
    );
    expect(kept.keys[0]).toEqual({ key: '+12035550184', field: 'PersonMobilePhone' });
    expect(kept.fields).toEqual({ Vip__c: true });
  });

  it('are not found a second time by their contact', () => {
    expect(isGone(row('003000000000001AAA', { IsPersonAccount: true }))).toBe(true);
    expect(isGone(row('003000000000001AAA', { IsPersonAccount: false }))).toBe(false);
    expect(isGone(row('001000000000001AAA', { IsPersonAccount: true }))).toBe(false);
    expect(isGone(fromCsv(contact!, { Id: '003000000000001AAA', SystemModstamp: '', IsPersonAccount: 'true' }))).toBe(true);
  });

  it('are no matter in an org that has none', () => {
    expect(sourceOf('Contact', visible({ Name: 'string', Phone: 'phone' }), {})?.fields).toEqual(['Name', 'Phone']);
  });
});

it('people are kept under their addresses as well, whatever their case; what is none is left out', () => {
  const source = sourceOf('Contact', visible({ Name: 'string', Phone: 'phone', Email: 'email', Other__c: 'email' }), {});
  const kept = toKept(source!, row('003000000000001AAA', { Email: ' Ada@Example.com', Other__c: 'none' }), 'US');
  expect(source?.fields).toEqual(['Name', 'Phone', 'Email', 'Other__c']);
  expect(kept.keys).toEqual([{ key: 'mail:ada@example.com', field: 'Email' }]);
});

it('an object without a number that the connected user can see is not read', () => {
  expect(sourceOf('Contact', visible({ Name: 'string' }), {})).toBeUndefined();
  expect(sourceOf('Case', [], {})).toBeUndefined();
  expect(sourceOf('User', visible({ Name: 'string' }), {})?.phones).toEqual([]);
});

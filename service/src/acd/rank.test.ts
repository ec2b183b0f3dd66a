import { describe, expect, it } from 'vitest';
import { answerOf } from './answer.ts';
import { definition, readStored, wantedFields, lookupBody } from './definition.ts';
import type { Match } from './match.ts';
import { rank } from './rank.ts';

const owner = (extension: string | null) => ({ id: '005000000000001AAA', name: 'Owner', isActive: true, extension });
const match = (id: string, more: Partial<Match> = {}): Match => ({
  id,
  object: 'Contact',
  name: id,
  accountId: null,
  activityAt: null,
  changedAt: new Date('2026-01-01'),
  field: 'Phone',
  fields: {},
  owner: owner('100'),
  accountOwner: undefined,
  openCase: undefined,
  ...more,
});
const openCase = (openedAt: string, extension: string | null = '300') => ({
  id: '500',
  number: '00001026',
  priority: 'High',
  openedAt: new Date(openedAt),
  owner: owner(extension),
});
const how = { source: 'index', stale: false, otherwise: 'Nobody.', closed: undefined, orgUrl: 'https://org.example' } as const;
const idsOf = (matches: Match[], set: object) => rank(matches, definition.parse(set)).map(({ id }) => id);

describe('of several matches', () => {
  const plain = match('plain', { activityAt: new Date('2026-05-01') });
  const older = match('older', { openCase: openCase('2026-02-01') });
  const newer = match('newer', { openCase: openCase('2026-03-01') });
  const vip = match('vip', { fields: { Vip__c: true }, object: 'Lead', owner: owner(null) });

  it.each([
    [{}, ['plain', 'newer', 'older', 'vip']],
    [{ ranking: ['openCase'] }, ['newer', 'older', 'plain', 'vip']],
    [{ ranking: ['vip', 'openCase'], fields: { vip: 'Vip__c' } }, ['vip', 'newer', 'older', 'plain']],
    [{ objects: ['Lead', 'Contact'] }, ['vip', 'plain', 'newer', 'older']],
    [{ objects: ['Lead', 'Contact'], ranking: ['ownerAvailable'] }, ['plain', 'newer', 'older', 'vip']],
    [{ objects: ['Lead', 'Contact'], ranking: ['newestActivity'] }, ['plain', 'vip', 'newer', 'older']],
  ])('%j comes first as the admin said', (set, ids) => expect(idsOf([older, vip, newer, plain], set)).toEqual(ids));

  it('the answer says why one is the best', () => {
    const set = definition.parse({ ranking: ['vip', 'openCase'] });
    const { why, records } = answerOf(rank([older, newer, plain], set), set, how);
    expect(records.map(({ id }) => id)).toEqual(['newer']);
    expect(why).toBe('Contact found by Phone, best of 3 by the most recent open case. The extension is the owner’s.');
  });
});

describe('a VIP', () => {
  const ranked = (value: string | boolean | null, vipValues: string[] = []) =>
    answerOf([match('a', { fields: { Level: value } })], definition.parse({ fields: { vip: 'Level' }, vipValues }), how).variables['Vip'];
  it.each([
    [true, [], 'true'],
    [false, [], 'false'],
    [null, [], 'false'],
    ['Gold', [], 'true'],
    ['gold', ['Gold', 'Platinum'], 'true'],
    ['Silver', ['Gold'], 'false'],
  ])('of a field that holds %j, VIP values %j: %s', (value, values, expected) => expect(ranked(value, values)).toBe(expected));
});

describe('filters', () => {
  const a = match('a', { fields: { Type: 'Customer', Old: false } });
  const b = match('b', { fields: { Type: null, Old: true } });
  it.each([
    [{ field: 'Type', is: 'equal', value: 'customer' }, ['a']],
    [{ field: 'Type', is: 'notEqual', value: 'Customer' }, ['b']],
    [{ field: 'Type', is: 'filled' }, ['a']],
    [{ field: 'Type', is: 'empty' }, ['b']],
    [{ field: 'Old', is: 'equal', value: 'true' }, ['b']],
    [{ field: 'Old', is: 'equal', value: 'true', object: 'Lead' }, ['a', 'b']],
  ])('%j', (filter, ids) => expect(idsOf([a, b], { filters: [{ object: 'Contact', ...filter }] })).toEqual(ids));

  it.each([
    { object: 'Contact', field: 'Type', is: 'equal' },
    { object: 'Contact', field: 'Type', is: 'filled', value: 'x' },
    { object: 'Contact', field: "Type = '' OR Name", is: 'filled' },
    { object: 'Opportunity', field: 'Type', is: 'filled' },
  ])('cannot be %j', (filter) => expect(definition.safeParse({ filters: [filter] }).success).toBe(false));
});

describe('whom to ring', () => {
  const rung = (set: object, more: Partial<Match>, closed?: string) =>
    answerOf([match('a', more)], definition.parse(set), { ...how, closed });
  it.each([
    [['caseOwner', 'recordOwner'], { openCase: openCase('2026-01-01') }, '300'],
    [['caseOwner', 'recordOwner'], { openCase: openCase('2026-01-01', null) }, '100'],
    [['caseOwner', 'recordOwner'], {}, '100'],
    [['recordOwner', 'accountOwner'], { owner: owner(null), accountOwner: owner('200') }, '200'],
    [['recordOwner'], { owner: undefined }, '900'],
  ])('in the order %j', (ring, more, extension) => expect(rung({ ring, defaultRoute: '900' }, more).extension).toBe(extension));

  it('is the closed route outside working hours, and the answer still says who calls', () => {
    const hours = { open: [], closedRoute: 'voicemail' };
    expect(rung({ hours, defaultRoute: '900' }, {}, 'It is Christmas.')).toMatchObject({
      matched: true,
      extension: 'voicemail',
      variables: { Open: 'false', Name: 'a' },
      why: 'Contact found by Phone. It is Christmas. The route for that time is answered.',
    });
  });
});

it('an answer carries what the admin wants it to, and leaves out what a record does not have', () => {
  const set = definition.parse({
    fields: { language: 'Lang__c', skill: 'Skill__c', priority: 'Prio__c' },
    variables: [{ name: 'Town', field: 'MailingCity' }],
  });
  const fields = { Lang__c: 'de', Skill__c: null, MailingCity: 'Ulm', DoNotCall: true };
  const { variables, records } = answerOf([match('003A', { fields, openCase: openCase('2026-01-01') })], set, how);
  expect(variables).toEqual({
    Matched: 'true',
    Count: '1',
    Open: 'true',
    Source: 'index',
    RecordId: '003A',
    Object: 'Contact',
    Name: '003A',
    ScreenPopUrl: 'https://org.example/lightning/r/003A/view',
    OwnerName: 'Owner',
    CaseId: '500',
    CaseNumber: '00001026',
    CasePriority: 'High',
    Language: 'de',
    DoNotCall: 'true',
    Town: 'Ulm',
    Extension: '100',
  });
  expect(records[0]?.openCase).toEqual({ id: '500', number: '00001026', priority: 'High' });
});

describe('a definition', () => {
  it('names what is to be kept of each object', () => {
    const set = definition.parse({
      objects: ['Contact', 'Lead'],
      filters: [{ object: 'Account', field: 'Type', is: 'filled' }],
      fields: { vip: 'Vip__c' },
      variables: [{ name: 'Town', field: 'City' }],
    });
    expect(wantedFields([{ id: null, name: 'x', isDefault: true, definition: set }])).toEqual({
      Account: ['Type'],
      Contact: ['City', 'DoNotCall', 'Vip__c'],
      Lead: ['City', 'DoNotCall', 'Vip__c'],
    });
  });

  it('of another version is read as far as it is known', () => {
    const stored = { several: 'all', defaultRoute: '900', ranking: ['byMoon'], later: true };
    expect(readStored(stored)).toMatchObject({ several: 'all', defaultRoute: '900', ranking: [], deadlineMs: 1_500 });
    expect(readStored(null)).toEqual(definition.parse({}));
  });

  it.each([
    { objects: ['Lead', 'Lead'] },
    { ranking: ['vip', 'vip'] },
    { variables: [{ name: 'Extension', field: 'Fax' }] },
    { objects: ['Opportunity'] },
    { objects: ['A__c', 'B__c', 'C__c', 'D__c', 'E__c', 'F__c'] },
    { deadlineMs: 10 },
  ])('cannot be %j', (bad) => expect(definition.safeParse(bad).success).toBe(false));

  it.each([
    [
      {
        variables: [
          { name: 'Town', field: 'City' },
          { name: 'Town', field: 'MailingCity' },
        ],
      },
      ['definition', 'variables', 1, 'name'],
    ],
    [{ objects: ['Site__c'], filters: [{ object: 'site__c', field: 'Town__c', is: 'filled' }] }, ['definition', 'filters', 0, 'object']],
  ])('is not saved with %j, which an earlier version may hold', (bad, path) => {
    expect(lookupBody.safeParse({ name: 'x', definition: bad }).error?.issues).toMatchObject([{ path }]);
    expect(readStored(bad)).toMatchObject(bad);
  });
});

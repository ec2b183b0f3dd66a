import { describe, expect, it } from 'vitest';
import type { Parameter } from './plans.ts';
import { apexRecord, readArguments, renderQuery, searchLists, withNamespace } from './query.ts';

const PARAMETERS: Parameter[] = [
  { name: 'text', type: 'String' },
  { name: 'id', type: 'Id' },
  { name: 'size', type: 'Integer' },
  { name: 'before', type: 'Datetime' },
  { name: 'on', type: 'Boolean' },
  { name: 'ids', type: 'List<Id>' },
];

function render(bind: string, value: unknown, language: 'soql' | 'sosl' = 'soql'): string {
  const values = readArguments(PARAMETERS, { [bind]: value });
  return renderQuery(language, ['x = ', { bind }], PARAMETERS, values, { userId: '005000000000001AAA', namespace: '' });
}

describe('values become literals of their Apex type', () => {
  it.each([
    ['text', "O'Hara \\ \n%", "x = 'O\\'Hara \\\\ \\n%'"],
    ['text', "' OR Name LIKE '%", "x = '\\' OR Name LIKE \\'%'"],
    ['text', null, 'x = null'],
    ['id', '003000000000001AAA', "x = '003000000000001AAA'"],
    ['size', 25, 'x = 25'],
    ['size', '25', 'x = 25'],
    ['before', '2026-11-22T10:00:00.000Z', 'x = 2026-11-22T10:00:00.000Z'],
    ['before', '2026-11-22T10:00:00+02:00', 'x = 2026-11-22T08:00:00.000Z'],
    ['on', true, 'x = true'],
    ['ids', ['003000000000001', '003000000000002'], "x = ('003000000000001', '003000000000002')"],
  ])('%s %j', (bind, value, expected) => expect(render(bind, value)).toBe(expected));

  it('keeps a search term inside its braces', () => {
    expect(render('text', 'a} IN ALL FIELDS {b\\', 'sosl')).toBe('x = {a\\} IN ALL FIELDS \\{b\\\\}');
    expect(render('text', 'sea\\-side*', 'sosl')).toBe('x = {sea\\-side*}');
  });

  it.each([
    ['id', 'x'],
    ['id', "003000000000001' OR"],
    ['size', 1.5],
    ['size', '1; DROP'],
    ['before', 'yesterday'],
    ['on', 'true'],
    ['ids', 'not a list'],
    ['text', { a: 1 }],
  ])('refuses %s %j', (bind, value) => expect(() => render(bind, value)).toThrow(`invalid for action parameter '${bind}'`));

  it('refuses a parameter that the method does not have', () => {
    expect(() => readArguments(PARAMETERS, { Text: 'x' })).toThrow('There is no parameter Text');
  });
});

it('own names get the namespace, others, texts and names that have one do not', () => {
  const query = "SELECT Name, Body__c, Owner.Name, Conversation__r.ExternalId__c, acme__X__c FROM Message__c WHERE Name = 'Body__c'";
  expect(withNamespace(query, 'sw')).toBe(
    "SELECT Name, sw__Body__c, Owner.Name, sw__Conversation__r.sw__ExternalId__c, acme__X__c FROM sw__Message__c WHERE Name = 'Body__c'",
  );
  expect(withNamespace(query, '')).toBe(query);
});

it('records look as Apex serialises them', () => {
  const record = {
    attributes: { type: 'Message__c', url: '/services/data/v65.0/sobjects/Message__c/a010000000000001AAA' },
    Body__c: '2026-11-22 is a text',
    At__c: '2026-11-22T10:00:00.000+0000',
    Empty__c: null,
    Count__c: 0,
    SentBy__r: { attributes: { url: '/services/data/v65.0/sobjects/User/005000000000001AAA' }, Name: 'Alex' },
    Children__r: { totalSize: 1, done: true, records: [{ attributes: { url: '/x/y/a020000000000001AAA' }, Name: 'A' }] },
  };
  expect(apexRecord(record)).toEqual({
    Id: 'a010000000000001AAA',
    Body__c: '2026-11-22 is a text',
    At__c: '2026-11-22T10:00:00.000Z',
    Count__c: 0,
    SentBy__r: { Id: '005000000000001AAA', Name: 'Alex' },
    Children__r: [{ Id: 'a020000000000001AAA', Name: 'A' }],
  });
});

it('search results come as one list per object, in the order of RETURNING', () => {
  const query = "FIND {x} RETURNING Lead(Id, Name ORDER BY Name LIMIT 5), Contact(Id WHERE Name IN ('a')), Account";
  const record = (type: string, id: string) => ({ attributes: { type, url: `/x/${id}` } });
  expect(searchLists(query, [record('Contact', 'c'), record('Lead', 'l'), record('Contact', 'd')])).toEqual([
    [{ Id: 'l' }],
    [{ Id: 'c' }, { Id: 'd' }],
    [],
  ]);
});

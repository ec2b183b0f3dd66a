import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createNameMapper } from './namespace.ts';
import { PACKAGE_OBJECTS } from './package-names.ts';

const names = createNameMapper('swb');

describe('SOSL', () => {
  it.each([
    [
      'FIND {2035550131 OR 1*} IN PHONE FIELDS RETURNING Lead(Id, Phone WHERE IsConverted = false LIMIT 2000), OptOut__c(Id, Name, PhoneNumber__c LIMIT 2000), Site__c(Id, Gate__c LIMIT 2000)',
      'FIND {2035550131 OR 1*} IN PHONE FIELDS RETURNING Lead(Id, Phone WHERE IsConverted = false LIMIT 2000), swb__OptOut__c(Id, Name, swb__PhoneNumber__c LIMIT 2000), Site__c(Id, Gate__c LIMIT 2000)',
    ],
    ['FIND {OptOut__c}', 'FIND {OptOut__c}'],
  ])('%s', (bare, mapped) => {
    expect(names.sosl(bare)).toBe(mapped);
    expect(createNameMapper(null).sosl(bare)).toBe(bare);
  });
});

describe('SOQL', () => {
  it.each([
    ['SELECT Id, Body__c FROM Message__c', 'SELECT Id, swb__Body__c FROM swb__Message__c'],
    [
      "SELECT Id FROM OptOut__c WHERE ExternalId__c = 'Body__c it\\'s Message__c'",
      "SELECT Id FROM swb__OptOut__c WHERE swb__ExternalId__c = 'Body__c it\\'s Message__c'",
    ],
    [
      'SELECT Conversation__r.Contact__r.Region__c, Conversation__r.OurNumber__c FROM Message__c',
      'SELECT swb__Conversation__r.swb__Contact__r.Region__c, swb__Conversation__r.swb__OurNumber__c FROM swb__Message__c',
    ],
    ['SELECT Id, Home_Line__c FROM Contact WHERE Home_Line__c != null', 'SELECT Id, Home_Line__c FROM Contact WHERE Home_Line__c != null'],
    [
      'SELECT Region__c, (SELECT OurNumber__c FROM Conversations__r) FROM Contact',
      'SELECT Region__c, (SELECT swb__OurNumber__c FROM swb__Conversations__r) FROM Contact',
    ],
    [
      'SELECT Region__c FROM Contact WHERE Id IN (SELECT Contact__c FROM Conversation__c WHERE OptedOut__c = true) AND Tier__c = 1',
      'SELECT Region__c FROM Contact WHERE Id IN (SELECT swb__Contact__c FROM swb__Conversation__c WHERE swb__OptedOut__c = true) AND Tier__c = 1',
    ],
    [
      'SELECT COUNT(Id), MAX(Sequence__c) FROM Message__c GROUP BY Conversation__c',
      'SELECT COUNT(Id), MAX(swb__Sequence__c) FROM swb__Message__c GROUP BY swb__Conversation__c',
    ],
    ['SELECT swb__Body__c FROM swb__Message__c', 'SELECT swb__Body__c FROM swb__Message__c'],
  ])('%s', (bare, qualified) => {
    expect(names.soql(bare)).toBe(qualified);
    expect(createNameMapper(null).soql(bare)).toBe(bare);
  });
});

describe('records', () => {
  it('qualifies the keys of package objects, through a parent named by external id', () => {
    expect(names.record('Message__c', { ExternalId__c: 'a', Name: 'n', Conversation__r: { ExternalId__c: 'b' } })).toEqual({
      swb__ExternalId__c: 'a',
      Name: 'n',
      swb__Conversation__r: { swb__ExternalId__c: 'b' },
    });
  });
  it('leaves a customer’s fields on standard objects alone', () => {
    expect(names.record('Contact', { Region__c: 'North' })).toEqual({ Region__c: 'North' });
  });
  it('strips names from answers but never touches values', () => {
    const answer = {
      attributes: { type: 'swb__Message__c' },
      swb__Body__c: 'swb__Body__c',
      swb__Conversation__r: { swb__OurNumber__c: null },
    };
    expect(names.bareRecord(answer)).toEqual({
      attributes: { type: 'Message__c' },
      Body__c: 'swb__Body__c',
      Conversation__r: { OurNumber__c: null },
    });
  });
  it('names developer names and error fields', () => {
    expect(names.developerName('Switchboard')).toBe('swb__Switchboard');
    expect(names.bareError({ code: 'X', message: 'swb__A__c', fields: ['swb__A__c'] }).fields).toEqual(['A__c']);
  });
  it('refuses a prefix that Salesforce would refuse', () => {
    expect(() => createNameMapper('a__b')).toThrow(RangeError);
    expect(() => createNameMapper("x' OR")).toThrow(RangeError);
  });
});

const SOURCES = new URL('../../../../force-app/main/', import.meta.url);
it.runIf(existsSync(SOURCES))('knows every object of the package', () => {
  const shipped = readdirSync(SOURCES).flatMap((area) => {
    const folder = new URL(`${area}/objects/`, SOURCES);
    return existsSync(folder) ? readdirSync(folder).filter((name) => /__(c|e)$/.test(name)) : [];
  });
  expect(PACKAGE_OBJECTS).toEqual(expect.arrayContaining(shipped));
});

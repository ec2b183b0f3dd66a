import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_NUMBERS, convertLead, loadSample, makeId, mergeRecords, normaliseId, openOrg, seedRecords } from '../org.ts';
import type { Org } from '../org.ts';
import { person } from '../../control/people.ts';
import { AGENT, startTestOrg } from './testing.ts';
import type { TestOrg } from './testing.ts';

const numbers = { CustomerNumber__c: '+14155550100', OurNumber__c: '+14155550199' };

describe('ids', () => {
  it('computes the suffix of 15-character ids and repairs the case of 18-character ones', () => {
    expect(normaliseId('0014x00000abCdE')).toBe('0014x00000abCdEAAU');
    expect(normaliseId('0014X00000ABCDEaau')).toBe('0014x00000abCdEAAU');
    expect(normaliseId('001000000000001AAA')).toBe('001000000000001AAA');
    expect(normaliseId('001000000000001AAB')).toBeUndefined();
    expect(normaliseId('INVALID_OWNER')).toBeUndefined();
    expect(normaliseId('0014x00000abCd')).toBeUndefined();
    expect(makeId('00Q', 62)).toMatch(/^00QSb000000001[0-9A-Za-z]...$/);
  });
});

describe('an org with a namespace', () => {
  let t: TestOrg;
  beforeAll(async () => {
    t = await startTestOrg({ namespace: 'swb' });
  });
  afterAll(() => t.close());

  it('spells own names with it, in objects, fields, relationships and events', async () => {
    const conversation = { ExternalId__c: 'n1', Name: 'n', ...numbers };
    const prefixed = Object.fromEntries(Object.entries(conversation).map(([name, value]) => [t.org.own(name), value]));
    expect(prefixed).toHaveProperty('swb__ExternalId__c');
    t.org.insert('swb__Conversation__c', prefixed);
    const record = {
      attributes: { type: 'swb__Message__c' },
      swb__ExternalId__c: 'm',
      swb__Conversation__r: { swb__ExternalId__c: 'n1' },
      swb__Direction__c: 'Inbound',
      swb__SentStatus__c: 'Received',
    };
    const saved = await t.call<{ success: boolean }[]>('PATCH', '/composite/sobjects/swb__Message__c/swb__ExternalId__c', {
      body: { records: [record] },
    });
    expect(saved.body).toMatchObject([{ success: true, created: true }]);
    const rows = await t.soql(
      'SELECT swb__Conversation__r.swb__ExternalId__c, (SELECT Id FROM SWB__MESSAGES__R) FROM swb__Conversation__c'.replace(
        'swb__Conversation__r.swb__ExternalId__c',
        'SWB__externalid__C',
      ),
    );
    expect(rows).toMatchObject([{ swb__ExternalId__c: 'n1', swb__Messages__r: { totalSize: 1 } }]);
    await t.call('POST', '/sobjects/swb__ConversationChanged__e', { body: { swb__ConversationIds__c: 'n1' } });
    expect(t.org.events.replay('/event/swb__ConversationChanged__e', -2)[0]?.data.payload).toMatchObject({ swb__ConversationIds__c: 'n1' });
  });

  it('does not know the bare names, and gives rights under the full ones', async () => {
    await expect(t.soql('SELECT Id FROM Conversation__c')).rejects.toThrow('INVALID_TYPE');
    await expect(t.soql('SELECT ExternalId__c FROM swb__Conversation__c')).rejects.toThrow("No such column 'ExternalId__c'");
    expect(await t.soql('SELECT swb__MatchNote__c FROM swb__Conversation__c', AGENT)).toHaveLength(0);
    expect(await t.soql('SELECT NamespacePrefix FROM Organization')).toMatchObject([{ NamespacePrefix: 'swb' }]);
    expect(await t.soql("SELECT SobjectType FROM QueueSobject WHERE Queue.DeveloperName = 'Switchboard_Inbox'")).toMatchObject([
      { SobjectType: 'swb__Conversation__c' },
      { SobjectType: 'Task' },
    ]);
    const task = t.org.insert('Task', { Subject: 'call', swb__SwitchboardCallId__c: 'c-1' });
    expect(await t.soql("SELECT Id FROM Task WHERE swb__SwitchboardCallId__c = 'c-1'")).toMatchObject([{ Id: task }]);
  });
});

describe('an org in a file', () => {
  it('keeps rows, ids, key prefixes and events when it is opened again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchboard-org-'));
    const file = join(folder, 'org.sqlite');
    const first = openOrg({ file });
    const id = first.insert('Conversation__c', { Name: 'kept', ExternalId__c: 'k', ...numbers });
    first.events.publish('/event/ConversationChanged__e', { ConversationIds__c: 'k' });
    first.close();
    const second = openOrg({ file });
    expect(second.query('SELECT Id, Name FROM Conversation__c')).toMatchObject([{ Id: id, Name: 'kept' }]);
    expect(second.query('SELECT Id FROM User')).toHaveLength(5);
    expect(second.insert('Conversation__c', { Name: 'next', ExternalId__c: 'l', ...numbers }).slice(0, 3)).toBe(id.slice(0, 3));
    expect(second.events.replay('/event/ConversationChanged__e', -2)).toHaveLength(1);
    second.reset();
    expect(second.query('SELECT Id FROM Conversation__c')).toHaveLength(0);
    expect(second.query('SELECT Id FROM User')).toHaveLength(5);
    expect(second.events.replay('/event/ConversationChanged__e', -2)).toHaveLength(0);
    second.close();
    rmSync(folder, { recursive: true });
  });

  it('gives an id once: not again after a roll-back, nor when it is opened again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchboard-org-'));
    const file = join(folder, 'org.sqlite');
    const org = openOrg({ file });
    const add = (to: Org, key: string) => to.insert('Conversation__c', { Name: key, ExternalId__c: key, ...numbers });
    let undone = '';
    expect(() =>
      org.tx(() => {
        undone = add(org, 'undone');
        throw new Error('no');
      }),
    ).toThrow('no');
    const ids = [undone, ...org.tx(() => [add(org, 'a'), add(org, 'b')])];
    org.close();
    const again = openOrg({ file });
    ids.push(add(again, 'c'));
    expect(new Set(ids).size).toBe(4);
    expect([...ids].sort()).toEqual(ids);
    again.reset();
    expect(add(again, 'first')).toBe(undone);
    again.close();
    rmSync(folder, { recursive: true });
  });

  it('undoes a failed transaction, nested ones alone', () => {
    const org = openOrg({ file: ':memory:' });
    expect(() =>
      org.tx(() => {
        org.insert('Account', { Name: 'outer' });
        throw new Error('stop');
      }),
    ).toThrow('stop');
    org.tx(() => {
      org.insert('Account', { Name: 'kept' });
      expect(() => org.insert('Account', {})).toThrow('Required fields are missing');
    });
    expect(org.query('SELECT Name FROM Account')).toMatchObject([{ Name: 'kept' }]);
    org.close();
  });
});

describe('events', () => {
  it('replays after an id for 72 hours of the clock of the org and refuses unknown ids', () => {
    const org = openOrg({ file: ':memory:' });
    const channel = '/event/ConversationChanged__e';
    const first = org.events.publish(channel, { n: 1 });
    org.clock.advance(71 * 3600);
    const second = org.events.publish(channel, { n: 2 });
    expect(second.replayId).toBeGreaterThan(first.replayId);
    const seen: unknown[] = [];
    const subscription = org.events.subscribe(channel.toUpperCase(), (message) => seen.push(message.data.payload['n']), first.replayId);
    org.events.publish(channel, { n: 3 });
    expect(seen).toEqual([2, 3]);
    subscription.close();
    org.events.publish(channel, { n: 4 });
    expect(seen).toEqual([2, 3]);
    expect(() => org.events.replay(channel, 999_999)).toThrow('was invalid');
    org.clock.advance(2 * 3600);
    expect(org.events.replay(channel, -2).map((message) => message.data.payload['n'])).toEqual([2, 3, 4]);
    expect(() => org.events.replay(channel, first.replayId)).toThrow('was invalid');
    org.close();
  });
});

describe('merging and converting', () => {
  let org: Org;
  beforeAll(() => {
    org = openOrg({ file: ':memory:' });
  });
  afterAll(() => org.close());

  it('moves the children of merged contacts and remembers the master', () => {
    const [master, loser] = ['Master', 'Loser'].map((LastName) => org.insert('Contact', { LastName })) as [string, string];
    const conversation = org.insert('Conversation__c', { Name: 'c', ExternalId__c: 'merge', Contact__c: loser, ...numbers });
    expect(mergeRecords(org, master, [loser])).toMatchObject({ masterId: master, mergedIds: [loser], movedChildren: 1 });
    expect(org.row('Conversation__c', conversation)?.['Contact__c']).toBe(master);
    expect(org.row('Contact', loser)).toMatchObject({ IsDeleted: 1, MasterRecordId: master });
    expect(() => mergeRecords(org, master, [loser])).toThrow('no live Contact');
    expect(() => mergeRecords(org, master, [master])).toThrow('itself');
  });

  it('converts a lead once and leaves own look-ups to it alone', () => {
    const lead = org.insert('Lead', { FirstName: 'Kofi', LastName: 'Mensah', Company: 'Beacon', MobilePhone: '+447700900321' });
    const conversation = org.insert('Conversation__c', { Name: 'c', ExternalId__c: 'lead', Lead__c: lead, ...numbers });
    const result = convertLead(org, lead);
    expect(org.query(`SELECT IsConverted, ConvertedContactId, Status FROM Lead WHERE Id = '${lead}'`)).toMatchObject([
      { IsConverted: true, ConvertedContactId: result.contactId, Status: 'Closed - Converted' },
    ]);
    expect(org.query(`SELECT Name, MobilePhone, Account.Name FROM Contact WHERE Id = '${result.contactId}'`)).toMatchObject([
      { Name: 'Kofi Mensah', MobilePhone: '+447700900321', Account: { Name: 'Beacon' } },
    ]);
    expect(org.row('Conversation__c', conversation)?.['Lead__c']).toBe(lead);
    expect(() => convertLead(org, lead)).toThrow('converted already');
  });
});

describe('sample and seed', () => {
  it('tells the same stories on every start', () => {
    const org = openOrg({ file: ':memory:' });
    expect([loadSample(org), loadSample(org)]).toEqual([true, false]);
    const other = openOrg({ file: ':memory:' });
    loadSample(other);
    const people = (from: Org) => from.query('SELECT Id, Name, MobilePhone, Owner.Name FROM Contact ORDER BY Id');
    expect(people(org)).toEqual(people(other));
    const owning = (name: string) =>
      org.query(`SELECT Id FROM Contact WHERE Owner.Username = '${name}'`, org.users.byUsername('admin@sandbox.test')?.id).length;
    expect(owning(AGENT)).toBeGreaterThan(owning('agent2@sandbox.test'));
    expect(SAMPLE_NUMBERS.shared).toBe('+14155550142');
    expect(org.query("SELECT LastName FROM Contact WHERE Phone LIKE '%0142' OR MobilePhone LIKE '%0142'")).toHaveLength(2);
    org.close();
    other.close();
  });

  it('generates the same person for the same seed and index, searchable at once', () => {
    const org = openOrg({ file: ':memory:' });
    expect(seedRecords(org, { object: 'Contact', count: 2000, from: 10, seed: 7 }).created).toBe(2000);
    const wanted = person(7, 42);
    expect(org.query(`SELECT LastName, Email FROM Contact WHERE MobilePhone = '${wanted.phone}'`)).toMatchObject([
      { LastName: wanted.lastName, Email: wanted.email },
    ]);
    expect(org.query('SELECT COUNT(Id) n FROM Contact')).toMatchObject([{ n: 2000 }]);
    expect(org.insert('Contact', { LastName: 'after' })).toMatch(/^003/);
    expect(() => seedRecords(org, { object: 'Task', count: 1 })).toThrow('seeding knows');
    org.close();
  });
});

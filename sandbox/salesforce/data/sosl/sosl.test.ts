import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, AGENT2, startTestOrg } from '../testing.ts';
import type { TestOrg } from '../testing.ts';
import { phoneWords, words } from './words.ts';

interface Answer {
  searchRecords: Record<string, unknown>[];
}

describe('search words', () => {
  it('cuts at blanks and punctuation and keeps phone numbers as digits too', () => {
    expect(words("Zoë O'Brien, Acme-Corp_2")).toEqual(['zoë', 'o', 'brien', 'acme', 'corp', '2']);
    expect(phoneWords('+1 (415) 555-0123')).toEqual(['1', '415', '555', '0123', '14155550123']);
    expect(phoneWords('14155550123')).toEqual(['14155550123']);
    expect(words('東京タワー2')).toEqual(['東', '京', 'タ', 'ワ', 'ー2']);
  });
});

describe('SOSL', () => {
  let t: TestOrg;
  const find = async (sosl: string, as = 'admin@sandbox.test') => {
    const reply = await t.call<Answer & { errorCode: string; message: string }[]>('GET', `/search?q=${encodeURIComponent(sosl)}`, { as });
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
    return reply.body.searchRecords;
  };
  const names = async (sosl: string, as?: string) => (await find(sosl, as)).map((row) => row['LastName'] ?? row['Name']).sort();

  beforeAll(async () => {
    t = await startTestOrg({ clock: { now: () => new Date('2026-11-22T10:00:00Z') } });
    const agent = t.userId(AGENT);
    t.org.insert('Contact', { FirstName: 'Zoë', LastName: 'Rivera', Phone: '(415) 555-0123', Email: 'zoe@example.com', OwnerId: agent });
    t.org.insert('Contact', {
      FirstName: 'Ann',
      LastName: 'Rivers',
      MobilePhone: '+14155550123',
      Description: 'met at the long conference table',
    });
    t.org.insert('Contact', { FirstName: '美咲', LastName: '田中', Title: 'Rivera fan' });
    t.org.insert('Lead', { LastName: 'Rivera', Company: 'Acme', Phone: '415-555-0123' });
    const conversation = t.org.insert('Conversation__c', {
      Name: 'Talk',
      ExternalId__c: 'c',
      OwnerId: agent,
      CustomerNumber__c: '+14155550123',
      OurNumber__c: '+14155550199',
    });
    t.org.insert('Message__c', {
      Conversation__c: conversation,
      ExternalId__c: 'm',
      Direction__c: 'Inbound',
      SentStatus__c: 'Received',
      Body__c: 'The parcel has arrived, thanks!',
    });
  });
  afterAll(() => t.close());

  it('finds numbers by digits and by parts, in phone fields only', async () => {
    expect(await names('FIND {4155550123} IN PHONE FIELDS RETURNING Contact(LastName), Lead(LastName)')).toEqual(['Rivera', 'Rivera']);
    expect(await names('FIND {14155550123} IN PHONE FIELDS RETURNING Contact(LastName)')).toEqual(['Rivers']);
    expect(await names('FIND {"555 0123"} IN PHONE FIELDS RETURNING Contact(LastName)')).toEqual(['Rivera']);
    expect(await names('FIND {1415555*} IN PHONE FIELDS RETURNING Contact(LastName)')).toEqual(['Rivers']);
    expect(await names('FIND {4155550123} IN NAME FIELDS RETURNING Contact(LastName)')).toEqual([]);
  });

  it('takes wildcards in the middle and at the end, never in front', async () => {
    expect(await names('FIND {river*} IN NAME FIELDS RETURNING Contact(LastName)')).toEqual(['Rivera', 'Rivers']);
    expect(await names('FIND {r?vera} IN NAME FIELDS RETURNING Contact(LastName)')).toEqual(['Rivera']);
    expect(await names('FIND {r*s} IN NAME FIELDS RETURNING Contact(LastName)')).toEqual(['Rivers']);
    expect(await names('FIND {*ivera} IN NAME FIELDS RETURNING Contact(LastName)')).toEqual([]);
    expect(await names('FIND {x*zz} RETURNING Contact(LastName)')).toEqual([]);
  });

  it('combines words, phrases, AND, OR and AND NOT', async () => {
    expect(await names('FIND {rivera zoë} RETURNING Contact(LastName)')).toEqual(['Rivera']);
    expect(await names('FIND {zoë OR ann} RETURNING Contact(LastName)')).toEqual(['Rivera', 'Rivers']);
    expect(await names('FIND {rivera AND NOT fan} RETURNING Contact(LastName)')).toEqual(['Rivera']);
    expect(await names('FIND {"long conference"} RETURNING Contact(LastName)')).toEqual(['Rivers']);
    expect(await names('FIND {"conference long"} RETURNING Contact(LastName)')).toEqual([]);
    expect(await names('FIND {(ann OR 田中) AND (rivers OR fan)} RETURNING Contact(LastName)')).toEqual(['Rivers', '田中']);
  });

  it('filters, orders and limits per object; bodies of messages are searchable', async () => {
    expect(
      await names('FIND {rivera} RETURNING Contact(LastName WHERE Title = null ORDER BY LastName LIMIT 5), Lead(LastName LIMIT 1) LIMIT 1'),
    ).toEqual(['Rivera']);
    expect(await find('FIND {parcel} IN ALL FIELDS RETURNING Message__c(Body__c, Conversation__r.Name), Conversation__c')).toMatchObject([
      { attributes: { type: 'Message__c' }, Body__c: 'The parcel has arrived, thanks!', Conversation__r: { Name: 'Talk' } },
    ]);
    expect((await find('FIND {rivera}')).map((row) => (row['attributes'] as { type: string }).type)).toEqual([
      'Contact',
      'Contact',
      'Lead',
    ]);
  });

  it('respects sharing and hidden fields', async () => {
    expect(await names('FIND {river*} RETURNING Contact(LastName), Lead(LastName)', AGENT)).toEqual(['Rivera']);
    expect(await names('FIND {parcel} RETURNING Message__c(Name)', AGENT2)).toEqual([]);
    const set = t.org.query("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = TRUE AND Profile.Name = 'Standard User'")[0]?.['Id'];
    const row = t.org.query(`SELECT Id FROM FieldPermissions WHERE ParentId = '${String(set)}' AND Field = 'Contact.Email'`)[0]?.['Id'];
    expect(await names('FIND {zoe} IN EMAIL FIELDS RETURNING Contact(LastName)', AGENT)).toEqual(['Rivera']);
    await t.call('DELETE', `/sobjects/FieldPermissions/${String(row)}`);
    expect(await names('FIND {zoe} IN EMAIL FIELDS RETURNING Contact(LastName)', AGENT)).toEqual([]);
    expect(await names('FIND {zoe} IN EMAIL FIELDS RETURNING Contact(LastName)')).toEqual(['Rivera']);
  });

  it('refuses what is too short or malformed', async () => {
    await expect(find('FIND {x} RETURNING Contact')).rejects.toThrow('MALFORMED_SEARCH');
    await expect(find('FIND {} RETURNING Contact')).rejects.toThrow('MALFORMED_SEARCH');
    await expect(find('FIND rivera')).rejects.toThrow('must be enclosed in braces');
    await expect(find('FIND {rivera} RETURNING Contact(Id')).rejects.toThrow('right parentheses');
    await expect(find('FIND {rivera} RETURNING Nope')).rejects.toThrow('INVALID_TYPE');
    await expect(find('FIND {rivera} RETURNING PermissionSet')).rejects.toThrow('does not support search');
  });

  it('finds a record only when the index delay is over by the clock of the org', async () => {
    t.org.settings.searchDelaySeconds = 2;
    t.org.insert('Contact', { LastName: 'Latecomer' });
    expect(await names('FIND {latecomer} RETURNING Contact(LastName)')).toEqual([]);
    t.org.clock.advance(3);
    expect(await names('FIND {latecomer} RETURNING Contact(LastName)')).toEqual(['Latecomer']);
    t.org.settings.searchDelaySeconds = 0;
    const id = String(t.org.query("SELECT Id FROM Contact WHERE LastName = 'Latecomer'")[0]?.['Id']);
    await t.call('DELETE', `/sobjects/Contact/${id}`);
    expect(await names('FIND {latecomer} RETURNING Contact(LastName)')).toEqual([]);
  });

  it('answers parameterized searches by GET and POST', async () => {
    const get = await t.call<Answer>(
      'GET',
      '/parameterizedSearch?q=rivera&in=NAME&sobject=Contact&Contact.fields=LastName,FirstName&sobject=Lead',
    );
    expect(get.body.searchRecords).toMatchObject([{ LastName: 'Rivera', FirstName: 'Zoë' }, { attributes: { type: 'Lead' } }]);
    const body = { q: 'rivera', fields: ['LastName'], sobjects: [{ name: 'Contact', where: "FirstName = 'Zoë'" }], overallLimit: 5 };
    expect((await t.call<Answer>('POST', '/parameterizedSearch', { body })).body.searchRecords).toMatchObject([{ LastName: 'Rivera' }]);
  });
});

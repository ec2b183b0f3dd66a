import { describe, expect, it } from 'vitest';
import { SalesforceError, type SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Logger } from '../platform/log.ts';
import { createDirectory, DEFAULT_PHONE_FIELDS, SearchRefusedError } from './index.ts';

type Found = Record<string, unknown> & { attributes: { type: string } };

const VIEWER = { orgId: 'org', connectionId: 'main', rightsVersion: 0 };
const ASKED = [{ e164: '+14155550123', country: 'US' }];

const refuses = (status: number, code: string) =>
  new SalesforceError({ message: code, status, errors: [{ code, message: code, fields: [] }], sent: 'yes' });

/** A directory whose clock can be moved, and what it logged as errors. */
function start() {
  const [clock, logged] = [{ at: 0 }, [] as unknown[]];
  const logger = { error: (fields: unknown) => logged.push(fields) } as unknown as Logger;
  const directory = createDirectory({ clock: { now: () => new Date(clock.at) }, logger });
  return { directory, logged, advance: (ms: number) => void (clock.at += ms) };
}

/** An org that answers searches with given records and notes what it was asked. */
function org(records: Found[], readable: Record<string, string[]> = DEFAULT_PHONE_FIELDS) {
  const searches: string[] = [];
  let describes = 0;
  const sf = {
    describe: async (object: string) => {
      describes += 1;
      return {
        name: object,
        searchable: true,
        fields: [
          ...['Id', 'Name', 'OwnerId', 'LastActivityDate', 'LastModifiedDate'].map((name) => ({ name, label: name, type: 'string' })),
          ...(object === 'Contact' ? [{ name: 'AccountId', label: 'Account', type: 'reference' }] : []),
          ...(readable[object] ?? []).map((name) => ({ name, label: name, type: 'phone' })),
          { name: 'Fax__c', label: 'x', type: 'string' },
        ],
      };
    },
    search: async (sosl: string) => {
      searches.push(sosl);
      return records;
    },
  } as unknown as SalesforceClient;
  return { sf, searches, describes: () => describes };
}

const contact = (change: Record<string, unknown> = {}): Found => ({
  attributes: { type: 'Contact' },
  Id: '003000000000001AAA',
  Name: 'Maya',
  OwnerId: '005000000000001AAA',
  AccountId: '001000000000001AAA',
  LastActivityDate: null,
  LastModifiedDate: '2026-01-02T00:00:00.000+0000',
  MobilePhone: null,
  Phone: null,
  HomePhone: null,
  OtherPhone: null,
  AssistantPhone: null,
  ...change,
});

describe('who is behind a number', () => {
  it('is told by the very number, however it is written, never by digits that only look alike', async () => {
    const { sf } = org([
      contact({ Id: '003000000000001AAA', MobilePhone: '(415) 555-0123' }),
      contact({ Id: '003000000000002AAA', Phone: '+44 4155550123' }),
      contact({ Id: '003000000000003AAA', HomePhone: '1 415 555 01234' }),
      contact({ Id: '003000000000004AAA', OtherPhone: '+1.415.555.0123', LastActivityDate: '2026-05-05' }),
    ]);
    const found = await start().directory.findByNumbers(VIEWER, sf, [{ e164: '+14155550123', country: 'US' }], []);
    expect(found.get('+14155550123')).toMatchObject([
      { id: '003000000000001AAA', field: { name: 'MobilePhone' }, activityAt: null, changedAt: new Date('2026-01-02') },
      { id: '003000000000004AAA', field: { name: 'OtherPhone' }, activityAt: new Date('2026-05-05') },
    ]);
  });

  it('is read by the country of each number that is looked for, and counts once however many fields hold it', async () => {
    const { sf } = org([
      contact({ Id: '003000000000001AAA', MobilePhone: '07700 900123', HomePhone: '+44 7700 900123' }),
      contact({ Id: '003000000000002AAA', Phone: '(415) 555-0123', HomePhone: '07700 900123' }),
    ]);
    const asked = [
      { e164: '+14155550123', country: 'US' },
      { e164: '+447700900123', country: 'GB' },
      { e164: '+447700900124', country: 'GB' },
    ];
    const found = await start().directory.findByNumbers(VIEWER, sf, asked, []);
    const seen = [...found].map(([number, candidates]) => [number, candidates.map(({ id, field }) => `${id} ${field.name}`)]);
    expect(seen).toEqual([
      ['+14155550123', ['003000000000002AAA Phone']],
      ['+447700900123', ['003000000000001AAA MobilePhone', '003000000000002AAA HomePhone']],
      ['+447700900124', []],
    ]);
  });

  it('is asked for by several lanes at once with one look at the fields', async () => {
    const { sf, searches, describes } = org([]);
    const { directory } = start();
    await Promise.all([1, 2, 3, 4].map(() => directory.findByNumbers(VIEWER, sf, ASKED, [])));
    expect([searches.length, describes()]).toEqual([4, 3]);
  });

  it('is asked for many numbers in few searches, each short enough for its operators to count', async () => {
    const { sf, searches } = org([]);
    const queries = Array.from({ length: 300 }, (_, index) => ({ e164: `+1415555${1000 + index}`, country: 'US' }));
    const found = await start().directory.findByNumbers(VIEWER, sf, queries, []);
    expect(found.size).toBe(300);
    expect(searches.length).toBeLessThanOrEqual(4);
    for (const search of searches) expect(search.indexOf('} IN PHONE FIELDS')).toBeLessThan(4_000);
    const asked = searches.join();
    for (const { e164 } of queries) expect(asked).toContain(e164.slice(1));
    expect(asked).toContain('WHERE IsConverted = false');
  });

  it('is not asked for what no phone can have, and the others of the question are found', async () => {
    const { directory } = start();
    const { sf, searches } = org([contact({ Phone: '(415) 555-0123' })]);
    const odd = ['+', '+x', '+0', '+1} OR {*', ''].map((e164) => ({ e164, country: 'US' }));
    const found = await directory.findByNumbers(VIEWER, sf, [...odd, ...ASKED], []);
    expect(found.get('+14155550123')).toHaveLength(1);
    expect(searches).toHaveLength(1);
    expect(searches[0]).toContain('FIND {14155550123 OR 4155550123}');
    await directory.findByNumbers(VIEWER, sf, odd, []);
    expect(searches).toHaveLength(1);
  });

  it('is looked up in the chosen fields that the connected user sees, and in no others', async () => {
    const { sf, searches } = org([], { Contact: ['MobilePhone', 'Phone'], Lead: [], Account: ['Phone'] });
    await start().directory.findByNumbers(
      VIEWER,
      sf,
      [{ e164: '+14155550123', country: 'US' }],
      [
        { object: 'Contact', fields: ['Phone', 'Secret__c'] },
        { object: 'Lead', fields: ['Phone'] },
      ],
    );
    expect(searches[0]).toContain('RETURNING Contact(');
    expect(searches[0]).not.toMatch(/Secret__c|MobilePhone|Lead\(|Account\(/);
  });

  it('costs no search when there is no field to look in, and one describe per object in hours', async () => {
    const none = org([], {});
    expect(await start().directory.findByNumbers(VIEWER, none.sf, [{ e164: '+14155550123', country: 'US' }], [])).toEqual(
      new Map([['+14155550123', []]]),
    );
    expect(none.searches).toEqual([]);
    const some = org([]);
    const directory = start().directory;
    for (let times = 0; times < 3; times += 1)
      await directory.findByNumbers(VIEWER, some.sf, [{ e164: '+14155550123', country: 'US' }], []);
    expect(some.describes()).toBe(3);
    directory.forget(VIEWER, []);
    await directory.findByNumbers(VIEWER, some.sf, [], []);
    expect(some.describes()).toBe(6);
  });
});

describe('a user who may not search where another one may', () => {
  it('is asked for what it sees itself', async () => {
    const [main, standby] = [org([]), org([], { Contact: ['Phone'] })];
    const directory = start().directory;
    await directory.findByNumbers(VIEWER, main.sf, ASKED, []);
    await directory.findByNumbers({ ...VIEWER, connectionId: 'standby' }, standby.sf, ASKED, []);
    expect(main.searches[0]).toContain('MobilePhone');
    expect(standby.searches[0]).not.toContain('MobilePhone');
  });

  it('has the fields described anew when the org knows one of them no more, and finds in the others', async () => {
    const readable: Record<string, string[]> = { Contact: ['MobilePhone', 'Phone'] };
    const { sf, searches, describes } = org([contact({ Phone: '+14155550123' })], readable);
    const search = sf.search;
    sf.search = (sosl) =>
      (sosl.includes('MobilePhone') && !readable['Contact']?.includes('MobilePhone')
        ? Promise.reject(refuses(400, 'INVALID_FIELD'))
        : search(sosl)) as never;
    const directory = start().directory;
    await directory.findByNumbers(VIEWER, sf, ASKED, []);
    readable['Contact'] = ['Phone'];
    const found = await directory.findByNumbers(VIEWER, sf, ASKED, []);
    expect(found.get('+14155550123')).toHaveLength(1);
    expect([searches.length, describes()]).toEqual([2, 6]);
  });

  it('is told apart from an org that finds nobody, also when an object cannot be seen at all', async () => {
    const refusing = org([]);
    refusing.sf.search = () => Promise.reject(refuses(400, 'INVALID_TYPE'));
    await expect(start().directory.findByNumbers(VIEWER, refusing.sf, ASKED, [])).rejects.toEqual(
      expect.objectContaining({ name: SearchRefusedError.name, code: 'INVALID_TYPE' }),
    );
    const leadless = org([]);
    const describe = leadless.sf.describe;
    leadless.sf.describe = (object) => (object === 'Lead' ? Promise.reject(refuses(404, 'NOT_FOUND')) : describe(object));
    await start().directory.findByNumbers(VIEWER, leadless.sf, ASKED, []);
    expect(leadless.searches[0]).not.toContain('Lead(');
  });

  it('is asked once in ten minutes, whatever comes to be searched meanwhile, and another user at once', async () => {
    const refusing = org([]);
    let asked = 0;
    refusing.sf.search = () => Promise.reject(((asked += 1), refuses(400, 'INVALID_FIELD')));
    const { directory, advance, logged } = start();
    const search = (sf = refusing.sf, connectionId = 'main') => directory.findByNumbers({ ...VIEWER, connectionId }, sf, ASKED, []);
    for (let batch = 0; batch < 3; batch += 1)
      await expect(search()).rejects.toMatchObject({ name: SearchRefusedError.name, code: 'INVALID_FIELD', lacksRights: true });
    expect([asked, refusing.describes()]).toEqual([2, 6]);
    const other = org([]);
    await search(other.sf, 'standby');
    expect(other.searches).toHaveLength(1);
    advance(10 * 60_000 + 1);
    const allowed = org([contact({ Phone: '+14155550123' })]);
    expect((await search(allowed.sf)).get('+14155550123')).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it.each([
    [400, 'MALFORMED_SEARCH'],
    [422, 'NOBODY_KNOWS_THIS'],
  ])('is told apart from a search that was asked in a wrong way: %i %s', async (status, code) => {
    const refusing = org([]);
    let asked = 0;
    refusing.sf.search = () => Promise.reject(((asked += 1), refuses(status, code)));
    const { directory, logged } = start();
    await expect(directory.findByNumbers(VIEWER, refusing.sf, ASKED, [])).rejects.toMatchObject({ code, lacksRights: false });
    expect([asked, refusing.describes(), logged]).toEqual([1, 3, [{ org: 'org', refusal: code }]]);
    // It says something about these numbers, and nothing about the next.
    const next = org([]);
    await directory.findByNumbers(VIEWER, next.sf, ASKED, []);
    expect(next.searches).toHaveLength(1);
  });

  it('does not hide a fault of the org', async () => {
    const { sf } = org([]);
    sf.search = () => Promise.reject(refuses(503, 'SERVER_UNAVAILABLE'));
    await expect(start().directory.findByNumbers(VIEWER, sf, ASKED, [])).rejects.toMatchObject({ status: 503 });
  });
});

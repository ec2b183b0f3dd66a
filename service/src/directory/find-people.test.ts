import { describe, expect, it } from 'vitest';
import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import { createFindPeople, SearchRefusedError, type Candidate, type ChosenFields, type Found } from './index.ts';

const [ONE, OTHER] = ['+12035550101', '+12035550102'];
const viewer = { orgId: 'org', connectionId: 'main', rightsVersion: 0 };
const sf = {} as SalesforceClient;

const found = (change: Partial<Found>): Found => ({
  id: '003000000000001AAA',
  object: 'Contact',
  name: 'Maya',
  ownerId: '005000000000001AAA',
  accountId: null,
  activityAt: null,
  changedAt: new Date(0),
  fields: {},
  key: ONE,
  field: 'MobilePhone',
  ...change,
});

/** Finds people with these kept; answers what was found, and which numbers the org was asked for. */
async function find({
  kept = [],
  stale = false,
  behind = false,
  country = 'US',
  chosen = [],
  asks = [ONE],
  org = () => Promise.resolve(new Map<string, Candidate[]>()),
}: {
  kept?: Found[];
  stale?: boolean;
  behind?: boolean;
  country?: string;
  chosen?: ChosenFields;
  asks?: string[];
  org?: () => Promise<Map<string, Candidate[]>>;
}) {
  const asked: string[] = [];
  const phone = (...names: string[]) => names.map((name) => ({ name, label: name }));
  const findPeople = createFindPeople({
    local: {
      findByKeys: async (_orgId, keys) => ({ value: kept.filter(({ key }) => keys.includes(key)), stale }),
      isBehind: () => behind,
      countryOf: () => country,
    },
    directory: {
      findByNumbers: async (_viewer, _sf, queries) => {
        asked.push(...queries.map(({ e164 }) => e164));
        return org();
      },
      phoneFields: {
        readable: async () => ({ Contact: phone('MobilePhone', 'Phone', 'Fax'), Lead: phone('Phone'), Account: phone('Phone') }),
      },
    },
  });
  const answer = findPeople(
    viewer,
    sf,
    asks.map((e164) => ({ e164, country: 'US' })),
    chosen,
  );
  return { answer: await answer.catch((error: unknown) => error), asked };
}

describe('people who are kept here', () => {
  it('are found without a call, once however many fields hold the number, by the first field that counts', async () => {
    const kept = [found({ field: 'Phone' }), found({})];
    expect(await find({ kept })).toMatchObject({
      answer: new Map([[ONE, [{ id: kept[0]?.id, field: { name: 'MobilePhone' }, isKept: true }]]]),
      asked: [],
    });
  });

  it.each([
    ['nobody has the number', {}],
    ['several have it', { kept: [found({}), found({ id: '003000000000002AAA' })] }],
    ['an account has it', { kept: [found({ object: 'Account', id: '001000000000001AAA', field: 'Phone' })] }],
    // A person account's Contact is not kept, and may be who was active last.
    [
      'an account has it too, in a field that does not count',
      { kept: [found({}), found({ object: 'Account', id: '001000000000001AAA', field: 'PersonMobilePhone' })] },
    ],
    ['the field does not count', { kept: [found({ field: 'Fax' })] }],
    ['other fields were chosen', { kept: [found({})], chosen: [{ object: 'Contact', fields: ['Phone'] }] }],
    ['a custom object has it', { kept: [found({ object: 'Site__c', field: 'Gate__c' })] }],
    ['changes were not read for minutes', { kept: [found({})], behind: true }],
    ['the database does not answer', { kept: [found({})], stale: true }],
    ['numbers are read as those of another country', { kept: [found({})], country: 'GB' }],
  ])('are looked for in the org where %s', async (_why, world) => {
    expect((await find(world)).asked).toEqual([ONE]);
  });

  it('are told all the same where the org refuses the search for others', async () => {
    const refused = new SearchRefusedError('INVALID_FIELD', true, undefined);
    const { answer, asked } = await find({ kept: [found({})], asks: [ONE, OTHER], org: () => Promise.reject(refused) });
    expect(asked).toEqual([OTHER]);
    expect(answer).toMatchObject({ code: 'INVALID_FIELD', lacksRights: true, known: new Map([[ONE, [{ name: 'Maya' }]]]) });
    expect(refused.known.size).toBe(0);
  });
});

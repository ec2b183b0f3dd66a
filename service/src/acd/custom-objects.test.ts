import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startRig, until, type Rig } from '../rig.test-helper.ts';
import type { Answer } from './answer.ts';
import { orgToolsOf, type OrgTools } from './org.test-helper.ts';
import { ownMetadata } from './own-objects.test-helper.ts';

const own = ownMetadata([
  { name: 'Site__c', isSearchable: true, fields: { Reception__c: 'Phone', Gate__c: 'Phone', Status__c: 'Text', Town__c: 'Text' } },
  { name: 'Meter__c', isSearchable: false, hasActivities: true, fields: { Modem__c: 'Phone' } },
  { name: 'Remark__c', isSearchable: true, fields: { Text__c: 'Text' } },
]);
let rig: Rig;
let org: OrgTools;
let key: string;
const ids: Record<string, string> = {};

const insert = async (object: string, fields: object) => ((await org.rest('POST', `/sobjects/${object}`, fields)) as { id: string }).id;
const ask = async (caller: string, lookup: string) =>
  (await rig.call<Answer>('GET', `/v1/acd/lookup?${new URLSearchParams({ caller, lookup })}`, undefined, { key })).body;
const define = (name: string, definition: object) =>
  rig.call<{ id: string; code?: string; definition: { objects: string[] } }>('POST', '/v1/acd/lookups', { name, definition });
const keptOf = async (object: string) =>
  (await rig.rows<{ count: number }>(`select count(*)::int as count from directory_record where object = '${object}'`))[0]?.count;

const mainUser = async () =>
  (await rig.call<{ items: { id: string; role: string }[] }>('GET', '/v1/connections')).body.items.find(({ role }) => role === 'main')
    ?.id ?? '';

beforeAll(async () => {
  rig = await startRig({ carriers: false, sample: true, metadata: own.folder });
  rig.salesforce.org.settings.searchDelaySeconds = 0;
  org = orgToolsOf(rig);
  const set = String(rig.salesforce.org.query(`SELECT Id FROM PermissionSet WHERE Name = 'Own'`)[0]?.['Id']);
  await org.rest('POST', '/sobjects/PermissionSetAssignment', { AssigneeId: org.userId(ADMIN), PermissionSetId: set });
  await org.connect();
  await org.rest('PATCH', `/sobjects/User/${org.userId(ADMIN)}`, { Extension: '2001' });
  ids['site'] = await insert('Site__c', { Name: 'Harbour', Gate__c: '(203) 555-0131', Status__c: 'Open', Town__c: 'Bath' });
  ids['closed'] = await insert('Site__c', { Name: 'Old mill', Reception__c: '203-555-0132', Status__c: 'Closed' });
  ids['meter'] = await insert('Meter__c', { Name: 'M-1', Modem__c: '203 555 0133' });
  key = (await rig.call<{ key: string }>('POST', '/v1/acd/pbxs', { name: 'Main', rules: { country: 'US' } })).body.key;
  await org.whenRead();
}, 60_000);
afterAll(async () => {
  await rig?.close();
  own.remove();
});

describe('a custom object whose records are callers', () => {
  it('is read where a look-up names it, and found by any of its phone fields', async () => {
    const made = await define('sites', {
      objects: ['Contact', 'site__c'],
      filters: [{ object: 'site__c', field: 'Status__c', is: 'equal', value: 'open' }],
      variables: [{ name: 'Town', field: 'Town__c' }],
    });
    expect(made).toMatchObject({ status: 201, body: { definition: { objects: ['Contact', 'Site__c'] } } });
    await until('it was read', async () => (await keptOf('Site__c')) === 2);
    await until('it is found here', async () => (await ask('+12035550131', 'sites')).source === 'index');
    expect(await ask('+12035550131', 'sites')).toMatchObject({
      matched: true,
      records: [{ object: 'Site__c', id: ids['site'], name: 'Harbour', owner: { extension: '2001' } }],
      extension: '2001',
      variables: { Town: 'Bath', Object: 'Site__c', ScreenPopUrl: expect.stringContaining(`/lightning/r/${String(ids['site'])}/view`) },
      why: expect.stringContaining('Site__c found by Gate__c'),
    });
    expect(await ask('+12035550132', 'sites')).toMatchObject({ matched: false });
    expect(await keptOf('Meter__c')).toBe(0);
  });

  it('is searched in the org for a record that is not here yet', async () => {
    const id = await insert('Site__c', { Name: 'New quay', Reception__c: '+1 203 555 0141', Status__c: 'Open' });
    expect(await ask('+12035550141', 'sites')).toMatchObject({ matched: true, source: 'live', records: [{ object: 'Site__c', id }] });
  });

  it('is nobody for look-ups that do not name it', async () => {
    expect((await define('people', { objects: ['Contact'] })).status).toBe(201);
    expect(await ask('+12035550131', 'people')).toMatchObject({ matched: false });
  });

  it('is found once it was read where the org does not search it, and spoils no search of the others', async () => {
    expect((await define('meters', { objects: ['Meter__c', 'Contact'] })).status).toBe(201);
    await until('it was read', async () => (await keptOf('Meter__c')) === 1);
    await until('it is found here', async () => (await ask('+12035550133', 'meters')).matched);
    expect(await ask('+12035550133', 'meters')).toMatchObject({ source: 'index', records: [{ id: ids['meter'] }] });
    const id = await insert('Contact', { LastName: 'Fresh', Phone: '+1 203 555 0142' });
    expect(await ask('+12035550142', 'meters')).toMatchObject({ source: 'live', records: [{ id }] });
  });

  it.each([
    ['on it', '+12035550133', 'meters', () => ids['meter'] ?? null],
    ['without a link where activities cannot hang on it', '+12035550131', 'sites', () => null],
  ])('gets its callback noted %s', async (_how, caller, lookup, whatId) => {
    const { body } = await rig.call<{ id: string }>('POST', '/v1/acd/callbacks/tasks', { caller, lookup }, { key });
    const task = await until('it is in the org', () => {
      return rig.salesforce.org.query(`SELECT WhatId, WhoId FROM Task WHERE SwitchboardCallId__c = '${body.id}'`)[0];
    });
    expect(task).toMatchObject({ WhatId: whatId(), WhoId: null });
  });

  it('that the connected user does not see any more goes on answering, says so, and is taken for out of date', async () => {
    const [assignment] = rig.salesforce.org.query(
      `SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Own' AND AssigneeId = '${org.userId(ADMIN)}'`,
    );
    const hide = `/sobjects/PermissionSetAssignment/${String(assignment?.['Id'])}`;
    await org.rest('DELETE', hide);
    await rig.call('POST', `/v1/connections/${await mainUser()}/test`); // rights are looked at again
    type Directory = { problem: string | null; sources: { object: string; problem: string | null }[] };
    const state = async () => (await rig.call<Directory>('GET', '/v1/acd/directory')).body;
    await rig.call('POST', '/v1/acd/directory/refresh');
    await until('it is noticed', async () => (await state()).problem !== null, 90_000);
    const { problem, sources } = await state();
    expect(problem).toContain('the connected user sees no such object, or no phone field of it');
    expect(sources.filter((source) => source.object.endsWith('__c')).map((source) => source.problem)).toEqual([
      expect.stringContaining('sees no such object'),
      expect.stringContaining('sees no such object'),
    ]);
    expect(await ask('+12035550131', 'sites')).toMatchObject({ matched: true, source: 'index' });
    const set = String(rig.salesforce.org.query(`SELECT Id FROM PermissionSet WHERE Name = 'Own'`)[0]?.['Id']);
    await org.rest('POST', '/sobjects/PermissionSetAssignment', { AssigneeId: org.userId(ADMIN), PermissionSetId: set });
    await rig.call('POST', `/v1/connections/${await mainUser()}/test`);
    await rig.call('POST', '/v1/acd/directory/refresh');
    await until('it is read again', async () => (await state()).problem === null, 90_000);
  }, 200_000);

  it('is kept no longer once no look-up names it, also while everything is read anew', async () => {
    const { body } = await rig.call<{ items: { id: string; name: string }[] }>('GET', '/v1/acd/lookups');
    const id = body.items.find(({ name }) => name === 'sites')?.id;
    await rig.rows(`update directory_org set swept_at = now() - interval '80 hours'`);
    expect((await rig.call('DELETE', `/v1/acd/lookups/${id}`)).status).toBe(200);
    await until('it is gone', async () => (await keptOf('Site__c')) === 0);
    expect(await rig.rows(`select 1 from directory_source where object = 'Site__c'`)).toEqual([]);
    expect(await keptOf('Meter__c')).toBe(1);
  });
});

describe('an object in which nobody can be found', () => {
  it.each([
    ['Nothing__c', 'which the org does not have'],
    ['Remark__c', 'no phone field'],
  ])('%s is refused with its reason', async (object, why) => {
    const answer = await define(`with ${object}`, { objects: ['Contact', object] });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ field: 'definition.objects' }] } });
    expect(JSON.stringify(answer.body)).toContain(why);
  });

  it.each([[['Opportunity']], [["Site__c WHERE Name != ''"]], [['A__c', 'B__c', 'C__c', 'D__c', 'E__c', 'F__c']]])(
    '%j is refused before the org is asked',
    async (objects) => expect((await define('bad', { objects })).status).toBe(400),
  );

  it('cannot be told while the org does not answer: nothing is stored', async () => {
    await rig.control('POST', '/faults', { match: { path: '/describe' }, action: { status: 503, body: [] }, times: 1_000 });
    const answer = await define('later', { objects: ['Remark__c'] });
    await rig.control('DELETE', '/faults');
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await rig.call<{ items: { name: string }[] }>('GET', '/v1/acd/lookups')).body.items.map(({ name }) => name)).not.toContain(
      'later',
    );
  });
});

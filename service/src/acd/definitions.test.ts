import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startRig, until, type Rig } from '../rig.test-helper.ts';
import { orgToolsOf, type OrgTools } from './org.test-helper.ts';
import type { Answer } from './answer.ts';

let rig: Rig;
let pbx: { id: string; pbxId: string; key: string };
const ids: Record<string, string> = {};

let rest: OrgTools['rest'];
let userId: OrgTools['userId'];
let refresh: OrgTools['refresh'];
let whenRead: OrgTools['whenRead'];
const insert = async (object: string, fields: object) => ((await rest('POST', `/sobjects/${object}`, fields)) as { id: string }).id;

const ask = async (more: Record<string, string>) =>
  rig.call<Answer>('GET', `/v1/acd/lookup?${new URLSearchParams(more)}`, undefined, { key: pbx.key });

/** A look-up that the phone system may ask by its name. */
async function define(name: string, definition: object): Promise<void> {
  const made = await rig.call('POST', '/v1/acd/lookups', { name, definition });
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 });
}

beforeAll(async () => {
  rig = await startRig({ carriers: false, sample: true });
  ({ rest, userId, refresh, whenRead } = orgToolsOf(rig));
  await orgToolsOf(rig).connect();
  const [admin, agent] = [userId(ADMIN), userId('agent@sandbox.test')];
  await rest('PATCH', `/sobjects/User/${admin}`, { Extension: '2001' });
  await rest('PATCH', `/sobjects/User/${agent}`, { Extension: '2002' });
  ids['account'] = await insert('Account', { Name: 'Holders', AccountNumber: 'CD-355 118', OwnerId: agent });
  ids['contact'] = await insert('Contact', {
    LastName: 'Holder',
    Phone: '+1 203 555 0121',
    AccountId: ids['account'],
    OwnerId: admin,
    Department: 'Support',
    Title: 'Director',
  });
  ids['case'] = await insert('Case', { Subject: 'Open', ContactId: ids['contact'], Priority: 'High', OwnerId: agent });
  ids['closed'] = await insert('Case', { Subject: 'Closed', ContactId: ids['contact'], Status: 'Closed', OwnerId: agent });
  pbx = (await rig.call<typeof pbx>('POST', '/v1/acd/pbxs', { name: 'Main', rules: { country: 'US' } })).body;
  await whenRead();
}, 60_000);
afterAll(() => rig?.close());

const caseNumber = (which: string) =>
  String(rig.salesforce.org.query(`SELECT CaseNumber FROM Case WHERE Id = '${ids[which]}'`)[0]?.['CaseNumber']);

describe('an open case', () => {
  it('of the caller is answered, and its owner is rung where the look-up says so', async () => {
    expect((await ask({ caller: '+12035550121' })).body).toMatchObject({
      extension: '2001',
      records: [{ id: ids['contact'], openCase: { id: ids['case'], number: caseNumber('case'), priority: 'High' } }],
    });
    await define('by case', { ring: ['caseOwner', 'recordOwner'] });
    expect((await ask({ caller: '+12035550121', lookup: 'by case' })).body).toMatchObject({
      extension: '2002',
      why: 'Contact found by Phone. The extension is that of the open case’s owner.',
    });
  });

  it('is found by its number, as a caller types it', async () => {
    const typed = String(Number(caseNumber('case')));
    expect((await ask({ case: typed })).body).toMatchObject({
      matched: true,
      source: 'index',
      extension: '2002',
      records: [{ object: 'Case', id: ids['case'], name: caseNumber('case') }],
    });
  });

  it('that was closed is found in the org, and no longer belongs to the caller’s answer', async () => {
    expect((await ask({ case: caseNumber('closed') })).body).toMatchObject({
      matched: true,
      source: 'live',
      records: [{ id: ids['closed'] }],
    });
    await rest('PATCH', `/sobjects/Case/${ids['case']}`, { Status: 'Closed' });
    await refresh();
    await until('it is gone', async () => (await ask({ caller: '+12035550121' })).body.records[0]?.openCase === undefined);
  });

  it.each(["99999998' OR CaseNumber != '", '99999999', 'none'])('with the number «%s» is nobody’s', async (number) =>
    expect((await ask({ case: number })).body).toMatchObject({ matched: false, records: [] }),
  );
});

it('an account number counts before the caller’s number, however it is typed', async () => {
  const { body } = await ask({ account: 'cd355118', caller: '+12035550121' });
  expect(body).toMatchObject({ matched: true, extension: '2002', records: [{ object: 'Account', name: 'Holders' }] });
  expect((await ask({ account: 'CD000', caller: '+12035550121' })).body.records[0]?.id).toBe(ids['contact']);
});

it('fields that a look-up needs are kept as soon as it is saved, and are answered', async () => {
  await define('more', {
    fields: { vip: 'Title', skill: 'Department' },
    vipValues: ['Director'],
    variables: [{ name: 'Job', field: 'Title' }],
  });
  await until('they were read', async () => (await ask({ caller: '+12035550121', lookup: 'more' })).body.variables['Job'] !== undefined);
  expect((await ask({ caller: '+12035550121', lookup: 'more' })).body.variables).toMatchObject({
    Vip: 'true',
    Skill: 'Support',
    Job: 'Director',
    DoNotCall: 'false',
    ScreenPopUrl: `${rig.salesforce.url}/lightning/r/${ids['contact']}/view`,
  });
});

it('a filter leaves out who does not meet it', async () => {
  await define('sales', { filters: [{ object: 'Contact', field: 'Department', is: 'equal', value: 'Sales' }], defaultRoute: '700' });
  await refresh();
  expect((await ask({ caller: '+12035550121', lookup: 'sales' })).body).toMatchObject({ matched: false, extension: '700' });
});

it('the called number chooses the look-up where the phone system names none', async () => {
  await define('hotline', { calledNumbers: ['+1 800 555 0100'], several: 'first', ring: [], defaultRoute: '911' });
  expect((await ask({ caller: '+12035550121', called: '18005550100' })).body.extension).toBe('911');
  expect((await ask({ caller: '+12035550121', called: '18005550101' })).body.extension).toBe('2001');
  expect((await ask({ caller: '+12035550121', called: '18005550100', lookup: 'by case' })).body.extension).not.toBe('911');
});

it('outside working hours, by the org’s clock, calls go elsewhere', async () => {
  await define('never open', { hours: { open: [], closedRoute: 'night' } });
  expect((await ask({ caller: '+12035550121', lookup: 'never open' })).body).toMatchObject({ matched: true, extension: 'night' });
  expect((await rig.call('GET', '/v1/acd/directory')).body).toMatchObject({ timeZone: expect.stringMatching(/^\w+\/\w+/) as string });
});

it('another country of the phone system is the org’s: its numbers are found under other keys', async () => {
  await insert('Contact', { LastName: 'Londoner', Phone: '020 7946 0991' });
  await refresh();
  const isWhole = async () => (await rig.rows("select 1 from directory_key where key = '+442079460991'")).length > 0;
  expect(await isWhole()).toBe(false);
  await rig.call('PUT', `/v1/acd/pbxs/${pbx.id}`, { name: 'Main', rules: { country: 'GB' } });
  await until('it was read anew', isWhole);
});

describe('the answer in other formats', () => {
  const askFor = async (accept: string) => {
    const query = new URLSearchParams({ caller: '+12035550121' });
    const headers = { accept, authorization: `Bearer ${pbx.key}` };
    const answer = await fetch(`http://127.0.0.1:${rig.ports.service}/v1/acd/lookup?${query}`, { headers });
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  };

  it('is a flat map of texts', async () => {
    const { type, text } = await askFor('application/json; profile=flat');
    expect(type).toBe('application/json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ Matched: 'true', Count: '1', Extension: '2001' });
  });

  it('is XML, whatever a name holds', async () => {
    await rest('PATCH', `/sobjects/Contact/${ids['contact']}`, { FirstName: '<A&B>' });
    await refresh();
    await until('it is known', async () => (await askFor('text/xml')).text.includes('A&amp;B'));
    const { type, text } = await askFor('application/xml');
    expect(type).toBe('application/xml; charset=utf-8');
    expect(text).toContain('  <Name>&lt;A&amp;B&gt; Holder</Name>\n');
  });

  it.each(['*/*', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json, text/plain'])(
    'is JSON for who accepts %s',
    async (accept) => expect(JSON.parse((await askFor(accept)).text)).toMatchObject({ matched: true, records: [{ object: 'Contact' }] }),
  );
});

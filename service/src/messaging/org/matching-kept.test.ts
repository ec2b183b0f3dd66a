import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orgToolsOf, type OrgTools } from '../../acd/org.test-helper.ts';
import { OUR_US, startRig, until, type Rig } from '../../rig.test-helper.ts';

let rig: Rig;
let org: OrgTools;
const ids: Record<string, string> = {};
const KNOWN = '+12035550171';
const SHARED = '+12035550172';
const FAX = '+12035550173';

const insert = async (object: string, fields: object) => ((await org.rest('POST', `/sobjects/${object}`, fields)) as { id: string }).id;
const searches = async (): Promise<number> => {
  const { items } = (await rig.control('GET', '/calls')) as { items: { route: string; count: number }[] };
  return items.filter(({ route }) => route.endsWith('/search')).reduce((sum, { count }) => sum + count, 0);
};
/** What a text from this number is linked to, and how many searches that took. */
async function text(from: string): Promise<{ contact: unknown; lead: unknown; note: string; searched: number }> {
  const before = await searches();
  await rig.inbound(from, OUR_US, 'hello');
  const soql = `SELECT Contact__c, Lead__c, MatchNote__c FROM Conversation__c WHERE CustomerNumber__c = '${from}'`;
  const row = await until('it is in the org', () => rig.salesforce.org.query(soql)[0]);
  await rig.delivered();
  return {
    contact: row['Contact__c'],
    lead: row['Lead__c'],
    note: String(row['MatchNote__c']),
    searched: (await searches()) - before,
  };
}

beforeAll(async () => {
  rig = await startRig({ sample: true });
  rig.salesforce.org.settings.searchDelaySeconds = 0;
  org = orgToolsOf(rig);
  ids['known'] = await insert('Contact', { LastName: 'Known', MobilePhone: '(203) 555-0171' });
  ids['quiet'] = await insert('Contact', { LastName: 'Quiet', Phone: '203 555 0172' });
  ids['active'] = await insert('Contact', { LastName: 'Active', Phone: '203 555 0172' });
  await insert('Task', { Subject: 'Call', WhoId: ids['active'], ActivityDate: '2026-01-05', Status: 'Completed' });
  await insert('Contact', { LastName: 'Machine', Fax: '203 555 0173' });
  await org.connect();
  await rig.call('POST', '/v1/acd/pbxs', { name: 'Main', rules: { country: 'US' } });
  await org.whenRead();
  await until('it is known here', async () => {
    const { body } = await rig.call<{ source: string; stale: boolean }>('GET', `/v1/acd/lookup?caller=${encodeURIComponent(KNOWN)}`);
    return body.source === 'index' && !body.stale;
  });
}, 60_000);
afterAll(() => rig?.close());

describe('whose a text is, in an org whose people are kept here', () => {
  it('costs no search where one person has the number', async () => {
    expect(await text(KNOWN)).toEqual({
      contact: ids['known'],
      lead: null,
      note: 'Contact Known has this number (Mobile Phone).',
      searched: 0,
    });
  });

  it('is asked of the org where several have it: the one who was active last is meant', async () => {
    expect(await text(SHARED)).toMatchObject({
      contact: ids['active'],
      note: expect.stringContaining('2 records have this number'),
      searched: 1,
    });
  });

  it('is asked of the org where nobody here has it', async () => {
    const id = await insert('Lead', { LastName: 'New', Company: 'New', Phone: '+1 203 555 0174' });
    expect(await text('+12035550174')).toMatchObject({ contact: null, lead: id, searched: 1 });
  });

  it('is nobody’s who has it in a field that does not count', async () => {
    const { status } = await rig.call('PUT', '/v1/phone-fields', { objects: [{ object: 'Contact', fields: ['Phone'] }] });
    expect(status).toBe(200);
    expect(await text(FAX)).toMatchObject({ contact: null, lead: null });
    const other = '+12035550175';
    await insert('Contact', { LastName: 'Second', MobilePhone: other });
    await org.refresh();
    expect(await text(other)).toMatchObject({ contact: null });
  });
});

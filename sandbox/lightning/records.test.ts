import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStage, type Stage } from '../../e2e/support/page.ts';

const BUILD_MS = 180_000;
const AGENT = 'agent@sandbox.test';

describe.each(['', 'sw'])('records as the signed-in user sees them, in an org with namespace "%s"', (namespace) => {
  const own = (name: string): string => (namespace ? `${namespace}__${name}` : name);
  let stage: Stage;
  let contact = '';
  let lead = '';

  beforeAll(async () => {
    stage = await startStage({ salesforce: { namespace } });
    const { org } = stage.salesforce;
    const OwnerId = org.users.byUsername(AGENT)?.id ?? '';
    const AccountId = org.insert('Account', { Name: 'Northwind', OwnerId });
    contact = org.insert('Contact', { LastName: 'Lindgren', Phone: '+14155550101', HomePhone: '+14155550102', AccountId, OwnerId });
    lead = org.insert('Lead', { LastName: 'Prospect', Company: 'Fabrikam', OwnerId });
    org.insert(own('OptOut__c'), { Name: '+14155550101', [own('ExternalId__c')]: '+14155550101', [own('State__c')]: 'OptedOut' });
    await hide('Contact', 'HomePhone');
  }, BUILD_MS);
  afterAll(() => stage.close());

  async function hide(object: string, field: string): Promise<void> {
    const response = await fetch(`${stage.salesforce.url}/__sandbox/users/${AGENT}/fields`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object, field, read: false }),
    });
    expect(response.status).toBe(200);
  }

  async function getRecord(recordId: string, fields: string[], optionalFields: string[]): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${stage.url}/__shell/ui-record`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `switchboard_user=${AGENT}` },
      body: JSON.stringify({ recordId, fields, optionalFields }),
    });
    return { status: response.status, body: await response.json() };
  }

  it('getRecord leaves out an optional field that the user may not see', async () => {
    const optional = ['Contact.Phone', 'Contact.HomePhone', 'Contact.Title', 'Contact.Account.Name', 'Contact.Owner.Name'];
    const { status, body } = await getRecord(contact, ['Contact.Name'], optional);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        apiName: 'Contact',
        id: contact,
        fields: {
          Name: { value: 'Lindgren' },
          Phone: { value: '+14155550101' },
          Title: { value: null },
          Account: { value: { fields: { Name: { value: 'Northwind' } } } },
          Owner: { value: { fields: { Name: { value: 'Alex Agent' } } } },
        },
      },
    });
    expect((body as { fields: object }).fields).not.toHaveProperty('HomePhone');
  });

  it('getRecord reads owners that may be users or queues, and what picklist values are called', async () => {
    const { body } = await getRecord(lead, ['Lead.Name'], ['Lead.Company', 'Lead.Status', 'Lead.Owner.Name']);
    expect(body).toMatchObject({
      fields: {
        Company: { value: 'Fabrikam', displayValue: null },
        Status: { displayValue: expect.stringMatching(/\w/) },
        Owner: { value: { fields: { Name: { value: 'Alex Agent' } } } },
      },
    });
  });

  it('getRecord fails for a hidden field that is wanted, for a foreign record and for what is no field', async () => {
    expect(await getRecord(contact, ['Contact.HomePhone'], [])).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
    expect(await getRecord('003000000000000AAA', ['Contact.Name'], [])).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] });
    expect((await getRecord(contact, ["Contact.Name'"], [])).status).toBe(400);
  });

  it('a supervisor changes the owner of a conversation, and no key', async () => {
    const { org, url } = stage.salesforce;
    const json = { 'content-type': 'application/json' };
    const username = 'agent2@sandbox.test';
    const sets = { add: ['SwitchboardSupervisor'], remove: ['SwitchboardAgent'] };
    await fetch(`${url}/__sandbox/users/${username}/permission-sets`, { method: 'POST', headers: json, body: JSON.stringify(sets) });
    const signIn = await fetch(`${url}/__sandbox/token`, { method: 'POST', headers: json, body: JSON.stringify({ username }) });
    const { accessToken } = (await signIn.json()) as { accessToken: string };
    const [supervisor, agent] = [org.users.byUsername(username)?.id, org.users.byUsername(AGENT)?.id];
    const conversation = org.insert(own('Conversation__c'), { Name: 'c', [own('ExternalId__c')]: 'c-1', OwnerId: supervisor });
    const change = (fields: object) =>
      fetch(`${url}/services/data/v65.0/sobjects/${own('Conversation__c')}/${conversation}`, {
        method: 'PATCH',
        headers: { ...json, authorization: `Bearer ${accessToken}` },
        body: JSON.stringify(fields),
      });
    const key = await change({ [own('ExternalId__c')]: 'other' });
    expect({ status: key.status, body: await key.json() }).toMatchObject({ body: [{ fields: [own('ExternalId__c')] }] });
    expect((await change({ OwnerId: agent })).status).toBe(204);
  });

  it('lists show the labels of picklist values', async () => {
    const response = await fetch(`${stage.url}/__shell/list/${own('OptOut__c')}`, { headers: { cookie: `switchboard_user=${AGENT}` } });
    const { rows } = (await response.json()) as { rows: { cells: { name: string; value: string; display?: string }[] }[] };
    expect(rows[0]?.cells.find(({ name }) => name === own('State__c'))).toMatchObject({ value: 'OptedOut', display: 'Opted out' });
  });

  it.each([
    [AGENT, 'en-GB', 'Europe/London'],
    ['agent2@sandbox.test', 'en-NZ', 'Pacific/Auckland'],
  ])('the page of %s has their own locale and time zone', async (username, locale, timeZone) => {
    const page = await fetch(`${stage.url}/lightning/page/home`, { headers: { cookie: `switchboard_user=${username}` } });
    expect(JSON.parse(/id="shell-context">(.*?)<\/script>/s.exec(await page.text())?.[1] ?? '')).toMatchObject({ locale, timeZone });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, AGENT2, startTestOrg } from './testing.ts';
import type { TestOrg } from './testing.ts';

interface Problem {
  errorCode: string;
  message: string;
  fields?: string[];
}

const numbers = { CustomerNumber__c: '+14155550100', OurNumber__c: '+14155550199' };

describe('rights', () => {
  let t: TestOrg;
  const ids: Record<string, string> = {};
  const insert = (object: string, values: Record<string, unknown>) => t.org.insert(object, values);
  const message = (key: string, parent: string) =>
    insert('Message__c', { Conversation__c: parent, ExternalId__c: key, Direction__c: 'Inbound', SentStatus__c: 'Received', Body__c: 'x' });

  beforeAll(async () => {
    t = await startTestOrg();
    const [agent, agent2] = [t.userId(AGENT), t.userId(AGENT2)];
    const queue = t.org.query("SELECT Id FROM Group WHERE DeveloperName = 'Switchboard_Inbox'")[0]?.['Id'];
    ids['queue'] = String(queue);
    for (const [key, owner] of Object.entries({ mine: agent, other: agent2, queued: queue })) {
      ids[key] = insert('Conversation__c', { Name: key, ExternalId__c: key, OwnerId: owner, ...numbers });
      ids[`${key} message`] = message(`m-${key}`, ids[key]);
    }
    ids['account'] = insert('Account', { Name: 'Shared by contact', OwnerId: agent2 });
    ids['contact'] = insert('Contact', { LastName: 'Mine', OwnerId: agent, AccountId: ids['account'], Email: 'mine@example.com' });
    ids['foreign'] = insert('Contact', { LastName: 'Theirs', OwnerId: agent2 });
  });
  afterAll(() => t.close());

  const get = async (path: string, as = AGENT) => {
    const reply = await t.call<Problem[]>('GET', path, { as });
    return [reply.status, reply.body[0]?.errorCode ?? 'ok'];
  };
  const change = async (method: string, path: string, body: unknown, as = AGENT) => {
    const reply = await t.call<Problem[] | undefined>(method, path, { as, body });
    return [reply.status, reply.body?.[0]?.errorCode ?? 'ok'];
  };

  describe('sharing', () => {
    it('shows private records to their owner, to queue members and to who sees all', async () => {
      const names = async (as: string) => (await t.soql('SELECT Name FROM Conversation__c ORDER BY Name', as)).map((row) => row['Name']);
      expect(await names(AGENT)).toEqual(['mine']);
      expect(await names(AGENT2)).toEqual(['other']);
      expect(await names('standby@sandbox.test')).toEqual(['mine', 'other', 'queued']);
      const member = insert('GroupMember', { GroupId: ids['queue'], UserOrGroupId: t.userId(AGENT) });
      expect(await names(AGENT)).toEqual(['mine', 'queued']);
      await t.call('DELETE', `/sobjects/GroupMember/${member}`);
      expect(await names(AGENT)).toEqual(['mine']);
    });

    it('lets details follow their master', async () => {
      expect((await t.soql('SELECT ExternalId__c FROM Message__c', AGENT)).map((row) => row['ExternalId__c'])).toEqual(['m-mine']);
      expect(await get(`/sobjects/Message__c/${ids['other message']}`)).toEqual([404, 'NOT_FOUND']);
      expect(await get(`/sobjects/Message__c/${ids['mine message']}`)).toEqual([200, 'ok']);
    });

    it('answers NOT_FOUND for what may not be seen and INSUFFICIENT_ACCESS for what may only be seen', async () => {
      expect(await get(`/sobjects/Contact/${ids['foreign']}`)).toEqual([404, 'NOT_FOUND']);
      expect(await change('PATCH', `/sobjects/Contact/${ids['foreign']}`, { Title: 'x' })).toEqual([404, 'NOT_FOUND']);
      // The account is readable through the agent's own contact, not more.
      expect(await get(`/sobjects/Account/${ids['account']}`)).toEqual([200, 'ok']);
      expect(await change('PATCH', `/sobjects/Account/${ids['account']}`, { Name: 'x' })).toEqual([403, 'INSUFFICIENT_ACCESS_OR_READONLY']);
      expect(await change('DELETE', `/sobjects/Account/${ids['account']}`, undefined)).toEqual([403, 'INSUFFICIENT_ACCESS_OR_READONLY']);
      expect(await change('POST', '/sobjects/Case', { Subject: 's', ContactId: ids['foreign'] })).toEqual([
        400,
        'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      ]);
    });

    it('keeps sub-queries, semi-joins, retrieve and composite within the same walls', async () => {
      expect(
        await t.soql(
          "SELECT Id FROM Conversation__c WHERE Id IN (SELECT Conversation__c FROM Message__c WHERE ExternalId__c = 'm-other')",
          AGENT,
        ),
      ).toHaveLength(0);
      const [row] = await t.soql('SELECT Id, (SELECT Id FROM Contacts) FROM Account', AGENT);
      expect(row).toMatchObject({ Contacts: { totalSize: 1 } });
      insert('Contact', { LastName: 'Hidden', OwnerId: t.userId(AGENT2), AccountId: ids['account'] });
      expect((await t.soql('SELECT Id, (SELECT Id FROM Contacts) FROM Account', AGENT))[0]).toMatchObject({ Contacts: { totalSize: 1 } });
      const retrieved = await t.call<unknown[]>(
        'GET',
        `/composite/sobjects/Conversation__c?ids=${ids['mine']},${ids['other']}&fields=Name`,
        { as: AGENT },
      );
      expect(retrieved.body).toMatchObject([{ Name: 'mine' }, null]);
    });
  });

  describe('objects and fields', () => {
    it('hides objects without read access everywhere', async () => {
      const bare = insert('User', {
        Username: 'bare@sandbox.test',
        LastName: 'Bare',
        Email: 'bare@sandbox.test',
        Alias: 'bare',
        ProfileId: t.org.users.byUsername(AGENT)?.profileId,
      });
      expect(bare).toMatch(/^005/);
      await expect(t.soql('SELECT Id FROM Conversation__c', 'bare@sandbox.test')).rejects.toThrow('INVALID_TYPE');
      expect(await get('/sobjects/Conversation__c/describe', 'bare@sandbox.test')).toEqual([404, 'NOT_FOUND']);
      const list = await t.call<{ sobjects: { name: string }[] }>('GET', '/sobjects', { as: 'bare@sandbox.test' });
      expect(list.body.sobjects.map((object) => object.name)).not.toContain('Conversation__c');
      await expect(t.soql('SELECT Contact.Name, (SELECT Id FROM Conversations__r) FROM Contact', 'bare@sandbox.test')).rejects.toThrow(
        'INVALID_TYPE',
      );
    });

    it('gives administrators all objects, but deployed fields only by permission set', async () => {
      const assignment = (await t.soql("SELECT Id FROM PermissionSetAssignment WHERE Assignee.Username = 'spare@sandbox.test'")).map(
        (row) => String(row['Id']),
      );
      expect(await t.soql('SELECT MatchNote__c FROM Conversation__c LIMIT 1', 'spare@sandbox.test')).toHaveLength(1);
      for (const id of assignment) await t.call('DELETE', `/sobjects/PermissionSetAssignment/${id}`);
      await expect(t.soql('SELECT MatchNote__c FROM Conversation__c', 'spare@sandbox.test')).rejects.toThrow(
        "No such column 'MatchNote__c'",
      );
      // Names and required fields have no field-level security.
      expect(await t.soql('SELECT Name FROM Conversation__c', 'spare@sandbox.test')).toHaveLength(3);
      expect(await t.soql('SELECT ExternalId__c FROM Message__c', 'spare@sandbox.test')).toBeInstanceOf(Array);
    });

    it('treats a field without read access as unknown, without edit access as not writeable', async () => {
      const set = t.org.query("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = TRUE AND Profile.Name = 'Standard User'")[0]?.['Id'];
      const row = (name: string) =>
        String(t.org.query(`SELECT Id FROM FieldPermissions WHERE ParentId = '${String(set)}' AND Field = 'Contact.${name}'`)[0]?.['Id']);
      await t.call('DELETE', `/sobjects/FieldPermissions/${row('Department')}`);
      await t.call('PATCH', `/sobjects/FieldPermissions/${row('Title')}`, { body: { PermissionsEdit: false } });
      await expect(t.soql('SELECT Department FROM Contact', AGENT)).rejects.toThrow("No such column 'Department'");
      await expect(t.soql("SELECT Id FROM Contact WHERE Department = 'x'", AGENT)).rejects.toThrow('INVALID_FIELD');
      expect(await t.soql('SELECT Title FROM Contact', AGENT)).toHaveLength(1);
      const describeFields = (
        await t.call<{ fields: { name: string; updateable: boolean }[] }>('GET', '/sobjects/Contact/describe', { as: AGENT })
      ).body.fields;
      expect(describeFields.find((entry) => entry.name === 'Department')).toBeUndefined();
      expect(describeFields.find((entry) => entry.name === 'Title')?.updateable).toBe(false);
      const path = `/sobjects/Contact/${ids['contact']}`;
      expect(await change('PATCH', path, { Department: 'x' })).toEqual([400, 'INVALID_FIELD']);
      expect(await change('PATCH', path, { Title: 'x' })).toEqual([400, 'INVALID_FIELD_FOR_INSERT_UPDATE']);
      expect((await t.call<Record<string, unknown>>('GET', path, { as: AGENT })).body).not.toHaveProperty('Department');
    });

    it('lets agents read conversations but not write what the service owns', async () => {
      expect(await change('PATCH', `/sobjects/Conversation__c/${ids['mine']}`, { Name: 'x' })).toEqual([
        403,
        'INSUFFICIENT_ACCESS_OR_READONLY',
      ]);
      expect(await change('POST', '/sobjects/Conversation__c', { ExternalId__c: 'new', Name: 'x', ...numbers })).toEqual([
        403,
        'INSUFFICIENT_ACCESS_OR_READONLY',
      ]);
      expect(
        await change('POST', '/sobjects/PermissionSetAssignment', { AssigneeId: t.userId(AGENT), PermissionSetId: '0PS000000000001' }),
      ).toEqual([400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY']);
    });

    it('knows permissions, custom permissions and principals of users', () => {
      const agent = t.org.users.rights(t.userId(AGENT));
      const admin = t.org.users.rights(t.userId('admin@sandbox.test'));
      expect([agent.modifyAllData, agent.apiEnabled, [...agent.principals]]).toEqual([false, true, ['Switchboard-Agent']]);
      expect([admin.modifyAllData, admin.customPermissions.has('SwitchboardSetup'), admin.principals.has('Switchboard-Admin')]).toEqual([
        true,
        true,
        true,
      ]);
    });

    it('refuses inactive owners and queues that do not carry the object', async () => {
      t.org.users.setActive(t.userId(AGENT2), false);
      expect(await change('POST', '/sobjects/Contact', { LastName: 'x', OwnerId: t.userId(AGENT2) }, 'admin@sandbox.test')).toEqual([
        400,
        'INACTIVE_OWNER_OR_USER',
      ]);
      t.org.users.setActive(t.userId(AGENT2), true);
      expect(await change('POST', '/sobjects/Lead', { LastName: 'x', Company: 'c', OwnerId: ids['queue'] }, 'admin@sandbox.test')).toEqual([
        400,
        'FIELD_INTEGRITY_EXCEPTION',
      ]);
    });

    it('lets the integration user name the master again in an upsert, but not another one', async () => {
      const path = '/sobjects/Message__c/ExternalId__c/m-mine';
      expect(await change('PATCH', path, { Conversation__r: { ExternalId__c: 'mine' }, Body__c: 'again' }, 'admin@sandbox.test')).toEqual([
        200,
        'ok',
      ]);
      expect(await change('PATCH', path, { Conversation__r: { ExternalId__c: 'other' } }, 'admin@sandbox.test')).toEqual([
        400,
        'INVALID_FIELD_FOR_INSERT_UPDATE',
      ]);
    });
  });
});

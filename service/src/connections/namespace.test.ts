import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Org } from '../tenancy/index.ts';
import { ADMIN, STANDBY, startHarness, type Harness } from './harness.test-helper.ts';

let h: Harness;
let org: Org;
beforeAll(async () => {
  h = await startHarness({ salesforce: { namespace: 'swb' } });
  org = await h.register();
  await h.connect(STANDBY);
});
afterAll(() => h.close());

it('finds the namespace of the package and writes the keys under it', async () => {
  expect(org.namespace).toBe('swb');
  expect((await h.apex(ADMIN, 'GET', '/v1/org')).body).toMatchObject({ namespace: 'swb', main: { username: ADMIN } });
  expect((await h.connections.users(org.id)).map((user) => user.missing)).toEqual([[], []]);
});

it('speaks bare names in both directions, through a switch', async () => {
  await h.control('POST', `/users/${ADMIN}/revoke`);
  const rows = await h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging', packageFields: true }, async (client) => {
    const [saved] = await client.upsertCollection('Conversation__c', 'ExternalId__c', [
      { ExternalId__c: 'c1', Name: 'One', CustomerNumber__c: '+14155550101', OurNumber__c: '+14155550100' },
    ]);
    expect(saved).toMatchObject({ success: true, errors: [] });
    await client.upsertCollection('Message__c', 'ExternalId__c', [
      {
        ExternalId__c: 'm1',
        Conversation__r: { ExternalId__c: 'c1' },
        Direction__c: 'Inbound',
        Body__c: 'Is swb__Body__c a name?',
        Sequence__c: 1,
      },
    ]);
    return (await client.query("SELECT Body__c, Conversation__r.OurNumber__c FROM Message__c WHERE Conversation__r.ExternalId__c = 'c1'"))
      .records;
  });
  expect(rows).toMatchObject([{ Body__c: 'Is swb__Body__c a name?', Conversation__r: { OurNumber__c: '+14155550100' } }]);
  expect((await h.connections.status(org.id)).main).toEqual({ username: STANDBY });
  expect(h.peer.org.query('SELECT swb__Body__c FROM swb__Message__c')).toHaveLength(1);
});

it('publishes events and rings bells under the namespace', async () => {
  const results = await h.connections.call(org.id, { replay: 'idempotent', lane: 'messaging' }, (client) =>
    client.publish('ConversationChanged__e', [{ ConversationIds__c: 'c1' }]),
  );
  expect(results).toMatchObject([{ success: true, errors: [] }]);
  const bell = async (): Promise<unknown[]> =>
    ((await h.control('GET', `/notifications?username=${STANDBY}`)) as { items: unknown[] }).items;
  await h.until(async () => (await bell()).length > 0);
});

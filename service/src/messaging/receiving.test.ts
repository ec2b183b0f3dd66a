import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUR_US, startRig, until, type Rig } from '../rig.test-helper.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
}, 60_000);
afterAll(() => rig.close());

describe('receiving', () => {
  it('brings a text into the org', async () => {
    await rig.inbound('+14155550123', OUR_US, 'Hello there');
    await until('stored', async () => (await rig.rows('select 1 from message')).length === 1);
    await rig.delivered();
    expect(rig.salesforce.org.query('SELECT Body__c FROM Message__c')).toMatchObject([{ Body__c: 'Hello there' }]);
  });
});

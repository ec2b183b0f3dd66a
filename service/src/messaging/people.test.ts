import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { OUR_US, startRig, until, type Rig } from '../rig.test-helper.ts';
import { createReceive } from './receive.ts';

const MAYA = '+14155550123';
const OTHER = '+14155550142';
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ sample: true });
  await rig.control('POST', '/clock', { advanceSeconds: 5 }); // the org's search index lags behind by two seconds
});
afterAll(() => rig.close());

/** What a flow asked to be sent, in the org. */
const outboxNumbers = () => rig.salesforce.org.query('SELECT ToNumber__c FROM MessageOutbox__c').map((row) => row['ToNumber__c']);

const inOrg = (number: string) => rig.salesforce.org.query(`SELECT Id FROM Conversation__c WHERE CustomerNumber__c = '${number}'`).length;

describe('a person’s data', () => {
  it('is handed out by number, however the number is written', async () => {
    await rig.inbound(MAYA, OUR_US, 'My door code is 1234');
    await rig.inbound(OTHER, OUR_US, 'Somebody else');
    await until('both conversations in the org', () => inOrg(MAYA) === 1 && inOrg(OTHER) === 1);
    await rig.delivered();
    await rig.send(MAYA, OUR_US, 'Thank you');
    const { status, body } = await rig.call<{
      number: string;
      complete: boolean;
      conversations: { name: string; messages: { body: string; direction: string }[] }[];
    }>('POST', '/v1/people/export', { number: '(415) 555-0123' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ number: MAYA, complete: true, conversations: [{ name: 'Maya Rivera' }] });
    expect(body.conversations.flatMap(({ messages }) => messages.map((message) => [message.direction, message.body]))).toEqual([
      ['inbound', 'My door code is 1234'],
      ['outbound', 'Thank you'],
    ]);
  });

  it('is not erased anywhere while the org cannot be reached', async () => {
    await rig.fault({ path: '/composite/sobjects', method: 'DELETE' }, { status: 503 }, { times: 1 });
    const { status, body } = await rig.call('POST', '/v1/people/erase', { number: MAYA });
    expect([status, body['code']]).toEqual([503, 'unavailable']);
    expect(inOrg(MAYA)).toBe(1);
    expect(await rig.rows(`select 1 from conversation where customer_number = '${MAYA}'`)).toHaveLength(1);
    rig.advance(120_000); // over the hold that the fault brought
  });

  it('is erased in the org and in the service, and nobody else’s is', async () => {
    await rig.inbound(MAYA, OUR_US, 'STOP');
    await rig.delivered();
    const asked = ['(415) 555-0123', MAYA, '1.415.555.0123', '+4915155550123', OTHER];
    for (const [index, to] of asked.entries())
      rig.salesforce.org.insert('MessageOutbox__c', {
        ClientKey__c: `erase-${index}`,
        ToNumber__c: to,
        Body__c: 'Hi',
        Status__c: 'Rejected',
      });
    const { status, body } = await until('the org is reached again', async () => {
      const answer = await rig.call('POST', '/v1/people/erase', { number: MAYA });
      return answer.status === 200 ? answer : undefined;
    });
    expect([status, body]).toEqual([200, { conversations: 1 }]);
    expect([inOrg(MAYA), inOrg(OTHER)]).toEqual([0, 1]);
    expect(outboxNumbers().filter((number) => asked.includes(String(number)))).toEqual(['+4915155550123', OTHER]);
    expect(await rig.rows(`select 1 from message where body like '%door code%'`)).toEqual([]);
    const refused = await rig.send(MAYA, OUR_US, 'Hello again');
    expect([refused.status, (refused.body as unknown as { code: string }).code]).toEqual([409, 'opted_out']);
  });

  it('does not come back: not by a batch that was on its way, not by the carrier’s list, and also where the org’s id was never learned', async () => {
    const number = '+14155559901';
    await rig.fault({ path: '/composite', object: 'Message__c' }, { latencyMs: 1_500 }, { times: 1 });
    await rig.inbound(OTHER, OUR_US, 'Somebody else again');
    await rig.inbound(number, OUR_US, 'Forget me');
    const [stored] = await until('stored', async () => {
      const rows = await rig.rows<{ sid: string; account: string }>(
        `select carrier_id as sid, account_id as account from message where body = 'Forget me'`,
      );
      return rows.length > 0 ? rows : undefined;
    });
    await until('on its way', async () => (await rig.rows(`select 1 from lane where purpose = 'org' and lease_until > now()`)).length > 0);
    expect((await rig.call('POST', '/v1/people/erase', { number })).body).toEqual({ conversations: 1 });
    await rig.delivered();
    await until(
      'nobody writes',
      async () => (await rig.rows(`select 1 from lane where purpose = 'org' and lease_until > now()`)).length === 0,
    );
    expect(inOrg(number)).toBe(0);

    const { receive } = createReceive({ db: rig.database.db, clock: systemClock, wake: () => undefined });
    const again = {
      orgId: rig.id,
      accountId: stored!.account,
      carrierId: stored!.sid,
      from: number,
      to: OUR_US,
      body: 'Forget me',
      media: [],
    };
    expect(await receive(again)).toBeUndefined();
    expect(await rig.rows(`select 1 from conversation where customer_number = '${number}'`)).toEqual([]);

    await rig.inbound(number, OUR_US, 'A new text');
    await until('in the org', () => inOrg(number) === 1);
    await rig.delivered();
    await rig.rows(`update conversation set salesforce_id = null where customer_number = '${number}'`);
    expect((await rig.call('POST', '/v1/people/erase', { number })).status).toBe(200);
    expect(inOrg(number)).toBe(0);
  });
});

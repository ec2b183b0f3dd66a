import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OUR_US, startRig, until, type Rig } from '../rig.test-helper.ts';
import { createLookAgain } from './org/look-again.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ sample: false });
}, 60_000);
afterAll(() => rig.close());

let people = 0;
const person = () => `+1415551${1000 + (people += 1)}`;
const noteOf = async (number: string) =>
  (await rig.rows<{ note: string | null }>(`select match_note as note from conversation where customer_number = '${number}'`))[0]?.note ??
  '';
const searches = async () => {
  const calls = (await rig.control('GET', '/calls')) as { items: { route: string; count: number }[] };
  return calls.items.filter((item) => item.route.includes('search')).reduce((sum, item) => sum + item.count, 0);
};

/** Two people whom the org refused to look for; rights are in order again, and nobody has said so. */
let [first, second] = ['', ''];
beforeEach(async () => {
  rig.advance(11 * 60_000);
  [first, second] = [person(), person()];
  await rig.fault({ path: '/search' }, { status: 400, body: [{ errorCode: 'INVALID_FIELD', message: 'No such column' }] });
  for (const number of [first, second]) {
    await rig.inbound(number, OUR_US, 'Hello');
    await until('stored', () => noteOf(number));
  }
  await rig.delivered();
  await rig.control('DELETE', '/faults');
  for (const number of [first, second]) expect(await noteOf(number)).toContain('Nobody was looked for');
});

const lookedFor = async () => {
  for (const number of [first, second]) await until('looked for', async () => (await noteOf(number)).startsWith('No Contact'));
  await rig.delivered();
  const [note] = rig.salesforce.org.query(`SELECT MatchNote__c FROM Conversation__c WHERE CustomerNumber__c = '${first}'`);
  expect(note?.['MatchNote__c']).toContain('No Contact');
};

describe('people whom the org refused to look for are looked for again, without another text of theirs,', () => {
  it('after a good test of the main user', async () => {
    const { body } = await rig.call<{ items: { id: string }[] }>('GET', '/v1/connections');
    expect((await rig.call('POST', `/v1/connections/${body.items[0]?.id}/test`)).status).toBe(200);
    await lookedFor();
  });

  it('after the phone fields were changed', async () => {
    expect((await rig.call('PUT', '/v1/phone-fields', { objects: [{ object: 'Contact', fields: ['MobilePhone', 'Phone'] }] })).status).toBe(
      200,
    );
    await lookedFor();
  });

  it('by the sweep when nobody says a word: one finds out, and brings the others along', async () => {
    rig.advance(11 * 60_000);
    const before = await searches();
    let woken = 0;
    const clock = { now: () => new Date() };
    const lookAgain = createLookAgain({ db: rig.database.db, clock, wakeOrg: () => (woken += 1) });
    await lookAgain.sweep();
    expect(woken).toBe(1);
    await lookedFor();
    expect((await searches()) - before).toBeLessThanOrEqual(2);
    await lookAgain.sweep();
    expect([woken, (await sql`select 1 from outbox where purpose = 'org'`.execute(rig.database.db)).rows]).toEqual([1, []]);
  });
});

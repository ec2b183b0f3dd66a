import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRig, until, type Rig } from '../rig.test-helper.ts';
import { orgToolsOf, type OrgTools } from './org.test-helper.ts';

/** Nothing that turns up in ids and times. */
const RIGHT = 'Kx-4711-zQ';
let rig: Rig;
let org: OrgTools;
let pbx: { id: string; key: string };

interface Checked {
  verified?: boolean;
  code?: string;
  answer?: { records: { name: string }[] };
}
const check = (pin: string, more: object = { caller: '+12035550184' }) =>
  rig.call<Checked>('POST', '/v1/acd/pin', { pin, lookup: 'with PIN', ...more }, { key: pbx.key });

beforeAll(async () => {
  rig = await startRig({ carriers: false });
  org = orgToolsOf(rig);
  await org.connect();
  for (const [last, phone, pin] of [
    ['Known', '+1 203 555 0184', RIGHT],
    ['Other', '+1 203 555 0185', '0815'],
    ['Without', '+1 203 555 0186', null],
    ['Busy', '+1 203 555 0187', '1234'],
  ])
    await org.rest('POST', '/sobjects/Contact', { LastName: last, Phone: phone, Title: pin });
  pbx = (await rig.call<typeof pbx>('POST', '/v1/acd/pbxs', { name: 'Main', rules: { country: 'US' } })).body;
  await rig.call('POST', '/v1/acd/lookups', { name: 'with PIN', definition: { pinField: 'Title' } });
  await org.whenRead();
  await until('the look-up is known', async () => (await check('x', { caller: '+12035550186' })).status === 200);
}, 60_000);
afterAll(() => rig?.close());

describe('a PIN', () => {
  it('that is right lets the caller in, with the answer of the look-up', async () => {
    expect(await check(RIGHT)).toMatchObject({ status: 200, body: { verified: true, answer: { records: [{ name: 'Known' }] } } });
  });

  it.each(['Kx-4712-zQ', 'Kx-4711-z', `${RIGHT}0`, ` ${RIGHT}`, RIGHT.toLowerCase(), '0815'])(
    '«%s» does not, and tells nothing of the record',
    async (pin) => {
      expect(await check(pin)).toMatchObject({ status: 200, body: { verified: false } });
      expect(Object.keys((await check(RIGHT)).body)).toContain('answer'); // counted from the start again
    },
  );

  it('that is wrong is answered as for nobody, and an empty field is no PIN', async () => {
    const answers = await Promise.all([
      check('9', { caller: '+12035550185' }),
      check('9', { caller: '+12035550101' }),
      check('null', { caller: '+12035550186' }),
    ]);
    for (const { status, body } of answers) expect([status, body]).toEqual([200, { verified: false }]);
  });

  it('is locked after five wrong ones, of all processes together and at the same moment, until an admin unlocks it', async () => {
    const other = await rig.another();
    const direct = async (port: number, pin: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/acd/pin`, {
        method: 'POST',
        headers: { authorization: `Bearer ${pbx.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ pin, caller: '+12035550187', lookup: 'with PIN' }),
      });
      return { status: answer.status, wait: answer.headers.get('retry-after'), body: (await answer.json()) as Checked };
    };
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => direct(index % 2 ? other.port : rig.ports.service, String(index))),
    );
    expect(all.filter(({ body }) => body.verified === false)).toHaveLength(5);
    const locked = all.filter(({ status }) => status === 429);
    expect(locked).toHaveLength(15);
    for (const { wait, body } of locked) expect([body.code, Number(wait) > 1_700]).toEqual(['pin_locked', true]);
    expect((await direct(rig.ports.service, '1234')).body.code).toBe('pin_locked');
    expect((await check(RIGHT)).body.verified).toBe(true); // nobody else's
    const [{ Id }] = rig.salesforce.org.query(`SELECT Id FROM Contact WHERE LastName = 'Busy'`) as [{ Id: string }];
    const unlock = (key: string) => rig.call('DELETE', `/v1/acd/pin/${Id}/lock`, undefined, { key });
    expect((await unlock(pbx.key)).status).toBe(403);
    expect((await unlock(rig.keys.admin)).status).toBe(200);
    expect((await unlock(rig.keys.admin)).status).toBe(404);
    expect((await direct(other.port, '1234')).body.verified).toBe(true);
  });

  it('is not tried for one record after the other', async () => {
    const tries: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const some = Array.from({ length: 10 }, (_, index) => check('1111', { account: `A-${turn}-${index}` }));
      tries.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    expect(tries).toContain(429);
    expect(tries.filter((status) => status === 200).length).toBeLessThanOrEqual(60);
    await rig.rows(`delete from acd_pin_try where subject like 'key %'`);
  });

  it('lets nobody in while the org cannot be asked, and holds that against nobody', async () => {
    await rig.fault({ path: '/query' }, { status: 503, body: [] }, { times: 1_000 });
    for (let turn = 0; turn < 7; turn += 1) expect(await check(RIGHT)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await rig.control('DELETE', '/faults');
    await rig.call('POST', '/v1/connections/release').catch(() => undefined);
    rig.advance(120_000);
    await until('it is let in', async () => (await check(RIGHT)).body.verified);
  });

  it('is in no address, log or table', async () => {
    expect((await rig.call('GET', '/v1/acd/pin?pin=1', undefined, { key: pbx.key })).status).toBe(404);
    for (const table of ['acd_pin_try', 'directory_record', 'acd_log', 'outbox'])
      expect(JSON.stringify(await rig.rows(`select * from ${table}`))).not.toContain(RIGHT);
    expect(rig.log.join('')).not.toContain(RIGHT);
  });

  it('in a field that the org does not have is a fault of the look-up', async () => {
    await rig.call('POST', '/v1/acd/lookups', { name: 'no field', definition: { pinField: 'Nothing__c' } });
    await until('it is known', async () => (await check('1', { caller: '+12035550184', lookup: 'no field' })).status !== 404);
    expect((await check('1', { caller: '+12035550184', lookup: 'no field' })).body.code).toBe('pin_not_set_up');
  });

  it('is asked for only where a look-up names its field', async () => {
    const asked = await rig.call<Checked>('POST', '/v1/acd/pin', { pin: '1', caller: '+12035550184' }, { key: pbx.key });
    expect(asked).toMatchObject({ status: 409, body: { code: 'pin_not_set_up' } });
    expect((await check('', {})).status).toBe(400);
    expect((await check(RIGHT, { lookup: 'none' })).body.code).toBe('lookup_not_found');
  });
});

import { createHmac } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRig, until, type Rig, type RigOrg } from '../rig.test-helper.ts';
import { orgToolsOf } from './org.test-helper.ts';

interface Pbx {
  id: string;
  pbxId: string;
  key: string;
}

let rig: Rig;
let other: RigOrg;
let pbx: Pbx;
let second: Pbx;
let token: string;

const add = async (org: RigOrg, name: string): Promise<Pbx> =>
  (await org.call<Pbx>('POST', '/v1/acd/pbxs', { name, rules: { country: 'US' } })).body;
const issue = async (org: RigOrg, id: string, body: object = {}) =>
  rig.call<{ token: string; expiresAt: string }>('POST', `/v1/acd/pbxs/${id}/tokens`, body, { key: org.keys.admin });
const path = (id = pbx.pbxId) => `/api/DataLookup/${id}${rig.salesforce.org.orgId}/`;
const ask = (by: { bearer?: string; url?: string }, url = path()) =>
  rig.call<{ code?: string }>('GET', `${url}?callerid=1${by.url === undefined ? '' : `&token=${by.url}`}`, undefined, {
    key: by.bearer ?? '',
  });

beforeAll(async () => {
  rig = await startRig({ carriers: false });
  other = await rig.addOrg();
  [pbx, second] = [await add(rig, 'Main'), await add(rig, 'Second')];
  token = (await issue(rig, pbx.id)).body.token;
  await orgToolsOf(rig).whenRead();
}, 60_000);
afterAll(() => rig?.close());

describe('a token', () => {
  it('is a JWT for one phone system that ends, and opens what its key opens', async () => {
    const { status, body } = await issue(rig, pbx.id, { days: 30 });
    expect(status).toBe(201);
    const { aud, iss, exp = 0, iat = 0 } = decodeJwt(body.token);
    expect([aud, iss, exp - iat]).toEqual([pbx.pbxId, 'switchboard', 30 * 24 * 3600]);
    expect(new Date(body.expiresAt).getTime()).toBe(exp * 1000);
    expect((await ask({ bearer: token })).status).toBe(200);
    expect((await rig.call('GET', '/v1/acd/lookup?caller=1', undefined, { key: token })).status).toBe(200);
    const basic = `Basic ${Buffer.from(`pbx:${token}`).toString('base64')}`;
    expect((await rig.call('GET', `${path()}?callerid=1`, undefined, { key: '', headers: { authorization: basic } })).status).toBe(200);
  });

  it('opens nothing else', async () => {
    expect(await ask({ bearer: token }, path(second.pbxId))).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    for (const route of ['/v1/acd/log', '/v1/org', '/v1/acd/pbxs'])
      expect((await rig.call('GET', route, undefined, { key: token })).status).toBe(401);
    const foreign = (await issue(other, (await add(other, 'Theirs')).id)).body.token;
    expect(await ask({ bearer: foreign })).toMatchObject({ status: 403, body: { code: 'org_mismatch' } });
    expect((await issue(other, pbx.id)).status).toBe(404);
  });

  it('in an address is refused until an admin allows it', async () => {
    expect(await ask({ url: token })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await ask({ url: pbx.key })).status).toBe(401); // a key never
    await rig.call('PUT', `/v1/acd/pbxs/${pbx.id}`, { name: 'Main', rules: { country: 'US' }, tokenInUrl: true });
    expect((await ask({ url: token })).status).toBe(200);
    const ivr = `/api/IVRParams/${pbx.pbxId}/12035550184?token=${token}`;
    expect((await rig.call('PUT', ivr, { Param1: '00001026' }, { key: '' })).status).toBe(200);
    expect((await rig.call('GET', `/v1/acd/lookup?caller=1&token=${token}`, undefined, { key: '' })).status).toBe(401);
    expect(rig.log.join('')).not.toContain(token);
  });

  it('may come in the body of a task or event, and wants to be good there too', async () => {
    const post = (kind: string, body: object) =>
      rig.call<{ id?: string; code?: string }>('POST', `/api/${kind}/${pbx.pbxId}${rig.salesforce.org.orgId}`, body, { key: '' });
    expect((await post('Task', { CallerId: '12035550184', DueDate: '16-04-2027', Notes: 'x', Token: token })).status).toBe(200);
    const times = { StartDate: '2027-03-22', StartTime: '9:30', EndDate: '22-03-2027', EndTime: '10:00 AM' };
    const event = await post('Event', { CallerId: 12035550184, ...times, Token: token });
    expect(event.status).toBe(200);
    const made = await until('it is in the org', () => {
      const rows = rig.salesforce.org.query(`SELECT StartDateTime FROM Event WHERE SwitchboardCallId__c = '${event.body.id}'`);
      return rows.length > 0 ? rows : undefined;
    });
    const zone = (await rig.call<{ timeZone: string }>('GET', '/v1/acd/directory')).body.timeZone;
    const shown = new Date(made[0]?.['StartDateTime'] as string).toLocaleString('en-GB', { timeZone: zone });
    expect(shown).toBe('22/03/2027, 09:30:00');
    for (const Token of [undefined, '', 'x', `${token}x`, pbx.key]) expect((await post('Task', { CallerId: '1', Token })).status).toBe(401);
    expect(await post('Event', { CallerId: '1', ...times, EndDate: '21-03-2027', Token: token })).toMatchObject({ status: 400 });
    expect(await post('Event', { CallerId: '1', ...times, StartTime: 'noon', Token: token })).toMatchObject({ status: 400 });
    expect(await post('Task', { CallerId: '1', DueDate: '2027-02-30', Token: token })).toMatchObject({ status: 400 });
  });

  it.each([
    ['altered', () => `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`],
    ['unsigned', () => unsigned({ alg: 'none' })],
    ['signed with the key of somebody', () => unsigned({ alg: 'HS256' }, pbx.key)],
    ['of another algorithm', () => unsigned({ alg: 'HS512' }, 'x')],
    ['of a secret that there is not', () => unsigned({ alg: 'HS256', kid: '00000000-0000-4000-8000-000000000000' }, 'x')],
    ['of a strange secret', () => unsigned({ alg: 'HS256', kid: "' or 1=1" }, 'x')],
    ['no token', () => 'eyJx.eyJx.x'],
  ])('that is %s is none', async (_what, make) => expect((await ask({ bearer: make() })).status).toBe(401));

  it('ends at its time', async () => {
    const { body } = await issue(rig, second.id, { days: 1 });
    expect((await ask({ bearer: body.token }, path(second.pbxId))).status).toBe(200);
    rig.advance(24 * 3600_000 + 1_000);
    expect((await ask({ bearer: body.token }, path(second.pbxId))).status).toBe(401);
    rig.advance(-24 * 3600_000 - 1_000);
  });

  it('that was replaced goes on for a day, and those of a phone system can be ended at once', async () => {
    const old = (await issue(rig, second.id)).body.token;
    const fresh = (await issue(rig, second.id, { replace: true })).body.token;
    const works = async (each: string) => (await ask({ bearer: each }, path(second.pbxId))).status === 200;
    expect([await works(old), await works(fresh)]).toEqual([true, true]);
    rig.advance(24 * 3600_000 + 6_000);
    await until('the old one has ended', async () => !(await works(old)));
    expect(await works(fresh)).toBe(true);
    rig.advance(-24 * 3600_000 - 6_000);
    expect((await rig.call('DELETE', `/v1/acd/pbxs/${second.id}/tokens`)).status).toBe(200);
    expect(await works(fresh)).toBe(false);
    const again = (await issue(rig, second.id)).body.token;
    expect(await works(again)).toBe(true);
    await rig.call('DELETE', `/v1/acd/pbxs/${second.id}`);
    await until('it ended with its phone system', async () => !(await works(again)));
  });

  it.each([{ days: 0 }, { days: 4_000 }, { days: 1.5 }, { forever: true }])('%j is not given out', async (body) =>
    expect((await issue(rig, pbx.id, body)).status).toBe(400),
  );
});

/** A token that looks like ours. */
function unsigned(header: object, key?: string): string {
  const [, payload] = token.split('.');
  const head = Buffer.from(
    JSON.stringify({ typ: 'JWT', ...JSON.parse(Buffer.from(token.split('.')[0] as string, 'base64url').toString()), ...header }),
  ).toString('base64url');
  const signature = key === undefined ? '' : createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url');
  return `${head}.${payload}.${signature}`;
}

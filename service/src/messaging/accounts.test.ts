import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN } from '../../../sandbox/carrier/test-helpers.ts';
import { uniqueViolation } from '../platform/db/database.ts';
import { startRig, type Rig } from '../rig.test-helper.ts';
import { addMessage } from './store.test-helper.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ sample: false });
}, 60_000);
afterAll(() => rig.close());

let people = 0;
const person = () => `+1415559${1000 + (people += 1)}`;
const codeOf = (answer: { body: unknown }) => (answer.body as { code?: string }).code;

describe('carrier accounts', () => {
  it('ask for the secret again before they are tried at another place or as another user', async () => {
    const path = `/v1/carrier-accounts/${rig.twilioId}`;
    const settings = { accountSid: ACCOUNT_SID, baseUrl: rig.carrier.url };
    const elsewhere = { ...settings, baseUrl: `${rig.carrier.url}/elsewhere` };
    expect(await rig.call('PATCH', path, { settings: elsewhere })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ field: 'secret' }] },
    });
    const bind = { host: '127.0.0.1', port: rig.carrier.smppPort, systemId: 'switchboard' };
    for (const change of [{ host: 'localhost' }, { port: 1 }, { systemId: 'other' }, { tls: true }])
      expect(codeOf(await rig.call('PATCH', `/v1/carrier-accounts/${rig.smppId}`, { settings: { ...bind, ...change } }))).toBe(
        'invalid_request',
      );
    expect((await rig.call('PATCH', path, { settings: { ...settings, baseUrl: `${settings.baseUrl}/` } })).status).toBe(200);
    expect((await rig.call('PATCH', path, { settings, secret: AUTH_TOKEN })).status).toBe(200);
  });

  it('that are gone send nothing again: a message in doubt is settled by a word only', async () => {
    const account = await rig.call<{ id: string }>('POST', '/v1/carrier-accounts', {
      kind: 'smpp',
      label: 'Second',
      settings: { host: '127.0.0.1', port: rig.carrier.smppPort, systemId: 'switchboard' },
      secret: 'sandbox',
    });
    const { id } = await addMessage(rig.database.db, { orgId: rig.id, accountId: account.body.id, customerNumber: person() });
    await rig.rows(`update message set status = 'unknown' where id = '${id}'`);
    await rig.rows(`delete from outbox where purpose = 'carrier' and subject_id = '${id}'`);
    await rig.call('DELETE', `/v1/carrier-accounts/${account.body.id}`);
    const resolve = (outcome: string) => rig.call('POST', `/v1/messages/${id}/resolve`, { outcome, reason: 'Asked the carrier' });
    expect(codeOf(await resolve('resend'))).toBe('account_removed');
    expect(await rig.statusOf(id)).toBe('unknown');
    expect((await resolve('failed')).status).toBeLessThan(300);
    expect(await rig.statusOf(id)).toBe('failed');
  });
});

describe('the default number', () => {
  it('is one, also when several are made it at the same moment', async () => {
    const add = (number: string) =>
      rig.call('POST', '/v1/numbers', { number, kind: 'short_code', label: 'Code', accountId: rig.smppId, country: 'US', isDefault: true });
    const codes = Array.from({ length: 8 }, (_, index) => String(12340 + index));
    const answers = await Promise.all(codes.map(add));
    expect(answers.map((answer) => answer.status)).toEqual(codes.map(() => 201));
    expect(await rig.rows(`select 1 from number where is_default`)).toHaveLength(1);

    const [first] = await rig.rows<{ id: string }>(`select id from number where not is_default`);
    const twice = sql`update number set is_default = true where id = ${first?.id}`.execute(rig.database.db);
    expect(await twice.then(() => undefined, uniqueViolation)).toBe('number_default');
  });
});

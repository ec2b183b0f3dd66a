import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FormClient } from '../../../../sandbox/control/browserless.ts';
import { startMail, type MailPeer } from '../../../../sandbox/mail/server.ts';
import { walk } from '../../../../sandbox/stack/first-start.ts';
import { ADMIN, startRig, until, type Rig } from '../../rig.test-helper.ts';

let rig: Rig;
let mail: MailPeer;
let key: string;

interface State {
  mode: string;
  reason: string | null;
  sweptAt: string | null;
}

/** The names behind a number, from what is kept here only. */
async function found(number: string): Promise<string[]> {
  const rows = await rig.rows<{ name: string }>(
    `select distinct r.name from directory_key k join directory_record r on r.id = k.record_id where k.key = '${number}'`,
  );
  return rows.map(({ name }) => name);
}

const state = async () => (await rig.call<State>('GET', '/v1/acd/directory')).body;
const streams = async () => ((await rig.control('GET', '/changes')) as { streams: number }).streams;
const whenFound = (number: string, name: string) => until(`${name} is found`, async () => (await found(number)).includes(name));
const whenGone = (number: string) => until('nobody is found', async () => (await found(number)).length === 0);
const whenEvents = () => until('events come', async () => (await state()).mode === 'events');
const insert = (LastName: string, MobilePhone: string) => rig.salesforce.org.insert('Contact', { LastName, MobilePhone });
const update = (id: string, values: Record<string, unknown>) => rig.salesforce.org.update('Contact', id, values);

/** No sweep finds anything: what is found came by events. */
const holdSweeps = () => rig.rows(`update lane set held_until = now() + interval '1 hour' where purpose = 'directory'`);
const freeSweeps = () => rig.rows(`update lane set held_until = null where purpose = 'directory'`);
/** What keeps the org's events away for minutes is over. */
const tryEvents = () => rig.rows(`update lane set held_until = null where purpose = 'feed'`);

beforeAll(async () => {
  mail = await startMail({ port: 0, smtpPort: 0 });
  const env = { SMTP_URL: `smtp://127.0.0.1:${mail.smtpPort}?ignoreTLS=true` };
  rig = await startRig({ carriers: false, sample: true, events: true, env });
  key = (await rig.call<{ key: string }>('POST', '/v1/acd/pbxs', { name: 'Main', rules: { country: 'US' } })).body.key;
  expect(key).toMatch(/^sb_acd_[\w-]{43}$/);
});
beforeEach(async () => {
  await freeSweeps();
  await tryEvents();
  await whenEvents();
  await holdSweeps();
});
afterAll(async () => {
  await rig.close();
  await mail.close();
});

async function connectStandby(username: string): Promise<void> {
  await rig.call('POST', '/v1/connections', { username });
  const link = await until('the invitation', () =>
    mail.mailbox
      .list(username)
      .map(({ text }) => /https?:\/\/\S+\/connect\/invite\/[\w-]+/.exec(text)?.[0])
      .find(Boolean),
  );
  const client = new FormClient({ followCallback: true });
  await walk(client, await client.open(link), username);
}

describe('the directory and change events', () => {
  it('finds a new person, a changed number and who was brought back, and forgets who was deleted, without a sweep', async () => {
    const id = insert('Adler', '+1 415 555 0201');
    await whenFound('+14155550201', 'Adler');
    update(id, { MobilePhone: '+1 415 555 0202' });
    await whenFound('+14155550202', 'Adler');
    expect(await found('+14155550201')).toEqual([]);
    const { accessToken } = (await rig.control('POST', '/token', { username: ADMIN })) as { accessToken: string };
    const path = `${rig.salesforce.url}/services/data/v65.0/sobjects/Contact/${id}`;
    await fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${accessToken}` } });
    await whenGone('+14155550202');
    await rig.control('POST', '/undelete', { id });
    await whenFound('+14155550202', 'Adler');
  });

  it('finds changes of every object that is kept', async () => {
    const { org } = rig.salesforce;
    org.insert('Account', { Name: 'Abel Ltd', Phone: '+1 415 555 0207' });
    const lead = org.insert('Lead', { LastName: 'Abend', Company: 'Abend Ltd', Phone: '+1 415 555 0208' });
    const [user] = org.query(`SELECT Id FROM User WHERE Username = '${ADMIN}'`);
    org.update('User', String(user?.['Id']), { Extension: '2042' });
    await whenFound('+14155550207', 'Abel Ltd');
    await whenFound('+14155550208', 'Abend');
    await until(
      'the extension',
      async () => (await rig.rows(`select 1 from directory_record where fields->>'Extension' = '2042'`)).length > 0,
    );
    await rig.control('POST', '/convert-lead', { leadId: lead });
    await until('the contact in place of the lead', async () => {
      const rows = await rig.rows<{ object: string }>(
        `select r.object from directory_key k join directory_record r on r.id = k.record_id where k.key = '+14155550208' order by 1`,
      );
      return rows.some(({ object }) => object === 'Contact') && !rows.some(({ object }) => object === 'Lead');
    });
  });

  it('is not led astray by events that come twice or in the wrong order', async () => {
    const id = insert('Bauer', '+1 415 555 0203');
    await whenFound('+14155550203', 'Bauer');
    await rig.control('POST', '/changes', { action: 'reorder' });
    await rig.control('POST', '/changes', { action: 'repeat', times: 3 });
    update(id, { MobilePhone: '+1 415 555 0204' });
    update(id, { MobilePhone: '+1 415 555 0205' });
    await whenFound('+14155550205', 'Bauer');
    expect(await found('+14155550204')).toEqual([]);
  });

  it('sweeps when events say that others are missing', async () => {
    for (const [index, action] of ['gap', 'overflow'].entries()) {
      await rig.control('POST', '/changes', { action: 'lose' });
      insert('Coban', `+1 415 555 021${index}`); // nobody tells
      await rig.control('POST', '/changes', { action });
      insert('Dorn', `+1 415 555 022${index}`);
      await freeSweeps();
      await whenFound(`+1415555021${index}`, 'Coban');
      await whenFound(`+1415555022${index}`, 'Dorn');
    }
  });

  it('has the next sweep find what no event told', async () => {
    await rig.control('POST', '/changes', { action: 'lose' });
    insert('Ernst', '+1 415 555 0225');
    insert('Esser', '+1 415 555 0226');
    await whenFound('+14155550226', 'Esser');
    expect(await found('+14155550225')).toEqual([]);
    await freeSweeps();
    await rig.call('POST', '/v1/acd/directory/refresh');
    await whenFound('+14155550225', 'Ernst');
  });

  it('goes on where it was after the stream was cut', async () => {
    await rig.control('POST', '/changes', { action: 'delay', ms: 60_000 });
    insert('Eberle', '+1 415 555 0229'); // under way when the stream is cut
    await new Promise((resolve) => setTimeout(resolve, 500)); // signs of life come meanwhile
    await rig.control('POST', '/changes', { action: 'drop' });
    insert('Ebert', '+1 415 555 0230');
    await rig.control('DELETE', '/changes');
    await whenFound('+14155550229', 'Eberle');
    await whenFound('+14155550230', 'Ebert');
    await whenEvents();
  });

  it('sweeps when the place is older than events are kept', async () => {
    await rig.rows(`update lane set held_until = now() + interval '1 hour' where purpose = 'feed'`);
    await rig.control('POST', '/changes', { action: 'drop' });
    await until('nobody listens', async () => (await streams()) === 0);
    insert('Falk', '+1 415 555 0240');
    await rig.control('POST', '/clock', { advanceSeconds: 73 * 3600 });
    insert('Gross', '+1 415 555 0241');
    await freeSweeps();
    await rig.rows(`update lane set lease_until = null, held_until = null where purpose = 'feed'`);
    await whenFound('+14155550240', 'Falk');
    await whenEvents();
    await holdSweeps();
    insert('Hahn', '+1 415 555 0242');
    await whenFound('+14155550242', 'Hahn');
  });

  it('goes on with the standby when the main user’s sign-in is taken away', async () => {
    await connectStandby('standby@sandbox.test');
    await rig.control('POST', `/users/${ADMIN}/revoke`);
    insert('Lorenz', '+1 415 555 0270');
    await whenFound('+14155550270', 'Lorenz');
    const { body } = await rig.call<{ items: { username: string; role: string }[] }>('GET', '/v1/connections');
    expect(body.items.find(({ role }) => role === 'main')?.username).toBe('standby@sandbox.test');
    await whenEvents();
  });

  it('reads the org anew after a silence of more than 72 hours, and forgets who is not there any more', async () => {
    await rig.rows(`insert into directory_record (org_id, id, object, name, changed_at, read_at)
      select org_id, '003000000000000AAA', 'Contact', 'Nobody', now(), now() - interval '5 days' from directory_org`);
    await rig.rows(`insert into directory_key (org_id, key, record_id, field)
      select org_id, '+14155550280', '003000000000000AAA', 'Phone' from directory_org`);
    await rig.rows(`update directory_org set swept_at = now() - interval '4 days'`);
    await freeSweeps();
    await rig.call('POST', '/v1/acd/directory/refresh');
    await whenGone('+14155550280');
    await whenFound('+14155550202', 'Adler');
  });

  it('has sweeps only while the allocation is used up, and says so', async () => {
    await rig.control('POST', '/limits', { deliveries: 0 });
    insert('Imhof', '+1 415 555 0250');
    await until('it says so', async () => (await state()).mode === 'sweeps');
    expect((await state()).reason).toContain('used up its deliveries');
    expect(await found('+14155550250')).toEqual([]);
    await freeSweeps();
    await rig.call('POST', '/v1/acd/directory/refresh');
    await whenFound('+14155550250', 'Imhof');
    await rig.control('POST', '/limits', { deliveries: null });
  });

  it('has one subscription, however many processes there are', async () => {
    await rig.another();
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // the other process has looked for work
    expect(await streams()).toBe(1);
    insert('Jung', '+1 415 555 0260');
    await whenFound('+14155550260', 'Jung');
  });
});

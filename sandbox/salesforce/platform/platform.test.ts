import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADMIN, AGENT, STANDBY, startTestOrg } from './testing.ts';
import type { TestOrg } from './testing.ts';

let org: TestOrg;
let far: Server;
let seen: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string }[];

beforeEach(async () => {
  seen = [];
  far = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(202, { 'x-answer': 'yes' }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  org = await startTestOrg({ calloutUrl: `http://127.0.0.1:${(far.address() as AddressInfo).port}/` });
});
afterEach(async () => {
  far.closeAllConnections();
  far.close();
  await org.close();
});

const DATA = '/services/data/v65.0';
const CREDENTIAL = `${DATA}/named-credentials/credential`;
const tokenOf = async (who: { username: string }) => String((await org.control('token', { username: who.username }))['accessToken']);

function credential(principalName: string, value: string, more: object = {}): string {
  return JSON.stringify({
    externalCredential: 'Switchboard',
    authenticationProtocol: 'Custom',
    principalName,
    principalType: 'NamedPrincipal',
    credentials: { ApiKey: { value, encrypted: true } },
    ...more,
  });
}

async function store(principal: string, value: string): Promise<void> {
  const answer = await org.api(CREDENTIAL, await tokenOf(ADMIN), { method: 'POST', body: credential(principal, value) });
  expect(answer.status).toBe(201);
}

test('an administrator writes a credential; nobody reads the secret back', async () => {
  const admin = await tokenOf(ADMIN);
  await store('Agent', 'secret-1');
  const query = '?externalCredential=Switchboard&principalType=NamedPrincipal&principalName=';
  const shown = await org.api(`${CREDENTIAL}${query}Agent`, admin);
  expect(shown.body).toMatchObject({ authenticationStatus: 'Configured', credentials: { ApiKey: { encrypted: true, revision: 1 } } });
  expect(JSON.stringify(shown.body)).not.toContain('secret-1');
  expect((await org.api(`${CREDENTIAL}${query}Admin`, admin)).body).toMatchObject({
    authenticationStatus: 'Unconfigured',
    credentials: {},
  });

  expect((await org.api(CREDENTIAL, admin, { method: 'POST', body: credential('Agent', 'secret-2') })).status).toBe(400);
  const replaced = await org.api(CREDENTIAL, admin, { method: 'PUT', body: credential('Agent', 'secret-2') });
  expect([replaced.status, (replaced.body as { credentials: object }).credentials]).toEqual([
    200,
    { ApiKey: { encrypted: true, revision: 2 } },
  ]);
  const refused = await org.api(CREDENTIAL, await tokenOf(AGENT), { method: 'PUT', body: credential('Agent', 'x') });
  expect(refused).toMatchObject({ status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS' }] });
  for (const [body, status] of [
    [credential('Nobody', 'x'), 404],
    [credential('Agent', 'x', { externalCredential: 'Other' }), 404],
    [credential('Agent', 'x', { principalType: 'PerUserPrincipal' }), 400],
    [credential('Agent', ''), 400],
  ] as const) {
    expect((await org.api(CREDENTIAL, admin, { method: 'POST', body })).status).toBe(status);
  }
  expect((await org.api(`${CREDENTIAL}${query}Agent`, admin, { method: 'DELETE' })).status).toBe(204);
  expect((await org.api(`${CREDENTIAL}${query}Agent`, admin)).body).toMatchObject({ authenticationStatus: 'Unconfigured' });
});

test('a callout carries the key of the principal that the permission sets of the user grant', async () => {
  await store('Agent', 'agent-key');
  await store('Admin', 'admin-key');
  const order = { method: 'POST', path: '/v1/messages?x=1', headers: { 'X-User-Id': 'u1' }, body: { to: 'x' } };
  const answer = await org.control('callout', { username: AGENT.username, ...order });
  expect(answer).toMatchObject({ status: 202, headers: { 'x-answer': 'yes' }, body: '{"ok":true}', principal: 'Agent' });
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/messages?x=1', body: '{"to":"x"}' });
  expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer agent-key', 'x-user-id': 'u1', 'content-type': 'application/json' });

  expect(await org.control('callout', { username: ADMIN.username, ...order })).toMatchObject({ principal: 'Admin' });
  await org.control(`users/${AGENT.username}/permission-sets`, { add: ['SwitchboardAdmin'] });
  expect(await org.control('callout', { username: AGENT.username, ...order })).toMatchObject({ principal: 'Admin' });
  await org.control(`users/${AGENT.username}/permission-sets`, { remove: ['SwitchboardAdmin', 'SwitchboardAgent'] });
  const refused = await org.control('callout', { username: AGENT.username, ...order });
  expect(refused).toMatchObject({ status: 401, error: { code: 'no_access' } });
  expect(seen.map((call) => call.headers.authorization)).toEqual(['Bearer agent-key', 'Bearer admin-key', 'Bearer admin-key']);
});

test('a credential that is not set and an endpoint that does not answer are told, not thrown', async () => {
  const order = { username: AGENT.username, method: 'GET', path: '/v1/numbers' };
  expect(await org.control('callout', order)).toMatchObject({ status: 401, error: { code: 'credential_not_set' } });
  await store('Agent', 'agent-key');
  far.closeAllConnections();
  await new Promise((resolve) => far.close(resolve));
  expect(await org.control('callout', order)).toMatchObject({ status: 0, error: { code: 'unreachable' } });
  await expect(org.control('callout', { ...order, username: 'nobody@sandbox.test' })).rejects.toThrow('404');
  await expect(org.control('callout', { ...order, path: 'http://evil.example/' })).rejects.toThrow('400');
});

test('the named credential shows the address that callouts go to', async () => {
  const row = org.org.db.prepare('SELECT "Endpoint" AS endpoint FROM "NamedCredential"').get();
  expect(row?.['endpoint']).toBe(`http://127.0.0.1:${(far.address() as AddressInfo).port}/`);
});

async function notify(who: { username: string }, more: object = {}) {
  const type = org.org.db.prepare('SELECT "Id" AS id FROM "CustomNotificationType"').get()?.['id'];
  const agent = org.org.users.byUsername(AGENT.username)?.id;
  const inputs = [
    { customNotifTypeId: type, recipientIds: [agent], title: 'New text', body: 'From +14155550123', targetId: agent, ...more },
  ];
  return org.api(`${DATA}/actions/standard/customNotificationAction`, await tokenOf(who), {
    method: 'POST',
    body: JSON.stringify({ inputs }),
  });
}

test('a custom notification reaches its active recipients, in the list and on the stream', async () => {
  const stream = await fetch(`${org.url}/__sandbox/notifications?username=${AGENT.username}&stream=1`);
  const reader = (stream.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain(': open');
  const sent = await notify(ADMIN);
  expect([sent.status, (sent.body as { isSuccess: boolean }[])[0]?.isSuccess]).toEqual([200, true]);
  expect((await reader.read()).value).toContain('"title":"New text"');
  await reader.cancel();
  const list = (await (await fetch(`${org.url}/__sandbox/notifications?username=${AGENT.username}`)).json()) as { items: object[] };
  expect(list.items).toMatchObject([
    { type: 'Switchboard_Message', title: 'New text', body: 'From +14155550123', username: AGENT.username },
  ]);
  const other = (await (await fetch(`${org.url}/__sandbox/notifications?username=${STANDBY.username}`)).json()) as { items: object[] };
  expect(other.items).toEqual([]);
  await org.control(`users/${AGENT.username}/deactivate`);
  await notify(ADMIN);
  expect(org.org.db.prepare('SELECT count(*) AS n FROM plat_notification').get()?.['n']).toBe(1);
});

test('a custom notification needs the permission, a type, recipients, a target and texts that fit', async () => {
  expect(await notify(AGENT)).toMatchObject({ status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS' }] });
  for (const more of [
    { recipientIds: [] },
    { title: '' },
    { title: 'x'.repeat(251) },
    { body: 'x'.repeat(751) },
    { targetId: undefined },
    { customNotifTypeId: '0ML000000000000' },
  ]) {
    const refused = await notify(ADMIN, more);
    expect([refused.status, (refused.body as { isSuccess: boolean }[])[0]?.isSuccess]).toEqual([400, false]);
  }
});

test('events of a channel come as a stream, replayed from an id that is still kept', async () => {
  const publish = (ids: string) => org.org.events.publish('/event/ThingChanged__e', { Ids__c: ids });
  const first = publish('a');
  publish('b');
  const open = async (replayId: number) => {
    const stream = await fetch(`${org.url}/__sandbox/events?channel=/event/ThingChanged__e&replayId=${replayId}`);
    return {
      status: stream.status,
      reader: (stream.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader(),
    };
  };
  const { reader } = await open(first.replayId);
  let text = '';
  while (!text.includes('"b"')) text += (await reader.read()).value ?? '';
  expect(text).not.toContain('"a"');
  publish('c');
  while (!text.includes('"c"')) text += (await reader.read()).value ?? '';
  await reader.cancel();
  const bad = await open(999_999);
  expect(bad.status).toBe(400);
  await bad.reader.cancel();
});

test('permission sets and single fields are taken from one user and no other', async () => {
  const field = (who: { username: string }) => {
    const object = org.org.schema.object('Thing__c');
    const user = org.org.users.byUsername(who.username);
    const colour = object?.fields.get('colour__c');
    return object && user && colour ? org.org.users.rights(user.id).field(object, colour) : undefined;
  };
  expect([field(ADMIN), field(STANDBY)]).toEqual([
    { read: true, edit: true },
    { read: true, edit: true },
  ]);
  await org.control(`users/${ADMIN.username}/fields`, { object: 'Thing__c', field: 'Colour__c', edit: false });
  expect([field(ADMIN), field(STANDBY)]).toEqual([
    { read: true, edit: false },
    { read: true, edit: true },
  ]);
  await org.control(`users/${ADMIN.username}/fields`, { object: 'Thing__c', field: 'Colour__c', read: false });
  expect(field(ADMIN)).toEqual({ read: false, edit: false });
  await org.control(`users/${STANDBY.username}/permission-sets`, { remove: ['SwitchboardAdmin'] });
  expect(field(STANDBY)).toEqual({ read: false, edit: false });
  await expect(org.control(`users/${ADMIN.username}/fields`, { object: 'Thing__c', field: 'No__c', read: false })).rejects.toThrow('404');
  await expect(org.control(`users/${ADMIN.username}/permission-sets`, { add: ['Nothing'] })).rejects.toThrow('404');
  await org.control('reset');
  expect([field(ADMIN), field(STANDBY)]).toEqual([
    { read: true, edit: true },
    { read: true, edit: true },
  ]);
});

test('the org describes itself to scripts', async () => {
  const described = (await (await fetch(`${org.url}/__sandbox/org`)).json()) as { users: object[]; namespace: string };
  expect(described.namespace).toBe('');
  expect(described.users).toContainEqual(expect.objectContaining({ username: ADMIN.username, admin: true, active: true, state: 'active' }));
  expect(described.users).toContainEqual(expect.objectContaining({ username: AGENT.username, admin: false }));
});

test('leads are converted, contacts merged, and people seeded by order', async () => {
  expect(await org.control('seed', { object: 'Lead', count: 2, seed: 7 })).toMatchObject({ created: 2 });
  const [lead] = org.org.query('SELECT Id FROM Lead');
  const converted = await org.control('convert-lead', { leadId: lead?.['Id'] });
  expect(org.org.row('Contact', String(converted['contactId']))?.['AccountId']).toBe(converted['accountId']);
  const { firstId } = await org.control('seed', { kind: 'Contact', count: 1, seed: 7 });
  const merged = await org.control('merge', { masterId: converted['contactId'], loserIds: [firstId] });
  expect(merged['mergedIds']).toEqual([firstId]);
  expect(org.org.row('Contact', String(firstId))).toMatchObject({ IsDeleted: 1, MasterRecordId: converted['contactId'] });
  await expect(org.control('convert-lead', { leadId: lead?.['Id'] })).rejects.toThrow('400');
  await expect(org.control('merge', { masterId: 'x', loserIds: [] })).rejects.toThrow('400');
});

test('a rule of the org refuses single records of a call, as often as it is told', async () => {
  const admin = await tokenOf(ADMIN);
  const create = (...names: string[]) =>
    org.api(`${DATA}/composite/sobjects`, admin, {
      method: 'POST',
      body: JSON.stringify({ allOrNone: false, records: names.map((name) => ({ attributes: { type: 'Contact' }, LastName: name })) }),
    });
  await org.control('refusals', { object: 'Contact', errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', times: 2 });
  const [refused, , taken] = (await create('One', 'Two', 'Three')).body as { success: boolean; errors: { statusCode: string }[] }[];
  expect(refused).toMatchObject({ success: false, errors: [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' }] });
  expect(taken).toMatchObject({ success: true });
});

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStage, type Stage } from '../../e2e/support/page.ts';
import { readEvents } from './server/server-sent-events.ts';
import { startLightning } from './start.ts';

const BUILD_MS = 180_000; // the first start on a machine compiles the base components
const AGENT = 'agent@sandbox.test';
const ADMIN = 'admin@sandbox.test';

interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Stands where the service would: notes what arrives and answers what a test says. */
function recorder(): { server: Server; seen: Seen[]; answer: { status: number; body: string } } {
  const seen: Seen[] = [];
  const answer = { status: 200, body: '{}' };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  return { server, seen, answer };
}

describe.each(['', 'sw'])('Apex twins in an org with namespace "%s"', (namespace) => {
  const service = recorder();
  const own = (name: string): string => (namespace ? `${namespace}__${name}` : name);
  let stage: Stage;
  let contact = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => service.server.listen(0, '127.0.0.1', resolve));
    const serviceUrl = `http://localhost:${(service.server.address() as AddressInfo).port}`;
    stage = await startStage({ salesforce: { namespace }, serviceUrl });
    await storeKeys();
    const { org } = stage.salesforce;
    const agent = org.users.byUsername(AGENT)?.id ?? '';
    contact = org.insert('Contact', { LastName: "O'Hara", MobilePhone: '+14155550101', OwnerId: agent });
    for (const [key, owner] of [
      ['c-1', agent],
      ['c-2', org.users.byUsername(ADMIN)?.id ?? ''],
    ] as const) {
      const conversation = org.insert(own('Conversation__c'), {
        Name: `Conversation ${key}`,
        [own('ExternalId__c')]: key,
        [own('CustomerNumber__c')]: '+14155550101',
        [own('Contact__c')]: contact,
        [own('LastMessageAt__c')]: '2026-11-20T10:00:00.000Z',
        OwnerId: owner,
      });
      for (const sequence of [1, 2, 3]) {
        const message = {
          [own('Conversation__c')]: conversation,
          [own('ExternalId__c')]: `${key}-${sequence}`,
          [own('Body__c')]: `text ${sequence}`,
          [own('Sequence__c')]: sequence,
        };
        org.insert(own('Message__c'), { ...message, [own('Direction__c')]: 'Inbound', [own('SentStatus__c')]: 'Received' });
      }
    }
  }, BUILD_MS);

  afterAll(async () => {
    await stage.close();
    service.server.closeAllConnections();
    service.server.close();
  });

  /** As the service does on registration, with the administrator's token. */
  async function storeKeys(): Promise<void> {
    const token = await fetch(`${stage.salesforce.url}/__sandbox/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: ADMIN }),
    });
    const { accessToken } = (await token.json()) as { accessToken: string };
    for (const principalName of ['Agent', 'Admin']) {
      const body = {
        externalCredential: own('Switchboard'),
        principalType: 'NamedPrincipal',
        principalName,
        credentials: { ApiKey: { value: `key-of-${principalName}` } },
      };
      const stored = await fetch(`${stage.salesforce.url}/services/data/v65.0/named-credentials/credential`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(stored.status).toBe(201);
    }
  }

  async function apex(name: string, params: unknown, username = AGENT): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${stage.url}/__shell/apex/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `switchboard_user=${username}` },
      body: JSON.stringify(params),
    });
    return { status: response.status, body: await response.json() };
  }
  const problem = (body: unknown): unknown => JSON.parse((body as { message: string }).message);

  it('reads as the user who looks, shaped as Apex gives it', async () => {
    const { status, body } = await apex('ConversationReads.conversationsOfRecord', { recordId: contact });
    expect(status).toBe(200);
    expect(body).toEqual([
      expect.objectContaining({
        Name: 'Conversation c-1',
        [own('ExternalId__c')]: 'c-1',
        [own('LastMessageAt__c')]: '2026-11-20T10:00:00.000Z',
      }),
    ]);
    expect(JSON.stringify(body)).not.toMatch(/attributes|null/);
    const all = await apex('ConversationReads.conversationsOfRecord', { recordId: contact }, ADMIN);
    expect(all.body).toHaveLength(2);
  });

  it('puts values into the query as what they are', async () => {
    const { body } = await apex('ConversationReads.messages', { externalId: 'c-1', beforeSequence: 3, size: 1 });
    expect(body).toEqual([expect.objectContaining({ [own('Body__c')]: 'text 2', [own('Sequence__c')]: 2 })]);
    expect((await apex('ConversationReads.conversation', { externalId: "' OR Name LIKE '%" })).body).toEqual([]);
  });

  it('answers bad parameters as Apex does', async () => {
    const { status, body } = await apex('ConversationReads.messages', { externalId: 'c-1', beforeSequence: 3, size: 'all' });
    expect({ status, body }).toMatchObject({ status: 500, body: { exceptionType: 'System.TypeException' } });
    expect((await apex('ConversationReads.nothing', {})).body).toMatchObject({
      message: expect.stringContaining('ConversationReads.nothing'),
    });
  });

  it('sends a command with the key of the user’s principal', async () => {
    service.answer.status = 202;
    service.answer.body = '{"id":"m-1","status":"queued"}';
    const sent = await apex('MessagingController.send', { message: { to: '+14155550101', body: 'Hi' }, key: 'k-1' });
    expect(sent).toEqual({ status: 200, body: { id: 'm-1', status: 'queued' } });
    expect(service.seen.at(-1)).toMatchObject({
      method: 'POST',
      url: '/v1/messages',
      body: '{"to":"+14155550101","body":"Hi"}',
      headers: {
        authorization: 'Bearer key-of-Agent',
        'idempotency-key': 'k-1',
        'content-type': 'application/json',
        'x-user-id': stage.salesforce.org.users.byUsername(AGENT)?.id,
      },
    });
    expect(service.seen.at(-1)?.headers['x-namespace']).toBe(namespace || undefined);

    await apex('ConnectionsController.remove', { id: 'a/b c', confirm: null }, ADMIN);
    expect(service.seen.at(-1)).toMatchObject({
      method: 'DELETE',
      url: '/v1/connections/a%2Fb%20c?confirm=',
      body: '',
      headers: { authorization: 'Bearer key-of-Admin' },
    });
  });

  it('hands on what the service refuses', async () => {
    service.answer.status = 422;
    service.answer.body =
      '{"type":"x","title":"Opted out","detail":"They said STOP.","code":"opted_out","status":422,"errors":[{"field":"to"}]}';
    const { status, body } = await apex('MessagingController.markRead', { id: 'c-1' });
    expect(status).toBe(500);
    expect(body).toMatchObject({ exceptionType: 'System.AuraHandledException' });
    expect(problem(body)).toEqual({
      code: 'opted_out',
      title: 'Opted out',
      detail: 'They said STOP.',
      status: 422,
      errors: [{ field: 'to' }],
    });
    service.answer.status = 401;
    expect(problem((await apex('MessagingController.markRead', { id: 'c-1' })).body)).toMatchObject({
      code: 'not_registered',
      status: 401,
    });
    service.answer.status = 502;
    service.answer.body = '<html>';
    expect(problem((await apex('MessagingController.markRead', { id: 'c-1' })).body)).toMatchObject({
      code: 'unreadable_answer',
      status: 502,
    });
  });

  it('stops a user who lacks the right before anything is called', async () => {
    const before = service.seen.length;
    const { body } = await apex('SetupController.getOrg', {});
    expect(problem(body)).toMatchObject({ code: 'missing_permission', status: 403, detail: expect.stringContaining('Switchboard Admin') });
    expect(service.seen.length).toBe(before);
  });
});

describe('the page’s server', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ lightning: { info: async () => ({ orgId: stage.salesforce.org.orgId }) } });
  }, BUILD_MS);
  afterAll(() => stage.close());

  it('answers what a script wants to know', async () => {
    expect(await (await fetch(`${stage.url}/__sandbox/info`)).json()).toEqual({ orgId: stage.salesforce.org.orgId });
  });

  it('says that the service does not answer', async () => {
    const response = await fetch(`${stage.url}/__shell/apex/MessagingController.myNumbers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    // No key has been stored in this org, and the platform refuses before it calls.
    expect(JSON.parse(((await response.json()) as { message: string }).message)).toMatchObject({ code: 'not_registered' });
  });

  it('answers to this machine’s names only, and to its own page only', async () => {
    const foreignHost = await new Promise<number>((resolve) => {
      void import('node:http').then(({ get }) =>
        get(`${stage.url}/`, { headers: { host: 'attacker.example' } }, (response) => resolve(response.statusCode ?? 0)),
      );
    });
    expect(foreignHost).toBe(421);
    const post = (headers: Record<string, string>) =>
      fetch(`${stage.url}/__shell/login`, { method: 'POST', headers, body: JSON.stringify({ username: AGENT }) });
    expect((await post({ 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(403);
    expect((await post({ 'content-type': 'application/json' })).headers.get('set-cookie')).toMatch(
      /switchboard_user=agent.*HttpOnly.*SameSite=Lax/,
    );
  });

  it('refuses to run in production', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await expect(startLightning({ port: 0, salesforceUrl: stage.salesforce.url, serviceUrl: 'http://localhost:9' })).rejects.toThrow(
        'never runs in production',
      );
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it('puts the user’s rights into the page, and text that looks like markup cannot leave its script', async () => {
    stage.salesforce.org.update('User', stage.salesforce.org.users.byUsername('agent2@sandbox.test')?.id ?? '', {
      LastName: '</script><b>',
    });
    const page = await (await fetch(`${stage.url}/lightning/page/home`)).text();
    const context = JSON.parse(/id="shell-context">(.*?)<\/script>/s.exec(page)?.[1] ?? '') as {
      user: { username: string };
      customPermissions: string[];
      app: { tabs: { apiName: string }[] };
    };
    expect(context.user.username).toBe(AGENT);
    expect(context.customPermissions).toEqual(['SwitchboardSend']);
    expect(context.app.tabs.map(({ apiName }) => apiName)).not.toContain('Switchboard_Setup');
  });

  it('delivers events once and from where a page left off', async () => {
    const { org } = stage.salesforce;
    const first = org.events.publish('/event/ConversationChanged__e', { ConversationIds__c: 'a' });
    org.events.publish('/event/ConversationChanged__e', { ConversationIds__c: 'b' });
    const stop = new AbortController();
    const stream = await fetch(`${stage.url}/__shell/stream`, { signal: stop.signal });
    const messages: { follower: number; message: { data: { payload: { ConversationIds__c: string } } } }[] = [];
    const arrived = new Promise<void>((resolve, reject) => {
      readEvents(stream, (data) => {
        const { id } = data as { id?: string };
        if (id) void follow(id).catch(reject);
        else if (messages.push(data as (typeof messages)[number]) === 2) resolve();
        if (messages.length === 1) org.events.publish('/event/ConversationChanged__e', { ConversationIds__c: 'c' });
      }).catch(() => undefined);
    });
    const follow = (id: string) =>
      fetch(`${stage.url}/__shell/stream/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ follower: 7, channel: '/event/ConversationChanged__e', replayId: first.replayId }),
      });
    await arrived;
    stop.abort();
    expect(messages.map(({ follower, message }) => [follower, message.data.payload.ConversationIds__c])).toEqual([
      [7, 'b'],
      [7, 'c'],
    ]);
  });
});

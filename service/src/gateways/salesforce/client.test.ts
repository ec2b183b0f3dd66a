import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSalesforceClient, type SalesforceClient } from './client.ts';
import { classifyFailure } from './classify.ts';
import type { SalesforceError } from './errors.ts';
import { answer, startRawServer, type RawServer } from './raw-server.test-helper.ts';
import { createExchange } from './transport.ts';
import type { ApiUsage } from './types.ts';
import { createAddressGuard } from '../../platform/net.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function org(
  reply: (socket: Socket, request: string, index: number) => void,
  options: { namespace?: string; timeoutMs?: number; onUsage?: (usage: ApiUsage) => void; allowedHosts?: string[] } = {},
): Promise<{ client: SalesforceClient; server: RawServer }> {
  const server = await startRawServer(reply);
  const allowed = options.allowedHosts ?? [server.host];
  const dispatcher = createAddressGuard(allowed).dispatcher;
  closers.push(() => dispatcher.close(), server.close);
  const exchange = createExchange(dispatcher);
  const client = createSalesforceClient({
    instanceUrl: server.origin,
    accessToken: '00Dxx!secret',
    exchange,
    timeoutMs: 2_000,
    ...options,
  });
  return { client, server };
}

const failureOf = async (work: Promise<unknown>): Promise<SalesforceError> =>
  work.then(
    () => expect.unreachable('the call succeeded'),
    (error: unknown) => error as SalesforceError,
  );
const bodyOf = (request: string | undefined): unknown => JSON.parse((request ?? '').split('\r\n\r\n')[1] ?? '');

describe('requests', () => {
  it('sends the token in the header and reads usage with bursts', async () => {
    const usage: ApiUsage[] = [];
    const { client, server } = await org(
      (socket) =>
        answer(socket, 200, { totalSize: 0, done: true, records: [] }, { 'Sforce-Limit-Info': 'api-usage=18/15000; api-bursts=1/750' }),
      { onUsage: (value) => usage.push(value) },
    );
    await client.query('SELECT Id FROM User');
    expect(server.requests[0]).toMatch(/^GET \/services\/data\/v65\.0\/query\?q=SELECT%20Id%20FROM%20User HTTP/);
    expect(server.requests[0]).toContain('Bearer 00Dxx!secret');
    expect(usage).toEqual([{ used: 18, max: 15000, bursts: { used: 1, max: 750 } }]);
  });

  it('reads all pages with the locator of the page before', async () => {
    const page = (ids: string[], next?: string): unknown => ({
      totalSize: 3,
      done: !next,
      records: ids.map((Id) => ({ Id })),
      ...(next && { nextRecordsUrl: next }),
    });
    const { client, server } = await org((socket, _request, index) =>
      answer(socket, 200, index === 0 ? page(['1', '2'], '/services/data/v65.0/query/01gxx-2000') : page(['3'])),
    );
    const ids: unknown[] = [];
    for await (const rows of client.queryPages('SELECT Id FROM User')) ids.push(...rows.map((row) => row['Id']));
    expect(ids).toEqual(['1', '2', '3']);
    expect(server.requests[1]).toMatch(/^GET \/services\/data\/v65\.0\/query\/01gxx-2000 /);
  });

  it('upserts a collection by external id with the names of the namespace', async () => {
    const { client, server } = await org(
      (socket) =>
        answer(socket, 200, [
          { id: 'a01', success: true, created: false, errors: [] },
          { success: false, errors: [{ statusCode: 'STRING_TOO_LONG', message: 'm', fields: ['swb__Body__c'] }] },
        ]),
      { namespace: 'swb' },
    );
    const results = await client.upsertCollection('Message__c', 'ExternalId__c', [
      { ExternalId__c: '1', Body__c: 'a' },
      { ExternalId__c: '2', Body__c: 'b – Grüße 😀' },
    ]);
    expect(server.requests[0]).toMatch(/^PATCH \/services\/data\/v65\.0\/composite\/sobjects\/swb__Message__c\/swb__ExternalId__c /);
    expect(bodyOf(server.requests[0])).toEqual({
      allOrNone: false,
      records: [
        { attributes: { type: 'swb__Message__c' }, swb__ExternalId__c: '1', swb__Body__c: 'a' },
        { attributes: { type: 'swb__Message__c' }, swb__ExternalId__c: '2', swb__Body__c: 'b – Grüße 😀' },
      ],
    });
    expect(results).toEqual([
      { id: 'a01', success: true, created: false, errors: [] },
      { id: null, success: false, created: false, errors: [{ code: 'STRING_TOO_LONG', message: 'm', fields: ['Body__c'] }] },
    ]);
  });

  it('counts an enqueued event as success', async () => {
    const { client } = await org((socket) =>
      answer(socket, 200, [{ id: 'e00', success: true, errors: [{ statusCode: 'OPERATION_ENQUEUED', message: 'uuid', fields: [] }] }]),
    );
    expect(await client.publish('ConversationChanged__e', [{ ConversationIds__c: '1,2' }])).toEqual([
      { id: 'e00', success: true, created: false, errors: [] },
    ]);
  });

  it('carries several steps in one composite call and keeps a failed step apart', async () => {
    const { client, server } = await org((socket) =>
      answer(socket, 200, {
        compositeResponse: [
          { referenceId: 'c', httpStatusCode: 200, body: [{ id: 'a', success: true, created: true, errors: [] }] },
          { referenceId: 'q', httpStatusCode: 400, body: [{ errorCode: 'INVALID_TYPE', message: 'no' }] },
        ],
      }),
    );
    const results = await client.composite([
      client.steps.upsert('c', 'Conversation__c', 'ExternalId__c', [{ ExternalId__c: '1' }]),
      client.steps.query('q', 'SELECT Id FROM Message__c'),
    ]);
    expect(server.requests).toHaveLength(1);
    expect(results.map(({ ok, saves, errors }) => [ok, saves.length, errors.map((error) => error.code)])).toEqual([
      [true, 1, []],
      [false, 0, ['INVALID_TYPE']],
    ]);
  });

  it('refuses a collection over 200 and a composite over its limits before sending', async () => {
    const { client, server } = await org((socket) => answer(socket, 200, []));
    await expect(
      client.createCollection(
        'Contact',
        Array.from({ length: 201 }, () => ({ LastName: 'x' })),
      ),
    ).rejects.toThrow(RangeError);
    await expect(
      client.composite(Array.from({ length: 6 }, (_, index) => client.steps.query(`q${index}`, 'SELECT Id FROM User'))),
    ).rejects.toThrow(RangeError);
    expect(server.requests).toEqual([]);
  });

  it('reads the notification type and sends the action', async () => {
    const { client, server } = await org((socket, request) =>
      answer(
        socket,
        200,
        request.startsWith('GET') ? { totalSize: 1, done: true, records: [{ Id: '0ML1' }] } : [{ isSuccess: true, errors: null }],
      ),
    );
    await client.sendNotifications('Switchboard_Message', [{ title: 't', body: 'b', recipientIds: ['005'], targetId: 'a01' }]);
    expect(bodyOf(server.requests[1])).toEqual({
      inputs: [{ customNotifTypeId: '0ML1', recipientIds: ['005'], title: 't', body: 'b', targetId: 'a01' }],
    });
  });

  it('creates a credential, and replaces one that exists', async () => {
    const { client, server } = await org(
      (socket, request) =>
        request.startsWith('POST') ? answer(socket, 400, [{ errorCode: 'INVALID_INPUT', message: 'exists' }]) : answer(socket, 200, {}),
      { namespace: 'swb' },
    );
    await client.writeCredential({ externalCredential: 'Switchboard', principal: 'Admin', parameters: { ApiKey: 'k' } });
    expect(server.requests.map((request) => request.split(' ')[0])).toEqual(['POST', 'PUT']);
    expect(bodyOf(server.requests[1])).toMatchObject({
      externalCredential: 'swb__Switchboard',
      principalName: 'Admin',
      credentials: { ApiKey: { value: 'k', encrypted: true } },
    });
  });
});

describe('failures', () => {
  it('asks once only, whatever the status', async () => {
    for (const status of [401, 420, 429, 500, 503]) {
      const { client, server } = await org((socket) => answer(socket, status, [{ errorCode: 'X', message: 'x' }]));
      const error = await failureOf(client.query('SELECT Id FROM User'));
      expect([error.status, server.requests.length]).toEqual([status, 1]);
    }
  });

  it('survives an answer that breaks off in its body, and calls it uncertain', async () => {
    const { client } = await org((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"');
      setTimeout(() => socket.destroy(), 20);
    });
    expect(await failureOf(client.limits())).toMatchObject({ fault: 'cut', sent: 'maybe', status: 200 });
  });

  it('keeps its deadline while a body only trickles', async () => {
    const { client } = await org(
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"'),
      { timeoutMs: 150 },
    );
    expect(await failureOf(client.limits())).toMatchObject({ fault: 'timeout', sent: 'maybe' });
  });

  it('never follows a redirect with the token', async () => {
    const other = await startRawServer((socket) => answer(socket, 200, {}));
    closers.push(other.close);
    const { client } = await org((socket) => answer(socket, 302, 'moved', { Location: `${other.origin}/` }));
    expect(classifyFailure(await failureOf(client.limits())).class).toBe('org');
    expect(other.requests).toEqual([]);
  });

  it('knows that a refused connection sent nothing', async () => {
    const { client, server } = await org((socket) => answer(socket, 200, {}));
    await server.close();
    expect(await failureOf(client.limits())).toMatchObject({ fault: 'connect', sent: 'no' });
  });

  it('does not reach private addresses that configuration does not allow', async () => {
    const { client, server } = await org((socket) => answer(socket, 200, {}), { allowedHosts: [] });
    expect(await failureOf(client.limits())).toMatchObject({ fault: 'blocked', sent: 'no' });
    const named = createSalesforceClient({
      instanceUrl: server.origin.replace('127.0.0.1', 'localhost'),
      accessToken: 'x',
      exchange: createExchange(createAddressGuard([]).dispatcher),
    });
    expect(await failureOf(named.limits())).toMatchObject({ fault: 'blocked', sent: 'no' });
    expect(server.requests).toEqual([]);
  });

  it('reads Retry-After and several errors', async () => {
    const { client } = await org((socket) =>
      answer(
        socket,
        503,
        [
          { errorCode: 'SERVER_UNAVAILABLE', message: 'a' },
          { errorCode: 'X', message: 'b' },
        ],
        { 'Retry-After': '7' },
      ),
    );
    const error = await failureOf(client.limits());
    expect(error.errors.map((item) => item.code)).toEqual(['SERVER_UNAVAILABLE', 'X']);
    expect(classifyFailure(error)).toMatchObject({ class: 'org', retryAfterMs: 7000 });
  });

  it('does not show the token in an error', async () => {
    const { client } = await org((socket) => socket.destroy());
    const error = await failureOf(client.limits());
    expect(`${JSON.stringify(error, Object.getOwnPropertyNames(error))} ${error.stack ?? ''}`).not.toContain('secret');
  });
});

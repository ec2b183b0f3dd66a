import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../platform/net.ts';
import { createSalesforceClient, type SalesforceClient } from './client.ts';
import { answer, startRawServer, type RawServer } from './raw-server.test-helper.ts';
import { createExchange } from './transport.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** An org, and clients of it that share what they know of its notification types. */
async function org(reply: (socket: Socket, request: string) => void): Promise<{ client: () => SalesforceClient; server: RawServer }> {
  const server = await startRawServer(reply);
  const { dispatcher } = createAddressGuard([server.host]);
  closers.push(() => dispatcher.close(), server.close);
  const notificationTypes = new Map<string, string>();
  const exchange = createExchange(dispatcher);
  const options = { instanceUrl: server.origin, accessToken: '00Dxx!secret', exchange, timeoutMs: 2_000, notificationTypes };
  return { client: () => createSalesforceClient(options), server };
}

const type = (socket: Socket, id = '0ML1'): void => answer(socket, 200, { totalSize: 1, done: true, records: [{ Id: id }] });
const rung = (socket: Socket): void => answer(socket, 200, [{ isSuccess: true, errors: null }]);
const ring = (client: SalesforceClient): Promise<void> =>
  client.sendNotifications('Switchboard_Message', [{ title: 't', body: 'b', recipientIds: ['005'] }]);
const verbs = (server: RawServer): string[] => server.requests.map((request) => request.split(' ')[0] ?? '');

describe('the type of a notification', () => {
  it('is read once for all clients of an org: a bell is one request', async () => {
    const { client, server } = await org((socket, request) => (request.startsWith('GET') ? type(socket) : rung(socket)));
    for (let turn = 0; turn < 3; turn += 1) await ring(client());
    expect(verbs(server)).toEqual(['GET', 'POST', 'POST', 'POST']);
  });

  it('is read again after a refusal: an installed package may have a new one', async () => {
    let id = '0ML1';
    const { client, server } = await org((socket, request) => {
      if (request.startsWith('GET')) type(socket, id);
      else if (request.includes(id)) rung(socket);
      else answer(socket, 400, [{ errorCode: 'INVALID_INPUT', message: 'no such type' }]);
    });
    await ring(client());
    id = '0ML2';
    await expect(ring(client())).rejects.toMatchObject({ status: 400, sent: 'yes' });
    await ring(client());
    expect(verbs(server)).toEqual(['GET', 'POST', 'POST', 'GET', 'POST']);
  });

  it('that could not be read means that nobody was told, for certain', async () => {
    const { client } = await org((socket) => socket.destroy());
    await expect(ring(client())).rejects.toMatchObject({ fault: 'cut', sent: 'no' });
  });

  it('known, a lost answer means that somebody may have been told', async () => {
    let cut = false;
    const { client } = await org((socket, request) => {
      if (cut) socket.destroy();
      else if (request.startsWith('GET')) type(socket);
      else rung(socket);
    });
    await ring(client());
    cut = true;
    await expect(ring(client())).rejects.toMatchObject({ fault: 'cut', sent: 'maybe' });
  });
});

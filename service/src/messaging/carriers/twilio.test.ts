import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../platform/db/database.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { until } from '../../rig.test-helper.ts';
import { createReceipts } from '../receipts.ts';
import { createReceive } from '../receive.ts';
import { addAccount, addMessage, addOrg } from '../store.test-helper.ts';
import { findAccount } from '../store/accounts.ts';
import { findSubmissions } from '../store/messages.ts';
import { openTwilioSession } from './twilio.ts';

let database: Database;
let orgId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  orgId = await addOrg(database.db);
});
afterAll(() => database.close());

it('a message whose answer was lost while the list is being read is looked for right afterwards', async () => {
  const lists: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'POST') request.socket.destroy();
    else lists.push(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { db } = database;
  const id = await addAccount(db, orgId, 'twilio');
  const account = (await findAccount(db, id))!;
  account.settings = { accountSid: `AC${'0'.repeat(32)}`, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const added = await addMessage(db, { orgId, accountId: id });
  const [message] = await findSubmissions(db, orgId, [added.id]);
  const clock = { now: () => new Date() };
  const wake = () => {};
  const session = openTwilioSession({
    ...{ account, authToken: 'token', db, clock, dispatcher: new Agent(), statusUrl: 'http://127.0.0.1/status' },
    ...{ pollMs: 300_000, settleMs: 0, receive: createReceive({ db, clock, wake }).receive, receipts: createReceipts({ db, wake }) },
    events: { onState: () => {} },
  });
  try {
    await until('the list is asked for', () => lists.length === 1);
    expect((await session.submit(message!, 0)).kind).toBe('unknown');
    await new Promise((done) => setTimeout(done, 5)); // timers fire in their order: what was to hurry has hurried
    lists[0]?.setHeader('content-type', 'application/json').end(JSON.stringify({ messages: [], next_page_uri: null }));
    await until('the list is asked for again', () => lists.length === 2);
  } finally {
    const closed = session.close();
    lists.at(-1)?.destroy();
    await closed;
    server.close();
  }
});

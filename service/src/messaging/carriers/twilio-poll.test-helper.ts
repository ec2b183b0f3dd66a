import { sql } from 'kysely';
import type { CarrierMessage } from '../../gateways/twilio/index.ts';
import { createTestDatabase } from '../../platform/db/test-database.ts';
import { createReceipts } from '../receipts.ts';
import { createReceive } from '../receive.ts';
import { addAccount, addMessage, addNumber, addOrg } from '../store.test-helper.ts';
import { findAccount } from '../store/accounts.ts';
import { beginSubmission } from '../store/queue.ts';
import type { CarrierAccount } from '../types.ts';
import { longList } from './twilio-list.test-helper.ts';
import { newPollMemory, poll, type PollClient } from './twilio-poll.ts';

export const OURS = '+14155550100';
const clock = { now: () => new Date() };
let people = 0;
export const person = () => `+1415554${1000 + (people += 1)}`;

export type PollRig = Awaited<ReturnType<typeof startPolling>>;

/** An org with a number, and what it takes to look at lists for it. */
export async function startPolling() {
  const database = await createTestDatabase();
  const { db } = database;
  const orgId = await addOrg(db);
  await addNumber(db, orgId, await addAccount(db, orgId, 'twilio'), OURS);
  const rows = async <T>(query: string): Promise<T[]> => (await sql.raw<T>(query).execute(db)).rows;
  return {
    db,
    orgId,
    rows,
    close: () => database.close(),
    newAccount: async () => (await findAccount(db, await addAccount(db, orgId, 'twilio')))!,
    look(account: CarrierAccount, client: PollClient, signal = new AbortController().signal, memory = newPollMemory()): Promise<void> {
      const wake = () => {};
      const { receive } = createReceive({ db, clock, wake });
      return poll({ account, db, clock, receive, receipts: createReceipts({ db, wake }), memory }, client, signal);
    },
    statusOf: async (id: string) => (await rows<{ status: string }>(`select status from message where id = '${id}'`))[0]?.status,
    inboundOf: (account: CarrierAccount) =>
      rows<{ body: string }>(`select body from message where account_id = '${account.id}' and direction = 'inbound' order by sequence`),
    /** A message that was begun and whose outcome is as given. */
    async begun(account: CarrierAccount, to: string, status: 'sending' | 'unknown'): Promise<string> {
      const { id } = await addMessage(db, { orgId, accountId: account.id, customerNumber: to });
      await beginSubmission(db, orgId, { id, customerNumber: to }, new Date());
      await sql`update message set status = ${status} where id = ${id}`.execute(db);
      return id;
    },
  };
}

interface Asked {
  pages: number;
  media: number;
}

/** A carrier whose list has these pages, newest message first. */
export function carrier(pages: CarrierMessage[][], media: PollClient['listMedia'] = () => Promise.resolve({ ok: true, value: [] })) {
  const asked: Asked = { pages: 0, media: 0 };
  const client: PollClient = {
    listMessages: (options) => {
      asked.pages += 1;
      const page = Number((options as { page?: string }).page ?? 0);
      return Promise.resolve({
        ok: true,
        value: { messages: pages[page] ?? [], nextPage: page + 1 < pages.length ? String(page + 1) : null },
      }) as ReturnType<PollClient['listMessages']>;
    },
    listMedia: (id) => {
      asked.media += 1;
      return media(id);
    },
    fetchMessage: () => Promise.reject(new Error('nothing is to be asked')),
  };
  return { asked, client };
}

/** The same, with what it has between the asked times, which answers as many calls as told. */
export const longListed = (messages: CarrierMessage[], calls: { left: number }): PollClient => ({
  ...carrier([]).client,
  ...longList(messages, calls),
});

/** The same, and what it was asked for; further pages are left out. */
export function noting(client: PollClient) {
  const asked: { since: string; to?: string }[] = [];
  const listMessages: PollClient['listMessages'] = (request = {}) => {
    if (request.since) asked.push({ since: request.since, ...(request.to && { to: request.to }) });
    return client.listMessages(request);
  };
  return { asked, client: { ...client, listMessages } };
}

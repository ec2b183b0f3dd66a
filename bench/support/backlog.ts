import { randomUUID } from 'node:crypto';
import { person } from '../../sandbox/control/people.ts';
import { openDatabase } from '../../service/src/platform/db/database.ts';
import { insertMessage } from '../../service/src/messaging/store/messages.ts';
import type { BenchStack } from './stack.ts';

/** Callers that store at once; the service's own pool is as large. */
const WRITERS = 16;

export interface BacklogText {
  /** The message's id, which is its external id in the org. */
  id: string;
  conversationId: string;
  sequence: number;
  customer: string;
}

/** Who is behind the numbers of a backlog: of ten, five are nobody's, and three Contacts', one a Lead's, one an Account's. */
const KNOWN = [
  { object: 'Contact', share: 0.3 },
  { object: 'Lead', share: 0.1 },
  { object: 'Account', share: 0.1 },
] as const;

/** A customer's number by its place in the population, and the kind of record that the org has for it. */
export interface Customer {
  phone: string;
  object: (typeof KNOWN)[number]['object'] | null;
}

/** None of its first 6,000 people has a number of the sample's. */
const SEED = 'waiting';

/** The customers `from` … `from + count - 1` of one population, half of them put into the org, where they can be found at once. */
export async function seedCustomers(stack: BenchStack, from: number, count: number): Promise<Customer[]> {
  const objects: Customer['object'][] = [];
  for (const { object, share } of KNOWN) {
    const some = Math.round(count * share);
    const response = await fetch(`http://localhost:${stack.ports.salesforce}/__sandbox/seed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object, count: some, from: from + objects.length, seed: SEED }),
    });
    if (!response.ok) throw new Error(`the org refused to be seeded: ${await response.text()}`);
    objects.push(...Array<typeof object>(some).fill(object));
  }
  return Array.from({ length: count }, (_, index) => ({ phone: person(SEED, from + index).phone, object: objects[index] ?? null }));
}

/**
 * Stores texts as the service does when a carrier brings them (its own statement), the customers' in turn: each conversation's are spread over
 * the whole backlog.
 */
export async function storeBacklog(stack: BenchStack, customers: readonly Customer[], perCustomer: number): Promise<BacklogText[]> {
  const { database } = stack;
  if (!database) throw new Error('a backlog is made in PostgreSQL');
  const [orgId, accountId, ourNumber] = String(
    await database.value(`select concat_ws(' ', org_id, account_id, number) from number where is_default and removed_at is null`),
  ).split(' ') as [string, string, string];
  const { db, close } = await openDatabase({ url: database.url, poolSize: WRITERS, onError: () => undefined });
  const texts: BacklogText[] = [];
  const began = Date.now() - customers.length * perCustomer * 1_000;
  const store = async (index: number): Promise<void> => {
    const customer = customers[index % customers.length] as Customer;
    const body = `Question ${index + 1}: is my order ready to be picked up, and may I bring the other one back?`;
    const { id, conversationId, sequence } = await insertMessage(db, {
      orgId,
      id: randomUUID(),
      newConversationId: randomUUID(),
      ourNumber,
      customerNumber: customer.phone,
      direction: 'inbound',
      status: 'received',
      body,
      preview: body,
      segments: 1,
      accountId,
      carrierId: `SM${randomUUID().replaceAll('-', '')}`,
      idempotencyKey: null,
      requestHash: null,
      senderUserId: null,
      occurredAt: new Date(began + index * 1_000),
      replyConfirmed: true,
      bindId: null,
    });
    texts.push({ id, conversationId, sequence, customer: customer.phone });
  };
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < customers.length * perCustomer) await store(next++);
  };
  try {
    await Promise.all(Array.from({ length: WRITERS }, writer));
  } finally {
    await close();
  }
  return texts;
}

/** What the org made of a backlog, counted by identity. */
export interface Arrival {
  missing: number;
  /** Records beyond the first of a message, and records that no message of the backlog or of a round before stands behind. */
  surplus: number;
  /** Neighbours of a conversation that the org got in another order than they were received in. */
  outOfOrder: number;
  /** Conversations that belong to nobody although the number is somebody's, to a record of another kind, or to somebody although it is nobody's. */
  mismatched: number;
}

/** Looks at every record in the org. `before` are the messages that were there already. */
export function checkArrival(
  stack: BenchStack,
  texts: readonly BacklogText[],
  customers: readonly Customer[],
  before: ReadonlySet<string>,
): Arrival {
  const { org } = stack.salesforce;
  const wanted = new Map(texts.map((text) => [text.id, text]));
  const rows = org.query(
    `SELECT Id, ${org.own('ExternalId__c')} FROM ${org.own('Message__c')} ORDER BY Id`, // ids are given in the order of writing
  );
  const ids = rows.map((row) => String(row[org.own('ExternalId__c')])).filter((id) => !before.has(id));
  const seen = new Set(ids);
  const newest = new Map<string, number>();
  let outOfOrder = 0;
  for (const text of ids.map((id) => wanted.get(id)).filter((item) => item !== undefined)) {
    if (text.sequence < (newest.get(text.conversationId) ?? 0)) outOfOrder += 1;
    newest.set(text.conversationId, text.sequence);
  }
  return {
    missing: texts.filter(({ id }) => !seen.has(id)).length,
    surplus: ids.length - seen.size + [...seen].filter((id) => !wanted.has(id)).length,
    outOfOrder,
    mismatched: countMismatched(stack, customers),
  };
}

function countMismatched({ salesforce: { org } }: BenchStack, customers: readonly Customer[]): number {
  const [number, contact, lead, account] = ['CustomerNumber__c', 'Contact__c', 'Lead__c', 'Account__c'].map((name) => org.own(name)) as [
    string,
    string,
    string,
    string,
  ];
  const rows = org.query(`SELECT ${number}, ${contact}, ${lead}, ${account} FROM ${org.own('Conversation__c')}`);
  const found = new Map(rows.map((row) => [row[number], row[contact] ? 'Contact' : row[lead] ? 'Lead' : row[account] ? 'Account' : null]));
  return customers.filter(({ phone, object }) => found.get(phone) !== object).length;
}

/** The messages that the org has, by external id. */
export function messagesInOrg({ salesforce: { org } }: BenchStack): Set<string> {
  return new Set(
    org.query(`SELECT ${org.own('ExternalId__c')} FROM ${org.own('Message__c')}`).map((row) => String(row[org.own('ExternalId__c')])),
  );
}

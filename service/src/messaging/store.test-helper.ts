import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';
import { insertMessage, type NewMessage, type StoredMessage } from './store/messages.ts';
import type { CarrierKind } from './types.ts';

/** An org that exists in the database only. */
export async function addOrg(db: Db): Promise<string> {
  const id = randomUUID();
  const salesforceId = `00D${randomBytes(8).toString('hex').slice(0, 15)}`;
  await sql`insert into org (id, salesforce_id, name, instance_url, login_url)
    values (${id}, ${salesforceId}, 'Org', 'https://example.my.salesforce.com', 'https://login.salesforce.com')`.execute(db);
  return id;
}

export async function addAccount(db: Db, orgId: string, kind: CarrierKind): Promise<string> {
  const id = randomUUID();
  await sql`insert into carrier_account (org_id, id, kind, label, settings, secret) values (${orgId}, ${id}, ${kind}, 'Carrier', '{}', '')`.execute(
    db,
  );
  return id;
}

export async function addNumber(db: Db, orgId: string, accountId: string, number: string): Promise<void> {
  await sql`insert into number (org_id, id, account_id, number, kind, label, country)
    values (${orgId}, ${randomUUID()}, ${accountId}, ${number}, 'phone', 'Ours', 'US')`.execute(db);
}

/** An outbound message in the queue. */
export async function addMessage(db: Db, message: Pick<NewMessage, 'orgId' | 'accountId'> & Partial<NewMessage>): Promise<StoredMessage> {
  return insertMessage(db, {
    id: randomUUID(),
    newConversationId: randomUUID(),
    ourNumber: '+14155550100',
    customerNumber: '+14155550123',
    direction: 'outbound',
    status: 'queued',
    body: 'text',
    preview: 'text',
    segments: 1,
    carrierId: null,
    idempotencyKey: null,
    requestHash: null,
    senderUserId: null,
    occurredAt: new Date(),
    replyConfirmed: true,
    bindId: null,
    ...message,
  });
}

import { escapeSoql, type SalesforceClient } from '../../gateways/salesforce/index.ts';
import { unavailable } from '../../platform/errors.ts';

/** Records that one call deletes (Salesforce's limit of a collection). */
const DELETE_AT_ONCE = 200;
const MAX_ROUNDS = 5;
const GONE = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);

/** Deletes what the org holds of a person: the conversations with their messages, and what flows asked to be sent to the number. */
export async function eraseInOrg(
  sf: SalesforceClient,
  person: { number: string; conversationIds: string[]; readAs: ReadAs },
): Promise<void> {
  await eraseConversations(sf, person.number, person.conversationIds);
  await eraseOutboxRows(sf, person.number, person.readAs);
}

/** The number that a flow meant by what it wrote, given the sender that it named. */
type ReadAs = (typed: string, from: string | undefined) => string | undefined;

/** Whether their ids in the org are known or not; looks whether they are gone. */
async function eraseConversations(sf: SalesforceClient, number: string, externalIds: string[]): Promise<void> {
  const known = externalIds.length > 0 ? `ExternalId__c IN ('${externalIds.join("','")}') OR ` : '';
  const soql = `SELECT Id FROM Conversation__c WHERE ${known}CustomerNumber__c = '${escapeSoql(number)}' LIMIT ${DELETE_AT_ONCE}`;
  const left = async () => (await sf.query<{ Id: string }>(soql)).records.map((record) => record.Id);
  for (let rounds = 0; ; rounds += 1) {
    const ids = await left();
    if (ids.length === 0) return;
    if (rounds === MAX_ROUNDS)
      throw unavailable('Salesforce still shows conversations that it deleted. Ask again. Nothing was erased in the service.');
    await remove(sf, 'a conversation', ids);
  }
}

interface OutboxRow extends Record<string, unknown> {
  Id: string;
  ToNumber__c: string | null;
  FromNumber__c: string | null;
}

/**
 * Flows write numbers as they like, so the org is asked for those with the same last digits, whatever stands between them, and each is read
 * as it was when it was sent.
 */
async function eraseOutboxRows(sf: SalesforceClient, number: string, readAs: ReadAs): Promise<void> {
  const pattern = `%${[...number.replace(/\D/g, '').slice(-7)].join('%')}`;
  const ids: string[] = [];
  for await (const page of sf.queryPages<OutboxRow>(
    `SELECT Id, ToNumber__c, FromNumber__c FROM MessageOutbox__c WHERE ToNumber__c LIKE '${pattern}'`,
  ))
    for (const row of page) if (readAs(row.ToNumber__c ?? '', row.FromNumber__c ?? undefined) === number) ids.push(row.Id);
  for (let at = 0; at < ids.length; at += DELETE_AT_ONCE)
    await remove(sf, 'what a flow asked to be sent', ids.slice(at, at + DELETE_AT_ONCE));
}

async function remove(sf: SalesforceClient, what: string, ids: string[]): Promise<void> {
  const results = await sf.deleteCollection(ids);
  const refused = results.find((result) => !result.success && !GONE.has(result.errors[0]?.code ?? ''));
  if (refused)
    throw unavailable(
      `Salesforce did not let the main user delete ${what} (${refused.errors[0]?.code ?? 'no reason given'}). Nothing was erased in the service; what was deleted in the org stays deleted.`,
    );
}

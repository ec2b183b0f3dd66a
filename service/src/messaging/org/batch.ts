import type { SalesforceClient, Subrequest, SubResult } from '../../gateways/salesforce/index.ts';
import { MAX_COLLECTION } from '../../gateways/salesforce/index.ts';
import type { Db } from '../../platform/db/database.ts';
import type { OutboxRow } from '../../platform/lanes/outbox.ts';
import { findConversations } from '../store/conversations.ts';
import { findMessages } from '../store/messages.ts';
import { findOptOuts } from '../store/opt-outs.ts';
import { mediaOfMessages } from '../store/media.ts';
import type { Parent } from '../store/parents.ts';
import type { Conversation, Message } from '../types.ts';
import { conversationRecord, messageRecord, optOutRecord } from './records.ts';
import type { Pair } from './refused.ts';

/** One call holds at most five collections: conversations, two of messages, consents and the wake-up event. */
const LIMITS: Record<string, number> = { conversation: MAX_COLLECTION, message: 2 * MAX_COLLECTION, opt_out: MAX_COLLECTION };

/**
 * Takes the rows that fit into one composite call, in order; the others come with the next batch. A message whose conversation is among
 * the rows but did not fit waits with it: without it the org would refuse it.
 */
export function takeBatch(rows: OutboxRow[], parents: Map<string, Parent>): OutboxRow[] {
  const taken: Record<string, number> = {};
  const left = new Set<string>();
  const fits = (row: OutboxRow) => {
    taken[row.subjectKind] = (taken[row.subjectKind] ?? 0) + 1;
    return (taken[row.subjectKind] ?? 0) <= (LIMITS[row.subjectKind] ?? 0);
  };
  for (const row of rows) if (row.subjectKind === 'conversation' && !fits(row)) left.add(row.subjectId);
  return rows.filter((row) =>
    row.subjectKind === 'conversation'
      ? !left.has(row.subjectId)
      : !left.has(parents.get(row.subjectId)?.conversationId ?? '') && fits(row),
  );
}

/** Reference id of the step that wakes the pages; whatever becomes of it, the records are delivered. */
export const WAKE_UP = 'changed';

export interface OrgBatch {
  conversations: Conversation[];
  messages: Message[];
  rows: OutboxRow[];
  steps: Subrequest[];
  /** Rows in the order of the results of each step, by its reference id. */
  order: Map<string, OutboxRow[]>;
}

/** Reads the records as they are now (each is in a batch once) and builds the call. */
export async function buildBatch(
  db: Db,
  orgId: string,
  rows: OutboxRow[],
  sf: SalesforceClient,
  queueId: string | undefined,
): Promise<OrgBatch> {
  const read = async <T extends { id: string }>(kind: string, find: (db: Db, orgId: string, ids: string[]) => Promise<T[]>) => {
    const ids = rows.filter((row) => row.subjectKind === kind).map((row) => row.subjectId);
    const found = new Map((await find(db, orgId, ids)).map((item) => [item.id, item]));
    return ids.flatMap((id) => found.get(id) ?? []); // the database gives them in any order; the org gets them in the lane's
  };
  const conversations = await read('conversation', findConversations);
  const messages = await read('message', findMessages);
  const optOuts = await read('opt_out', findOptOuts);
  const inbound = messages.filter((message) => message.direction === 'inbound').map((message) => message.id);
  const media = Map.groupBy(await mediaOfMessages(db, orgId, inbound), (item) => item.messageId);

  const steps: Subrequest[] = [];
  const order = new Map<string, OutboxRow[]>();
  const rowOf = new Map(rows.map((row) => [`${row.subjectKind}/${row.subjectId}`, row]));
  const add = <T extends { id: string }>(kind: string, object: string, items: T[], toRecord: (item: T) => Record<string, unknown>) => {
    for (let start = 0; start < items.length; start += MAX_COLLECTION) {
      const chunk = items.slice(start, start + MAX_COLLECTION);
      const referenceId = `${kind}${start / MAX_COLLECTION}`;
      steps.push(sf.steps.upsert(referenceId, object, 'ExternalId__c', chunk.map(toRecord)));
      order.set(
        referenceId,
        chunk.map((item) => rowOf.get(`${kind}/${item.id}`) as OutboxRow),
      );
    }
  };
  add('conversation', 'Conversation__c', conversations, (conversation) => conversationRecord(conversation, queueId));
  add('message', 'Message__c', messages, (message) => messageRecord(message, media.get(message.id) ?? []));
  add('opt_out', 'OptOut__c', optOuts, optOutRecord);
  const changed = [
    ...new Set([...conversations.map((conversation) => conversation.id), ...messages.map((message) => message.conversationId)]),
  ];
  if (changed.length > 0) steps.push(sf.steps.create(WAKE_UP, 'ConversationChanged__e', [{ ConversationIds__c: changed.join(',') }]));
  return { conversations, messages, rows, steps, order };
}

/** Pairs each row with the org's answer about its record. A step that failed as a whole failed for each of its rows. */
export function pairResults(batch: OrgBatch, results: SubResult[]): Pair[] {
  return results.flatMap((result) => {
    const rows = batch.order.get(result.referenceId) ?? [];
    return rows.map((row, index) => ({
      row,
      result: result.saves[index] ?? { id: null, success: false, created: false, errors: result.errors },
    }));
  });
}

/** Rows whose record is gone (erased meanwhile): nothing is left to write. */
export function goneRows(batch: OrgBatch): OutboxRow[] {
  const present = new Set([...batch.order.values()].flat().map((row) => row.id));
  return batch.rows.filter((row) => !present.has(row.id));
}

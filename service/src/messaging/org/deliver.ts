import { LRUCache } from 'lru-cache';
import type { Logger } from '../../platform/log.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/database.ts';
import type { Directory } from '../../directory/index.ts';
import { SalesforceError, type SalesforceClient, type SaveResult, type SubResult } from '../../gateways/salesforce/index.ts';
import type { LaneBatch, LanePurpose } from '../../platform/lanes/engine.ts';
import type { Outcome, OutboxRow } from '../../platform/lanes/outbox.ts';
import { listNumbers, listPhoneFields } from '../store/accounts.ts';
import { dropOwner, findConversations, forgetMatch, saveMatches, saveSalesforceIds } from '../store/conversations.ts';
import { withParkedParent } from '../store/parked-parents.ts';
import { ORG_LANE } from '../types.ts';
import { buildBatch, goneRows, pairResults, takeBatch, WAKE_UP, type OrgBatch } from './batch.ts';
import { matchConversations } from './matching.ts';
import { notifyOwners } from './notify.ts';
import { judge, PARENT_PARKED, type Judged, type Repair } from './outcome.ts';

/** How the org is reached; `connections` gives it. Throws `OrgHeldError` while nobody can reach it. */
export interface OrgAccess {
  call<T>(orgId: string, work: (sf: SalesforceClient) => Promise<T>): Promise<T>;
  /** Tries the other connected users, without judging them, until `accepted`; undefined when nobody succeeds. */
  tryOthers<T>(orgId: string, work: (sf: SalesforceClient) => Promise<T>, accepted: (result: T) => boolean): Promise<T | undefined>;
  /** Until when the org is not to be called, and why; undefined when it may be called. */
  heldBy(error: unknown): { until: Date; code: string; reason: string } | undefined;
}

export interface DeliverOptions {
  db: Db;
  clock: Clock;
  access: OrgAccess;
  directory: Directory;
  logger: Logger;
}

const QUEUE = 'Switchboard_Inbox';
/** A queue that is made or replaced is noticed after this. */
const QUEUE_TTL_MS = 10 * 60_000;
/** How often it is looked whether a parked conversation was set free. */
const PARENT_LOOK_MS = 15_000;

/** The lane that carries conversations, messages and consents into the org: one composite call per batch, each record once. */
export function createOrgLane(options: DeliverOptions): LanePurpose {
  const { db, clock, access, directory } = options;
  const queues = new LRUCache<string, { id: string | undefined }>({ max: 10_000, ttl: QUEUE_TTL_MS });

  async function run(batch: LaneBatch): Promise<void> {
    const { orgId } = batch.lease;
    const { rows, held } = await holdChildren(orgId, takeBatch(batch.rows));
    if (held.length > 0) await batch.settle({ retry: held });
    if (rows.length === 0) return;
    try {
      const { built, pairs } = await access.call(orgId, (sf) => deliver(orgId, rows, sf));
      const { outcome, repairs, refused } = judge(pairs);
      for (const row of refused) await tryRefused(orgId, row, pairs, outcome);
      outcome.done.push(...goneRows(built).map(({ id, version }) => ({ id, version })));
      await batch.settle(outcome, (tx) => remember(tx, orgId, pairs, repairs));
      await announce(orgId, built, pairs);
    } catch (error) {
      const hold = access.heldBy(error);
      if (!hold) throw error;
      await batch.settle({ hold });
    }
  }

  /** Messages whose conversation is parked would be refused for its lack: they wait for it, which costs no call. */
  async function holdChildren(orgId: string, rows: OutboxRow[]): Promise<{ rows: OutboxRow[]; held: NonNullable<Outcome['retry']> }> {
    const orphans = await withParkedParent(
      db,
      orgId,
      rows.filter((row) => row.subjectKind === 'message').map((row) => row.subjectId),
    );
    const isHeld = (row: OutboxRow) => row.subjectKind === 'message' && orphans.has(row.subjectId);
    const held = rows.filter(isHeld).map(({ id }) => ({ id, afterMs: PARENT_LOOK_MS, ...PARENT_PARKED, waits: true }));
    return { rows: rows.filter((row) => !isHeld(row)), held };
  }

  /** May run again from the start with another user: everything in it is an upsert or a read. */
  async function deliver(orgId: string, rows: OutboxRow[], sf: SalesforceClient) {
    await match(orgId, rows, sf);
    if (!queues.has(orgId)) queues.set(orgId, { id: await findQueue(sf) });
    const [built, results] = await send(orgId, rows, sf);
    for (const result of results) {
      // A refused step is a fault of the call, not of its records: another user may have the right that is missing. The wake-up may vanish.
      if (!result.ok && result.referenceId !== WAKE_UP)
        throw new SalesforceError({ message: 'a step was refused', status: result.status, errors: result.errors, sent: 'yes' });
    }
    return { built, pairs: pairResults(built, results) };
  }

  async function send(orgId: string, rows: OutboxRow[], sf: SalesforceClient): Promise<[OrgBatch, SubResult[]]> {
    const built = await buildBatch(db, orgId, rows, sf, queues.get(orgId)?.id);
    return [built, built.steps.length > 0 ? await sf.composite(built.steps) : []];
  }

  /** A row that the main user may not write: each other user tries it once, and nobody is marked for it. Else it stays parked. */
  async function tryRefused(
    orgId: string,
    row: OutboxRow,
    pairs: { row: OutboxRow; result: SaveResult }[],
    outcome: Judged['outcome'],
  ): Promise<void> {
    const write = async (sf: SalesforceClient) => pairResults(...(await send(orgId, [row], sf)));
    const written = await access.tryOthers(orgId, write, (result) => result[0]?.result.success === true);
    const [pair] = written ?? [];
    if (!pair) return;
    pairs.splice(
      pairs.findIndex((item) => item.row.id === row.id),
      1,
      pair,
    );
    outcome.park = outcome.park.filter((parked) => parked.id !== row.id);
    outcome.done.push({ id: row.id, version: row.version });
  }

  async function match(orgId: string, rows: OutboxRow[], sf: SalesforceClient): Promise<void> {
    const conversations = await findConversations(
      db,
      orgId,
      rows.filter((row) => row.subjectKind === 'conversation').map((row) => row.subjectId),
    );
    if (conversations.length === 0) return;
    const [numbers, phoneFields] = [await listNumbers(db, orgId), await listPhoneFields(db, orgId)];
    const matches = await matchConversations(directory, { orgId, sf, conversations, numbers, phoneFields, now: clock.now() });
    if (matches.length > 0) await saveMatches(db, orgId, matches, clock.now());
  }

  async function remember(tx: Tx, orgId: string, pairs: { row: OutboxRow; result: SaveResult }[], repairs: Repair[]): Promise<void> {
    const saved = pairs.filter(({ row, result }) => row.subjectKind === 'conversation' && result.success);
    if (saved.length > 0)
      await saveSalesforceIds(
        tx,
        orgId,
        saved.map(({ row, result }) => ({ id: row.subjectId, salesforceId: result.id })),
      );
    for (const repair of repairs) await (repair.need === 'owner' ? dropOwner(tx, orgId, repair.id) : forgetMatch(tx, orgId, repair.id));
    if (repairs.some((repair) => repair.need === 'owner')) queues.delete(orgId);
  }

  async function announce(orgId: string, built: OrgBatch, pairs: { row: OutboxRow; result: SaveResult }[]): Promise<void> {
    const fresh = new Set(pairs.filter(({ result }) => result.success && result.created).map(({ row }) => row.subjectId));
    const inbound = built.messages.filter((message) => message.direction === 'inbound' && fresh.has(message.id));
    if (inbound.length === 0) return;
    const conversations = await findConversations(db, orgId, [...new Set(inbound.map((message) => message.conversationId))]);
    const news = conversations.map((conversation) => ({
      conversation,
      messages: inbound.filter((message) => message.conversationId === conversation.id),
    }));
    // After the fact and at most once: a bell that does not ring is not worth sending the messages again.
    await notifyOwners(orgId, access, queues.get(orgId)?.id, news).catch((error: unknown) =>
      options.logger.warn({ err: error, org: orgId }, 'owners could not be notified of new messages'),
    );
  }

  return { name: ORG_LANE, batchSize: 600, leaseMs: 120_000, run };
}

async function findQueue(sf: SalesforceClient): Promise<string | undefined> {
  const { records } = await sf.query<{ Id: string }>(`SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = '${QUEUE}' LIMIT 1`);
  return records[0]?.Id;
}

import { LRUCache } from 'lru-cache';
import type { Logger } from '../../platform/log.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/database.ts';
import type { Directory, Viewer } from '../../directory/index.ts';
import { SalesforceError, type SalesforceClient, type SubResult } from '../../gateways/salesforce/index.ts';
import type { LaneBatch, LanePurpose } from '../../platform/lanes/engine.ts';
import type { OutboxRow } from '../../platform/lanes/outbox.ts';
import { createSingleFlight } from '../../platform/single-flight.ts';
import { listNumbers, listPhoneFields } from '../store/accounts.ts';
import {
  claimBells,
  dropOwner,
  findConversations,
  forgetMatch,
  lockConversations,
  rewriteOwners,
  saveMatches,
  saveSalesforceIds,
  settleBells,
} from '../store/conversations.ts';
import { touchRefused } from '../store/refused-looks.ts';
import { ORG_LANE } from '../types.ts';
import type { OrgAccess } from './access.ts';
import { buildBatch, goneRows, pairResults, takeBatch, WAKE_UP, type OrgBatch } from './batch.ts';
import { matchConversations } from './matching.ts';
import { notifyOwners } from './notify.ts';
import { judge, type Repair } from './outcome.ts';
import { createPace } from './pace.ts';
import { holdChildren, parentsOf, settleOrphans } from './parents.ts';
import { refusalOfMost, tryRefused, type Pair } from './refused.ts';

export interface DeliverOptions {
  db: Db;
  clock: Clock;
  access: OrgAccess;
  directory: Directory;
  logger: Logger;
}

interface Answer {
  built: OrgBatch;
  pairs: Pair[];
}

/** Rows of a full call: as many as `takeBatch` takes at most of conversations and messages. */
const FULL = 600;
const QUEUE = 'Switchboard_Inbox';
/** A queue that is made or replaced is noticed after this. */
const QUEUE_TTL_MS = 10 * 60_000;

/** The lane that carries conversations, messages and consents into the org: one composite call per batch, each record once. */
export function createOrgLane(options: DeliverOptions): LanePurpose {
  const { db, clock, access, directory } = options;
  const queues = new LRUCache<string, { id: string | undefined }>({ max: 10_000, ttl: QUEUE_TTL_MS });
  const pace = createPace(FULL);
  const once = createSingleFlight<string | undefined>(); // the lanes of an org begin at the same time

  async function run(batch: LaneBatch): Promise<void> {
    const { orgId } = batch.lease;
    const parents = await parentsOf(db, orgId, batch.rows);
    const { rows, held } = holdChildren(takeBatch(batch.rows.slice(0, pace.limit(orgId)), parents), parents);
    if (held.length > 0) await batch.settle({ retry: held });
    if (rows.length > 0) await deliver(batch, rows);
  }

  /** False when the lane was put on hold or is to end: nothing more is to be sent. */
  async function deliver(batch: LaneBatch, rows: OutboxRow[]): Promise<boolean> {
    const { orgId } = batch.lease;
    let answer: Answer;
    try {
      answer = await ask(batch, rows);
    } catch (error) {
      const fault = access.faultOf(error);
      if (fault?.of === 'request') return divide(batch, rows, fault);
      const hold = access.heldBy(error);
      if (!hold) throw error;
      await batch.settle({ hold });
      return false;
    }
    const { built, pairs } = answer;
    const judged = judge(pairs);
    await tryRefused(access, orgId, judged, pairs, async (some, sf) => pairResults(...(await send(batch, some, sf))));
    const saved = pairs.filter(({ row, result }) => row.subjectKind === 'conversation' && result.success);
    const makeAgain = await settleOrphans(db, orgId, judged, new Set(saved.map(({ row }) => row.subjectId)));
    judged.outcome.done.push(...goneRows(built).map(({ id, version }) => ({ id, version })));
    await batch.settle(judged.outcome, async (tx) => {
      await remember(tx, orgId, built, saved, judged.repairs);
      await makeAgain(tx);
    });
    await announce(orgId, built, pairs);
    return true;
  }

  /** One row spoils the whole call: it is sent again in halves, until that row is alone and can be parked. */
  async function divide(batch: LaneBatch, rows: OutboxRow[], fault: { code: string; reason: string }): Promise<boolean> {
    const [only] = rows;
    if (only && rows.length === 1) {
      await batch.settle({ park: [{ id: only.id, version: only.version, code: fault.code, reason: fault.reason }] });
      return true;
    }
    if (batch.signal.aborted) return false;
    const middle = Math.ceil(rows.length / 2);
    return (await deliver(batch, rows.slice(0, middle))) && (await deliver(batch, rows.slice(middle)));
  }

  /**
   * What the org says of each record. Where the main user lacks the rights for most of a kind, `call` looks for somebody who has them and
   * the work runs again; where nobody has, what this user could write counts, and the refused rows stand for themselves.
   */
  async function ask(batch: LaneBatch, rows: OutboxRow[]): Promise<Answer> {
    const seen: { denied?: Answer } = {};
    try {
      return await access.call(batch.lease.orgId, async (sf, user) => {
        delete seen.denied;
        const answer = await write(batch, rows, sf, { orgId: batch.lease.orgId, ...user });
        const refusal = refusalOfMost(answer.pairs, judge(answer.pairs).refused);
        if (!refusal) return answer;
        seen.denied = answer;
        throw refusal;
      });
    } catch (error) {
      if (seen.denied && access.faultOf(error)?.of === 'rights') return seen.denied;
      throw error;
    }
  }

  /** May run again from the start with another user: everything in it is an upsert or a read. */
  async function write(batch: LaneBatch, rows: OutboxRow[], sf: SalesforceClient, viewer: Viewer): Promise<Answer> {
    const { orgId } = batch.lease;
    await batch.renew();
    await match(viewer, rows, sf);
    if (!queues.has(orgId)) queues.set(orgId, { id: await once(orgId, () => findQueue(sf)) });
    const [built, results] = await send(batch, rows, sf);
    for (const result of results) {
      // A refused step is a fault of the call, not of its records: another user may have the right that is missing. The wake-up may vanish.
      if (!result.ok && result.referenceId !== WAKE_UP)
        throw new SalesforceError({ message: 'a step was refused', status: result.status, errors: result.errors, sent: 'yes' });
    }
    return { built, pairs: pairResults(built, results) };
  }

  async function send(batch: LaneBatch, rows: OutboxRow[], sf: SalesforceClient): Promise<[OrgBatch, SubResult[]]> {
    const { orgId } = batch.lease;
    const built = await buildBatch(db, orgId, rows, sf, queues.get(orgId)?.id);
    if (built.steps.length === 0) return [built, []];
    // The call times out long before a whole lease: whoever takes the lane over afterwards cannot be overtaken by this call.
    await batch.renew();
    const began = clock.now().getTime();
    try {
      const results = await sf.composite(built.steps);
      pace.answered(orgId, rows.length, clock.now().getTime() - began);
      return [built, results];
    } catch (error) {
      // Only here: that the org is on hold because somebody's call timed out says nothing about the size of this one.
      if (error instanceof SalesforceError && error.fault === 'timeout') pace.timedOut(orgId, rows.length);
      throw error;
    }
  }

  async function match(viewer: Viewer, rows: OutboxRow[], sf: SalesforceClient): Promise<void> {
    const { orgId } = viewer;
    const conversations = await findConversations(
      db,
      orgId,
      rows.filter((row) => row.subjectKind === 'conversation').map((row) => row.subjectId),
    );
    if (conversations.length === 0) return;
    const [numbers, phoneFields] = [await listNumbers(db, orgId), await listPhoneFields(db, orgId)];
    const matches = await matchConversations(directory, { viewer, sf, conversations, numbers, phoneFields, now: clock.now() });
    if (matches.length > 0) await db.transaction().execute((tx) => saveMatches(tx, orgId, matches, clock.now()));
    // Others may wait for a search since the time when it was refused.
    if (matches.some((match) => match.searched)) await touchRefused(db, orgId);
  }

  async function remember(tx: Tx, orgId: string, built: OrgBatch, saved: Pair[], repairs: Repair[]): Promise<void> {
    await lockConversations(
      tx,
      orgId,
      built.rows.filter((row) => row.subjectKind === 'conversation').map((row) => row.subjectId),
    );
    if (saved.length > 0)
      await saveSalesforceIds(
        tx,
        orgId,
        saved.map(({ row, result }) => ({ id: row.subjectId, salesforceId: result.id })),
      );
    // Made anew although it was there before, so somebody had deleted it: it has no owner yet but the user who wrote it.
    const known = new Set(built.conversations.filter((conversation) => conversation.ownerWritten).map((conversation) => conversation.id));
    const ownerless = saved.filter(({ row, result }) => result.created && known.has(row.subjectId)).map(({ row }) => row.subjectId);
    await rewriteOwners(tx, orgId, ownerless);
    for (const repair of repairs) await (repair.need === 'owner' ? dropOwner(tx, orgId, repair.id) : forgetMatch(tx, orgId, repair.id));
    if (repairs.some((repair) => repair.need === 'owner')) queues.delete(orgId);
  }

  /** After the fact: a bell that does not ring is not worth sending the messages again; the next text tries it again. */
  async function announce(orgId: string, built: OrgBatch, pairs: Pair[]): Promise<void> {
    const written = new Set(pairs.filter(({ result }) => result.success).map(({ row }) => row.subjectId));
    const inbound = built.messages.filter((message) => message.direction === 'inbound' && written.has(message.id));
    try {
      const claim = await claimBells(db, orgId, [...new Set(inbound.map((message) => message.conversationId))]);
      let rang = false;
      try {
        await notifyOwners(orgId, access, queues.get(orgId)?.id, claim.conversations);
        rang = true;
      } finally {
        await settleBells(db, orgId, claim, rang);
      }
    } catch (error) {
      options.logger.warn({ err: error, org: orgId }, 'owners could not be notified of new messages');
    }
  }

  return { name: ORG_LANE, batchSize: FULL, leaseMs: 120_000, run };
}

async function findQueue(sf: SalesforceClient): Promise<string | undefined> {
  const { records } = await sf.query<{ Id: string }>(`SELECT Id FROM Group WHERE Type = 'Queue' AND DeveloperName = '${QUEUE}' LIMIT 1`);
  return records[0]?.Id;
}

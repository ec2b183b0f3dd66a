import { LRUCache } from 'lru-cache';
import {
  classifyRecordError,
  explainFailure,
  refusesLink,
  refusesOwner,
  SalesforceError,
  type Failure,
  type RecordError,
  type SalesforceClient,
  type SaveResult,
} from '../../gateways/salesforce/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { retryDelayMs } from '../../platform/lanes/retry-delay.ts';
import type { LaneBatch, LanePurpose } from '../../platform/lanes/engine.ts';
import type { OutboxRow, Outcome } from '../../platform/lanes/outbox.ts';
import type { Logger } from '../../platform/log.ts';
import type { FindParty } from './party.ts';
import { createScreenPops } from './pop.ts';
import { activityRecord, objectOf } from './records.ts';
import { findCalls, repairCall, saveParties, saveWritten, writeAgain, type Repair } from './store.ts';
import { CALL_ID_FIELD, CALL_LANE, type CallRecord } from './types.ts';

/** How the org is reached for call records. */
export interface CallAccess {
  call<T>(orgId: string, work: (sf: SalesforceClient) => Promise<T>): Promise<T>;
  /** Until when the org is not to be called, and why; undefined when it may be called. */
  heldBy(error: unknown): { until: Date; code: string; reason: string } | undefined;
  /** Whose fault a call was that failed as a whole although the org answers. */
  faultOf(error: unknown): { of: 'request' | 'rights'; code: string; reason: string } | undefined;
}

export interface CallLaneOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  access: CallAccess;
  party: FindParty;
}

/** One collection of the org holds as many; a batch has at most this many of each object. */
const BATCH = 200;
/** Tries of a record before a person must look at it; also how often it is asked whom it is about before it is written without. */
const MAX_TRIES = 5;
const BASE_MS = 1_000;
const PARTIES_AT_ONCE = 4;
const QUEUE = 'Switchboard_Inbox';
const QUEUE_TTL_MS = 10 * 60_000;

interface Item {
  row: OutboxRow;
  call: CallRecord;
}

/** The lane that carries calls and callbacks into the org, each as one task or event with an external id: written again it is the same record. */
export function createCallLane({ db, clock, logger, access, party }: CallLaneOptions): LanePurpose {
  const queues = new LRUCache<string, { id: string | undefined }>({ max: 10_000, ttl: QUEUE_TTL_MS });
  const pops = createScreenPops({ db, clock, logger, access });

  async function run(batch: LaneBatch): Promise<void> {
    const { orgId } = batch.lease;
    const items = await read(batch);
    const unsure = await findParties(orgId, items);
    if (unsure.length > 0) await batch.settle({ retry: unsure });
    const known = items.filter(({ row }) => !unsure.some(({ id }) => id === row.id));
    if (known.length > 0) await deliver(batch, known);
  }

  /** Rows with their records; what was erased meanwhile is done. */
  async function read(batch: LaneBatch): Promise<Item[]> {
    const calls = await findCalls(
      db,
      batch.lease.orgId,
      batch.rows.map(({ subjectId }) => subjectId),
    );
    const byId = new Map(calls.map((call) => [call.id, call]));
    const gone = batch.rows.filter(({ subjectId }) => !byId.has(subjectId));
    if (gone.length > 0) await batch.settle({ done: gone.map(({ id, version }) => ({ id, version })) });
    return batch.rows.flatMap((row) => {
      const call = byId.get(row.subjectId);
      return call ? [{ row, call }] : [];
    });
  }

  /** Rows that are to wait, because it cannot be told yet whom they are about. */
  async function findParties(orgId: string, items: readonly Item[]): Promise<NonNullable<Outcome['retry']>> {
    const open = items.filter(({ call }) => call.foundAt === null);
    const found: { item: Item; who: Awaited<ReturnType<FindParty>> }[] = [];
    // Few at a time: people on the phone ask through the same gates.
    for (let from = 0; from < open.length; from += PARTIES_AT_ONCE)
      found.push(
        ...(await Promise.all(
          open.slice(from, from + PARTIES_AT_ONCE).map(async (item) => ({ item, who: await party(orgId, item.call) })),
        )),
      );
    const unsure = found.filter(({ item, who }) => who === undefined && item.row.attempts < MAX_TRIES);
    const sure = found.flatMap(({ item, who }) => (who ? [{ item, who }] : []));
    for (const { item, who } of sure) Object.assign(item.call, who, { foundAt: clock.now() });
    await saveParties(
      db,
      orgId,
      sure.map(({ item, who }) => ({ id: item.call.id, ...who })),
    );
    const wait = {
      code: 'caller_unknown_yet',
      reason: 'Who called could not be found out yet: neither the directory nor the org answered.',
    };
    return unsure.map(({ item: { row } }) => ({ id: row.id, version: row.version, afterMs: retryDelayMs(BASE_MS, row.attempts), ...wait }));
  }

  async function deliver(batch: LaneBatch, items: Item[]): Promise<void> {
    const { orgId } = batch.lease;
    await batch.renew();
    let results: SaveResult[];
    try {
      results = await access.call(orgId, (sf) => write(sf, orgId, items));
    } catch (error) {
      await settleFailed(batch, items, error);
      return;
    }
    await settle(batch, items, results);
    const written = items.flatMap(({ call }, index) => (results[index]?.success ? [{ ...call, salesforceId: results[index].id }] : []));
    await pops.show(orgId, pops.of(written));
  }

  /** May run again as another user: it is made of upserts. */
  async function write(sf: SalesforceClient, orgId: string, items: readonly Item[]): Promise<SaveResult[]> {
    if (!queues.has(orgId)) queues.set(orgId, { id: await findQueue(sf) });
    const queueId = queues.get(orgId)?.id;
    const groups = (['Task', 'Event'] as const)
      .map((object) => ({ object, calls: items.filter(({ call }) => objectOf(call) === object).map(({ call }) => call) }))
      .filter(({ calls }) => calls.length > 0);
    const answers = await sf.composite(
      groups.map(({ object, calls }) =>
        sf.steps.upsert(
          object,
          object,
          CALL_ID_FIELD,
          calls.map((call) => activityRecord(call, queueId)),
        ),
      ),
    );
    const results = new Map<string, SaveResult>();
    for (const [index, { calls }] of groups.entries()) {
      const answer = answers[index];
      if (!answer?.ok)
        throw new SalesforceError({
          message: 'a step was refused',
          status: answer?.status ?? 0,
          errors: answer?.errors ?? [],
          sent: 'yes',
        });
      for (const [place, call] of calls.entries()) results.set(call.id, answer.saves[place] as SaveResult);
    }
    const inOrder = items.map(({ call }) => results.get(call.id) as SaveResult);
    const refusals = inOrder.map((result) => (result.success ? undefined : judgeError(result)));
    // What is refused to everything is refused to the user: as one error it lets `connections` look for one who has the right.
    if (refusals.every((failure, index) => failure?.class === 'permission' && !repairOf(inOrder[index]?.errors[0])))
      throw new SalesforceError({ message: 'every record was refused', status: 403, errors: inOrder[0]?.errors ?? [], sent: 'yes' });
    return inOrder;
  }

  async function settleFailed(batch: LaneBatch, items: Item[], error: unknown): Promise<void> {
    const fault = access.faultOf(error);
    if (fault) {
      // One record may spoil the call of all, and rights for events say nothing of tasks.
      const [tasks, events] = [
        items.filter(({ call }) => objectOf(call) === 'Task'),
        items.filter(({ call }) => objectOf(call) === 'Event'),
      ];
      const middle = Math.ceil(items.length / 2);
      const parts =
        tasks.length > 0 && events.length > 0
          ? [tasks, events]
          : fault.of === 'request' && items.length > 1
            ? [items.slice(0, middle), items.slice(middle)]
            : [];
      for (const part of parts) await deliver(batch, part);
      if (parts.length === 0)
        await batch.settle({ park: items.map(({ row: { id, version } }) => ({ id, version, code: fault.code, reason: fault.reason })) });
      return;
    }
    const hold = access.heldBy(error);
    if (!hold) throw error;
    await batch.settle({ hold });
  }

  async function settle(batch: LaneBatch, items: Item[], results: SaveResult[]): Promise<void> {
    const { orgId } = batch.lease;
    const outcome: Required<Pick<Outcome, 'done' | 'retry' | 'park'>> = { done: [], retry: [], park: [] };
    const written: { id: string; salesforceId: string | null }[] = [];
    const lost: string[] = [];
    const repairs: { id: string; what: Repair }[] = [];
    for (const [index, { row, call }] of items.entries()) {
      const result = results[index] as SaveResult;
      const { id, version } = row;
      if (!result.success) {
        const failure = judgeError(result);
        const reason = explainFailure(failure);
        const broken = row.attempts < MAX_TRIES ? repairOf(result.errors[0]) : undefined;
        // What is known here may be as old as the record that is gone: the second time it is written without.
        const repair = broken === 'party' && row.attempts > 0 ? 'nobody' : broken;
        if (repair) repairs.push({ id: call.id, what: repair });
        if (broken === 'owner' && call.ownerId === null) queues.delete(orgId);
        if (repair || (failure.class === 'transient' && row.attempts < MAX_TRIES)) {
          const afterMs = repair ? 0 : (failure.retryAfterMs ?? retryDelayMs(BASE_MS, row.attempts));
          outcome.retry.push({ id, version, afterMs, code: failure.code, reason });
        } else outcome.park.push({ id, version, code: failure.code, reason });
      } else if (result.created && call.writtenAt !== null) {
        // Somebody had deleted it: it is there anew, and wants to be told whose it is.
        lost.push(call.id);
        outcome.retry.push({ id, version, afterMs: 0, code: 'made_again', reason: 'It had been deleted in the org.' });
      } else {
        outcome.done.push({ id, version });
        written.push({ id: call.id, salesforceId: result.id });
      }
    }
    await batch.settle(outcome, async (tx) => {
      await saveWritten(tx, orgId, written);
      await writeAgain(tx, orgId, lost);
      for (const { id, what } of repairs) await repairCall(tx, orgId, id, what);
    });
  }

  return { name: CALL_LANE, batchSize: BATCH, leaseMs: 120_000, run };
}

const judgeError = ({ errors }: SaveResult): Failure =>
  classifyRecordError(errors[0] ?? { code: 'UNKNOWN', message: '', fields: [] }, { packageFields: true });

/** An owner who left, or a record that was deleted or merged, is no reason to park a call: it finds its place anew. */
function repairOf(error: RecordError | undefined): Repair | undefined {
  if (!error) return undefined;
  // Our reply was lost: the record is there.
  if (error.code === 'INVALID_FIELD_FOR_INSERT_UPDATE' && error.fields.includes('TaskSubtype')) return 'made';
  if (refusesOwner(error)) return 'owner';
  return refusesLink(error, ['WhoId', 'WhatId']) ? 'party' : undefined;
}

async function findQueue(sf: SalesforceClient): Promise<string | undefined> {
  const { records } = await sf.query<{ Id: string }>(
    `SELECT QueueId FROM QueueSobject WHERE SobjectType = 'Task' AND Queue.DeveloperName = '${QUEUE}' LIMIT 1`,
  );
  return (records[0] as { QueueId?: string } | undefined)?.QueueId;
}

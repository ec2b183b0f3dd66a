import {
  classifyRecordError,
  explainFailure,
  refusesLink,
  refusesOwner,
  type RecordError,
  type SaveResult,
} from '../../gateways/salesforce/index.ts';
import { retryDelayMs } from '../../platform/lanes/retry-delay.ts';
import type { OutboxRow, Outcome } from '../../platform/lanes/outbox.ts';

/** Tries of a row before a person must look at it. */
export const MAX_TRIES = 5;
const BASE_MS = 500;

export const PARENT_PARKED = { code: 'PARENT_MISSING', reason: 'Waits for its conversation, which is not in the org yet.' };

/** What a conversation's record needs before it is tried again. */
export type Repair = { id: string; need: 'owner' | 'match' };

export interface Judged {
  outcome: Required<Pick<Outcome, 'done' | 'retry' | 'park'>>;
  repairs: Repair[];
  /** Rows that this user may not write: another one may. */
  refused: OutboxRow[];
  /** Messages whose conversation is not in the org. */
  orphans: OutboxRow[];
}

/** Turns the org's answer about each record into what becomes of its row. Only the bad row stays behind. */
export function judge(pairs: { row: OutboxRow; result: SaveResult }[]): Judged {
  const judged: Judged = { outcome: { done: [], retry: [], park: [] }, repairs: [], refused: [], orphans: [] };
  for (const { row, result } of pairs) {
    if (result.success) judged.outcome.done.push({ id: row.id, version: row.version });
    else judgeError(judged, row, result.errors[0] ?? { code: 'UNKNOWN', message: '', fields: [] });
  }
  return judged;
}

function judgeError(judged: Judged, row: OutboxRow, error: RecordError): void {
  const failure = classifyRecordError(error, { packageFields: true });
  const reason = explainFailure(failure);
  const repair = row.subjectKind === 'conversation' && row.attempts < MAX_TRIES ? repairOf(error) : undefined;
  if (repair) {
    judged.repairs.push({ id: row.subjectId, need: repair });
    judged.outcome.retry.push({ id: row.id, version: row.version, afterMs: 0, code: failure.code, reason });
  } else if (isMissingParent(error)) {
    judged.orphans.push(row);
  } else if (failure.class === 'transient' && row.attempts < MAX_TRIES) {
    const afterMs = failure.retryAfterMs ?? retryDelayMs(BASE_MS, row.attempts);
    judged.outcome.retry.push({ id: row.id, version: row.version, afterMs, code: failure.code, reason });
  } else if (failure.class === 'permission') {
    judged.refused.push(row);
    judged.outcome.park.push({ id: row.id, version: row.version, code: failure.code, reason });
  } else {
    judged.outcome.park.push({ id: row.id, version: row.version, code: failure.code, reason });
  }
}

/** An owner who left, or a record that was deleted or merged, is no reason to park a conversation: it finds its place anew. */
function repairOf(error: RecordError): Repair['need'] | undefined {
  if (refusesOwner(error)) return 'owner';
  return refusesLink(error, ['Contact__c', 'Lead__c', 'Account__c']) ? 'match' : undefined;
}

function isMissingParent(error: RecordError): boolean {
  return error.code === 'INVALID_FIELD' && /foreign key external id/i.test(error.message);
}

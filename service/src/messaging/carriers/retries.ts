import type { Outcome } from '../../platform/lanes/outbox.ts';
import type { QueuedRow } from '../store/queue.ts';
import type { SubmitResult } from './session.ts';

/** An account that an admin must mend. */
const ACCOUNT_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** A refusal "for now" that comes this often, over three quarters of an hour, is one for good. */
export const MAX_REFUSALS = 16;

/** A carrier that says "not now" again and again to one message is taken at its word at last; not being reached never counts. */
export function withPatience(row: Pick<QueuedRow, 'attempts'>, result: SubmitResult): SubmitResult {
  if (result.kind !== 'retry' || !result.refused || row.attempts + 1 < MAX_REFUSALS) return result;
  const { parts, code, text } = result;
  return { kind: 'rejected', parts, code, text, scope: 'message' };
}

/** When a message that was not settled is submitted again. Only refusals count as tries, and come less and less often. */
export function retryOf(row: Pick<QueuedRow, 'id' | 'attempts'>, result: SubmitResult): Outcome {
  if (result.kind === 'retry') {
    const { afterMs, code, text: reason, refused = false } = result;
    const pause = refused ? Math.min(afterMs * 2 ** row.attempts, LONGEST_PAUSE_MS) : afterMs;
    return { retry: [{ id: row.id, afterMs: pause, code, reason, waits: !refused }] };
  }
  if (result.kind === 'rejected')
    return { retry: [{ id: row.id, afterMs: ACCOUNT_PAUSE_MS, code: result.code, reason: result.text, waits: true }] };
  // The part in doubt was settled by a late answer: the rest follows at once.
  return { retry: [{ id: row.id, afterMs: 0, code: 'resumed', reason: 'The rest of the text follows.', waits: true }] };
}

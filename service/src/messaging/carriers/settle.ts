import { randomUUID } from 'node:crypto';
import type { Tx } from '../../platform/db/database.ts';
import type { Receipts } from '../receipts.ts';
import { COMES_FROM } from '../status.ts';
import { changeStatuses, type Submission } from '../store/messages.ts';
import { saveOptOut } from '../store/opt-outs.ts';
import { requeue } from '../store/queue.ts';
import { lockCarrierIds, lockMessage, partsOf, saveParts } from '../store/receipts.ts';
import type { SubmitResult } from './session.ts';

/** Carriers that keep their own list of people who said STOP refuse with these codes; ours then says so too. */
const CARRIER_OPT_OUT = new Set(['21610']);

/**
 * Writes what became of a submission, in the transaction that also settles its lane row. Receipts that were faster are claimed here.
 * `at` is the time now. Returns false when the message is to be submitted again.
 */
export async function settleSubmission(tx: Tx, receipts: Receipts, message: Submission, result: SubmitResult, at: Date): Promise<boolean> {
  const { orgId, id, accountId } = message;
  await lockCarrierIds(
    tx,
    accountId,
    result.parts.map((part) => part.key),
  );
  if (!(await lockMessage(tx, orgId, id))) return true; // its person was erased meanwhile
  if (result.parts.length > 0) await saveParts(tx, orgId, accountId, id, result.parts);
  if (result.kind === 'accepted') {
    await settleAccepted(tx, receipts, message);
  } else if (result.kind === 'unknown') {
    return settleInDoubt(tx, receipts, message, result);
  } else if (result.kind === 'retry' || result.scope === 'account') {
    // Where a receipt was faster and final, nothing is left to submit.
    return !(result.kind === 'retry' && result.refused ? await requeueRefused(tx, message, result) : await requeue(tx, orgId, id));
  } else {
    const { parts } = await partsOf(tx, orgId, id);
    await changeStatuses(tx, [
      {
        orgId,
        id,
        status: 'failed',
        from: ['sending', 'unknown'],
        accepted: parts.length > 0,
        errorCode: result.code,
        errorText: result.text,
      },
    ]);
    if (CARRIER_OPT_OUT.has(result.code)) {
      await saveOptOut(tx, orgId, {
        id: randomUUID(),
        number: message.customerNumber,
        state: 'opted_out',
        kind: 'carrier',
        keyword: null,
        reason: 'The carrier says that the person opted out.',
        changedAt: at,
        changedBy: null,
      });
    }
  }
  return true;
}

async function settleAccepted(tx: Tx, receipts: Receipts, { orgId, id, accountId }: Submission): Promise<void> {
  await changeStatuses(tx, [{ orgId, id, status: 'sent', from: COMES_FROM.sent, accepted: true }]);
  await receipts.claimEarly(tx, orgId, accountId, id);
}

/** The late answer for the part in doubt may have been faster than this: then it is in doubt no more, and the parts behind it follow. */
async function settleInDoubt(
  tx: Tx,
  receipts: Receipts,
  message: Submission,
  result: Extract<SubmitResult, { kind: 'unknown' }>,
): Promise<boolean> {
  const { orgId, id } = message;
  const { parts, total } = await partsOf(tx, orgId, id);
  if (parts.length >= total) await settleAccepted(tx, receipts, message);
  else if (parts.some(({ part }) => part === result.part)) return !(await requeue(tx, orgId, id));
  const errorText = 'The carrier did not confirm the message. It may have been sent; a receipt, the carrier or an admin settles it.';
  await changeStatuses(tx, [{ orgId, id, status: 'unknown', from: COMES_FROM.unknown, errorCode: 'outcome_unknown', errorText }]);
  return true;
}

/** As `requeue`; it is tried again, and whoever looks at it meanwhile learns what the carrier said. */
async function requeueRefused(tx: Tx, { orgId, id }: Submission, { code, text }: { code: string; text: string }): Promise<boolean> {
  const moved = await changeStatuses(tx, [{ orgId, id, status: 'queued', from: ['sending', 'queued'], errorCode: code, errorText: text }]);
  return moved.length > 0;
}

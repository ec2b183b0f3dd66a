import { randomUUID } from 'node:crypto';
import type { Tx } from '../../platform/db/database.ts';
import type { Receipts } from '../receipts.ts';
import { COMES_FROM } from '../status.ts';
import { changeStatuses, type Submission } from '../store/messages.ts';
import { saveOptOut } from '../store/opt-outs.ts';
import { requeue } from '../store/queue.ts';
import { partsOf, saveParts } from '../store/receipts.ts';
import type { SubmitResult } from './session.ts';

/** Carriers that keep their own list of people who said STOP refuse with these codes; ours then says so too. */
const CARRIER_OPT_OUT = new Set(['21610']);

/**
 * Writes what became of a submission, in the transaction that also settles its lane row. Receipts that were faster are claimed here.
 * Returns false when the message is to be submitted again.
 */
export async function settleSubmission(tx: Tx, receipts: Receipts, message: Submission, result: SubmitResult): Promise<boolean> {
  const { orgId, id, accountId } = message;
  if (result.parts.length > 0) await saveParts(tx, orgId, accountId, id, result.parts);
  if (result.kind === 'accepted') {
    await changeStatuses(tx, [{ orgId, id, status: 'sent', from: COMES_FROM.sent, accepted: true }]);
    await receipts.claimEarly(
      tx,
      orgId,
      accountId,
      id,
      result.parts.map((part) => part.key),
    );
  } else if (result.kind === 'unknown') {
    const errorText = 'The carrier did not confirm the message. It may have been sent; a receipt, the carrier or an admin settles it.';
    await changeStatuses(tx, [{ orgId, id, status: 'unknown', from: COMES_FROM.unknown, errorCode: 'outcome_unknown', errorText }]);
  } else if (result.kind === 'retry' || result.scope === 'account') {
    // Where a receipt was faster and final, nothing is left to submit.
    return !(await requeue(tx, orgId, id));
  } else {
    const { parts } = await partsOf(tx, orgId, id);
    await changeStatuses(tx, [
      {
        orgId,
        id,
        status: 'failed',
        from: COMES_FROM.failed,
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
        changedAt: new Date(),
        changedBy: null,
      });
    }
  }
  return true;
}

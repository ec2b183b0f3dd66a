import type { Db } from '../platform/db/database.ts';
import { COMES_FROM, statusOfParts } from './status.ts';
import { changeStatuses, findInDoubt } from './store/messages.ts';
import { findParts, keepUnmatched, saveParts, saveReceipt, takeUnmatched, type UnmatchedReceipt } from './store/receipts.ts';
import { ORG_LANE, type ReceiptStatus } from './types.ts';

/** What a carrier reports about (a part of) a message it took. */
export interface Receipt {
  orgId: string;
  accountId: string;
  carrierId: string;
  /** Tolerant forms of the id, the likeliest first: case, leading zeros, hexadecimal against decimal. */
  keys: string[];
  status: ReceiptStatus;
  errorCode: string | null;
  errorText: string | null;
  ourNumber: string | null;
  customerNumber: string | null;
}

export interface ReceiptOptions {
  db: Db;
  wake(lane: { orgId: string; purpose: string; key: string }): void;
}

/**
 * Applies receipts: early ones are kept until their message is known, late and repeated ones change nothing, none moves a status back.
 * A receipt for a message *in doubt* settles it when the numbers leave exactly one candidate.
 */
export function createReceipts({ db, wake }: ReceiptOptions) {
  async function apply(receipt: Receipt): Promise<void> {
    const moved = await db.transaction().execute(async (tx) => {
      const messageId = (await matchById(tx, receipt)) ?? (await matchInDoubt(tx, receipt));
      if (messageId) return settle(tx, receipt, messageId.id, messageId.part);
      await keepUnmatched(tx, receipt.orgId, receipt.accountId, { ...receipt, key: receipt.keys[0] ?? receipt.carrierId });
      return [];
    });
    if (moved.length > 0) wakeOrg(receipt.orgId);
  }

  /** Called with the submission's transaction when the carrier's ids became known: claims receipts that were faster. */
  async function claimEarly(tx: Db, orgId: string, accountId: string, messageId: string, keys: string[]): Promise<void> {
    for (const early of await takeUnmatched(tx, orgId, accountId, keys)) {
      const part = (await findParts(tx, orgId, accountId, [early.key])).find((candidate) => candidate.messageId === messageId);
      if (part) await settle(tx, { ...early, orgId, errorText: null }, messageId, part.part);
    }
  }

  /** The carrier's id of a message in doubt became known: the carrier has it. */
  async function identify(known: {
    orgId: string;
    accountId: string;
    messageId: string;
    part?: number;
    carrierId: string;
    keys: string[];
  }): Promise<void> {
    const { orgId, accountId, messageId, carrierId, keys, part = 1 } = known;
    await db.transaction().execute(async (tx) => {
      await saveParts(tx, orgId, accountId, messageId, [{ part, carrierId, key: keys[0] ?? carrierId }]);
      await changeStatuses(tx, [{ orgId, id: messageId, status: 'sent', from: COMES_FROM.sent, accepted: true }]);
      await claimEarly(tx, orgId, accountId, messageId, keys);
    });
    wakeOrg(orgId);
  }

  /** The carrier refused a message in doubt after all. */
  async function fail(refused: { orgId: string; messageId: string; code: string; text: string }): Promise<void> {
    const { orgId, messageId, code, text } = refused;
    await changeStatuses(db, [
      { orgId, id: messageId, status: 'failed', from: COMES_FROM.unknown.concat('unknown'), errorCode: code, errorText: text },
    ]);
    wakeOrg(orgId);
  }

  function wakeOrg(orgId: string): void {
    for (const key of ['0', '1', '2', '3']) wake({ orgId, purpose: ORG_LANE, key });
  }

  return { apply, claimEarly, identify, fail };
}

export type Receipts = ReturnType<typeof createReceipts>;

async function matchById(tx: Db, receipt: Receipt): Promise<{ id: string; part: number } | undefined> {
  const parts = await findParts(tx, receipt.orgId, receipt.accountId, receipt.keys);
  const exact = parts.filter((part) => part.carrierId === receipt.carrierId);
  const candidates = exact.length > 0 ? exact : parts;
  // A tolerant match that is not unique is refused: a wrong status is worse than a late one.
  const [first] = candidates;
  return first && new Set(candidates.map((part) => `${part.messageId}/${part.part}`)).size === 1
    ? { id: first.messageId, part: first.part }
    : undefined;
}

async function matchInDoubt(tx: Db, receipt: Receipt): Promise<{ id: string; part: number } | undefined> {
  if (!receipt.customerNumber) return undefined;
  const inDoubt = (await findInDoubt(tx, receipt.orgId, receipt.accountId, 'unknown')).filter(
    (message) => message.customerNumber === receipt.customerNumber && (!receipt.ourNumber || message.ourNumber === receipt.ourNumber),
  );
  const [only] = inDoubt;
  if (!only || inDoubt.length > 1 || only.segments > 1) return undefined;
  await saveParts(tx, receipt.orgId, receipt.accountId, only.id, [
    { part: 1, carrierId: receipt.carrierId, key: receipt.keys[0] ?? receipt.carrierId },
  ]);
  return { id: only.id, part: 1 };
}

async function settle(
  tx: Db,
  receipt: Pick<Receipt, 'orgId' | 'status' | 'errorCode' | 'errorText'> & Partial<UnmatchedReceipt>,
  messageId: string,
  part: number,
): Promise<string[]> {
  const parts = await saveReceipt(tx, receipt.orgId, messageId, part, receipt.status, receipt.errorCode);
  const status = statusOfParts(parts);
  const failed = status === 'failed' || status === 'undelivered';
  return changeStatuses(tx, [
    {
      orgId: receipt.orgId,
      id: messageId,
      status,
      from: COMES_FROM[status],
      accepted: true,
      errorCode: failed ? receipt.errorCode : null,
      errorText: failed ? (receipt.errorText ?? 'The carrier could not deliver the message.') : null,
    },
  ]);
}

import { onceMoreWhenContended } from '../platform/db/contention.ts';
import type { Db, Tx } from '../platform/db/database.ts';
import { enqueue } from '../platform/lanes/outbox.ts';
import { COMES_FROM, statusOfParts } from './status.ts';
import { keepAccount } from './store/accounts.ts';
import { changeStatuses, findOpen } from './store/messages.ts';
import {
  dropUnmatched,
  findParts,
  findUnmatched,
  keepUnmatched,
  lockCarrierIds,
  lockMessage,
  partsOf,
  saveParts,
  saveReceipt,
} from './store/receipts.ts';
import { CARRIER_LANE, ORG_LANE, ORG_LANE_KEYS, type ReceiptStatus } from './types.ts';

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
  /** The carrier says each thing once: where the database gives our transaction up for another one, it is tried again. */
  const inTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => onceMoreWhenContended(() => db.transaction().execute(work));

  async function apply(receipt: Receipt): Promise<void> {
    const moved = await inTransaction(async (tx) => {
      await lockCarrierIds(tx, receipt.accountId, receipt.keys);
      const found = (await matchById(tx, receipt)) ?? (await matchInDoubt(tx, receipt));
      if (found) return settle(tx, receipt, found.id, found.part);
      await keepUnmatched(tx, receipt.orgId, receipt.accountId, receipt);
      return [];
    });
    if (moved.length > 0) wakeOrg(receipt.orgId);
  }

  /** Called with the submission's transaction when the carrier has all parts: claims receipts that were faster. */
  async function claimEarly(tx: Db, orgId: string, accountId: string, messageId: string): Promise<void> {
    for (const early of await findUnmatched(tx, orgId, accountId, messageId)) {
      const found = await matchById(tx, { orgId, accountId, carrierId: early.carrierId, keys: early.keys });
      if (found?.id !== messageId) continue; // may mean another message as well
      await dropUnmatched(tx, early.id);
      await saveReceipt(tx, orgId, messageId, found.part, early);
    }
    await conclude(tx, orgId, messageId);
  }

  /**
   * The carrier's id of a message in doubt became known: the carrier has it. Of a long text only the part in doubt was settled; the parts
   * behind it certainly never left (each goes only after the one before), so they are sent now.
   */
  async function identify(known: {
    orgId: string;
    accountId: string;
    messageId: string;
    part?: number;
    carrierId: string;
    keys: string[];
    /** The id was only found in a list: where it turns out to be another message's, nothing happens. */
    listed?: boolean;
  }): Promise<void> {
    const { orgId, accountId, messageId, carrierId, keys, part = 1, listed = false } = known;
    const rest = await inTransaction(async (tx) => {
      await lockCarrierIds(tx, accountId, keys);
      const canGoOn = await keepAccount(tx, orgId, accountId); // before the message is locked, as when the account is removed
      if (listed && (await findParts(tx, orgId, accountId, keys)).some((other) => other.carrierId === carrierId)) return false;
      if (!(await lockMessage(tx, orgId, messageId))) return false; // its person was erased meanwhile
      await saveParts(tx, orgId, accountId, messageId, [{ part, carrierId, key: keys[0] ?? carrierId }]);
      const { parts, total } = await partsOf(tx, orgId, messageId);
      if (parts.length < total) return canGoOn && requeueRest(tx, orgId, accountId, messageId);
      await changeStatuses(tx, [{ orgId, id: messageId, status: 'sent', from: COMES_FROM.sent, accepted: true }]);
      await claimEarly(tx, orgId, accountId, messageId);
      return false;
    });
    if (rest) wake({ orgId, purpose: CARRIER_LANE, key: accountId });
    wakeOrg(orgId);
  }

  async function requeueRest(tx: Db, orgId: string, accountId: string, id: string): Promise<boolean> {
    const moved = await changeStatuses(tx, [{ orgId, id, status: 'queued', from: ['unknown'] }]);
    if (moved.length === 0) return false;
    await enqueue(tx, [{ orgId, purpose: CARRIER_LANE, key: accountId, subjectKind: 'message', subjectId: id }]);
    return true;
  }

  /** The carrier refused what was in doubt for now only: it goes on from there. False when the message is not in doubt. */
  async function resume({ orgId, accountId, messageId }: { orgId: string; accountId: string; messageId: string }): Promise<boolean> {
    const moved = await inTransaction(
      async (tx) => (await keepAccount(tx, orgId, accountId)) && requeueRest(tx, orgId, accountId, messageId),
    );
    if (moved) wake({ orgId, purpose: CARRIER_LANE, key: accountId });
    if (moved) wakeOrg(orgId);
    return moved;
  }

  /** The carrier refused a message in doubt after all. */
  async function fail(refused: { orgId: string; messageId: string; code: string; text: string }): Promise<void> {
    const { orgId, messageId, code, text } = refused;
    const { parts } = await partsOf(db, orgId, messageId);
    await changeStatuses(db, [
      {
        orgId,
        id: messageId,
        status: 'failed',
        from: ['sending', 'unknown'],
        accepted: parts.length > 0,
        errorCode: code,
        errorText: text,
      },
    ]);
    wakeOrg(orgId);
  }

  function wakeOrg(orgId: string): void {
    for (const key of ORG_LANE_KEYS) wake({ orgId, purpose: ORG_LANE, key });
  }

  return { apply, claimEarly, identify, resume, fail };
}

export type Receipts = ReturnType<typeof createReceipts>;

async function matchById(
  tx: Db,
  receipt: Pick<Receipt, 'orgId' | 'accountId' | 'carrierId' | 'keys'>,
): Promise<{ id: string; part: number } | undefined> {
  const parts = await findParts(tx, receipt.orgId, receipt.accountId, receipt.keys);
  const exact = parts.filter((part) => part.carrierId === receipt.carrierId);
  const candidates = exact.length > 0 ? exact : parts;
  // A tolerant match that is not unique is refused: a wrong status is worse than a late one.
  const [first] = candidates;
  return first && new Set(candidates.map((part) => `${part.messageId}/${part.part}`)).size === 1
    ? { id: first.messageId, part: first.part }
    : undefined;
}

/** Only a receipt that can belong to nothing else: one message in doubt between the two numbers, and none whose answer is still to come. */
async function matchInDoubt(tx: Db, receipt: Receipt): Promise<{ id: string; part: number } | undefined> {
  const id = await findOnlyInDoubt(tx, receipt);
  if (!id || !(await lockMessage(tx, receipt.orgId, id))) return undefined;
  if ((await findOnlyInDoubt(tx, receipt)) !== id) return undefined; // it was settled while we waited for it
  await saveParts(tx, receipt.orgId, receipt.accountId, id, [
    { part: 1, carrierId: receipt.carrierId, key: receipt.keys[0] ?? receipt.carrierId },
  ]);
  return { id, part: 1 };
}

async function findOnlyInDoubt(tx: Db, receipt: Receipt): Promise<string | undefined> {
  if (!receipt.customerNumber) return undefined;
  const open = await findOpen(tx, receipt.orgId, receipt.accountId, receipt.customerNumber, receipt.ourNumber);
  const [only] = open;
  return only?.status === 'unknown' && open.length === 1 && only.segments === 1 ? only.id : undefined;
}

async function settle(
  tx: Db,
  receipt: Pick<Receipt, 'orgId' | 'status' | 'errorCode' | 'errorText'>,
  messageId: string,
  part: number,
): Promise<string[]> {
  await lockMessage(tx, receipt.orgId, messageId);
  await saveReceipt(tx, receipt.orgId, messageId, part, receipt);
  return conclude(tx, receipt.orgId, messageId);
}

/** Draws from the parts what is true of the message. */
async function conclude(tx: Db, orgId: string, id: string): Promise<string[]> {
  const { parts, total } = await partsOf(tx, orgId, id);
  const status = statusOfParts(parts, total);
  if (!status) return [];
  const failed = status === 'failed' || status === 'undelivered' ? parts.find((part) => part.status === status) : undefined;
  return changeStatuses(tx, [
    {
      orgId,
      id,
      status,
      from: COMES_FROM[status],
      accepted: true,
      errorCode: failed?.errorCode ?? null,
      errorText: failed ? (failed.errorText ?? 'The carrier could not deliver the message.') : null,
    },
  ]);
}

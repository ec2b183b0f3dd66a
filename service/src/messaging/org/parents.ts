import type { Db, Tx } from '../../platform/db/database.ts';
import type { OutboxRow, Outcome } from '../../platform/lanes/outbox.ts';
import { rewriteOwners } from '../store/conversations.ts';
import { findParents, type Parent } from '../store/parents.ts';
import { MAX_TRIES, PARENT_PARKED, type Judged } from './outcome.ts';

/** How often it is looked whether a parked conversation was set free. */
const LOOK_MS = 15_000;
const AGAIN_MS = 1_500;

/** The conversations of the messages among the rows, by message id. */
export async function parentsOf(db: Db, orgId: string, rows: OutboxRow[]): Promise<Map<string, Parent>> {
  return findParents(
    db,
    orgId,
    rows.filter((row) => row.subjectKind === 'message').map((row) => row.subjectId),
  );
}

/** Messages whose conversation is parked would be refused for its lack: they wait for it, which costs no call. */
export function holdChildren(rows: OutboxRow[], parents: Map<string, Parent>): { rows: OutboxRow[]; held: NonNullable<Outcome['retry']> } {
  const isHeld = (row: OutboxRow) => row.subjectKind === 'message' && parents.get(row.subjectId)?.state === 'parked';
  return {
    rows: rows.filter((row) => !isHeld(row)),
    held: rows.filter(isHeld).map(({ id, version }) => ({ id, version, afterMs: LOOK_MS, ...PARENT_PARKED, waits: true })),
  };
}

/**
 * What becomes of messages that the org refused because their conversation is not there. One that is on its way is waited for. Any other
 * was deleted in the org: it is made again, and after some tries in vain a person must look. Returns what makes them again, to be run
 * when the batch is settled.
 */
export async function settleOrphans(db: Db, orgId: string, { outcome, orphans }: Judged, written: Set<string>) {
  const parents = await parentsOf(db, orgId, orphans);
  const deleted = new Set<string>();
  for (const { id, version, subjectId, attempts } of orphans) {
    const parent = parents.get(subjectId);
    if (!parent) continue; // erased meanwhile: the next batch finds nothing to write
    const again = { id, version, afterMs: AGAIN_MS, ...PARENT_PARKED };
    if (parent.state && !written.has(parent.conversationId)) {
      outcome.retry.push({ ...again, waits: true });
      continue;
    }
    deleted.add(parent.conversationId);
    if (attempts < MAX_TRIES) outcome.retry.push(again);
    else outcome.park.push({ id, version, ...PARENT_PARKED });
  }
  return (tx: Tx) => rewriteOwners(tx, orgId, [...deleted]);
}

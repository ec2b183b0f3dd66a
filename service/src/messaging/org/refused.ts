import { SalesforceError, type SalesforceClient, type SaveResult } from '../../gateways/salesforce/index.ts';
import type { OutboxRow } from '../../platform/lanes/outbox.ts';
import type { OrgAccess } from './access.ts';
import type { Judged } from './outcome.ts';

export interface Pair {
  row: OutboxRow;
  result: SaveResult;
}

/**
 * The refusal of most records of a kind is the user's, not theirs: as one error it lets `connections` look for a user who has the rights.
 * Undefined when only some were refused.
 */
export function refusalOfMost(pairs: Pair[], refused: OutboxRow[]): SalesforceError | undefined {
  const ids = new Set(refused.map((row) => row.id));
  for (const kind of new Set(refused.map((row) => row.subjectKind))) {
    const ofKind = pairs.filter(({ row }) => row.subjectKind === kind);
    const bad = ofKind.filter(({ row }) => ids.has(row.id));
    if (bad.length * 2 > ofKind.length)
      return new SalesforceError({
        message: 'most records of a kind were refused',
        status: 403,
        errors: bad[0]?.result.errors ?? [],
        sent: 'yes',
      });
  }
  return undefined;
}

/**
 * Rows that the main user may not write: each other user tries those that are left, all in one call, and nobody is marked for it. What
 * was written moves from parked to done.
 */
export async function tryRefused(
  access: OrgAccess,
  orgId: string,
  { outcome, refused }: Judged,
  pairs: Pair[],
  write: (rows: OutboxRow[], sf: SalesforceClient) => Promise<Pair[]>,
): Promise<void> {
  let left = refused;
  const accept = (answers: Pair[]): boolean => {
    for (const pair of answers.filter(({ result }) => result.success)) {
      pairs.splice(
        pairs.findIndex(({ row }) => row.id === pair.row.id),
        1,
        pair,
      );
      left = left.filter((row) => row.id !== pair.row.id);
      outcome.park = outcome.park.filter((row) => row.id !== pair.row.id);
      outcome.done.push({ id: pair.row.id, version: pair.row.version });
    }
    return left.length === 0;
  };
  if (left.length > 0) await access.tryOthers(orgId, (sf) => write(left, sf), accept);
}

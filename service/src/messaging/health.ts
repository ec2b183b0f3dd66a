import type { Db } from '../platform/db/database.ts';
import { notFound } from '../platform/errors.ts';
import { listHolds } from '../platform/lanes/lease.ts';
import { backlog } from '../platform/lanes/outbox.ts';
import { discardParked, listParked, retryParked, type ParkedRow } from '../platform/lanes/parked.ts';
import { formatNumber } from '../platform/phone.ts';
import { listAccounts } from './store/accounts.ts';
import { findConversations } from './store/conversations.ts';
import { findMessages } from './store/messages.ts';
import { countByStatus } from './store/queue.ts';
import { discardChildren, releaseChildren } from './store/parents.ts';
import { CARRIER_LANE, MEDIA_LANE, ORG_LANE } from './types.ts';

const PAGE = 50;

export interface HealthOptions {
  db: Db;
  wake(lane: { orgId: string; purpose: string; key: string }): void;
}

export type Health = ReturnType<typeof createHealth>;

/** What waits, what is parked and how the carriers are. */
export function createHealth({ db, wake }: HealthOptions) {
  return {
    async read(orgId: string) {
      const [toOrg, toCarrier, unknown, accounts, holds] = await Promise.all([
        backlog(db, orgId, [ORG_LANE, MEDIA_LANE]),
        backlog(db, orgId, [CARRIER_LANE]),
        countByStatus(db, orgId, 'unknown'),
        listAccounts(db, orgId),
        listHolds(db, orgId, ORG_LANE),
      ]);
      return {
        backlog: {
          toOrg: { waiting: toOrg.waiting, oldestAt: toOrg.oldestAt },
          toCarrier: { waiting: toCarrier.waiting, oldestAt: toCarrier.oldestAt },
        },
        parked: toOrg.parked,
        laneHold: laneHold(holds, toOrg.oldestAt),
        unknown,
        carriers: accounts.map(({ id, label, kind, state, stateText, stateSince }) => ({
          id,
          label,
          kind,
          state,
          stateText,
          since: stateSince,
        })),
      };
    },

    async parked(orgId: string, cursor: string | undefined) {
      const rows = await listParked(db, orgId, ORG_LANE, Number(cursor ?? 0), PAGE + 1);
      const page = rows.slice(0, PAGE);
      const labels = await labelsOf(orgId, page);
      return {
        items: page.map((row) => ({
          id: String(row.id),
          kind: KINDS[row.subjectKind] ?? ('message' as const),
          label: labels.get(row.subjectId) ?? '',
          code: row.code,
          reason: row.reason,
          nextStep: nextStep(row.code),
          since: row.parkedAt,
          attempts: row.attempts,
        })),
        ...(rows.length > PAGE && { next: String(page.at(-1)?.id) }),
      };
    },

    /** Tries one parked row (or all) again. */
    async retry(orgId: string, id?: string): Promise<number> {
      const keys = await retryParked(db, orgId, ORG_LANE, id === undefined ? undefined : rowId(id));
      if (id !== undefined && keys.length === 0) throw notFound('There is no such parked row.');
      if (keys.length > 0) await releaseChildren(db, orgId);
      for (const key of new Set(keys)) wake({ orgId, purpose: ORG_LANE, key });
      return keys.length;
    },

    async discard(orgId: string, id: string): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const gone = await discardParked(tx, orgId, ORG_LANE, rowId(id));
        if (!gone) throw notFound('There is no such parked row.');
        if (gone.subjectKind === 'conversation') await discardChildren(tx, orgId, gone.subjectId);
      });
    },
  };

  /** Whose row it is, in a person's words. */
  async function labelsOf(orgId: string, rows: ParkedRow[]): Promise<Map<string, string>> {
    const messages = await findMessages(
      db,
      orgId,
      rows.filter((row) => row.subjectKind === 'message').map((row) => row.subjectId),
    );
    const conversationIds = [
      ...messages.map((message) => message.conversationId),
      ...rows.filter((row) => row.subjectKind === 'conversation').map((row) => row.subjectId),
    ];
    const names = new Map(
      (await findConversations(db, orgId, [...new Set(conversationIds)])).map((item) => [
        item.id,
        item.recordName ?? formatNumber(item.customerNumber),
      ]),
    );
    return new Map([...names, ...messages.map((message): [string, string] => [message.id, names.get(message.conversationId) ?? ''])]);
  }
}

/**
 * Why nothing is written although the connection itself is not on hold: rights that all users lack, or the used-up share of API calls. A
 * connection that an admin switched off says so elsewhere.
 */
function laneHold(holds: { code: string; reason: string; until: Date }[], waitsSince: Date | null) {
  const hold = holds.find(({ code }) => code !== 'mode_off');
  if (!hold) return null;
  return { reason: hold.reason, detail: '', since: (waitsSince ?? hold.until).toISOString(), retryAt: hold.until.toISOString() };
}

function rowId(id: string): number {
  if (!/^\d{1,15}$/.test(id)) throw notFound('There is no such parked row.');
  return Number(id);
}

const KINDS: Record<string, 'message' | 'conversation' | 'optOut'> = {
  message: 'message',
  conversation: 'conversation',
  opt_out: 'optOut',
};

/** What an admin does about it, by Salesforce's code. */
function nextStep(code: string): string {
  if (
    code.startsWith('INSUFFICIENT_ACCESS') ||
    code === 'INVALID_FIELD' ||
    code === 'INVALID_FIELD_FOR_INSERT_UPDATE' ||
    code === 'INVALID_TYPE'
  )
    return 'Give every connected user the permission set Switchboard Integration, then press Retry.';
  if (code === 'PARENT_MISSING')
    return 'Its conversation cannot be made in the org. Look whether the main user sees all conversations, then press Retry.';
  if (code === 'STRING_TOO_LONG')
    return 'A value is longer than its field in the org. Check whether the field was shortened, then press Retry or Discard.';
  if (
    [
      'REQUIRED_FIELD_MISSING',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'FIELD_INTEGRITY_EXCEPTION',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    ].includes(code)
  )
    return 'A rule, required field or trigger in the org refused the record. Let it pass Switchboard’s records, then press Retry.';
  if (code.startsWith('DUPLICATE'))
    return 'A duplicate rule or a unique field refused the record. Look for its twin in the org, then press Retry or Discard.';
  return 'Read what Salesforce says, mend it in the org, then press Retry. Discard keeps the record out of the org for good.';
}

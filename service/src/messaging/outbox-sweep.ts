import type { Logger } from '../platform/log.ts';
import type { OrgAccess } from './org/access.ts';
import type { Messaging } from './service.ts';

/** Rows that a Flow inserted and whose Queueable did not bring them over. Younger ones are left to it. */
const LEFT_BEHIND_MINUTES = 2;
const PAGE = 200;

interface OutboxRecord extends Record<string, unknown> {
  Id: string;
  ClientKey__c: string;
  ToNumber__c: string | null;
  FromNumber__c: string | null;
  RecordId__c: string | null;
  Body__c: string | null;
  CreatedById: string;
}

/**
 * Picks `MessageOutbox__c` rows up that still say *Pending*: takes each under its client key, so that one that did come over is not
 * taken twice, and writes back what became of it. One query per org and round.
 */
export function createOutboxSweep(options: {
  messaging: Messaging;
  access: OrgAccess;
  listOrgs(): Promise<{ id: string }[]>;
  logger: Logger;
  now(): Date;
}) {
  const { messaging, access, logger } = options;

  /** Takes one page; true when there may be more. */
  async function sweepOrg(orgId: string): Promise<boolean> {
    const before = new Date(options.now().getTime() - LEFT_BEHIND_MINUTES * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const rows = await access.call(orgId, (sf) =>
      sf
        .query<OutboxRecord>(
          `SELECT Id, ClientKey__c, ToNumber__c, FromNumber__c, RecordId__c, Body__c, CreatedById FROM MessageOutbox__c
           WHERE Status__c = 'Pending' AND CreatedDate < ${before} ORDER BY CreatedDate LIMIT ${PAGE}`,
        )
        .then((page) => page.records),
    );
    if (rows.length === 0) return false;
    const updates: Record<string, unknown>[] = [];
    for (const row of rows) {
      const [result] = await messaging.sendBatch(orgId, row.CreatedById, [
        {
          key: row.ClientKey__c,
          to: row.ToNumber__c ?? '',
          from: row.FromNumber__c ?? undefined,
          recordId: row.RecordId__c ?? undefined,
          body: row.Body__c ?? '',
        },
      ]);
      updates.push({
        Id: row.Id,
        Status__c: result?.status === 'queued' ? 'Accepted' : 'Rejected',
        MessageKey__c: result?.id ?? null,
        ErrorText__c: result?.error?.slice(0, 255) ?? null,
      });
    }
    const saved = await access.call(orgId, (sf) => sf.updateCollection('MessageOutbox__c', updates));
    // A full page that was written back whole is followed by the next; rows that the org does not let us write would come again.
    return rows.length === PAGE && saved.every((result) => result.success);
  }

  return async function sweep(): Promise<void> {
    for (const { id } of await options.listOrgs()) {
      try {
        while (await sweepOrg(id));
      } catch (error) {
        if (!access.heldBy(error))
          logger.warn({ err: error, org: id }, 'left-behind outbox rows of an org could not be read; the next round tries again');
      }
    }
  };
}

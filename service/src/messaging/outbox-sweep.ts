import { escapeSoql } from '../gateways/salesforce/index.ts';
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
  CreatedDate: string;
}

/** The last row that was looked at. */
interface Place {
  createdDate: string;
  id: string;
}

/** Pages that keep rows which the org does not let us write cost calls in vain: after so many the next round goes on behind them. */
const REFUSED_PAGES = 5;
/** Orgs that are asked side by side: those that do not answer must not keep the others waiting for their turn. */
const ORGS_AT_ONCE = 32;

/**
 * Picks `MessageOutbox__c` rows up that still say *Pending*: takes each under its client key, so that one that did come over is not
 * taken twice, and writes back what became of it. Two calls for each page of rows, one where there is none. Rows that the org does not let
 * us write stay as they are, are logged, and keep no later ones from being taken.
 */
export function createOutboxSweep(options: {
  messaging: Messaging;
  access: OrgAccess;
  listOrgs(): Promise<{ id: string }[]>;
  logger: Logger;
  now(): Date;
}) {
  const { messaging, access, logger } = options;
  const places = new Map<string, Place>();

  /** Takes one page behind the place of the last one; true when there may be more. */
  async function sweepPage(orgId: string): Promise<{ more: boolean; refused: number }> {
    const before = wholeSecond(new Date(options.now().getTime() - LEFT_BEHIND_MINUTES * 60_000));
    const after = places.get(orgId);
    const behind = after
      ? `AND (CreatedDate > ${after.createdDate} OR (CreatedDate = ${after.createdDate} AND Id > '${escapeSoql(after.id)}'))`
      : '';
    const rows = await access.call(orgId, (sf) =>
      sf
        .query<OutboxRecord>(
          `SELECT Id, ClientKey__c, ToNumber__c, FromNumber__c, RecordId__c, Body__c, CreatedById, CreatedDate FROM MessageOutbox__c
           WHERE Status__c = 'Pending' AND CreatedDate < ${before} ${behind} ORDER BY CreatedDate, Id LIMIT ${PAGE}`,
        )
        .then((page) => page.records),
    );
    const last = rows.at(-1);
    if (!last) {
      places.delete(orgId);
      return { more: false, refused: 0 };
    }
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
    const refused = saved.filter((result) => !result.success);
    if (refused.length > 0)
      logger.warn(
        { org: orgId, rows: refused.length, codes: [...new Set(refused.map((result) => result.errors[0]?.code ?? ''))] },
        'left-behind outbox rows were taken, but the org does not let what became of them be written back',
      );
    const more = rows.length === PAGE;
    if (more) places.set(orgId, { createdDate: wholeSecond(new Date(last.CreatedDate)), id: last.Id });
    else places.delete(orgId);
    return { more, refused: refused.length };
  }

  async function sweepOrg(orgId: string): Promise<void> {
    for (let refusedPages = 0; refusedPages < REFUSED_PAGES;) {
      const { more, refused } = await sweepPage(orgId);
      if (!more) return;
      if (refused > 0) refusedPages += 1;
    }
  }

  async function sweepGuarded(orgId: string): Promise<void> {
    try {
      await sweepOrg(orgId);
    } catch (error) {
      if (!access.heldBy(error))
        logger.warn({ err: error, org: orgId }, 'left-behind outbox rows of an org could not be read; the next round tries again');
    }
  }

  return async function sweep(): Promise<void> {
    const orgs = (await options.listOrgs()).values();
    const walk = async (): Promise<void> => {
      for (const { id } of orgs) await sweepGuarded(id);
    };
    await Promise.all(Array.from({ length: ORGS_AT_ONCE }, walk));
  };
}

/** As SOQL writes times, and as precisely as Salesforce keeps them. */
function wholeSecond(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

import type { Connections } from '../connections/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { searchLog, summarizeLog, type LogRow, type LogSearch, type LogSummary } from './log-store.ts';

const PAGE = 50;
const DAY_MS = 24 * 3600_000;

export type Reports = ReturnType<typeof createReports>;

/** What was answered, for admins. */
export function createReports({ db, clock, requestsSince }: { db: Db; clock: Clock; requestsSince: Connections['requestsSince'] }) {
  return {
    async searchLog(orgId: string, search: LogSearch, before: number | null): Promise<{ items: LogRow[]; next: number | undefined }> {
      const rows = await searchLog(db, orgId, search, before, PAGE + 1);
      const items = rows.slice(0, PAGE);
      return { items, next: rows.length > PAGE ? items.at(-1)?.id : undefined };
    },

    /** What was answered in the last days, today (UTC) being one of them, and what it cost the org in API calls: searches and keeping up. */
    async summary(orgId: string, days: number): Promise<LogSummary & { from: Date; orgCalls: number; callsPer10000: number | null }> {
      const today = new Date(clock.now().toISOString().slice(0, 10));
      const from = new Date(today.getTime() - (days - 1) * DAY_MS);
      const [summary, orgCalls] = await Promise.all([summarizeLog(db, orgId, from), requestsSince(orgId, 'acd', from)]);
      return {
        ...summary,
        from,
        orgCalls,
        callsPer10000: summary.lookups === 0 ? null : Math.round((orgCalls * 10_000) / summary.lookups),
      };
    },
  };
}

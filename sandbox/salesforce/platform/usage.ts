import type { Org } from '../org.ts';

/** Daily allowance of the sandbox org: Enterprise base of 100,000 calls (salesforce-platform.md section 4). */
export const DAILY_API_CALLS = 100_000;

/** Counts API calls over the rolling 24 hours of the org's clock, in whole hours. */
export interface ApiUsage {
  readonly max: number;
  used(): number;
  remaining(): number;
  count(calls: number): void;
  /** Makes exactly this many calls left, as if the rest had been used in this hour; undefined forgets all use. */
  setRemaining(remaining: number | undefined): void;
  /** While true every new call is refused as if too many long calls were running. */
  concurrentExceeded: boolean;
}

/** Opens the counter in the org's database, so that it survives a restart as the real one does. */
export function openApiUsage(org: Org, max: number = DAILY_API_CALLS): ApiUsage {
  const { db, clock } = org;
  db.exec('CREATE TABLE IF NOT EXISTS plat_api_use (hour INTEGER PRIMARY KEY, calls INTEGER NOT NULL)');
  const add = db.prepare(
    'INSERT INTO plat_api_use (hour, calls) VALUES (?, ?) ON CONFLICT (hour) DO UPDATE SET calls = calls + excluded.calls',
  );
  const sum = db.prepare('SELECT coalesce(sum(calls), 0) AS calls FROM plat_api_use WHERE hour > ?');
  const hour = (): number => Math.floor(clock.now().getTime() / 3_600_000);
  const used = (): number => Number(sum.get(hour() - 24)?.['calls'] ?? 0);
  return {
    max,
    used,
    remaining: () => Math.max(0, max - used()),
    count: (calls) => void add.run(hour(), calls),
    setRemaining(remaining) {
      db.exec('DELETE FROM plat_api_use');
      if (remaining !== undefined) add.run(hour(), max - remaining);
    },
    concurrentExceeded: false,
  };
}

export type LimitTable = Record<string, { Max: number; Remaining: number }>;

/** Events that may be delivered in 24 hours, platform events and change events together. */
const DAILY_DELIVERIES = 50_000;

export function deliveriesLeft(org: Org): number {
  return Math.max(0, DAILY_DELIVERIES - org.events.usage().delivered);
}

/** Makes exactly this many deliveries left; undefined forgets all of them. */
export function setDeliveriesLeft(org: Org, left: number | undefined): void {
  org.events.setDelivered(left === undefined ? 0 : DAILY_DELIVERIES - left);
}

/** The answer of `/limits`. Allowances are those of an Enterprise org; the ones that the sandbox does not use stay full. */
export function limitTable(org: Org, usage: ApiUsage): LimitTable {
  const hourAgo = org.clock.now().getTime() - 3_600_000;
  const publishedThisHour = Number(org.db.prepare('SELECT count(*) AS n FROM sys_event WHERE created_ms > ?').get(hourAgo)?.['n'] ?? 0);
  const { delivered } = org.events.usage();
  const left = (Max: number, used = 0) => ({ Max, Remaining: Math.max(0, Max - used) });
  return {
    DailyApiRequests: left(usage.max, usage.used()),
    DailyAsyncApexExecutions: left(250_000),
    DailyBulkApiBatches: left(15_000),
    DailyBulkV2QueryJobs: left(10_000),
    DailyBulkV2QueryFileStorageMB: left(976_562),
    DailyDeliveredPlatformEvents: left(DAILY_DELIVERIES, delivered),
    DailyStandardVolumePlatformEvents: left(25_000),
    DailyWorkflowEmails: left(100_000),
    DataStorageMB: left(10_240, databaseMegabytes(org)),
    FileStorageMB: left(10_240),
    HourlyPublishedPlatformEvents: left(250_000, publishedThisHour),
    HourlyPublishedStandardVolumePlatformEvents: left(100_000),
    HourlyTimeBasedWorkflow: left(1_000),
    SingleEmail: left(5_000),
    MassEmail: left(5_000),
  };
}

function databaseMegabytes(org: Org): number {
  const pages = Number(org.db.prepare('PRAGMA page_count').get()?.['page_count'] ?? 0);
  const size = Number(org.db.prepare('PRAGMA page_size').get()?.['page_size'] ?? 0);
  return Math.ceil((pages * size) / (1024 * 1024));
}

import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';

/** An answered question. Numbers are masked. */
export interface LogEntry {
  orgId: string;
  at: Date;
  pbx: string;
  lookup: string;
  caller: string;
  called: string;
  source: string;
  matched: boolean;
  stale: boolean;
  records: number;
  recordId: string | null;
  extension: string | null;
  tookMs: number;
  why: string;
}

export async function addLogEntries(db: Db, entries: readonly LogEntry[]): Promise<void> {
  await sql`insert into acd_log (org_id, at, pbx, lookup, caller, called, source, matched, stale, records, record_id, extension, took_ms, why)
    select x."orgId", x.at, x.pbx, x.lookup, x.caller, x.called, x.source, x.matched, x.stale, x.records, x."recordId", x.extension, x."tookMs", x.why
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as x("orgId" uuid, at timestamptz, pbx text, lookup text, caller text, called text,
      source text, matched boolean, stale boolean, records integer, "recordId" text, extension text, "tookMs" real, why text)
    where exists (select 1 from org where id = x."orgId")`.execute(db);
}

export type LogRow = Omit<LogEntry, 'orgId'> & { id: number };

/** What of the log is wanted; everything where nothing is named. */
export interface LogSearch {
  source?: string | undefined;
  matched?: boolean | undefined;
  /** In any of the texts that the log shows, whatever its case. */
  text?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Newest first, from before an id. */
export async function searchLog(db: Db, orgId: string, search: LogSearch, before: number | null, limit: number): Promise<LogRow[]> {
  const { source = null, matched = null, text = '', from = null, to = null } = search;
  const pattern = text === '' ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<LogRow>`select id, at, pbx, lookup, caller, called, source, matched, stale, records, record_id as "recordId",
      extension, took_ms as "tookMs", why
    from acd_log where org_id = ${orgId} and id < ${before ?? Number.MAX_SAFE_INTEGER}
      and (${source}::text is null or source = ${source}) and (${matched}::boolean is null or matched = ${matched})
      and (${from}::timestamptz is null or at >= ${from}) and (${to}::timestamptz is null or at < ${to})
      and (${pattern}::text is null or concat_ws(' ', caller, called, pbx, lookup, extension, record_id, why) ilike ${pattern})
    order by id desc limit ${limit}`.execute(db);
  return rows;
}

/** Upper ends of the spans of time that answers are counted in, milliseconds; a last span is open. */
export const LATENCIES_MS = [2, 5, 10, 20, 50, 100, 200, 500, 1_000] as const;

export interface LogSummary {
  lookups: number;
  matched: number;
  sources: { source: string; lookups: number }[];
  /** How many took so long at most; null: longer. */
  latencies: { upToMs: number | null; lookups: number }[];
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** What was answered since a moment. */
export async function summarizeLog(db: Db, orgId: string, from: Date): Promise<LogSummary> {
  const inLog = sql`acd_log where org_id = ${orgId} and at >= ${from}`;
  const [totals, sources, spans] = await Promise.all([
    sql<Omit<LogSummary, 'sources' | 'latencies'>>`select count(*)::float8 as lookups, count(*) filter (where matched)::float8 as matched,
      percentile_cont(0.5) within group (order by took_ms) as "p50Ms", percentile_cont(0.95) within group (order by took_ms) as "p95Ms",
      percentile_cont(0.99) within group (order by took_ms) as "p99Ms" from ${inLog}`.execute(db),
    sql<{
      source: string;
      lookups: number;
    }>`select source, count(*)::float8 as lookups from ${inLog} group by source order by source`.execute(db),
    sql<{
      span: number;
      lookups: number;
    }>`select width_bucket(took_ms::float8, ${[...LATENCIES_MS]}::float8[]) as span, count(*)::float8 as lookups
      from ${inLog} group by 1`.execute(db),
  ]);
  const inSpan = new Map(spans.rows.map(({ span, lookups }) => [span, lookups]));
  return {
    ...(totals.rows[0] as Omit<LogSummary, 'sources' | 'latencies'>),
    sources: sources.rows,
    latencies: [...LATENCIES_MS, null].map((upToMs, span) => ({ upToMs, lookups: inSpan.get(span) ?? 0 })),
  };
}

export async function eraseOldLog(db: Db, before: Date): Promise<number> {
  return Number((await sql`delete from acd_log where at < ${before}`.execute(db)).numAffectedRows ?? 0n);
}

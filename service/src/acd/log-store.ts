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

/** ASCII's own separators of records and of units, taken out of what admins name. */
const [RECORD, UNIT] = ['\x1e', '\x1f'];
const plain = (text: string): string => text.replace(/[\x1e\x1f]/g, ' ');

/** As one text that the database takes apart: writing JSON of each entry cost more than finding the answer. */
function lineOf(entry: LogEntry): string {
  const { orgId, at, pbx, lookup, caller, called, source, matched, stale, records, recordId, extension, tookMs, why } = entry;
  const [names, found] = [`${plain(pbx)}${UNIT}${plain(lookup)}`, `${recordId ?? ''}${UNIT}${extension ?? ''}`];
  return [orgId, at.getTime(), names, caller, called, source, matched, stale, records, found, tookMs, plain(why)].join(UNIT);
}

export async function addLogEntries(db: Db, entries: readonly LogEntry[]): Promise<void> {
  const lines = entries.map(lineOf).join(RECORD);
  await sql`insert into acd_log (org_id, at, pbx, lookup, caller, called, source, matched, stale, records, record_id, extension, took_ms, why)
    select x[1]::uuid, to_timestamp(x[2]::float8 / 1000), x[3], x[4], x[5], x[6], x[7], x[8]::boolean, x[9]::boolean, x[10]::integer,
      nullif(x[11], ''), nullif(x[12], ''), x[13]::real, x[14]
    from unnest(string_to_array(${lines}, ${RECORD})) with ordinality as entry (line, place) cross join lateral string_to_array(line, ${UNIT}) as x
    where exists (select 1 from org where id = x[1]::uuid) order by place`.execute(db);
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

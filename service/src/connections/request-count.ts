import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { LaneName } from './types.ts';

/** What a request is made for; `upkeep`: probes, sign-ins and rights. */
export type Purpose = LaneName | 'upkeep';

const FLUSH_MS = 5_000;

export type RequestCount = ReturnType<typeof createRequestCount>;

/** Counts the requests that are made to orgs. What a process that dies has counted in its last seconds is lost: it is for show. */
export function createRequestCount({ db, clock, logger }: { db: Db; clock: Clock; logger: Logger }) {
  let counts = new Map<string, { orgId: string; lane: Purpose; day: string; requests: number }>();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const taken = [...counts.values()];
    counts = new Map();
    if (taken.length === 0) return;
    try {
      await sql`insert into org_requests as kept (org_id, lane, day, requests)
        select x."orgId", x.lane, x.day, x.requests from jsonb_to_recordset(${JSON.stringify(taken)}::jsonb) as x("orgId" uuid, lane text, day date, requests bigint)
        where exists (select 1 from org where id = x."orgId")
        on conflict (org_id, lane, day) do update set requests = kept.requests + excluded.requests`.execute(db);
    } catch (error) {
      for (const { orgId, lane, day, requests } of taken) add(orgId, lane, day, requests);
      logger.warn({ why: messageOf(error) }, 'requests to orgs were counted, and are stored later');
    }
  }

  function add(orgId: string, lane: Purpose, day: string, requests: number): void {
    const key = `${orgId} ${lane} ${day}`;
    const known = counts.get(key);
    if (known) known.requests += requests;
    else counts.set(key, { orgId, lane, day, requests });
    if (!isOver) timer ??= setTimeout(() => void flush(), FLUSH_MS).unref();
  }

  return {
    note: (orgId: string, lane: Purpose): void => add(orgId, lane, clock.now().toISOString().slice(0, 10), 1),
    async stop(): Promise<void> {
      isOver = true;
      await flush();
    },
    /** Requests of an org for one purpose since the beginning of a day (UTC). */
    async since(orgId: string, lane: Purpose, from: Date): Promise<number> {
      await flush();
      const { rows } = await sql<{ requests: number }>`select coalesce(sum(requests), 0)::float8 as requests from org_requests
        where org_id = ${orgId} and lane = ${lane} and day >= ${from.toISOString().slice(0, 10)}::date`.execute(db);
      return rows[0]?.requests ?? 0;
    },
  };
}

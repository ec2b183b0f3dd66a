import { z } from 'zod';
import { answers, isoTime, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { Reports } from '../reports.ts';

const tags = ['acd'];
const sources = z.enum(['index', 'live', 'fallback']);
const instant = z.iso
  .datetime({ offset: true })
  .transform((at) => new Date(at))
  .meta({ example: '2026-11-29T00:00:00Z' });
/** Forms send what was not filled in as empty. */
const orNone = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** What was asked and answered: page by page, and summed up. */
export function registerLog(app: HttpServer, reports: Reports): void {
  const logView = z.object({
    items: z.array(
      z.object({
        id: z.string(),
        at: isoTime,
        pbx: z.string(),
        lookup: z.string(),
        caller: z.string(),
        called: z.string(),
        source: z.string(),
        matched: z.boolean(),
        stale: z.boolean(),
        records: z.number().int(),
        recordId: z.string().nullable(),
        extension: z.string().nullable(),
        tookMs: z.number(),
        why: z.string(),
      }),
    ),
    next: z.string().optional(),
  });
  const search = z.strictObject({
    cursor: orNone(
      z
        .string()
        .regex(/^\d{1,15}$/, 'is not one that an earlier page gave')
        .meta({ example: '1' }),
    ),
    source: orNone(sources),
    matched: orNone(z.enum(['true', 'false'])),
    text: orNone(text(80)),
    from: orNone(instant),
    to: orNone(instant),
  });
  app.get(
    '/v1/acd/log',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'listLookupLog',
        summary: 'What was asked and answered, newest first',
        description: '`text` is looked for in everything that an entry shows; numbers are masked.',
        querystring: search,
        response: answers(200, logView),
      },
    },
    async (request) => {
      const { cursor, matched, ...rest } = request.query;
      const wanted = { ...rest, matched: matched === undefined ? undefined : matched === 'true' };
      const { items, next } = await reports.searchLog(callerOf(request).orgId, wanted, cursor ? Number(cursor) : null);
      return { items: items.map((item) => ({ ...item, id: String(item.id) })), ...(next !== undefined && { next: String(next) }) };
    },
  );

  const ms = z.number().nullable();
  const summary = z
    .object({
      from: isoTime,
      lookups: z.number(),
      matched: z.number(),
      sources: z.array(z.object({ source: z.string(), lookups: z.number() })),
      latencies: z.array(z.object({ upToMs: ms, lookups: z.number() })),
      p50Ms: ms,
      p95Ms: ms,
      p99Ms: ms,
      orgCalls: z.number().meta({ description: 'API calls of the org for look-ups: searches and keeping up with changes' }),
      callsPer10000: ms,
    })
    .meta({ id: 'LookupSummary' });
  const days = z.strictObject({
    days: z
      .string()
      .regex(/^([1-9]|[12]\d|30)$/, 'is a number of days from 1 to 30')
      .default('7')
      .meta({ example: '7' }),
  });
  app.get(
    '/v1/acd/log/summary',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'summarizeLookups',
        summary: 'Answers by source and time, and their cost',
        querystring: days,
        response: answers(200, summary),
      },
    },
    async (request) => reports.summary(callerOf(request).orgId, Number(request.query.days)),
  );
}

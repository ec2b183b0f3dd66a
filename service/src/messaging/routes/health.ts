import { z } from 'zod';
import { answers, emptyAnswer, isoTime } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { Health } from '../health.ts';

const waiting = z.object({ waiting: z.number().int(), oldestAt: isoTime.nullable() });
const usage = z.object({ used: z.number(), max: z.number(), at: z.string() }).nullable();
const hold = z.object({ reason: z.string(), detail: z.string(), since: z.string(), retryAt: z.string().nullable() }).nullable();

const healthAnswer = z.object({
  backlog: z.object({ toOrg: waiting, toCarrier: waiting }),
  parked: z.number().int(),
  unknown: z.number().int(),
  carriers: z.array(
    z.object({
      id: z.uuid(),
      label: z.string(),
      kind: z.enum(['twilio', 'smpp']),
      state: z.enum(['connected', 'connecting', 'failed', 'off']),
      stateText: z.string(),
      since: isoTime,
    }),
  ),
  apiUsage: usage,
  eventUsage: usage,
  main: z.object({ username: z.string() }).nullable(),
  hold,
  connectionMode: z.boolean(),
});

/** What `connections` knows about the way to the org. */
export type LinkState = Pick<z.input<typeof healthAnswer>, 'apiUsage' | 'eventUsage' | 'main' | 'hold' | 'connectionMode'>;

const parkedAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['message', 'conversation', 'optOut', 'outbox']),
      label: z.string(),
      code: z.string(),
      reason: z.string(),
      nextStep: z.string(),
      since: isoTime,
      attempts: z.number().int(),
    }),
  ),
  next: z.string().optional(),
});
const parkedParams = z.object({ id: z.string().max(20) });

export function registerHealthRoutes(app: HttpServer, health: Health, linkState: (orgId: string) => Promise<LinkState>): void {
  const tags = ['health'];
  app.get(
    '/v1/health',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'getHealth',
        summary: 'What waits, what is parked, how the carriers and the org are',
        response: answers(200, healthAnswer),
      },
    },
    async (request) => {
      const { orgId } = callerOf(request);
      const [{ laneHold, ...read }, link] = await Promise.all([health.read(orgId), linkState(orgId)]);
      return { ...read, ...link, hold: link.hold ?? laneHold };
    },
  );
  app.get(
    '/v1/parked',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'listParked',
        querystring: z.strictObject({
          cursor: z
            .string()
            .regex(/^\d{0,15}$/)
            .optional(),
        }),
        response: answers(200, parkedAnswer),
      },
    },
    async (request) => health.parked(callerOf(request).orgId, request.query.cursor || undefined),
  );
  app.post(
    '/v1/parked/retry',
    { config: ADMIN, schema: { tags, operationId: 'retryAllParked', response: answers(200, z.object({ retried: z.number().int() })) } },
    async (request) => ({
      retried: await health.retry(callerOf(request).orgId),
    }),
  );
  app.post(
    '/v1/parked/:id/retry',
    { config: ADMIN, schema: { tags, operationId: 'retryParked', params: parkedParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await health.retry(callerOf(request).orgId, request.params.id);
      return {};
    },
  );
  app.post(
    '/v1/parked/:id/discard',
    { config: ADMIN, schema: { tags, operationId: 'discardParked', params: parkedParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await health.discard(callerOf(request).orgId, request.params.id);
      return {};
    },
  );
}

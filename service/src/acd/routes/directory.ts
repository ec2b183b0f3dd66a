import { z } from 'zod';
import type { LocalDirectory } from '../../directory/index.ts';
import { answers, emptyAnswer, isoTime } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';

const tags = ['acd'];

/** How up to date what is kept of the org is, for the setup tab. */
export function registerDirectory(app: HttpServer, local: Pick<LocalDirectory, 'state' | 'refresh'>): void {
  const view = z.object({
    kept: z.boolean(),
    country: z.string().optional(),
    timeZone: z.string().nullable().optional(),
    sweptAt: isoTime.nullable(),
    problem: z.string().nullable(),
    mode: z.enum(['events', 'sweeps']),
    reason: z.string().nullable(),
    eventsAt: isoTime.nullable(),
    sources: z.array(
      z.object({
        object: z.string(),
        fields: z.array(z.string()),
        recordsRead: z.number().int(),
        recordsTotal: z.number().int().nullable(),
        loadedAt: isoTime.nullable(),
        problem: z.string().nullable(),
      }),
    ),
  });
  app.get(
    '/v1/acd/directory',
    {
      config: ADMIN,
      schema: { tags, operationId: 'showDirectory', summary: 'How far the org’s people were read', response: answers(200, view) },
    },
    async (request) => {
      const state = await local.state(callerOf(request).orgId);
      return state
        ? { kept: true, ...state }
        : { kept: false, sweptAt: null, problem: null, mode: 'sweeps' as const, reason: null, eventsAt: null, sources: [] };
    },
  );
  app.post(
    '/v1/acd/directory/refresh',
    {
      config: ADMIN,
      schema: { tags, operationId: 'refreshDirectory', summary: 'Read what changed in the org now', response: answers(202, emptyAnswer) },
    },
    async (request, reply) => {
      await local.refresh(callerOf(request).orgId);
      return reply.code(202).send({});
    },
  );
}

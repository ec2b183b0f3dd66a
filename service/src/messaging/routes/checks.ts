import { z } from 'zod';
import { answers } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { createChecks } from '../checks.ts';

const checksAnswer = z.object({
  items: z.array(
    z.object({
      id: z.enum([
        'credential',
        'permissions',
        'objects',
        'access',
        'events',
        'notification',
        'users',
        'carrier',
        'numbers',
        'test_message',
      ]),
      title: z.string(),
      status: z.enum(['ok', 'warning', 'failed']),
      detail: z.string(),
      fix: z.string().optional(),
    }),
  ),
});

export function registerCheckRoutes(app: HttpServer, check: ReturnType<typeof createChecks>): void {
  app.post(
    '/v1/checks',
    {
      config: ADMIN,
      schema: {
        tags: ['health'],
        operationId: 'runChecks',
        summary: 'Check the installation from end to end',
        response: answers(200, checksAnswer),
      },
    },
    async (request) => ({
      items: await check(callerOf(request).orgId),
    }),
  );
}

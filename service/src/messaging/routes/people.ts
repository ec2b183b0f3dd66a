import { z } from 'zod';
import { answers, isoTime, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { People } from '../people.ts';

/** In the body, so that the number is in no address and no log of a proxy. */
const body = z.strictObject({ number: text(40).min(1) });

const exported = z.object({
  number: z.string(),
  consent: z.object({ state: z.enum(['opted_out', 'opted_in']), reason: z.string(), changedAt: isoTime }).nullable(),
  conversations: z.array(
    z.object({
      ourNumber: z.string(),
      name: z.string().nullable(),
      messages: z.array(
        z.object({
          direction: z.enum(['inbound', 'outbound']),
          status: z.string(),
          body: z.string(),
          occurredAt: isoTime,
          pictures: z.array(z.object({ fileName: z.string(), contentType: z.string() })),
        }),
      ),
    }),
  ),
  calls: z.array(
    z.object({
      kind: z.string(),
      state: z.string().nullable(),
      at: isoTime,
      called: z.string(),
      notes: z.string(),
      parameters: z.record(z.string(), z.string()),
    }),
  ),
  complete: z.boolean(),
});

export function registerPeopleRoutes(app: HttpServer, people: People): void {
  const tags = ['people'];
  app.post(
    '/v1/people/export',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'exportPerson',
        summary: 'Everything that the service keeps of a phone number',
        body,
        response: answers(200, exported),
      },
    },
    async (request) => people.exportPerson(callerOf(request).orgId, request.body.number),
  );
  app.post(
    '/v1/people/erase',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'erasePerson',
        summary: 'Erase a phone number’s conversations and calls in the org and in the service; its opt-out stays',
        body,
        response: answers(200, z.object({ conversations: z.number().int() })),
      },
    },
    async (request) => people.erase(callerOf(request).orgId, request.body.number),
  );
}

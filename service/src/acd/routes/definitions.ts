import { z } from 'zod';
import { answers, emptyAnswer, idParams } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import { definition, lookupBody } from '../definition.ts';
import type { Definitions } from '../definitions.ts';

const tags = ['acd'];
const lookupView = z.object({ id: z.string().nullable(), name: z.string(), isDefault: z.boolean(), definition }).meta({ id: 'Lookup' });

/** Look-ups, for the setup tab. */
export function registerDefinitions(app: HttpServer, definitions: Definitions): void {
  app.get(
    '/v1/acd/lookups',
    { config: ADMIN, schema: { tags, operationId: 'listLookups', response: answers(200, z.object({ items: z.array(lookupView) })) } },
    async (request) => ({ items: await definitions.list(callerOf(request).orgId) }),
  );
  app.post(
    '/v1/acd/lookups',
    { config: ADMIN, schema: { tags, operationId: 'addLookup', body: lookupBody, response: answers(201, lookupView) } },
    async (request, reply) => reply.code(201).send(await definitions.save(callerOf(request).orgId, null, request.body)),
  );
  app.put(
    '/v1/acd/lookups/:id',
    {
      config: ADMIN,
      schema: { tags, operationId: 'changeLookup', params: idParams, body: lookupBody, response: answers(200, lookupView) },
    },
    async (request) => definitions.save(callerOf(request).orgId, request.params.id, request.body),
  );
  app.delete(
    '/v1/acd/lookups/:id',
    { config: ADMIN, schema: { tags, operationId: 'removeLookup', params: idParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await definitions.remove(callerOf(request).orgId, request.params.id);
      return {};
    },
  );
}

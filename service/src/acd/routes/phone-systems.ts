import { z } from 'zod';
import { answers, emptyAnswer, idParams, isoTime, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { PhoneSystems } from '../phone-systems.ts';

const tags = ['acd'];
const digitsOnly = z.string().regex(/^\d{1,8}$/, 'holds digits only');
const rules = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'is an ISO 3166 country code such as US'),
  internationalPrefix: digitsOnly.optional(),
  longDistancePrefix: digitsOnly.optional(),
  keepLongDistancePrefix: z.boolean().optional(),
  cutPrefix: digitsOnly.optional(),
  addPrefix: digitsOnly.optional(),
});
const pbxBody = z.strictObject({ name: text(80).min(1), rules, tokenInUrl: z.boolean().default(false) });
const pbxView = z
  .object({ id: z.string(), pbxId: z.string(), name: z.string(), rules, tokenInUrl: z.boolean(), createdAt: isoTime })
  .meta({ id: 'PhoneSystem' });

/** Phone systems, for the setup tab. */
export function registerPhoneSystems(app: HttpServer, phoneSystems: PhoneSystems): void {
  app.get(
    '/v1/acd/pbxs',
    { config: ADMIN, schema: { tags, operationId: 'listPhoneSystems', response: answers(200, z.object({ items: z.array(pbxView) })) } },
    async (request) => ({ items: await phoneSystems.list(callerOf(request).orgId) }),
  );
  const made = pbxView.extend({ key: z.string() });
  app.post(
    '/v1/acd/pbxs',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'addPhoneSystem',
        summary: 'Add a phone system; its key is shown only now',
        body: pbxBody,
        response: answers(201, made),
      },
    },
    async (request, reply) => reply.code(201).send(await phoneSystems.add(callerOf(request).orgId, request.body)),
  );
  app.put(
    '/v1/acd/pbxs/:id',
    { config: ADMIN, schema: { tags, operationId: 'changePhoneSystem', params: idParams, body: pbxBody, response: answers(200, pbxView) } },
    async (request) => phoneSystems.update(callerOf(request).orgId, request.params.id, request.body),
  );
  app.post(
    '/v1/acd/pbxs/:id/key',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'rollPhoneSystemKey',
        summary: 'A new key; the old one ends a day after the new one is first used',
        params: idParams,
        response: answers(200, z.object({ key: z.string() })),
      },
    },
    async (request) => phoneSystems.rollKey(callerOf(request).orgId, request.params.id),
  );
  app.post(
    '/v1/acd/pbxs/:id/tokens',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'issuePhoneSystemToken',
        summary: 'A token for a phone system that cannot send its key; shown only now',
        description: '`replace`: tokens that were given out before end a day later.',
        params: idParams,
        body: z.strictObject({ days: z.number().int().min(1).max(3_650).default(365), replace: z.boolean().default(false) }),
        response: answers(201, z.object({ token: z.string(), expiresAt: isoTime })),
      },
    },
    async (request, reply) => reply.code(201).send(await phoneSystems.issueToken(callerOf(request).orgId, request.params.id, request.body)),
  );
  app.delete(
    '/v1/acd/pbxs/:id/tokens',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'endPhoneSystemTokens',
        summary: 'End every token of a phone system now',
        params: idParams,
        response: answers(200, emptyAnswer),
      },
    },
    async (request) => {
      await phoneSystems.endTokens(callerOf(request).orgId, request.params.id);
      return {};
    },
  );
  app.delete(
    '/v1/acd/pbxs/:id',
    { config: ADMIN, schema: { tags, operationId: 'removePhoneSystem', params: idParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await phoneSystems.remove(callerOf(request).orgId, request.params.id);
      return {};
    },
  );
}

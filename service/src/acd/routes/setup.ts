import { z } from 'zod';
import { answers, emptyAnswer, idParams, isoTime, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import { definition, lookupBody } from '../definition.ts';
import type { Acd } from '../service.ts';

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
const lookupView = z.object({ id: z.string().nullable(), name: z.string(), isDefault: z.boolean(), definition }).meta({ id: 'Lookup' });

/** Phone systems, look-ups and the log, for the setup tab. */
export function registerSetup(app: HttpServer, acd: Acd): void {
  app.get(
    '/v1/acd/pbxs',
    { config: ADMIN, schema: { tags, operationId: 'listPhoneSystems', response: answers(200, z.object({ items: z.array(pbxView) })) } },
    async (request) => ({ items: await acd.listPbxs(callerOf(request).orgId) }),
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
    async (request, reply) => reply.code(201).send(await acd.addPbx(callerOf(request).orgId, request.body)),
  );
  app.put(
    '/v1/acd/pbxs/:id',
    { config: ADMIN, schema: { tags, operationId: 'changePhoneSystem', params: idParams, body: pbxBody, response: answers(200, pbxView) } },
    async (request) => acd.updatePbx(callerOf(request).orgId, request.params.id, request.body),
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
    async (request) => acd.rollKey(callerOf(request).orgId, request.params.id),
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
    async (request, reply) => reply.code(201).send(await acd.issueToken(callerOf(request).orgId, request.params.id, request.body)),
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
      await acd.endTokens(callerOf(request).orgId, request.params.id);
      return {};
    },
  );
  app.delete(
    '/v1/acd/pbxs/:id',
    { config: ADMIN, schema: { tags, operationId: 'removePhoneSystem', params: idParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await acd.removePbx(callerOf(request).orgId, request.params.id);
      return {};
    },
  );

  app.get(
    '/v1/acd/lookups',
    { config: ADMIN, schema: { tags, operationId: 'listLookups', response: answers(200, z.object({ items: z.array(lookupView) })) } },
    async (request) => ({ items: await acd.listLookups(callerOf(request).orgId) }),
  );
  app.post(
    '/v1/acd/lookups',
    { config: ADMIN, schema: { tags, operationId: 'addLookup', body: lookupBody, response: answers(201, lookupView) } },
    async (request, reply) => reply.code(201).send(await acd.saveLookup(callerOf(request).orgId, null, request.body)),
  );
  app.put(
    '/v1/acd/lookups/:id',
    {
      config: ADMIN,
      schema: { tags, operationId: 'changeLookup', params: idParams, body: lookupBody, response: answers(200, lookupView) },
    },
    async (request) => acd.saveLookup(callerOf(request).orgId, request.params.id, request.body),
  );
  app.delete(
    '/v1/acd/lookups/:id',
    { config: ADMIN, schema: { tags, operationId: 'removeLookup', params: idParams, response: answers(200, emptyAnswer) } },
    async (request) => {
      await acd.removeLookup(callerOf(request).orgId, request.params.id);
      return {};
    },
  );

  registerDirectory(app, acd);
}

function registerDirectory(app: HttpServer, acd: Acd): void {
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
      const state = await acd.directory(callerOf(request).orgId);
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
      await acd.refreshDirectory(callerOf(request).orgId);
      return reply.code(202).send({});
    },
  );
}

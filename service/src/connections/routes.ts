import { z } from 'zod';
import { invalidRequest } from '../platform/errors.ts';
import type { HttpServer } from '../platform/http/server.ts';
import { ADMIN, callerOf } from '../tenancy/index.ts';
import type { Caller } from '../tenancy/index.ts';
import type { Parts } from './deps.ts';
import { findCandidates, invite, reconnect } from './invite.ts';
import { makeMain, removeUser, reorder, testUser, updateOrg } from './manage.ts';
import { notRegistered } from '../tenancy/errors.ts';
import type { UserRow } from './types.ts';
import { candidateView, connectionView, eventView, orgView, toConnectionView, toOrgView, type ConnectionView } from './views.ts';

const params = z.object({ id: z.uuid() });
const EVENTS_PAGE = 50;

/** The HTTP routes of the org and its connected users. */
export function registerConnectionRoutes(app: HttpServer, parts: Parts): void {
  const view = async (user: UserRow): Promise<ConnectionView> =>
    toConnectionView(user, await parts.store.links.find(user.orgId), parts.clock.now());
  const listViews = async (orgId: string): Promise<ConnectionView[]> => {
    const [users, link] = await Promise.all([parts.store.users.list(orgId), parts.store.links.find(orgId)]);
    const views = users.map((user) => toConnectionView(user, link, parts.clock.now()));
    return views.sort((a, b) => Number(b.role === 'main') - Number(a.role === 'main') || a.position - b.position);
  };
  const readOrg = async (orgId: string): Promise<z.infer<typeof orgView>> => {
    const [org, link] = await Promise.all([parts.tenancy.findOrg({ id: orgId }), parts.store.links.find(orgId)]);
    if (!org) throw notRegistered('The org is not registered any more.');
    const main = link?.mainId ? await parts.store.users.find(orgId, link.mainId) : undefined;
    return toOrgView(org, link, main, parts.publicUrl);
  };
  /** Who asks, in words, for an invitation: the user's name where it is one of ours. */
  const nameOf = async (caller: Caller): Promise<string> => {
    const users = await parts.store.users.list(caller.orgId);
    return users.find((user) => user.userId === caller.userId)?.name ?? 'An administrator of your org';
  };

  app.get('/v1/org', { config: ADMIN, schema: { operationId: 'getOrg', tags: ['org'], response: { 200: orgView } } }, (request) =>
    readOrg(callerOf(request).orgId),
  );
  const orgChange = z.strictObject({
    connectionMode: z.boolean().optional(),
    notifyEmails: z.array(z.email().max(254)).max(10).optional(),
  });
  app.patch(
    '/v1/org',
    { config: ADMIN, schema: { operationId: 'updateOrg', tags: ['org'], body: orgChange, response: { 200: orgView } } },
    async (request) => {
      const { orgId } = callerOf(request);
      await updateOrg(parts, orgId, request.body);
      return readOrg(orgId);
    },
  );

  const tags = ['connections'];
  const list = z.object({ items: z.array(connectionView) });
  app.get(
    '/v1/connections',
    { config: ADMIN, schema: { operationId: 'listConnections', tags, response: { 200: list } } },
    async (request) => ({
      items: await listViews(callerOf(request).orgId),
    }),
  );

  const inviteBody = z.strictObject({ username: z.string().trim().min(1).max(80), email: z.email().max(254).optional() });
  app.post(
    '/v1/connections',
    { config: ADMIN, schema: { operationId: 'inviteConnection', tags, body: inviteBody, response: { 201: connectionView } } },
    async (request, reply) => {
      const caller = callerOf(request);
      const user = await invite(parts, caller.orgId, request.body, await nameOf(caller));
      return reply.code(201).send(await view(user));
    },
  );

  const orderBody = z.strictObject({ ids: z.array(z.uuid()).min(1).max(10) });
  app.put(
    '/v1/connections/order',
    { config: ADMIN, schema: { operationId: 'orderConnections', tags, body: orderBody, response: { 200: list } } },
    async (request) => {
      const { orgId } = callerOf(request);
      await reorder(parts, orgId, request.body.ids);
      return { items: await listViews(orgId) };
    },
  );

  const candidates = z.object({ items: z.array(candidateView) });
  const candidatesQuery = z.strictObject({ q: z.string().max(80).default('') });
  app.get(
    '/v1/connections/candidates',
    {
      config: ADMIN,
      schema: { operationId: 'findConnectionCandidates', tags, querystring: candidatesQuery, response: { 200: candidates } },
    },
    async (request) => ({ items: await findCandidates(parts, callerOf(request).orgId, request.query.q) }),
  );

  const events = z.object({ items: z.array(eventView), next: z.string().optional() });
  const eventsQuery = z.strictObject({ cursor: z.string().max(20).optional() });
  app.get(
    '/v1/connections/events',
    { config: ADMIN, schema: { operationId: 'listConnectionEvents', tags, querystring: eventsQuery, response: { 200: events } } },
    async (request) => {
      const { cursor } = request.query;
      if (cursor && !/^\d{1,15}$/.test(cursor)) throw invalidRequest('The cursor is not one that an earlier page gave.');
      const rows = await parts.store.journal.events(callerOf(request).orgId, cursor ? Number(cursor) : null, EVENTS_PAGE + 1);
      const shown = rows.slice(0, EVENTS_PAGE).map((row) => ({ ...row, id: String(row.id), at: row.at.toISOString() }));
      return { items: shown, ...(rows.length > EVENTS_PAGE ? { next: shown.at(-1)?.id } : {}) };
    },
  );

  const actions = [
    ['make-main', 'makeMainConnection', makeMain],
    ['test', 'testConnection', testUser],
  ] as const;
  for (const [path, operationId, act] of actions) {
    app.post(
      `/v1/connections/:id/${path}`,
      { config: ADMIN, schema: { operationId, tags, params, response: { 200: connectionView } } },
      async (request) => view(await act(parts, callerOf(request).orgId, request.params.id)),
    );
  }
  app.post(
    '/v1/connections/:id/reconnect',
    { config: ADMIN, schema: { operationId: 'reconnectConnection', tags, params, response: { 200: connectionView } } },
    async (request) => {
      const caller = callerOf(request);
      return view(await reconnect(parts, caller.orgId, request.params.id, await nameOf(caller)));
    },
  );

  const removeQuery = z.strictObject({ confirm: z.enum(['true', 'false', '']).default('') });
  app.delete(
    '/v1/connections/:id',
    { config: ADMIN, schema: { operationId: 'removeConnection', tags, params, querystring: removeQuery, response: { 200: z.object({}) } } },
    async (request) => {
      await removeUser(parts, callerOf(request).orgId, request.params.id, request.query.confirm === 'true');
      return {};
    },
  );
}

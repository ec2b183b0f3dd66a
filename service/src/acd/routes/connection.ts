import { z } from 'zod';
import { answers, emptyAnswer, isoTime } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { AcdConnections } from '../connection.ts';

const tags = ['acd'];

/** The connection of look-ups, for the setup tab. Connecting is a sign-in in a browser: see `connectUrl`. */
export function registerConnection(app: HttpServer, connections: AcdConnections, connectUrl: (orgId: string) => Promise<string>): void {
  const view = z
    .object({
      status: z.enum(['active', 'standby', 'inactive']),
      isOn: z.boolean(),
      since: isoTime.nullable(),
      why: z.string(),
      nextStep: z.string(),
      holder: z.string(),
      orgId: z.string(),
      connectUrl: z.string().meta({ description: 'Page on which the holder signs in, to connect or to refresh' }),
    })
    .meta({ id: 'AcdConnection' });
  app.get(
    '/v1/acd/connection',
    {
      config: ADMIN,
      schema: { tags, operationId: 'showAcdConnection', summary: 'Whether look-ups reach the org', response: answers(200, view) },
    },
    async (request) => {
      const { orgId, salesforceOrgId } = callerOf(request);
      return { ...(await connections.status(orgId)), orgId: salesforceOrgId, connectUrl: await connectUrl(orgId) };
    },
  );
  app.delete(
    '/v1/acd/connection',
    {
      config: ADMIN,
      schema: { tags, operationId: 'endAcdConnection', summary: 'Switch look-ups off', response: answers(200, emptyAnswer) },
    },
    async (request) => {
      const { orgId, userId } = callerOf(request);
      await connections.disconnect(orgId, userId === undefined ? 'An administrator' : await connections.nameOf(orgId, userId));
      return {};
    },
  );
}

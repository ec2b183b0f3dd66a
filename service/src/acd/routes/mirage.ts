import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { forbidden, invalidRequest } from '../../platform/errors.ts';
import { answers, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { callerOf, orgMismatch } from '../../tenancy/index.ts';
import type { Answer } from '../answer.ts';
import { pbxNotFound } from '../errors.ts';
import { readPathKey } from '../pbx-id.ts';
import type { Acd } from '../service.ts';
import { ASKS, sendExtension } from './asking.ts';

/** The routes of the Mirage ACD API, for phone systems that were set up for it. The path names PBX and org. */
export function registerMirageRoutes(app: HttpServer, acd: Acd): void {
  const tags = ['acd'];
  const params = z.object({ key: z.string().max(60) });
  const querystring = z.strictObject({
    lookupid: text(80).optional(),
    callerid: text(200).optional(),
    calledid: text(200).optional(),
    ivrid: text(80).optional(),
  });

  async function ask(request: FastifyRequest, key: string, query: z.output<typeof querystring>): Promise<Answer> {
    const { lookupid, callerid, calledid, ivrid } = query;
    const caller = callerOf(request);
    const named = readPathKey(key);
    if (!named)
      throw pbxNotFound('The path holds the PBX id directly followed by the Org Id, such as 47EC1B-B70D69-818AE600DA0000000BhM2MAK.');
    if (named.orgId.slice(0, 15) !== caller.salesforceOrgId.slice(0, 15))
      throw orgMismatch('The key belongs to another org than the one in the path.');
    const pbx = await acd.findPbx(caller.orgId, named.pbxId);
    if (caller.usedFor && caller.usedFor !== pbx.id) throw forbidden('The key belongs to another phone system than the one in the path.');
    if (callerid === undefined && calledid === undefined && ivrid === undefined)
      throw invalidRequest('Give at least one of callerid, calledid and ivrid.');
    return acd.ask(caller.orgId, { caller: callerid ?? '', called: calledid ?? '', lookup: lookupid || undefined, pbx: pbx.id });
  }

  for (const end of ['', '/']) {
    const hide = { hide: end !== '' };
    app.get(
      `/api/ExtNo/:key${end}`,
      {
        config: ASKS,
        schema: { ...hide, tags, operationId: 'extNo', summary: 'The extension to ring, as plain text', params, querystring },
      },
      async (request, reply) => sendExtension(reply, await ask(request, request.params.key, request.query)),
    );
    app.get(
      `/api/DataLookup/:key${end}`,
      {
        config: ASKS,
        schema: {
          ...hide,
          tags,
          operationId: 'dataLookup',
          summary: 'Who calls, as a flat map of texts',
          params,
          querystring,
          response: answers(200, z.record(z.string(), z.string())),
        },
      },
      async (request) => (await ask(request, request.params.key, request.query)).variables,
    );
  }
}

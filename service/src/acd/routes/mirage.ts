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
import type { Pbx } from '../store.ts';
import { ASKS, sendExtension } from './asking.ts';

/** These routes take a PBX token as well as a key, also as `?token=` where the phone system may. */
export const WITH_TOKEN = { tokenInUrl: true } as const;

/** The phone system that a path names. Throws pbx_not_found, org_mismatch and forbidden. */
export async function pbxOfPath(request: FastifyRequest, acd: Acd, key: string): Promise<Pbx> {
  const named = readPathKey(key);
  if (!named)
    throw pbxNotFound('The path holds the PBX id directly followed by the Org Id, such as 47EC1B-B70D69-818AE600DA0000000BhM2MAK.');
  if (named.orgId.slice(0, 15) !== callerOf(request).salesforceOrgId.slice(0, 15))
    throw orgMismatch('The key belongs to another org than the one in the path.');
  return pbxOfToken(request, acd, named.pbxId);
}

/** The phone system with this id, where the key is its own and comes in a way that it may. Throws pbx_not_found and forbidden. */
export async function pbxOfToken(request: FastifyRequest, acd: Acd, pbxId: string): Promise<Pbx> {
  const { orgId, usedFor, sentIn } = callerOf(request);
  const pbx = await acd.findPbx(orgId, pbxId.toUpperCase());
  if (usedFor && usedFor !== pbx.id) throw forbidden('The key belongs to another phone system than the one in the path.');
  if (sentIn === 'url' && !pbx.tokenInUrl)
    throw forbidden(
      'This phone system may not send its token in the address: send it as "Authorization: Bearer <token>", or let an admin allow it.',
    );
  return pbx;
}

/** The routes of the Mirage ACD API, for phone systems that were set up for it. The path names PBX and org. */
export function registerMirageRoutes(app: HttpServer, acd: Acd): void {
  const tags = ['acd'];
  const params = z.object({ key: z.string().max(60) });
  const querystring = z.strictObject({
    lookupid: text(80).optional(),
    callerid: text(200).optional(),
    calledid: text(200).optional(),
    ivrid: text(80).optional(),
    token: z.string().max(4_000).optional(),
  });

  async function ask(request: FastifyRequest, key: string, query: z.output<typeof querystring>): Promise<Answer> {
    const { lookupid, callerid, calledid, ivrid } = query;
    const pbx = await pbxOfPath(request, acd, key);
    if (callerid === undefined && calledid === undefined && ivrid === undefined)
      throw invalidRequest('Give at least one of callerid, calledid and ivrid.');
    // What a caller typed in at an IVR: the number of a case, or else of an account.
    const typed = (ivrid ?? '').slice(0, 40);
    return acd.ask(callerOf(request).orgId, {
      caller: callerid ?? '',
      called: calledid ?? '',
      caseNumber: typed,
      accountNumber: typed,
      lookup: lookupid || undefined,
      pbx: pbx.id,
    });
  }

  for (const end of ['', '/']) {
    const hide = { hide: end !== '' };
    app.get(
      `/api/ExtNo/:key${end}`,
      {
        config: { ...ASKS, ...WITH_TOKEN },
        schema: { ...hide, tags, operationId: 'extNo', summary: 'The extension to ring, as plain text', params, querystring },
      },
      async (request, reply) => sendExtension(reply, await ask(request, request.params.key, request.query)),
    );
    app.get(
      `/api/DataLookup/:key${end}`,
      {
        config: { ...ASKS, ...WITH_TOKEN },
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

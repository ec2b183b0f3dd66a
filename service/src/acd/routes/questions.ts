import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { answers, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { callerOf, orgMismatch } from '../../tenancy/index.ts';
import type { Acd } from '../service.ts';
import { ASKS, formatOf, sendAs } from './asking.ts';

export const answerView = z
  .object({
    matched: z.boolean(),
    source: z.enum(['index', 'live', 'fallback']),
    stale: z.boolean(),
    records: z.array(
      z.object({
        id: z.string(),
        object: z.string(),
        name: z.string(),
        url: z.string(),
        owner: z.object({ name: z.string(), extension: z.string().optional() }).optional(),
        openCase: z.object({ id: z.string(), number: z.string(), priority: z.string().optional() }).optional(),
      }),
    ),
    extension: z.string().optional(),
    variables: z.record(z.string(), z.string()),
    why: z.string(),
    tookMs: z.number().meta({ description: 'Milliseconds in the service' }),
  })
  .meta({ id: 'LookupAnswer' });

export function registerQuestions(app: HttpServer, acd: Acd): void {
  const querystring = z.strictObject({
    caller: text(200).default(''),
    called: text(200).default(''),
    case: text(40).default(''),
    account: text(40).default(''),
    lookup: text(80).optional(),
    pbx: text(40).optional(),
    org: z
      .string()
      .regex(/^00D[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$/, 'is an Org Id such as 00DA0000000BhM2MAK')
      .optional(),
  });
  app.get(
    '/v1/acd/lookup',
    {
      config: ASKS,
      schema: {
        tags: ['acd'],
        operationId: 'lookUpCaller',
        summary: 'Who calls, and whom to ring',
        description:
          'JSON. By Accept also the extension alone (text/plain; 404 where nobody is to be rung), a flat map of texts (application/json;profile=flat) or that map as XML (application/xml).',
        querystring,
        response: answers(200, answerView),
      },
    },
    async (request, reply) => {
      const { caller, called, lookup, pbx, org, case: caseNumber, account: accountNumber } = request.query;
      const { orgId, salesforceOrgId } = callerOf(request);
      if (org && org.slice(0, 15) !== salesforceOrgId.slice(0, 15))
        throw orgMismatch('The key belongs to another org than the one that is asked for.');
      const answer = await acd.ask(orgId, { caller, called, caseNumber, accountNumber, lookup, pbx: pbxOf(request, pbx) });
      const format = formatOf(request);
      return format === 'json' ? answer : sendAs(format, reply, answer);
    },
  );
}

/** The phone system whose key asks; one that is named besides must be that one. */
export function pbxOf(request: FastifyRequest, named: string | undefined): string | undefined {
  const { usedFor, scope } = callerOf(request);
  return scope === 'acd' && usedFor ? usedFor : named;
}

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { invalidRequest } from '../../platform/errors.ts';
import { answers, emptyAnswer, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { callerOf, orgMismatch } from '../../tenancy/index.ts';
import type { Calls, RawReport } from '../calls/service.ts';
import type { Acd } from '../service.ts';
import { ASKS } from './asking.ts';
import { idempotencyKeyOf } from './calls.ts';
import { pbxOfPath, pbxOfToken, WITH_TOKEN } from './mirage.ts';
import { instantOf, readDay, readTime } from './mirage-times.ts';

const tags = ['acd'];
/** Phone systems write numbers as text or as numbers. */
const written = (max: number) => z.union([text(max), z.number().transform(String)]);
const task = {
  ActivityLookupId: written(80).optional(),
  CallerId: written(200).default(''),
  IVRId: written(80).optional(),
  DueDate: written(40).optional(),
  Notes: written(10_000).optional(),
  Token: text(4_000).optional(),
};
const times = { StartDate: written(40), StartTime: written(40), EndDate: written(40), EndTime: written(40) };
const taskBody = z.object(task);
const eventBody = z.object({ ...task, ...times }).meta({
  example: { CallerId: '+12035550184', StartDate: '2026-11-30', StartTime: '09:30', EndDate: '2026-11-30', EndTime: '10:00' },
});
const accepted = z.object({ id: z.string() });
/** `Param1`: a case number. `Param2`: an IVR look-up. The others are free. */
const ivrNames = Array.from({ length: 20 }, (_, index) => `Param${index + 1}`);
const ivrParameters = z.object(Object.fromEntries(ivrNames.map((name) => [name, written(1_000).optional()])));

/** What the Mirage ACD API writes: callbacks, and what callers told an IVR. */
export function registerMirageCalls(app: HttpServer, acd: Acd, calls: Calls): void {
  const params = z.object({ key: z.string().max(60) });

  async function save(
    request: FastifyRequest,
    key: string,
    body: z.output<typeof taskBody>,
    kind: 'task' | 'event',
    details: RawReport['details'],
  ) {
    const { orgId } = callerOf(request);
    const pbx = await pbxOfPath(request, acd, key);
    return calls.save(orgId, idempotencyKeyOf(request), {
      kind,
      pbx: pbx.id,
      caller: body.CallerId,
      called: '',
      lookup: body.ActivityLookupId || null,
      caseNumber: (body.IVRId ?? '').slice(0, 40),
      state: null,
      extension: null,
      details: { ...details, notes: body.Notes },
      parameters: {},
    });
  }

  for (const end of ['', '/']) {
    const hide = { hide: end !== '' };
    app.post(
      `/api/Task/:key${end}`,
      {
        config: { ...ASKS, ...WITH_TOKEN, tokenInBody: 'Token' },
        schema: {
          ...hide,
          tags,
          operationId: 'createTask',
          summary: 'The caller is to be called back: a task',
          params,
          body: taskBody,
          response: answers(200, accepted),
        },
      },
      async (request) => {
        const { DueDate } = request.body;
        const dueDate = DueDate ? dayOf('DueDate', DueDate) : undefined;
        return save(request, request.params.key, request.body, 'task', { dueDate });
      },
    );
    app.post(
      `/api/Event/:key${end}`,
      {
        config: { ...ASKS, ...WITH_TOKEN, tokenInBody: 'Token' },
        schema: {
          ...hide,
          tags,
          operationId: 'createEvent',
          summary: 'The caller is to be called back at a time: an event',
          description: 'Times are those of the org’s time zone.',
          params,
          body: eventBody,
          response: answers(200, accepted),
        },
      },
      async (request) => {
        const { StartDate, StartTime, EndDate, EndTime } = request.body;
        const zone = await acd.timeZone(callerOf(request).orgId);
        const startAt = instantOf(dayOf('StartDate', StartDate), timeOf('StartTime', StartTime), zone);
        const endAt = instantOf(dayOf('EndDate', EndDate), timeOf('EndTime', EndTime), zone);
        if (endAt < startAt) throw wrong('EndDate', 'is before the beginning');
        return save(request, request.params.key, request.body, 'event', { startAt, endAt });
      },
    );
  }

  app.put(
    '/api/IVRParams/:pbxId/:number',
    {
      config: { ...ASKS, ...WITH_TOKEN },
      schema: {
        tags,
        operationId: 'putIvrParameters',
        summary: 'What a caller told an IVR; it counts for an hour and is added to the call’s task',
        params: z.object({ pbxId: z.string().max(40), number: text(200).min(1) }),
        body: ivrParameters,
        response: answers(200, emptyAnswer),
      },
    },
    async (request) => {
      const pbx = await pbxOfToken(request, acd, request.params.pbxId);
      const told = Object.entries(request.body).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      await calls.saveIvr(callerOf(request).orgId, pbx.id, request.params.number, Object.fromEntries(told));
      return {};
    },
  );
  app.get(
    '/IVRParams/:orgId/:number',
    {
      config: { scopes: ['acd', 'agent', 'admin'] },
      schema: {
        tags,
        operationId: 'getIvrParameters',
        summary: 'What a caller told an IVR within the last hour',
        params: z.object({ orgId: z.string().max(18), number: text(200).min(1) }),
        response: answers(200, z.record(z.string(), z.string())),
      },
    },
    async (request) => {
      const { orgId, salesforceOrgId, scope, usedFor } = callerOf(request);
      if (request.params.orgId.slice(0, 15) !== salesforceOrgId.slice(0, 15))
        throw orgMismatch('The key belongs to another org than the one in the path.');
      return calls.findIvr(orgId, scope === 'acd' && usedFor ? usedFor : undefined, request.params.number);
    },
  );
}

const wrong = (field: string, message: string) => invalidRequest('The request does not fit. See errors.', { errors: [{ field, message }] });

function dayOf(field: string, value: string): string {
  const day = readDay(value);
  if (!day) throw wrong(field, 'is a day such as 2026-11-30 or 30-11-2026');
  return day;
}

function timeOf(field: string, value: string): string {
  const time = readTime(value);
  if (!time) throw wrong(field, 'is a time such as 09:30');
  return time;
}

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { invalidRequest, notFound } from '../../platform/errors.ts';
import { answers, emptyAnswer, isoTime, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { ADMIN, callerOf } from '../../tenancy/index.ts';
import type { Calls } from '../calls/service.ts';
import { CALL_STATES } from '../calls/types.ts';
import { destination } from '../destination.ts';
import type { Acd } from '../service.ts';
import { ASKS } from './asking.ts';

const tags = ['acd'];
const parameterName = z
  .string()
  .max(60)
  .regex(/^[A-Za-z]\w*$/, 'begins with a letter and holds letters, digits and _');
/** What an IVR asked, by name. */
export const parameters = z
  .record(parameterName, text(1_000))
  .refine((all) => Object.keys(all).length <= 30, 'holds more than 30 names')
  .meta({ example: { Param1: '00001026' } });

const person = {
  caller: text(200).default(''),
  called: text(200).default(''),
  lookup: text(80).min(1).optional(),
  caseNumber: text(40).default(''),
  parameters: parameters.default({}),
  pbx: text(40).min(1).optional(),
};
const instant = z.iso
  .datetime({ offset: true })
  .transform((at) => new Date(at).toISOString())
  .meta({ example: '2026-11-29T09:30:00Z' });
const notes = text(10_000).optional();
const callBody = z.strictObject({
  ...person,
  state: z.enum(CALL_STATES),
  extension: destination.optional(),
  startAt: instant.optional(),
  seconds: z.number().int().min(0).max(1_000_000).optional(),
  disposition: text(255).optional(),
  notes,
});
const taskBody = z.strictObject({ ...person, dueDate: z.iso.date().meta({ example: '2026-11-30' }).optional(), notes });
const eventBody = z
  .strictObject({ ...person, startAt: instant, endAt: instant, notes })
  .refine(({ startAt, endAt }) => startAt <= endAt, { path: ['endAt'], message: 'is before the beginning' });
const accepted = z.object({ id: z.string().meta({ description: 'Also in the field Switchboard call id of the task or event' }) });
const ownKey = z.string().min(1).max(80);

/** The caller's own name of a request. Throws invalid_request for one that is too long to be kept. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const sent = request.headers['idempotency-key'];
  if (sent === undefined) return undefined;
  const read = ownKey.safeParse(sent);
  if (!read.success) throw invalidRequest('The Idempotency-Key holds 1 to 80 characters.');
  return read.data;
}

/** Calls and callbacks: stored at once, written into the org by a lane. */
export function registerCalls(app: HttpServer, acd: Acd, calls: Calls): void {
  /** Our id of the phone system: that of the key, or the one that is named. Throws pbx_not_found. */
  const pbxOf = async (request: FastifyRequest, named: string | undefined): Promise<string | undefined> => {
    const { orgId, usedFor, scope } = callerOf(request);
    if (scope === 'acd' && usedFor) return usedFor;
    return named === undefined ? undefined : (await acd.findPbx(orgId, named)).id;
  };

  app.put(
    '/v1/acd/calls/:callId',
    {
      config: ASKS,
      schema: {
        tags,
        operationId: 'reportCall',
        summary: 'Report a call: taken, missed or ended',
        description:
          'Under the phone system’s own id of the call. Reports of one call may repeat and overtake each other. A call that was taken opens the caller’s record on the screen of the user with that extension; each call becomes one task.',
        params: z.object({ callId: text(120).min(1) }),
        body: callBody,
        response: answers(202, accepted),
      },
    },
    async (request, reply) => {
      const { state, extension, startAt, seconds, disposition, notes: said, lookup, pbx, ...rest } = request.body;
      const saved = await calls.save(callerOf(request).orgId, request.params.callId, {
        ...rest,
        kind: 'call',
        pbx: await pbxOf(request, pbx),
        lookup: lookup ?? null,
        state,
        extension: extension ?? null,
        details: { startAt, seconds, disposition, notes: said },
      });
      return reply.code(202).send(saved);
    },
  );
  const callback = { config: ASKS } as const;
  const described = 'With an Idempotency-Key the same key is the same callback for ever; without, an equal request within five minutes is.';
  app.post(
    '/v1/acd/callbacks/tasks',
    {
      ...callback,
      schema: {
        tags,
        operationId: 'addCallbackTask',
        summary: 'The caller is to be called back: a task',
        description: described,
        body: taskBody,
        response: answers(202, accepted),
      },
    },
    async (request, reply) => {
      const { dueDate, notes: said, lookup, pbx, ...rest } = request.body;
      const report = { ...rest, kind: 'task', pbx: await pbxOf(request, pbx), lookup: lookup ?? null } as const;
      const details = { dueDate, notes: said };
      return reply
        .code(202)
        .send(await calls.save(callerOf(request).orgId, idempotencyKeyOf(request), { ...report, state: null, extension: null, details }));
    },
  );
  app.post(
    '/v1/acd/callbacks/events',
    {
      ...callback,
      schema: {
        tags,
        operationId: 'addCallbackEvent',
        summary: 'The caller is to be called back at a time: an event',
        description: described,
        body: eventBody,
        response: answers(202, accepted),
      },
    },
    async (request, reply) => {
      const { startAt, endAt, notes: said, lookup, pbx, ...rest } = request.body;
      const report = { ...rest, kind: 'event', pbx: await pbxOf(request, pbx), lookup: lookup ?? null } as const;
      const details = { startAt, endAt, notes: said };
      return reply
        .code(202)
        .send(await calls.save(callerOf(request).orgId, idempotencyKeyOf(request), { ...report, state: null, extension: null, details }));
    },
  );

  registerParked(app, calls);
}

/** What the org refused, for the setup tab. */
function registerParked(app: HttpServer, calls: Calls): void {
  const row = z.object({ id: z.string().max(40) });
  const cursor = z.strictObject({
    cursor: z
      .string()
      .regex(/^\d{0,15}$/, 'is not one that an earlier page gave')
      .optional(),
  });
  const parked = z.object({
    items: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['call', 'task', 'event']),
        label: z.string(),
        code: z.string(),
        reason: z.string(),
        since: isoTime,
        attempts: z.number().int(),
      }),
    ),
    next: z.string().optional(),
  });
  app.get(
    '/v1/acd/calls/parked',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'listParkedCalls',
        summary: 'Calls and callbacks that the org refused',
        querystring: cursor,
        response: answers(200, parked),
      },
    },
    async (request) => {
      const { items, next } = await calls.listParked(callerOf(request).orgId, Number(request.query.cursor ?? 0));
      return { items: items.map((item) => ({ ...item, id: String(item.id) })), ...(next !== undefined && { next: String(next) }) };
    },
  );
  app.post(
    '/v1/acd/calls/parked/:id/retry',
    {
      config: ADMIN,
      schema: { tags, operationId: 'retryParkedCall', summary: 'Try one again', params: row, response: answers(202, emptyAnswer) },
    },
    async (request, reply) => {
      await calls.retry(callerOf(request).orgId, rowId(request.params.id));
      return reply.code(202).send({});
    },
  );
  app.delete(
    '/v1/acd/calls/parked/:id',
    {
      config: ADMIN,
      schema: { tags, operationId: 'discardParkedCall', summary: 'Give one up', params: row, response: answers(200, emptyAnswer) },
    },
    async (request) => {
      await calls.discard(callerOf(request).orgId, rowId(request.params.id));
      return {};
    },
  );
}

function rowId(id: string): number {
  if (!/^\d{1,15}$/.test(id)) throw notFound('There is no such parked record.');
  return Number(id);
}

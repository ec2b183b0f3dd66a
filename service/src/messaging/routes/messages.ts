import { z } from 'zod';
import { answers, emptyAnswer, idParams, isoTime, text } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { AGENT, ADMIN, callerOf } from '../../tenancy/index.ts';
import { idempotencyKeyMissing } from '../errors.ts';
import type { Messaging } from '../service.ts';

/** Longer than any text that is sent, so that a too long one gets the clear answer of `text_too_long`. */
const BODY = text(100_000);
const KEY = z
  .string()
  .min(8)
  .max(80)
  .regex(/^[\x21-\x7e]+$/);

const sendBody = z
  .strictObject({
    conversationId: z.uuid().optional(),
    to: text(40).optional(),
    from: text(20).optional(),
    recordId: text(40).optional(),
    body: BODY,
  })
  .refine((body) => (body.conversationId === undefined) !== (body.to === undefined), {
    message: 'give either conversationId or to',
    path: ['to'],
  });

const accepted = z
  .object({
    id: z.uuid(),
    conversationId: z.uuid(),
    to: z.string(),
    from: z.string(),
    status: z.enum(['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'unknown', 'received']),
    segments: z.number().int(),
    encoding: z.enum(['GSM-7', 'UCS-2']),
    createdAt: isoTime,
    sequence: z.number().int(),
  })
  .meta({ id: 'AcceptedMessage' });

const batchItem = z.strictObject({
  key: KEY,
  to: text(40),
  from: text(20).optional(),
  recordId: text(40).optional(),
  body: BODY,
});

/** Each message is looked at by itself: one that cannot be read must not keep back the others of a Flow's bulk. */
const { $schema: _, ...itemShape } = z.toJSONSchema(batchItem);
const batchBody = z.strictObject({ messages: z.array(z.unknown().meta(itemShape)).min(1).max(200) });

const batchAnswer = z.object({
  items: z.array(
    z.object({
      key: z.string(),
      id: z.uuid().optional(),
      status: z.enum(['queued', 'rejected']),
      code: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
});

export function registerMessageRoutes(app: HttpServer, messaging: Messaging): void {
  const tags = ['messages'];

  app.post(
    '/v1/messages',
    {
      config: AGENT,
      schema: {
        tags,
        operationId: 'sendMessage',
        summary: 'Accept a message for sending',
        body: sendBody,
        response: answers(202, accepted),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const key = KEY.safeParse(request.headers['idempotency-key']);
      if (!key.success)
        throw idempotencyKeyMissing(
          'Send an Idempotency-Key of 8 to 80 characters, new for each message and the same for each retry of it.',
        );
      return reply.code(202).send(await messaging.send(caller.orgId, caller.userId, key.data, request.body));
    },
  );

  app.post(
    '/v1/messages/batch',
    {
      config: AGENT,
      bodyLimit: 8 * 1024 * 1024,
      schema: {
        tags,
        operationId: 'sendMessages',
        summary: 'Accept up to 200 messages, each with its own key',
        body: batchBody,
        response: answers(200, batchAnswer),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const items = [];
      for (const item of request.body.messages) {
        const read = batchItem.safeParse(item);
        if (read.success) items.push(...(await messaging.sendBatch(caller.orgId, caller.userId, [read.data])));
        else items.push(unreadable(item, read.error));
      }
      return { items };
    },
  );

  app.post(
    '/v1/messages/:id/resolve',
    {
      config: ADMIN,
      schema: {
        tags,
        operationId: 'resolveMessage',
        summary: 'Settle a message whose outcome is unknown',
        params: idParams,
        body: z.strictObject({ outcome: z.enum(['sent', 'failed', 'resend']), reason: text(255).min(1) }),
        response: answers(200, emptyAnswer),
      },
    },
    async (request) => {
      await messaging.resolveUnknown(callerOf(request).orgId, request.params.id, request.body.outcome, request.body.reason);
      return {};
    },
  );

  app.post(
    '/v1/conversations/:id/read',
    {
      config: AGENT,
      schema: {
        tags: ['conversations'],
        operationId: 'markConversationRead',
        summary: 'Set the unread count to zero',
        params: idParams,
        response: answers(200, emptyAnswer),
      },
    },
    async (request) => {
      await messaging.markRead(callerOf(request).orgId, request.params.id);
      return {};
    },
  );

  app.get(
    '/v1/media/:id',
    {
      config: AGENT,
      schema: {
        tags: ['conversations'],
        operationId: 'getMedia',
        summary: 'A picture of an inbound message',
        params: idParams,
        response: answers(
          200,
          z.object({ contentType: z.string(), fileName: z.string(), data: z.string().meta({ description: 'base64' }) }),
        ),
      },
    },
    async (request) => messaging.readMedia(callerOf(request).orgId, request.params.id),
  );

  app.post(
    '/v1/opt-outs',
    {
      config: AGENT,
      schema: {
        tags: ['consent'],
        operationId: 'setOptOut',
        summary: "Change a number's consent, with a reason",
        body: z.strictObject({ number: text(40), state: z.enum(['opted_out', 'opted_in']), reason: text(255).min(1) }),
        response: answers(
          200,
          z.object({
            number: z.string(),
            state: z.enum(['opted_out', 'opted_in']),
            kind: z.enum(['keyword', 'manual', 'carrier', 'help']),
            reason: z.string(),
            changedAt: isoTime,
          }),
        ),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return messaging.setOptOut(caller.orgId, caller.userId, request.body);
    },
  );
}

/** The answer to a message of a batch that has not the shape of one; its key is given back as it came, where there is one. */
function unreadable(item: unknown, error: z.ZodError) {
  const key = (item as { key?: unknown } | null)?.key;
  const [issue] = error.issues;
  return {
    key: typeof key === 'string' ? key.slice(0, 80) : '',
    status: 'rejected' as const,
    code: 'invalid_request',
    error: `${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'is not valid'}`,
  };
}

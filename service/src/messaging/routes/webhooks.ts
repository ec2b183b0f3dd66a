import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorText, parseInbound, parseStatus, verifySignature, type FormParams } from '../../gateways/twilio/index.ts';
import { invalidRequest, notFound } from '../../platform/errors.ts';
import { idParams } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { receiptStatus } from '../carriers/twilio-poll.ts';
import { signatureInvalid } from '../errors.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import type { CarrierAccount } from '../types.ts';

export interface WebhookOptions {
  publicUrl: string;
  findAccount(id: string): Promise<{ account: CarrierAccount; authToken: string } | undefined>;
  receive: Receive;
  receipts: Receipts;
}

const form = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** What a Twilio-compatible carrier calls. Each is answered only when its message or receipt is stored: the carrier tries again otherwise. */
export function registerWebhooks(app: HttpServer, options: WebhookOptions): void {
  const schema = { tags: ['carriers'], params: idParams, body: form, consumes: ['application/x-www-form-urlencoded'] };

  app.post(
    '/carriers/twilio/:id/inbound',
    { config: { rateLimit: false }, schema: { ...schema, operationId: 'twilioInbound', summary: 'A text arrived' } },
    async (request, reply) => {
      const account = await authenticate(request, request.params.id, request.body);
      const parsed = parseInbound(request.body);
      if (!parsed.ok) throw unreadable(parsed.errors);
      const { sid, from, to, body, media } = parsed.value;
      await options.receive({ orgId: account.orgId, accountId: account.id, carrierId: sid, from, to, body, media: [...media] });
      return reply.type('text/xml').send(EMPTY_TWIML);
    },
  );

  app.post(
    '/carriers/twilio/:id/status',
    { config: { rateLimit: false }, schema: { ...schema, operationId: 'twilioStatus', summary: 'A message changed its status' } },
    async (request, reply) => {
      const account = await authenticate(request, request.params.id, request.body);
      const parsed = parseStatus(request.body);
      if (!parsed.ok) throw unreadable(parsed.errors);
      const { sid, errorCode } = parsed.value;
      const status = receiptStatus(parsed.value.status);
      if (status) {
        await options.receipts.apply({
          orgId: account.orgId,
          accountId: account.id,
          carrierId: sid,
          keys: [sid],
          status,
          errorCode,
          errorText: parsed.value.errorText ?? (errorCode ? errorText(errorCode) : null),
          ourNumber: null,
          customerNumber: null,
        });
      }
      return reply.code(204).send();
    },
  );

  async function authenticate(request: FastifyRequest, id: string, params: FormParams): Promise<CarrierAccount> {
    const known = await options.findAccount(id);
    if (!known || known.account.kind !== 'twilio') throw notFound('There is nothing at this address.');
    const signature = request.headers['x-twilio-signature'];
    // The signature covers the address that the carrier called, which behind a proxy is not the one that arrived here.
    const url = options.publicUrl + request.url;
    if (typeof signature !== 'string' || !verifySignature({ authToken: known.authToken, url, params, signature })) {
      throw signatureInvalid('The request is not signed with this account’s auth token. Nothing was stored.');
    }
    if (params['AccountSid'] !== known.account.settings['accountSid'])
      throw signatureInvalid('The request belongs to another carrier account. Nothing was stored.');
    return known.account;
  }
}

function unreadable(errors: readonly { path: string; message: string }[]) {
  return invalidRequest('The form is not as the carrier’s API describes it. Nothing was stored.', {
    errors: errors.map(({ path, message }) => ({ field: path, message })),
  });
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorText, parseInbound, parseStatus, verifySignature, type FormParams } from '../../gateways/twilio/index.ts';
import { invalidRequest, notFound } from '../../platform/errors.ts';
import { idParams } from '../../platform/http/schemas.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { receiptStatus } from '../carriers/twilio-poll.ts';
import { signatureInvalid } from '../errors.ts';
import type { Figures } from '../figures.ts';
import { tooMuch } from '../inbound-batch.ts';
import type { KnownAccount, KnownAccounts } from '../known-accounts.ts';
import type { Receipts } from '../receipts.ts';
import type { Receive } from '../receive.ts';
import type { CarrierAccount } from '../types.ts';
import { createEntrance, createPlaces, type Entrance } from './webhook-places.ts';

export interface WebhookOptions {
  publicUrl: string;
  findAccount: KnownAccounts;
  receive: Receive;
  receipts: Receipts;
  figures: Figures;
  /** Requests that may be under way at once, of proved callers and of others; fewer in tests. */
  mostUnderWay?: number;
  mostUnproved?: number;
}

/** What may be under way at once, receipts included, and how long their forms may be together: a database that is slow must not fill the memory. */
const MOST_UNDER_WAY = 4_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** The same before it is known who calls, which takes milliseconds: a flood of strangers takes no place of a carrier. */
const MOST_UNPROVED = 2_000;
const MOST_UNPROVED_BYTES = 16 * 1024 * 1024;
/** A longer form is refused unread. */
const LONGEST_FORM = 256 * 1024;

const form = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** What a Twilio-compatible carrier calls. Each is answered only when its message or receipt is stored: the carrier tries again otherwise. */
export function registerWebhooks(app: HttpServer, options: WebhookOptions): void {
  const underWay = createPlaces({ requests: options.mostUnderWay ?? MOST_UNDER_WAY, bytes: MOST_BYTES });
  // Two counts: whoever is not proved, and may be anybody, takes no place of those who are.
  const unproved = createEntrance({ requests: options.mostUnproved ?? MOST_UNPROVED, bytes: MOST_UNPROVED_BYTES });
  const entrances = new WeakMap<FastifyRequest, Entrance>();
  const schema = { tags: ['carriers'], params: idParams, body: form, consumes: ['application/x-www-form-urlencoded'] };
  // Carriers are not limited, and no browser shows what they are answered.
  const route = { config: { rateLimit: false, isNoPage: true }, onRequest: enter } as const;

  app.post(
    '/carriers/twilio/:id/inbound',
    { ...route, schema: { ...schema, operationId: 'twilioInbound', summary: 'A text arrived' } },
    async (request, reply) => {
      await admit(request, request.params.id, request.body, async (account) => {
        const parsed = parseInbound(request.body);
        if (!parsed.ok) throw unreadable(parsed.errors);
        const { sid, from, to, body, media } = parsed.value;
        await options.receive({ orgId: account.orgId, accountId: account.id, carrierId: sid, from, to, body, media: [...media] });
      });
      return reply.type('text/xml').send(EMPTY_TWIML);
    },
  );

  app.post(
    '/carriers/twilio/:id/status',
    { ...route, schema: { ...schema, operationId: 'twilioStatus', summary: 'A message changed its status' } },
    async (request, reply) => {
      await admit(request, request.params.id, request.body, async (account) => {
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
      });
      return reply.code(204).send();
    },
  );

  /** Before the form is read: what is in memory of those who are not proved is counted from here until they are, or are gone. */
  async function enter(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const entrance = unproved.enter(request.raw, lengthOf(request));
    if (!entrance) throw refused();
    entrances.set(request, entrance);
    reply.raw.once('close', () => entrance.ended());
  }

  /** Runs `work` for the account that proved to be the caller, unless too much is under way already. */
  async function admit(request: FastifyRequest, id: string, form: FormParams, work: (account: CarrierAccount) => Promise<void>) {
    const entrance = entrances.get(request);
    entrance?.hasArrived();
    const account = await authenticate(request, id, form).finally(() => entrance?.leave());
    const leave = underWay.take(lengthOf(request));
    if (!leave) throw refused();
    try {
      await work(account);
    } finally {
      leave();
    }
  }

  function refused() {
    options.figures.refused('full');
    return tooMuch();
  }

  async function authenticate(request: FastifyRequest, id: string, params: FormParams): Promise<CarrierAccount> {
    const signature = request.headers['x-twilio-signature'];
    // The signature covers the address that the carrier called, which behind a proxy is not the one that arrived here.
    const url = options.publicUrl + request.url;
    let why = 'The request is not signed with this account’s auth token. Nothing was stored.';
    const account = await options.findAccount(id, ({ account, authToken }: KnownAccount) => {
      if (account.kind !== 'twilio') return true;
      if (typeof signature !== 'string' || !verifySignature({ authToken, url, params, signature })) return false;
      why = 'The request belongs to another carrier account. Nothing was stored.';
      return params['AccountSid'] === account.settings['accountSid'];
    });
    if (account === false) throw signatureInvalid(why);
    if (account?.kind !== 'twilio') throw notFound('There is nothing at this address.');
    return account;
  }
}

function lengthOf(request: FastifyRequest): number {
  return Math.min(Number(request.headers['content-length'] ?? LONGEST_FORM), LONGEST_FORM);
}

function unreadable(errors: readonly { path: string; message: string }[]) {
  return invalidRequest('The form is not as the carrier’s API describes it. Nothing was stored.', {
    errors: errors.map(({ path, message }) => ({ field: path, message })),
  });
}

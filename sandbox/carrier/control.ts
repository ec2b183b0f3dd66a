import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SeedOrder } from '../control/control.ts';
import { person } from '../control/people.ts';
import { ownerOf } from './accounts.ts';
import type { CarrierAccounts } from './accounts.ts';
import { BEHAVIOURS } from './behaviours.ts';
import type { Behaviours } from './behaviours.ts';
import type { Phones } from './phones.ts';
import { samplePictures } from './pictures.ts';
import { smscSettingsSchema } from './smsc/settings.ts';
import type { SmscSettings } from './smsc/settings.ts';
import type { Smsc } from './smsc/server.ts';
import type { PhoneMessage } from './store.ts';
import type { Attachment, TwilioMessages } from './twilio/messages.ts';

/** 5 MB per file, as the carrier allows. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;
const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'is not a phone number with country code, such as +14155550111');

const mediaSchema = z.union([
  z.string(),
  z.strictObject({
    contentType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/),
    fileName: z.string().max(255).default('file'),
    data: z.base64(),
  }),
]);

/** A text from a phone to a number of the company. */
export const inboundSchema = z.strictObject({
  carrier: z.enum(['twilio', 'smpp']).optional(),
  from: phoneNumber,
  to: z.string().min(1),
  body: z.string().max(32_000).default(''),
  media: z.array(mediaSchema).max(10).default([]),
  /** A text of the past: it stands in the carrier's list with this time, and no webhook was answered for it. */
  at: z.iso.datetime().optional(),
});

export type InboundOrder = z.infer<typeof inboundSchema>;

/** The order cannot be carried out; the message says why. HTTP 422. */
export class PhoneOrderError extends Error {
  override readonly name = 'PhoneOrderError';
  readonly statusCode = 422;
}

export interface ControlParts {
  readonly accounts: CarrierAccounts;
  readonly phones: Phones;
  readonly behaviours: Behaviours;
  readonly messages: TwilioMessages;
  readonly smsc: () => Smsc;
  readonly settings: SmscSettings;
}

/** Sends a text as a phone would, through the carrier that the number of the company belongs to. */
export function sendFromPhone(parts: ControlParts, order: InboundOrder): PhoneMessage {
  const owner = ownerOf(parts.accounts, order.to);
  if (!owner) throw new PhoneOrderError(`${order.to} is not a number of the company`);
  if (order.carrier && order.carrier !== owner.account.kind)
    throw new PhoneOrderError(`${order.to} belongs to the ${owner.account.kind} carrier`);
  const attachments = order.media.map(toAttachment);
  if (owner.account.kind === 'smpp') {
    if (order.at) throw new PhoneOrderError('this carrier keeps no list of the past; use a number of the other one');
    if (attachments.length > 0) throw new PhoneOrderError('this carrier takes no pictures; use a number of the other one');
    return parts.smsc().inbound(owner.account, order.from, order.to, order.body);
  }
  if (!('number' in owner)) throw new PhoneOrderError(`${order.to} is not a number of the company`);
  return parts.messages.inbound(owner.account, owner.number, { from: order.from, body: order.body, attachments, at: order.at });
}

function toAttachment(media: z.infer<typeof mediaSchema>): Attachment {
  if (typeof media === 'string') {
    const sample = samplePictures().find((picture) => picture.id === media);
    if (!sample) throw new PhoneOrderError(`there is no sample picture "${media}"`);
    return sample;
  }
  const data = Buffer.from(media.data, 'base64');
  if (data.length === 0) throw new PhoneOrderError('the file is empty');
  if (data.length > MAX_FILE_BYTES) throw new PhoneOrderError('the file is larger than 5 MB');
  return { contentType: media.contentType, fileName: media.fileName, data };
}

/** The carrier's own control routes, beside those that every peer has. */
export function registerCarrierControl(app: FastifyInstance, parts: ControlParts): void {
  const { phones, behaviours, accounts, settings } = parts;

  app.post('/__sandbox/inbound', async (request, reply) => {
    const message = sendFromPhone(parts, inboundSchema.parse(request.body));
    return reply.code(202).send({ id: message.id, parts: message.parts });
  });

  app.get<{ Params: { number: string } }>('/__sandbox/phones/:number', async (request) => phones.report(request.params.number));
  app.post<{ Params: { number: string } }>('/__sandbox/phones/:number', async (request, reply) => {
    const { behaviour } = z.strictObject({ behaviour: z.string() }).parse(request.body);
    if (behaviours.set(request.params.number, behaviour)) return { number: request.params.number, behaviour };
    return reply.code(422).send({ error: `behaviours: ${BEHAVIOURS.map(({ id }) => id).join(', ')}` });
  });

  app.get('/__sandbox/smsc', async () => ({ settings, ...parts.smsc().report() }));
  app.post('/__sandbox/smsc', async (request) => {
    Object.assign(settings, smscSettingsSchema.partial().parse(request.body));
    return { settings };
  });
  /** Cuts SMPP connections without a word, as a dying router does. */
  app.post('/__sandbox/smsc/cut', async (request) => {
    const { systemId } = z.strictObject({ systemId: z.string().optional() }).default({}).parse(request.body);
    return { cut: parts.smsc().cut(systemId) };
  });

  app.get('/__sandbox/accounts', async () => ({
    twilio: accounts.twilio.map(({ accountSid, authToken, name, numbers }) => ({ accountSid, authToken, name, numbers })),
    smpp: accounts.smpp,
  }));
}

/**
 * Texts from generated people: kind `twilio` or `smpp` chooses the carrier (its first number). The person of a seed and index has the same
 * phone number on every peer.
 */
export function seedTexts(parts: ControlParts, order: SeedOrder): { created: number } {
  const kind = order.kind ?? order.object;
  const to =
    kind === 'smpp'
      ? parts.accounts.smpp[0]?.numbers[0]?.number
      : kind === 'twilio'
        ? parts.accounts.twilio[0]?.numbers[0]?.number
        : undefined;
  if (to === undefined) throw new PhoneOrderError('kind must be twilio or smpp');
  for (let index = order.from; index < order.from + order.count; index += 1) {
    const { phone, firstName } = person(order.seed, index);
    sendFromPhone(parts, { from: phone, to, body: `Text ${index} from ${firstName}`, media: [] });
  }
  return { created: order.count };
}

/**
 * SMPP command statuses may be below 100, where the shared fault schema begins. For rules on `smpp:…` they are moved into the body, where
 * this carrier looks for them.
 */
export function allowCommandStatuses(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'POST' || !request.url.startsWith('/__sandbox/faults')) return;
    for (const rule of [request.body].flat() as { match?: { path?: unknown }; action?: { status?: unknown; body?: unknown } }[]) {
      if (typeof rule?.match?.path !== 'string' || !rule.match.path.startsWith('smpp:') || typeof rule.action?.status !== 'number')
        continue;
      rule.action.body = { commandStatus: rule.action.status };
      delete rule.action.status;
    }
  });
}

import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { registerPageAssets } from '../../control/pages.ts';
import { ownerOf } from '../accounts.ts';
import type { SamplePhone } from '../accounts.ts';
import { inboundSchema, sendFromPhone } from '../control.ts';
import type { ControlParts } from '../control.ts';
import { samplePictures } from '../pictures.ts';
import type { PhoneMessage, Store } from '../store.ts';
import { phonePage } from './page.ts';
import type { CompanyNumber } from './page.ts';
import { settingsPage } from './settings-page.ts';

export interface PhonePageParts extends ControlParts {
  readonly store: Store;
  readonly samplePhones: readonly SamplePhone[];
}

const NUMBER = /^\+[1-9]\d{6,14}$/;
const KEEP_ALIVE_MS = 15_000;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The page on which a person is the customer, its small API, and the page with the carrier's settings. */
export function registerPhonePage(app: FastifyInstance, parts: PhonePageParts): void {
  registerPageAssets(app);
  const pictures = samplePictures();
  const asset = (name: string, type: string): void => {
    const content = readFileSync(new URL(name, import.meta.url));
    app.get(`/assets/phone/${name}`, async (_request, reply) =>
      reply.headers({ 'content-type': type, 'cache-control': 'no-cache' }).send(content),
    );
  };
  asset('phone.js', 'text/javascript; charset=utf-8');
  asset('phone.css', 'text/css; charset=utf-8');
  for (const picture of pictures) {
    app.get(`/assets/phone/pictures/${picture.fileName}`, async (_request, reply) => reply.type(picture.contentType).send(picture.data));
  }

  const companies = (): CompanyNumber[] => [
    ...parts.accounts.twilio.flatMap((account) =>
      account.numbers.map((number) => ({ number: number.number, label: number.label, carrier: 'Twilio-compatible', pictures: true })),
    ),
    ...parts.accounts.smpp.flatMap((account) => account.numbers.map((number) => ({ ...number, carrier: 'SMPP', pictures: false }))),
  ];

  app.get<{ Querystring: { phone?: string } }>('/', async (request, reply) => {
    const wanted = cleanNumber(request.query.phone);
    const typed = (request.query.phone ?? '').trim();
    const error =
      typed !== '' && wanted === null ? `“${typed.slice(0, 40)}” is not a phone number with country code, such as +14155550111.` : null;
    const known = [...parts.samplePhones];
    for (const number of parts.phones.numbers())
      if (!known.some((phone) => phone.number === number)) known.push({ number, label: 'used before' });
    const phone = wanted ?? known[0]?.number ?? '+14155550111';
    return sendHtml(
      reply,
      phonePage({ phone, known, companies: companies(), pictures, error, typed: error ? typed : '' }),
      error ? 422 : 200,
    );
  });

  app.get<{ Querystring: { phone?: string } }>('/phone/api/texts', async (request, reply) => {
    const phone = cleanNumber(request.query.phone);
    if (phone === null) return reply.code(422).send({ error: 'phone is not a number' });
    return { phone, companies: companies(), messages: parts.phones.report(phone).messages };
  });

  app.post('/phone/api/texts', async (request, reply) => {
    const order = inboundSchema.parse(request.body);
    if (order.body.trim() === '' && order.media.length === 0)
      return reply.code(422).send({ error: 'Write something or attach a picture first.' });
    return reply.code(202).send(sendFromPhone(parts, order));
  });

  app.get<{ Querystring: { phone?: string } }>('/phone/api/events', (request, reply) => {
    const phone = cleanNumber(request.query.phone);
    if (phone === null) return void reply.code(422).send({ error: 'phone is not a number' });
    openStream(request, reply, (send) => parts.phones.watch(phone, send));
  });

  app.get<{ Querystring: { saved?: string } }>('/carrier', async (request, reply) =>
    sendHtml(reply, settingsPage({ accounts: parts.accounts, saved: request.query.saved ?? null, error: null })),
  );

  app.post('/carrier', async (request, reply) => {
    if (!sameOrigin(request)) return reply.code(403).send({ error: 'the form was sent from another site' });
    const form = z.object({ number: z.string(), smsUrl: z.string().trim() }).parse(request.body);
    const owner = ownerOf(parts.accounts, form.number);
    if (!owner || !('number' in owner)) return reply.code(404).send({ error: 'no such number' });
    const valid = form.smsUrl === '' || (URL.canParse(form.smsUrl) && /^https?:$/.test(new URL(form.smsUrl).protocol));
    if (!valid) {
      const error = { number: form.number, typed: form.smsUrl, text: 'This is not an http or https address.' };
      return sendHtml(reply, settingsPage({ accounts: parts.accounts, saved: null, error }), 422);
    }
    owner.number.smsUrl = form.smsUrl;
    parts.store.state.webhooks[owner.number.number] = { smsUrl: form.smsUrl, smsFallbackUrl: owner.number.smsFallbackUrl };
    parts.store.changed();
    return reply.redirect(`/carrier?saved=${encodeURIComponent(form.number)}`, 303);
  });
}

/** Spaces, brackets and dashes are how people write numbers; null when it is none. A plus in an address reads as a space. */
function cleanNumber(text: string | undefined): string | null {
  const digits = (text ?? '').trim().replace(/[\s().-]/g, '');
  const number = digits.startsWith('+') ? digits : `+${digits}`;
  return NUMBER.test(number) ? number : null;
}

function sameOrigin(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

function sendHtml(reply: FastifyReply, markup: { toString(): string }, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': CSP,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    .send(markup.toString());
}

/** Server-sent events until the reader goes away. */
function openStream(request: FastifyRequest, reply: FastifyReply, watch: (send: (message: PhoneMessage) => void) => () => void): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  raw.write('retry: 1000\n\n');
  const stop = watch((message) => raw.write(`data: ${JSON.stringify(message)}\n\n`));
  const beat = setInterval(() => raw.write(': still here\n\n'), KEEP_ALIVE_MS).unref();
  request.raw.on('close', () => {
    clearInterval(beat);
    stop();
  });
}

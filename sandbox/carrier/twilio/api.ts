import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CarrierAccounts, TwilioAccount } from '../accounts.ts';
import type { Behaviours } from '../behaviours.ts';
import type { ApiMessage, Store } from '../store.ts';
import type { TwilioMessages } from './messages.ts';
import { VERSION, mediaJson, messageJson, numberJson, sendError } from './shapes.ts';

export interface TwilioApiOptions {
  readonly accounts: CarrierAccounts;
  readonly store: Store;
  readonly messages: TwilioMessages;
  readonly behaviours: Behaviours;
  readonly publicBase: () => string;
}

type Form = Record<string, string | string[] | undefined>;
interface AccountRoute {
  Params: { account: string; sid: string; media: string };
  Querystring: Form;
  Body: Form | undefined;
}

const MAX_BODY = 1_600;

/** Account SID of the Basic credentials, for counts and faults. */
export function twilioUser(request: FastifyRequest): string | undefined {
  return credentials(request)?.user;
}

function credentials(request: FastifyRequest): { user: string; password: string } | undefined {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || !value) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The Twilio-compatible REST routes: messages, media, numbers, account. */
export function registerTwilioApi(app: FastifyInstance, options: TwilioApiOptions): void {
  const { accounts, store, messages, behaviours } = options;

  /** The account of the path when the credentials fit it; else an error has been sent. */
  const authorised = (request: FastifyRequest<AccountRoute>, reply: FastifyReply): TwilioAccount | null => {
    const given = credentials(request);
    const account = accounts.twilio.find((candidate) => candidate.accountSid === request.params.account.replace(/\.json$/, ''));
    if (given && account && given.user === account.accountSid && same(given.password, account.authToken)) return account;
    void reply.header('www-authenticate', 'Basic realm="Twilio API"');
    void sendError(reply, 401, 20003, given ? 'Authenticate' : 'Authentication Error - No credentials provided');
    return null;
  };

  const route = (
    method: 'GET' | 'POST',
    path: string,
    work: (account: TwilioAccount, request: FastifyRequest<AccountRoute>, reply: FastifyReply) => unknown,
  ): void => {
    app.route<AccountRoute>({
      method,
      url: `/${VERSION}/Accounts/:account${path}`,
      handler: async (request, reply) => {
        const account = authorised(request, reply);
        return account ? ((await work(account, request, reply)) ?? reply) : reply;
      },
    });
  };

  const findMessage = (account: TwilioAccount, sid: string): ApiMessage | undefined =>
    store.state.messages.find((message) => message.accountSid === account.accountSid && message.sid === sid.replace(/\.json$/, ''));
  const notFound = (reply: FastifyReply, request: FastifyRequest): FastifyReply =>
    sendError(reply, 404, 20404, `The requested resource ${request.url.split('?', 1)[0]} was not found`);

  route('GET', '', (account) => ({ sid: account.accountSid, friendly_name: account.name, status: 'active', type: 'Full' }));

  route('POST', '/Messages.json', (account, request, reply) => {
    const form = request.body ?? {};
    const fault = createError(account, form);
    if (fault) return sendError(reply, 400, fault.code, fault.message);
    const message = messages.create(account, {
      from: text(form.From),
      to: text(form.To),
      body: text(form.Body),
      mediaUrls: [form.MediaUrl ?? []].flat(),
      statusCallback: text(form.StatusCallback) || null,
    });
    return reply.code(201).send(messageJson(message));
  });

  route('GET', '/Messages.json', (account, request, reply) => {
    const listed = listMessages(account, request.query, store.state.messages);
    return listed ?? sendError(reply, 400, 20001, 'Invalid PageSize, Page or date filter');
  });
  route('GET', '/Messages/:sid', (account, request, reply) => {
    const message = findMessage(account, request.params.sid);
    return message ? messageJson(message) : notFound(reply, request);
  });
  route('GET', '/Messages/:sid/Media.json', (account, request, reply) => {
    const message = findMessage(account, request.params.sid);
    if (!message) return notFound(reply, request);
    const list = store.state.media.filter((media) => media.messageSid === message.sid);
    return { media_list: list.map(mediaJson), next_page_uri: null, page: 0, page_size: 50 };
  });
  route('GET', '/Messages/:sid/Media/:media', (account, request, reply) => {
    const sid = request.params.media.replace(/\.json$/, '');
    const media = store.state.media.find(
      (file) => file.accountSid === account.accountSid && file.messageSid === request.params.sid && file.sid === sid,
    );
    if (!media) return notFound(reply, request);
    // The real carrier sends readers on to its file store, which needs no credentials.
    return request.params.media.endsWith('.json') ? mediaJson(media) : reply.redirect(`${options.publicBase()}/__media/${media.sid}`, 307);
  });

  route('GET', '/IncomingPhoneNumbers.json', (account) => ({
    incoming_phone_numbers: account.numbers.map((number) => numberJson(account, number)),
    next_page_uri: null,
    page: 0,
    page_size: 50,
  }));
  route('POST', '/IncomingPhoneNumbers/:sid', (account, request, reply) => {
    const number = account.numbers.find((candidate) => candidate.sid === request.params.sid.replace(/\.json$/, ''));
    if (!number) return notFound(reply, request);
    const form = request.body ?? {};
    if (form.SmsUrl !== undefined) number.smsUrl = text(form.SmsUrl);
    if (form.SmsFallbackUrl !== undefined) number.smsFallbackUrl = text(form.SmsFallbackUrl);
    store.state.webhooks[number.number] = { smsUrl: number.smsUrl, smsFallbackUrl: number.smsFallbackUrl };
    store.changed();
    return numberJson(account, number);
  });

  app.get<{ Params: { sid: string } }>('/__media/:sid', async (request, reply) => {
    const media = store.state.media.find((file) => file.sid === request.params.sid);
    if (!media) return reply.code(404).send({ error: 'no such file' });
    return reply
      .headers({ 'content-type': media.contentType, 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'" })
      .send(Buffer.from(media.data, 'base64'));
  });

  /** The checks that the real API makes when a message is created. */
  function createError(account: TwilioAccount, form: Form): { code: number; message: string } | null {
    const [from, to, body] = [text(form.From), text(form.To), text(form.Body)];
    const media = [form.MediaUrl ?? []].flat();
    if (!to) return { code: 21604, message: "A 'To' phone number is required." };
    if (!from) return { code: 21603, message: "A 'From' phone number is required." };
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return { code: 21211, message: "The 'To' number is not a valid phone number." };
    if (!account.numbers.some((number) => number.number === from))
      return { code: 21606, message: "The 'From' phone number provided is not a valid, message-capable number of this account." };
    if (!body && media.length === 0) return { code: 21602, message: 'Message body is required.' };
    if ([...body].length > MAX_BODY) return { code: 21617, message: 'The concatenated message body exceeds the 1600 character limit.' };
    const stopped = account.blocksStopped && store.state.stopped.includes(`${account.accountSid} ${to}`);
    if (stopped) return { code: 21610, message: 'Attempt to send to unsubscribed recipient' };
    return behaviours.of(to).refuse ?? null;
  }
}

function text(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.at(-1) : value) ?? '';
}

/** One page, newest first. The token names the last message of the page before, so that new messages do not shift pages. */
function listMessages(account: TwilioAccount, query: Form, all: readonly ApiMessage[]): object | null {
  const pageSize = Number(text(query.PageSize) || 50);
  const page = Number(text(query.Page) || 0);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 1000 || !Number.isInteger(page) || page < 0) return null;
  const after = timeOf(text(query['DateSent>']));
  const before = timeOf(text(query['DateSent<']));
  const day = text(query.DateSent);
  if (Number.isNaN(after) || Number.isNaN(before)) return null;
  const found = all
    .filter((message) => message.accountSid === account.accountSid)
    .filter((message) => !text(query.To) || message.to === text(query.To))
    .filter((message) => !text(query.From) || message.from === text(query.From))
    .filter((message) => {
      const sent = message.sentAt ?? message.createdAt;
      return (
        (after === null || Date.parse(sent) >= after) && (before === null || Date.parse(sent) <= before) && (!day || sent.startsWith(day))
      );
    })
    .reverse();
  const token = text(query.PageToken).replace(/^PA/, '');
  const start = token ? found.findIndex((message) => message.sid === token) + 1 : 0;
  const slice = found.slice(start, start + pageSize);
  const last = slice.at(-1);
  const base = `/${VERSION}/Accounts/${account.accountSid}/Messages.json`;
  const link = (extra: Record<string, string>): string => {
    const kept = Object.entries(query)
      .filter(([name]) => !['Page', 'PageToken'].includes(name))
      .map(([name, value]): [string, string] => [name, text(value)]);
    return `${base}?${new URLSearchParams([...kept, ...Object.entries(extra)]).toString()}`;
  };
  return {
    messages: slice.map(messageJson),
    page,
    page_size: pageSize,
    start: page * pageSize,
    end: page * pageSize + Math.max(0, slice.length - 1),
    uri: link({ Page: String(page) }),
    first_page_uri: link({ Page: '0' }),
    previous_page_uri: null,
    next_page_uri: last && start + slice.length < found.length ? link({ Page: String(page + 1), PageToken: `PA${last.sid}` }) : null,
  };
}

/** A day (`2026-11-22`) or a time; null for none, NaN for neither. */
function timeOf(value: string): number | null {
  return value === '' ? null : Date.parse(value);
}

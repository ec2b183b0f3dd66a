import { once } from 'node:events';
import Fastify from 'fastify';
import formbody from '@fastify/formbody';
import { connectSmpp } from '../../service/src/gateways/smpp/index.ts';
import type {
  InboundMessage,
  LateAnswer,
  Receipt,
  SmppHandlers,
  SmppLink,
  SmppOptions,
  StateChange,
} from '../../service/src/gateways/smpp/index.ts';
import { startCarrier } from './carrier.ts';
import type { Carrier, CarrierOptions } from './carrier.ts';

export const OUR_SMPP = '+447700900100';
export const OUR_TWILIO = '+14155550100';
export const ACCOUNT_SID = 'AC00000000000000000000000000000001';
export const AUTH_TOKEN = 'sandbox-auth-token';

/** Starts things and stops them all in reverse order. */
export function createStopper(): { add<T extends { close(): unknown }>(thing: T): T; stopAll(): Promise<void> } {
  const things: { close(): unknown }[] = [];
  return {
    add: (thing) => {
      things.push(thing);
      return thing;
    },
    stopAll: async () => {
      for (const thing of things.splice(0).reverse()) await thing.close();
    },
  };
}

/** Waits until the check gives a value other than undefined, false or null; fails after 15 s with the given words. */
export async function eventually<T>(what: string, check: () => T | Promise<T>): Promise<NonNullable<T>> {
  const end = Date.now() + 15_000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface TestCarrier extends Carrier {
  get(path: string): Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers of a test instrument
  post(path: string, body?: unknown): Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- see above
  fault(path: string, action: object, more?: { times?: number; after?: number; method?: string }): Promise<void>;
}

/** A carrier on free ports with fast statuses. */
export async function testCarrier(options: CarrierOptions = {}): Promise<TestCarrier> {
  const { smsc, ...rest } = options;
  const carrier = await startCarrier({ port: 0, smppPort: 0, stepMs: 5, smsc: { receiptDelayMs: 5, redeliverMs: 50, ...smsc }, ...rest });
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(carrier.url + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    ...carrier,
    get: (path) => call('GET', path),
    post: (path, body = {}) => call('POST', path, body),
    fault: async (path, action, { method, ...more } = {}) => {
      await call('POST', '/__sandbox/faults', { match: { path, ...(method ? { method } : {}) }, action, ...more });
    },
  };
}

export interface RecordingLink extends SmppLink {
  readonly inbound: InboundMessage[];
  readonly receipts: Receipt[];
  readonly states: StateChange[];
  readonly late: LateAnswer[];
  readonly confirmed: string[];
  bound(): Promise<void>;
}

/** A link to the carrier's sample account that keeps everything it is told. */
export function testLink(port: number, options: Partial<SmppOptions> = {}, handlers: Partial<SmppHandlers> = {}): RecordingLink {
  const record = {
    inbound: [] as InboundMessage[],
    receipts: [] as Receipt[],
    states: [] as StateChange[],
    late: [] as LateAnswer[],
    confirmed: [] as string[],
  };
  const link = connectSmpp(
    {
      host: '127.0.0.1',
      port,
      systemId: 'switchboard',
      password: 'sandbox',
      ratePerSecond: 10_000,
      reconnectMs: { min: 20, max: 100 },
      throttlePauseMs: { min: 50, max: 200 },
      ...options,
    },
    {
      onInbound: async (message) => {
        await handlers.onInbound?.(message);
        record.inbound.push(message);
      },
      onReceipt: async (receipt) => {
        await handlers.onReceipt?.(receipt);
        record.receipts.push(receipt);
      },
      onState: (change) => record.states.push(change),
      onLateAnswer: (answer) => record.late.push(answer),
      onRepliesConfirmed: (ids) => record.confirmed.push(...ids),
    },
  );
  return {
    ...link,
    ...record,
    bound: async () => {
      await eventually('the link is bound', () => link.state().state === 'bound');
    },
  };
}

export interface HookCall {
  readonly path: string;
  readonly params: Record<string, string>;
  readonly signature: string;
  readonly token: string;
}

export interface Hook {
  readonly url: string;
  readonly calls: HookCall[];
  /** Statuses of the next answers; 200 when empty. */
  readonly answers: number[];
  reply: { type: string; body: string };
  close(): Promise<void>;
}

/** A web server that keeps the webhooks it gets. */
export async function testHook(): Promise<Hook> {
  const app = Fastify({ forceCloseConnections: true });
  app.register(formbody);
  const hook = { calls: [] as HookCall[], answers: [] as number[], reply: { type: 'text/xml', body: '<Response/>' } };
  app.post('/*', async (request, reply) => {
    hook.calls.push({
      path: request.url,
      params: request.body as Record<string, string>,
      signature: String(request.headers['x-twilio-signature']),
      token: String(request.headers['i-twilio-idempotency-token']),
    });
    return reply
      .code(hook.answers.shift() ?? 200)
      .type(hook.reply.type)
      .send(hook.reply.body);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  if (!app.server.listening) await once(app.server, 'listening');
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return Object.assign(hook, { url: `http://127.0.0.1:${address.port}`, close: () => app.close() });
}

/** Sets the inbound webhook of the first number over the API, as a customer of the carrier would. */
export async function setWebhook(url: string, smsUrl: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
  const base = `${url}/2010-04-01/Accounts/${ACCOUNT_SID}/IncomingPhoneNumbers`;
  const list = (await (await fetch(`${base}.json`, { headers: { authorization } })).json()) as {
    incoming_phone_numbers: { sid: string }[];
  };
  const sid = list.incoming_phone_numbers[0]?.sid ?? '';
  const answer = await fetch(`${base}/${sid}.json`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ SmsUrl: smsUrl }),
  });
  if (!answer.ok) throw new Error(`setting the webhook answered ${answer.status}`);
}

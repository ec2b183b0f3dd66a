import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { FormClient, type VisitedPage } from '../../sandbox/control/browserless.ts';
import { INITIAL_PASSWORD } from '../../sandbox/salesforce/auth/accounts.ts';
import { openCredentials } from '../../sandbox/salesforce/platform/credentials.ts';
import { startSalesforce, type SalesforcePeer } from '../../sandbox/salesforce/server.ts';
import { ACCOUNT_SID, AUTH_TOKEN, testCarrier, type TestCarrier } from '../../sandbox/carrier/test-helpers.ts';
import { freePorts, type Ports } from '../../sandbox/stack/ports.ts';
import { startApp, type App } from './app.ts';
import { readConfig } from './config.ts';
import type { Database } from './platform/db/database.ts';
import { createTestDatabase } from './platform/db/test-database.ts';
import { createLogger } from './platform/log.ts';

export const OUR_US = '+14155550100';
export const OUR_UK = '+447700900100';
export const ADMIN = 'admin@sandbox.test';
export const AGENT = 'agent@sandbox.test';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export interface CallOptions {
  key?: string | undefined;
  headers?: Record<string, string>;
  /** Sent as it is, instead of JSON. */
  raw?: string;
}

/** A registered org of the rig. */
export interface RigOrg {
  salesforce: SalesforcePeer;
  id: string;
  keys: { admin: string; agent: string };
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  fault(match: Record<string, string>, action: object, more?: { times?: number; after?: number }): Promise<void>;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
}

export interface Rig extends RigOrg {
  ports: Ports;
  app: App;
  database: Database & { url?: string };
  carrier: TestCarrier;
  /** As configured, for adding a newer one in front. */
  encryptionKeys: string;
  twilioId: string;
  smppId: string;
  /** Every line that the service logged. */
  log: string[];
  advance(ms: number): void;
  /** Another service process' worth over the same database, on free ports. */
  another(env?: Record<string, string>): Promise<App>;
  restart(env?: Record<string, string>): Promise<void>;
  /** Registers a second org with the same service. */
  addOrg(): Promise<RigOrg>;
  rows<T>(query: string): Promise<T[]>;
  send(to: string, from: string, body: string, key?: string): Promise<Answer<{ id: string; conversationId: string }>>;
  inbound(from: string, to: string, body: string, media?: string[]): Promise<void>;
  statusOf(messageId: string): Promise<string>;
  /** Texts that a phone has received, in order. */
  received(phone: string): Promise<string[]>;
  /** Waits until nothing is waiting for the org. */
  delivered(): Promise<void>;
  close(): Promise<void>;
}

/** Waits for a condition and names it when it does not come true. */
export async function until<T>(what: string, condition: () => T | Promise<T>, ms = 25_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + ms; ;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** The whole service in this process over a test database, with a registered sandbox org and both sandbox carriers. */
export async function startRig(
  options: { env?: Record<string, string>; carriers?: boolean; sample?: boolean; events?: boolean; metadata?: string } = {},
): Promise<Rig> {
  const ports = await freePorts();
  const publicUrl = `http://localhost:${ports.service}`;
  const [database, carrier] = await Promise.all([createTestDatabase(), testCarrier()]);
  const apps = [{ clientId: 'rig', clientSecret: 'rig-secret', name: 'Switchboard', redirectUris: [`${publicUrl}/connect/callback`] }];
  const salesforce = await startSalesforce({
    port: ports.salesforce,
    calloutUrl: publicUrl,
    apps,
    sample: options.sample ?? true,
    sourceDir: options.metadata,
    ...(options.events && { pubsubPort: 0, pubsubKeepaliveMs: 200 }),
  });
  const closers: (() => Promise<unknown>)[] = [];
  const log: string[] = [];
  let offset = 0;
  const encryptionKey = randomBytes(32).toString('base64');

  const start = (env: Record<string, string>, service = ports.service) =>
    startApp(
      readConfig({
        SANDBOX_MODE: 'true',
        HOST: '127.0.0.1',
        PORT: String(service),
        OPERATOR_PORT: '0',
        PUBLIC_URL: publicUrl,
        ENCRYPTION_KEYS: `rig:${encryptionKey}`,
        SALESFORCE_CLIENT_ID: 'rig',
        SALESFORCE_CLIENT_SECRET: 'rig-secret',
        SALESFORCE_PRODUCTION_LOGIN: salesforce.url,
        SALESFORCE_SANDBOX_LOGIN: `http://localhost:${ports.lightning}`,
        ALLOWED_HOSTS: 'localhost,127.0.0.1',
        ...(salesforce.pubsubUrl && { SALESFORCE_PUBSUB: salesforce.pubsubUrl }),
        SMTP_URL: 'smtp://127.0.0.1:9', // nobody answers there: invitations wait in their lane
        REQUESTS_PER_MINUTE: '0',
        ...options.env,
        ...env,
      }),
      createLogger({ level: 'info', destination: { write: (line) => void log.push(line) } }),
      { database, clock: { now: () => new Date(Date.now() + offset) } },
    );

  const toOrg = async (peer: SalesforcePeer, login: string): Promise<RigOrg> => {
    const page = await signIn(`${publicUrl}/connect/register?login=${login}`);
    if (page.status >= 400) throw new Error(`the page answered ${page.status}: ${page.text}`);
    const credential = (principal: string) => openCredentials(peer.org).value('Switchboard', principal, 'ApiKey') ?? '';
    const keys = { admin: credential('Admin'), agent: credential('Agent') };
    const { rows } = await sql<{ id: string }>`select id from org where salesforce_id = ${peer.org.orgId}`.execute(database.db);
    const control = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${peer.url}/__sandbox${path}`, {
        method,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    };
    return {
      salesforce: peer,
      id: rows[0]?.id ?? '',
      keys,
      call: (method, path, body, { key = keys.admin, headers = {}, raw } = {}) => {
        const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
        return http(`${publicUrl}${path}`, {
          method,
          headers: {
            ...(key !== '' && { authorization: `Bearer ${key}` }),
            ...(content !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(content !== undefined && { body: content }),
        });
      },
      fault: async (match, action, more = {}) => void (await control('POST', '/faults', { match, action, ...more })),
      control,
    };
  };

  let app = await start({});
  const org = await toOrg(salesforce, 'production');
  const carriers = options.carriers === false ? { twilioId: '', smppId: '' } : await setUpCarriers(org, carrier);

  const rig: Rig = {
    ...org,
    ...carriers,
    ports,
    get app() {
      return app;
    },
    encryptionKeys: `rig:${encryptionKey}`,
    database,
    carrier,
    log,
    advance: (ms) => void (offset += ms),
    async another(env = {}) {
      const more = await start(env, 0);
      closers.push(() => more.close());
      return more;
    },
    async restart(env = {}) {
      await app.close();
      app = await start(env);
    },
    async addOrg() {
      const peer = await startSalesforce({ port: ports.lightning, calloutUrl: publicUrl, apps, orgId: '00D000000000002', sample: true });
      closers.push(() => peer.close());
      return toOrg(peer, 'sandbox');
    },
    rows: async <T>(query: string) => (await sql.raw<T>(query).execute(database.db)).rows,
    send: (to, from, body, key = randomUUID()) =>
      org.call('POST', '/v1/messages', { to, from, body }, { key: org.keys.agent, headers: { 'idempotency-key': key } }),
    inbound: async (from, to, body, media = []) => void (await carrier.post('/__sandbox/inbound', { from, to, body, media })),
    statusOf: async (id) => (await rig.rows<{ status: string }>(`select status from message where id = '${id}'`))[0]?.status ?? 'missing',
    received: async (phone) =>
      ((await carrier.get(`/__sandbox/phones/${phone}`)) as { messages: { direction: string; body: string }[] }).messages
        .filter((message) => message.direction === 'received')
        .map((message) => message.body),
    delivered: async () => {
      await until('the org has everything', async () => {
        const [row] = await rig.rows<{ waiting: number }>(
          `select count(*) as waiting from outbox where purpose in ('org', 'media') and state = 'waiting'`,
        );
        return row?.waiting === 0;
      });
    },
    async close() {
      for (const close of closers.reverse()) await close();
      await app.close();
      await Promise.all([carrier.close(), salesforce.close()]);
      await database.close();
    },
  };
  return rig;
}

async function http<T>(url: string, init: RequestInit): Promise<Answer<T>> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: (isJson && text ? JSON.parse(text) : text) as T };
}

/** Presses the buttons of the pages between Register, or another sign-in of ours, and the end, which it answers. */
export async function signIn(url: string, username = ADMIN, client = new FormClient({ followCallback: true })): Promise<VisitedPage> {
  let visit = await client.open(url);
  for (let step = 0; step < 6 && visit.kind === 'page'; step += 1) {
    const { page } = visit;
    if (page.status >= 400) return page;
    const login = page.forms.find((form) => 'username' in form.fields);
    const consent = page.forms.find((form) => form.buttons.some((button) => button.text === 'Allow'));
    const go = page.forms.find((form) => /^\/(connect|portal)\//.test(new URL(form.action).pathname));
    if (login) visit = await client.submit(login, { username, password: INITIAL_PASSWORD });
    else if (consent) visit = await client.submit(consent, {}, 'Allow');
    else if (go && step === 0) visit = await client.submit(go);
    else return page;
  }
  throw new Error('the sign-in found no end');
}

async function setUpCarriers(org: RigOrg, carrier: TestCarrier): Promise<{ twilioId: string; smppId: string }> {
  const create = async (body: object) => {
    const answer = await org.call<{ id: string; webhookUrl: string }>('POST', '/v1/carrier-accounts', body);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const twilio = await create({
    kind: 'twilio',
    label: 'US carrier',
    settings: { accountSid: ACCOUNT_SID, baseUrl: carrier.url },
    secret: AUTH_TOKEN,
    ratePerSecond: 500,
  });
  const smpp = await create({
    kind: 'smpp',
    label: 'UK carrier',
    settings: { host: '127.0.0.1', port: carrier.smppPort, systemId: 'switchboard' },
    secret: 'sandbox',
    ratePerSecond: 500,
  });
  await org.call('POST', '/v1/numbers', { number: OUR_US, label: 'US', accountId: twilio.id, country: 'US', isDefault: true });
  await org.call('POST', '/v1/numbers', { number: OUR_UK, label: 'UK', accountId: smpp.id, country: 'GB' });
  await setWebhook(carrier, twilio.webhookUrl);
  await until('both carriers are connected', async () => {
    const { body } = await org.call<{ items: { state: string }[] }>('GET', '/v1/carrier-accounts');
    return body.items.every((account) => account.state === 'connected');
  });
  return { twilioId: twilio.id, smppId: smpp.id };
}

/** Where the carrier posts inbound texts; an empty address lets them be found by polling only. */
export async function setWebhook(carrier: { url: string }, smsUrl: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
  const base = `${carrier.url}/2010-04-01/Accounts/${ACCOUNT_SID}/IncomingPhoneNumbers`;
  const list = (await (await fetch(`${base}.json`, { headers: { authorization } })).json()) as {
    incoming_phone_numbers: { sid: string }[];
  };
  const sid = list.incoming_phone_numbers[0]?.sid ?? '';
  const answer = await fetch(`${base}/${sid}.json`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ SmsUrl: smsUrl }),
  });
  if (!answer.ok) throw new Error(`the webhook was refused: ${answer.status}`);
}

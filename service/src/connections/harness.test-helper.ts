import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { FormClient, type VisitedPage } from '../../../sandbox/control/browserless.ts';
import { startSalesforce, type SalesforceOptions, type SalesforcePeer } from '../../../sandbox/salesforce/server.ts';
import type { MailMessage } from '../gateways/mail/index.ts';
import { createExchange, createSalesforceClient, createSalesforceOAuth } from '../gateways/salesforce/index.ts';
import { createSecretBox, type MasterKey } from '../platform/crypto.ts';
import { createTestDatabase } from '../platform/db/test-database.ts';
import { systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/db/database.ts';
import { noFailPoints, type FailPoints } from '../platform/fail-points.ts';
import { createHttpServer, type HttpServer } from '../platform/http/server.ts';
import { createLaneEngine } from '../platform/lanes/engine.ts';
import { createTenancy, registerAuth, type Org, type Tenancy } from '../tenancy/index.ts';
import { createConnections, type Connections } from './index.ts';
import { createStore, type Store } from './store.ts';
import { createAddressGuard } from '../platform/net.ts';

export const PASSWORD = 'sandbox-1';
export const [ADMIN, STANDBY, SPARE, AGENT] = [
  'admin@sandbox.test',
  'standby@sandbox.test',
  'spare@sandbox.test',
  'agent@sandbox.test',
] as const;

const RANK: readonly string[] = [ADMIN, STANDBY, SPARE];

export interface AnotherOptions {
  failPoints?: FailPoints;
  refreshLeaseMs?: number;
  alone?: boolean;
  /** Master keys before the first one, newest first. */
  newerKeys?: MasterKey[];
  /** The first master key is not there. */
  withoutFirstKey?: boolean;
}

export interface Harness {
  peer: SalesforcePeer;
  connections: Connections;
  store: Store;
  tenancy: Tenancy;
  publicUrl: string;
  mails: MailMessage[];
  /** The next mails are answered with these errors. */
  mailErrors: Error[];
  /** Orgs whose lanes were released, in order. */
  released: string[];
  /** Moves the service's clock. */
  advance(ms: number): void;
  /** Another process over the same database and org. */
  another(options?: AnotherOptions): Connections;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  fault(fault: { match: Record<string, string>; times?: number; after?: number; action: Record<string, unknown> }): Promise<void>;
  calls(): Promise<Record<string, unknown>>;
  /** The sandbox's callout: what Apex of this user would get. */
  apex(username: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  signIn(url: string, username: string, options?: { client?: FormClient; deny?: boolean }): Promise<VisitedPage>;
  register(username?: string): Promise<Org>;
  /** Invites and connects a user; needs a registered org. */
  connect(username: string): Promise<string>;
  /** Everybody well again: no faults, all of the org's users connected, the administrator main, no hold. */
  restore(): Promise<void>;
  /** Waits until a condition holds. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

/** The connections of one service process with everything real around it but the mail server: HTTP, database, lanes and the sandbox org. */
export async function startHarness(
  options: { failPoints?: FailPoints; salesforce?: SalesforceOptions; refreshLeaseMs?: number; requestsPerMinute?: number } = {},
): Promise<Harness> {
  const database: Database = await createTestDatabase();
  const publicUrl = `http://localhost:${await freePort()}`;
  const peer = await startSalesforce({
    port: 0,
    calloutUrl: publicUrl,
    apps: [{ clientId: 'test-app', clientSecret: 'test-secret', redirectUris: [`${publicUrl}/connect/callback`] }],
    ...options.salesforce,
  });
  const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  let offset = 0;
  const clock = { now: () => new Date(Date.now() + offset) };
  const allowedHosts = ['localhost', '127.0.0.1'];
  const dispatcher = createAddressGuard(allowedHosts).dispatcher;
  const exchange = createExchange(dispatcher);
  const hosts = { allowedHosts, loginUrls: { production: peer.url, sandbox: peer.url } };
  const tenancy = createTenancy({ db: database.db, clock });
  const firstKey = { id: 'k1', bytes: randomBytes(32) };
  const oauth = createSalesforceOAuth({
    clientId: 'test-app',
    clientSecret: 'test-secret',
    redirectUri: `${publicUrl}/connect/callback`,
    hosts,
    exchange,
    timeoutMs: 2_000,
  });
  const mails: MailMessage[] = [];
  const mailErrors: Error[] = [];
  const released: string[] = [];
  const build = (more: AnotherOptions = {}): Connections =>
    createConnections({
      db: database.db,
      clock,
      logger,
      failPoints: more.failPoints ?? noFailPoints,
      secretBox: createSecretBox([...(more.newerKeys ?? []), ...(more.withoutFirstKey ? [] : [firstKey])]),
      tenancy,
      oauth,
      hosts,
      connect: (client) => createSalesforceClient({ timeoutMs: 3_000, ...client, exchange }),
      mailer: {
        send: async (mail) => {
          const error = mailErrors.shift();
          if (error) throw error;
          mails.push(mail);
        },
        close: () => undefined,
      },
      publicUrl,
      waiting: () => Promise.resolve(7),
      releaseLanes: (orgId) => Promise.resolve(void released.push(orgId)),
      wake: (lane) => lanes.wake(lane),
      tickMs: 3_600_000,
      ...(more.alone ? { alone: true } : {}),
      ...(more.refreshLeaseMs === undefined ? {} : { refreshLeaseMs: more.refreshLeaseMs }),
    });
  const connections = build(options);
  const lanes = createLaneEngine({
    db: database.db,
    clock: systemClock,
    purposes: connections.lanes,
    owner: randomUUID(),
    logger,
    failPoints: noFailPoints,
    sweepMs: 50,
  });
  lanes.start();
  const app: HttpServer = await createHttpServer({
    logger,
    version: 'test',
    publicUrl,
    problemBase: `${publicUrl}/docs/errors`,
    requestsPerMinute: options.requestsPerMinute ?? 0,
  });
  registerAuth(app, tenancy);
  connections.registerRoutes(app);
  await app.listen({ host: '127.0.0.1', port: Number(new URL(publicUrl).port) });
  const store = createStore(database.db);

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${peer.url}/__sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status >= 400) throw new Error(`sandbox ${path}: ${response.status} ${text}`);
    return text ? (JSON.parse(text) as unknown) : undefined;
  };
  const signIn: Harness['signIn'] = async (url, username, { client = new FormClient({ followCallback: true }), deny = false } = {}) => {
    let visit = await client.open(url);
    for (let step = 0; step < 8; step += 1) {
      if (visit.kind === 'callback') throw new Error('the callback was not followed');
      const { page } = visit;
      const login = page.forms.find((form) => 'username' in form.fields);
      const allow = page.forms.find((form) => form.buttons.some((button) => button.text === 'Allow'));
      const start = page.forms.find((form) => form.buttons.some((button) => button.text === 'Continue to Salesforce'));
      if (page.status >= 400) return page;
      if (login) visit = await client.submit(login, { username, password: PASSWORD });
      else if (allow) visit = await client.submit(allow, {}, deny ? 'Deny' : 'Allow');
      else if (start) visit = await client.submit(start);
      else return page;
    }
    throw new Error('the sign-in did not come to an end');
  };
  const until: Harness['until'] = async (condition) => {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 15));
  };
  const harness: Harness = {
    peer,
    connections,
    store,
    tenancy,
    publicUrl,
    mails,
    mailErrors,
    released,
    advance: (ms) => void (offset += ms),
    another: build,
    control,
    fault: async (fault) => void (await control('POST', '/faults', fault)),
    calls: async () => (await control('GET', '/calls')) as Record<string, unknown>,
    apex: async (username, method, path, body) => {
      const answer = (await control('POST', '/callout', {
        username,
        method,
        path,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })) as { status: number; body: unknown };
      const parsed: unknown = typeof answer.body === 'string' && answer.body ? JSON.parse(answer.body) : answer.body;
      return { status: answer.status, body: (parsed ?? {}) as Record<string, unknown> };
    },
    signIn,
    register: async (username = ADMIN) => {
      const page = await signIn(`${publicUrl}/connect/register?login=production`, username);
      const [org] = await tenancy.listOrgs();
      if (!org) throw new Error(`not registered: ${page.status} ${page.text}`);
      return org;
    },
    connect: async (username) => {
      const known = mails.length;
      const invited = await harness.apex(ADMIN, 'POST', '/v1/connections', { username });
      if (invited.status !== 201) throw new Error(`not invited: ${JSON.stringify(invited)}`);
      await until(() => mails.slice(known).some((mail) => mail.text.includes('/connect/invite/')));
      const page = await signIn(inviteLink(mails), username);
      if (page.status !== 200) throw new Error(`not connected: ${page.text}`);
      return String(invited.body['id']);
    },
    restore: async () => {
      await control('DELETE', '/faults');
      const [org] = await tenancy.listOrgs();
      if (!org) return;
      for (const user of await store.users.list(org.id)) {
        await control('POST', `/users/${user.username}/activate`);
        await control('POST', `/users/${user.username}/unlock`);
        const now = await store.users.find(org.id, user.id);
        if (now?.status === 'connected' && !now.inDoubt && !now.coolUntil) continue;
        const known = mails.length;
        await harness.apex(ADMIN, 'POST', `/v1/connections/${user.id}/reconnect`);
        await until(() => mails.slice(known).some((mail) => mail.text.includes('/connect/invite/')));
        await signIn(inviteLink(mails), user.username);
      }
      const admin = (await store.users.list(org.id)).find((user) => user.username === ADMIN);
      await store.transaction(async (tx) => {
        const link = await store.links.lock(tx, org.id);
        await store.links.release(tx, org.id);
        if (admin && link.mainId !== admin.id) await store.links.setMain(tx, org.id, link.mainEpoch, admin.id, clock.now());
        await store.users.setOrder(
          tx,
          org.id,
          (await store.users.list(org.id, tx)).sort((a, b) => RANK.indexOf(a.username) - RANK.indexOf(b.username)).map((user) => user.id),
        );
      });
      await control('POST', '/reset');
      mails.length = 0;
      released.length = 0;
    },
    until,
    close: async () => {
      await connections.stop();
      await app.close();
      await lanes.stop();
      await dispatcher.close();
      await peer.close();
      await database.close();
    },
  };
  return harness;
}

/** The link in the newest invitation. */
export function inviteLink(mails: readonly MailMessage[]): string {
  const text = [...mails].reverse().find((mail) => mail.text.includes('/connect/invite/'))?.text ?? '';
  const link = /http:\S+\/connect\/invite\/\S+/.exec(text)?.[0];
  if (!link) throw new Error('no invitation was mailed');
  return link;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import type { Mailer } from '../gateways/mail/index.ts';
import { checkTokenHost, type HostPolicy, type SalesforceOAuth } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { SecretBox } from '../platform/crypto.ts';
import type { Db } from '../platform/db/database.ts';
import type { FailPoints } from '../platform/fail-points.ts';
import type { HttpServer } from '../platform/http/server.ts';
import type { LanePurpose } from '../platform/lanes/engine.ts';
import type { LaneAddress } from '../platform/lanes/outbox.ts';
import type { Logger } from '../platform/log.ts';
import type { Org, Tenancy } from '../tenancy/index.ts';
import { createBroker } from './broker.ts';
import { createCall, type Call } from './call.ts';
import { registerConnectPages } from './connect-routes.ts';
import type { Parts } from './deps.ts';
import { OrgHeldError } from './errors.ts';
import { createFailover } from './failover.ts';
import { createNoticeLanes, createNotices } from './notices.ts';
import { createProbes } from './probes.ts';
import { createRequestCount, type RequestCount } from './request-count.ts';
import { createRightsProber, type RightsSeen } from './rights.ts';
import { createRightsSwitch } from './rights-switch.ts';
import { registerConnectionRoutes } from './routes.ts';
import { createSessions, type Connect } from './sessions.ts';
import { loginOf } from './accept.ts';
import { connectCookie, type ConnectCookie } from './cookie.ts';
import { startFlow } from './flows.ts';
import { removeUser } from './manage.ts';
import type { SignIns } from './sign-ins.ts';
import type { ConnectionStatus as UserStatus } from './types.ts';
import { createStore } from './store.ts';
import { toHoldView, type HoldView } from './views.ts';

export { CallFailedError, OrgHeldError } from './errors.ts';
export { html, type Markup } from './html.ts';
export { page } from './pages.ts';
export type { SignIns, Visit } from './sign-ins.ts';
export { missingAccess } from './rights.ts';
export type { Call } from './call.ts';
export type { Connect } from './sessions.ts';
export type { CallOptions, LaneName, Replay, Session, Work } from './types.ts';

export interface ConnectionsOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  failPoints: FailPoints;
  secretBox: SecretBox;
  tenancy: Tenancy;
  oauth: SalesforceOAuth;
  /** Login hosts and allowed hosts; also decides which return addresses a sign-in page may link to. */
  hosts: HostPolicy;
  /** Makes a client for an access token. */
  connect: Connect;
  /** Null where no mail server is set: invitations are refused then. */
  mailer: Mailer | null;
  /** Origin of this service as browsers and Salesforce see it, without a trailing slash. */
  publicUrl: string;
  /** Rows of an org that wait to be delivered to it; for the timeline. */
  waiting: (orgId: string) => Promise<number>;
  /** Lifts the holds of the org's lanes and wakes them: the org is reached again. */
  releaseLanes: (orgId: string) => Promise<void>;
  /** Wakes a lane after a commit. */
  wake: (lane: LaneAddress) => void;
  /** What other features do at the end of sign-ins that they began. */
  signIns?: SignIns;
  /** The rights of a user were just looked at, by a test, after a sign-in or because something was refused. */
  rightsSeen?: RightsSeen;
  /** No other process works on this database: what an earlier one left half done is not waited for. */
  alone?: boolean;
  /** For tests: how often probes look for work, and how long a refresh may hold its claim. */
  tickMs?: number;
  refreshLeaseMs?: number;
}

export interface ConnectedUser {
  id: string;
  userId: string;
  username: string;
  status: UserStatus;
  main: boolean;
  missing: string[];
  /** Why it is not connected, and what to do. */
  causeText: string | null;
  nextStep: string | null;
  /** When its status became what it is. */
  since: Date;
}

/** What is known of an org's connection without calling it. */
export interface ConnectionStatus {
  main: { username: string } | null;
  hold: HoldView;
  connectionMode: boolean;
  apiUsage: { used: number; max: number; at: string } | null;
  eventUsage: { used: number; max: number; at: string } | null;
}

export interface Connections {
  /** The one way to reach an org; see call.ts. */
  call: Call;
  /**
   * For a record that the main user may not write: tries each other connected user once, without marking anyone. Answers the first result for
   * which `accepted` is true; undefined when nobody succeeds.
   */
  tryOthers: <T>(
    orgId: string,
    work: (client: ReturnType<Connect>) => Promise<T>,
    accepted: (result: T) => boolean,
  ) => Promise<T | undefined>;
  /** What a lane does about an error of `call`: hold until then. Undefined: the error is not about the whole org. */
  heldBy: (error: unknown) => { until: Date; code: string; reason: string } | undefined;
  status: (orgId: string) => Promise<ConnectionStatus>;
  /** Connected users in their order. */
  users: (orgId: string) => Promise<ConnectedUser[]>;
  /** Tries a connected user now, unless it was seen working since then, and draws the conclusions that a probe draws. */
  check: (orgId: string, id: string, since: Date) => Promise<void>;
  /**
   * Begins a sign-in at Salesforce that another feature finishes (`signIns`): where the browser goes, and the cookie that binds it. `login`: a kind of
   * org or a My Domain. Throws HostRefusedError for an address that is none of Salesforce's.
   */
  beginSignIn: (what: {
    kind: keyof SignIns;
    login: string;
    loginHint?: string;
    returnUrl: string | null;
  }) => Promise<{ authorizeUrl: string; cookie: ConnectCookie }>;
  /** The choice of `login` that leads to the host at which an org was registered. */
  loginOf: (org: Org) => string;
  /** Takes a user off the org's list and gives its grant back. Throws last_connection. */
  remove: (orgId: string, id: string) => Promise<void>;
  /** Lanes that carry notices; the lane engine runs them. */
  lanes: LanePurpose[];
  /** Requests made to an org for one purpose since the beginning of a day (UTC). */
  requestsSince: RequestCount['since'];
  registerRoutes: (app: HttpServer) => void;
  /** Starts and stops the probes (worker processes). */
  start: () => void;
  stop: () => Promise<void>;
  /** One round of probes now; for tests. */
  tick: () => Promise<void>;
}

/** Who the service acts as: registration, connected users, tokens, failover, health and notices. */
export function createConnections(options: ConnectionsOptions): Connections {
  const { db, clock, logger, failPoints, secretBox, tenancy, oauth, connect, publicUrl } = options;
  const store = createStore(db);
  const findOrg = (id: string): Promise<Org | undefined> => tenancy.findOrg({ id });
  const broker = createBroker({
    store,
    oauth,
    secretBox,
    clock,
    failPoints,
    logger,
    ...(options.refreshLeaseMs === undefined ? {} : { leaseMs: options.refreshLeaseMs }),
  });
  const requests = createRequestCount({ db, clock, logger });
  const sessions = createSessions({ store, broker, connect, clock, logger, requests });
  const rights = createRightsProber({ store, sessions, seen: options.rightsSeen });
  const notices = createNotices({ store, secretBox, wake: options.wake, canMail: options.mailer !== null });
  const failover = createFailover({
    store,
    notices,
    clock,
    failPoints,
    logger,
    findOrg,
    waiting: options.waiting,
    releaseLanes: options.releaseLanes,
    setupHint: 'In Salesforce: app Switchboard, tab Switchboard Setup, Connected users.',
  });
  const rightsSwitch = createRightsSwitch({ store, rights, failover, clock });
  const call = createCall({ store, broker, failover, sessions, rightsSwitch, clock, logger, findOrg });
  const probes = createProbes({
    store,
    broker,
    sessions,
    failover,
    clock,
    logger,
    findOrg,
    alone: options.alone ?? false,
    ...(options.tickMs === undefined ? {} : { tickMs: options.tickMs }),
  });
  const parts: Parts = {
    store,
    tenancy,
    oauth,
    connect,
    broker,
    failover,
    notices,
    call,
    probes,
    rights,
    secretBox,
    clock,
    failPoints,
    logger,
    publicUrl,
    signIns: options.signIns ?? {},
    releaseLanes: options.releaseLanes,
    checkReturn: (url) => checkTokenHost(url, options.hosts),
  };

  return {
    call,
    async tryOthers(orgId, work, accepted) {
      const [org, link] = await Promise.all([findOrg(orgId), store.links.find(orgId)]);
      if (!org) return undefined;
      for (const user of await store.users.list(orgId)) {
        if (user.id === link?.mainId || user.status !== 'connected' || user.inDoubt) continue;
        const result = await sessions.run(org, user, { timeoutMs: 15_000 }, work);
        if (result.ok && accepted(result.value)) return result.value;
      }
      return undefined;
    },
    heldBy: (error) =>
      error instanceof OrgHeldError ? { until: error.until, code: error.failure.code, reason: error.failure.text } : undefined,
    async status(orgId) {
      const [org, link] = await Promise.all([findOrg(orgId), store.links.find(orgId)]);
      const main = link?.mainId ? await store.users.find(orgId, link.mainId) : undefined;
      const usage = (used: number | null | undefined, max: number | null | undefined, at: Date | null | undefined) =>
        used !== null && used !== undefined && max && at ? { used, max, at: at.toISOString() } : null;
      return {
        main: main ? { username: main.username } : null,
        hold: toHoldView(link),
        connectionMode: org?.connectionMode ?? false,
        apiUsage: usage(link?.apiUsed, link?.apiMax, link?.apiAt),
        eventUsage: usage(link?.eventUsed, link?.eventMax, link?.eventAt),
      };
    },
    async users(orgId) {
      const [users, link] = await Promise.all([store.users.list(orgId), store.links.find(orgId)]);
      return users.map((user) => ({
        id: user.id,
        userId: user.userId,
        username: user.username,
        status: user.status,
        missing: user.missing,
        main: link?.mainId === user.id,
        causeText: user.causeText,
        nextStep: user.nextStep,
        since: user.since,
      }));
    },
    async check(orgId, id, since) {
      const [user, link] = await Promise.all([store.users.find(orgId, id), store.links.find(orgId)]);
      // While the org refuses everybody a try tells nothing of this user.
      if (link?.holdUntil && link.holdUntil > clock.now()) return;
      if (user && (user.status !== 'connected' || !user.lastOkAt || user.lastOkAt < since)) await probes.probe(user);
    },
    async beginSignIn(what) {
      const { authorizeUrl, cookie } = await startFlow(parts, what);
      return { authorizeUrl, cookie: connectCookie(publicUrl, cookie) };
    },
    loginOf: (org) => loginOf(parts, org),
    remove: (orgId, id) => removeUser(parts, orgId, id, false),
    lanes: createNoticeLanes({ store, secretBox, mailer: options.mailer, call, clock, logger }),
    registerRoutes(app) {
      registerConnectionRoutes(app, parts);
      registerConnectPages(app, parts);
    },
    requestsSince: requests.since,
    start: () => probes.start(),
    async stop() {
      await probes.stop();
      await requests.stop();
    },
    tick: () => probes.tick(),
  };
}

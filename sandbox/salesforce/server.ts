import cookie from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import { registerControl } from '../control/control.ts';
import { registerPageAssets } from '../control/pages.ts';
import { createPeerApp, listenLocal } from '../control/peer.ts';
import { openAccounts } from './auth/accounts.ts';
import { AppRegistry } from './auth/apps.ts';
import type { OAuthAppOption } from './auth/apps.ts';
import { registerAuthorize } from './auth/authorize.ts';
import { openBrowserSessions } from './auth/browser-session.ts';
import { openGrants } from './auth/grants.ts';
import { registerIdentityRoutes } from './auth/identity-routes.ts';
import { registerLoginPage } from './auth/login-page.ts';
import { bearerOf, makeRequireSession, makeSessionOf } from './auth/sessions.ts';
import { registerTokenRoutes } from './auth/token-routes.ts';
import { loadSample, openOrg, registerDataRoutes, seedRecords } from './org.ts';
import type { Org } from './org.ts';
import { apiErrorHandler, meteredSession, registerApiHooks } from './platform/api-hooks.ts';
import { openCredentials, registerCredentialRoutes, setEndpoint } from './platform/credentials.ts';
import { openFieldOverrides } from './platform/field-rights.ts';
import { openNotifications, registerNotificationAction } from './platform/notifications.ts';
import { OrgState } from './platform/org-state.ts';
import { registerOrgControl } from './platform/org-control.ts';
import { objectsOf, routeOf } from './platform/subjects.ts';
import { deliveriesLeft, limitTable, openApiUsage } from './platform/usage.ts';
import { registerUserControl } from './platform/user-control.ts';
import { registerChangesControl } from './pubsub/control.ts';
import { makePubSub } from './pubsub/server.ts';

export interface SalesforceOptions {
  /** 0 takes any free port. Default 8081. */
  readonly port?: number | undefined;
  /** Port of the Pub/Sub API (gRPC without TLS); 0 takes any free port. Without it the org has none. */
  readonly pubsubPort?: number | undefined;
  /** How long a silent stream of change events waits for its empty answer, in milliseconds. */
  readonly pubsubKeepaliveMs?: number | undefined;
  /** SQLite file of the org, or `:memory:` (default). */
  readonly file?: string | undefined;
  readonly namespace?: string | undefined;
  readonly orgId?: string | undefined;
  /** Metadata folder; default the repository's force-app. */
  readonly sourceDir?: string | undefined;
  /** Replaces the endpoint of the named credential `Switchboard`, for example `http://localhost:8080`. */
  readonly calloutUrl?: string | undefined;
  /** OAuth clients; default the sandbox service. */
  readonly apps?: readonly OAuthAppOption[] | undefined;
  /** API calls per rolling 24 hours. */
  readonly dailyApiCalls?: number | undefined;
  readonly loginsPerHour?: number | undefined;
  readonly clock?: { now(): Date } | undefined;
  /** Fills a new org with the sample data, at start and after a reset. Default false. */
  readonly sample?: boolean | undefined;
  /** Told of errors that no rule of the emulator foresaw. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface SalesforcePeer {
  readonly url: string;
  readonly port: number;
  /** Address of the Pub/Sub API, for example `http://127.0.0.1:7443`; undefined where it is off. */
  readonly pubsubUrl: string | undefined;
  readonly org: Org;
  close(): Promise<void>;
}

/** Largest request body, in bytes. */
const BODY_LIMIT = 50 * 1024 * 1024;

/** Starts the sandbox Salesforce org: pages, OAuth, REST and control surface on one port of 127.0.0.1. */
export async function startSalesforce(options: SalesforceOptions = {}): Promise<SalesforcePeer> {
  const org = openOrg({
    file: options.file ?? ':memory:',
    namespace: options.namespace,
    orgId: options.orgId,
    sourceDir: options.sourceDir,
    clock: options.clock,
  });
  const accounts = openAccounts(org, options.loginsPerHour);
  const grants = openGrants(org);
  const sessions = openBrowserSessions(org, accounts);
  const apps = new AppRegistry(options.apps);
  const usage = openApiUsage(org, options.dailyApiCalls);
  const credentials = openCredentials(org);
  const orgState = new OrgState();
  const notifications = openNotifications(org);
  const fieldOverrides = openFieldOverrides(org);
  const pubsub = makePubSub({
    org,
    sessionOf: makeSessionOf({ org, grants, accounts }),
    remaining: () => deliveriesLeft(org),
    keepaliveMs: options.pubsubKeepaliveMs,
  });
  let url = '';
  const baseUrl = (): string => url;
  let clockOffset = 0;

  function fill(): void {
    if (options.sample) loadSample(org);
    if (options.calloutUrl !== undefined) setEndpoint(org, 'Switchboard', options.calloutUrl);
  }

  /** First state again. Grants and stored credentials stay unless asked for, so that a running service keeps its connection. */
  function reset(body: unknown): { reset: true; grants: boolean } {
    const everything = (body as { grants?: unknown } | undefined)?.grants === true;
    org.clock.advance(-clockOffset);
    clockOffset = 0;
    org.reset();
    accounts.reset();
    fieldOverrides.clear();
    notifications.clear();
    pubsub.faults.clear();
    usage.setRemaining(undefined);
    usage.concurrentExceeded = false;
    apps.setInstalled(true);
    orgState.current = 'active';
    if (everything) {
      grants.clear();
      sessions.clear();
      credentials.clear();
    }
    fill();
    return { reset: true, grants: everything };
  }

  /** The user behind a call: from its token, or from the code or refresh token that it brings to the token endpoint. */
  function userOf(request: FastifyRequest): string | undefined {
    const bearer = bearerOf(request);
    const form = request.body as Record<string, unknown> | null | undefined;
    const brought = bearer ? undefined : (form?.['refresh_token'] ?? form?.['code']);
    const userId = bearer ? grants.access(bearer, false)?.userId : typeof brought === 'string' ? grants.ownerOf(brought) : undefined;
    return userId === undefined ? undefined : org.users.byId(userId)?.username;
  }

  const app = createPeerApp({ bodyLimit: BODY_LIMIT, errorHandler: apiErrorHandler(options.onError) });
  const session = meteredSession(usage, orgState, makeRequireSession({ org, grants, accounts }));
  const { requireSession } = session;
  await app.register(cookie);
  registerApiHooks(app, { usage, sessionOf: session.sessionOf });
  registerControl(app, {
    reset,
    seed: ({ object, kind, ...order }) => seedRecords(org, { object: object ?? kind ?? '', ...order }),
    userOf,
    objectsOf,
    routeOf,
    errorBody: (status) => [{ errorCode: status >= 500 ? 'SERVER_UNAVAILABLE' : 'UNKNOWN_EXCEPTION', message: `fault ${status}` }],
  });
  registerPageAssets(app);
  registerLoginPage(app, { org, accounts, sessions });
  registerAuthorize(app, { org, apps, grants, sessions });
  registerTokenRoutes(app, { org, apps, grants, accounts, orgState, baseUrl });
  registerIdentityRoutes(app, { org, grants, accounts, baseUrl });
  registerUserControl(app, { org, accounts, grants, sessions, fieldOverrides });
  registerOrgControl(app, {
    org,
    accounts,
    grants,
    apps,
    usage,
    orgState,
    notifications,
    callout: { org, store: credentials, calloutUrl: options.calloutUrl },
    baseUrl,
    clockMoved: (seconds) => {
      clockOffset += seconds;
    },
  });
  registerChangesControl(app, { org, pubsub });
  app.get('/services/data/:version/limits', async (request) => {
    requireSession(request);
    return limitTable(org, usage);
  });
  registerCredentialRoutes(app, { org, store: credentials, requireSession });
  registerNotificationAction(app, { org, notifications, requireSession });
  registerDataRoutes(app, org, {
    requireSession,
    limits: () => limitTable(org, usage),
    countCalls: (_request, additional) => usage.count(additional),
  });

  fill();
  const address = await listenLocal(app, options.port ?? 8081);
  url = address.url;
  const pubsubPort = options.pubsubPort === undefined ? undefined : await pubsub.listen(options.pubsubPort);
  return {
    url,
    port: address.port,
    pubsubUrl: pubsubPort === undefined ? undefined : `http://127.0.0.1:${pubsubPort}`,
    org,
    async close() {
      pubsub.close();
      await app.close();
      org.close();
    },
  };
}

import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Config } from './config.ts';
import { createConnections, missingAccess, type Connections } from './connections/index.ts';
import { CALL_LANE, createAcdFeature } from './acd/index.ts';
import { createDirectory, createFindPeople, createLocalDirectory, DIRECTORY_SWEEP } from './directory/index.ts';
import { createMailer } from './gateways/mail/index.ts';
import { createChangeSource, createExchange, createSalesforceClient, createSalesforceOAuth } from './gateways/salesforce/index.ts';
import { CARRIER_LANE, createMessagingFeature, ORG_LANE, type MessagingFeature } from './messaging/index.ts';
import { createDatabaseClock, databaseTime, type Clock } from './platform/clock.ts';
import { createSecretBox } from './platform/crypto.ts';
import { openDatabase, type Database } from './platform/db/database.ts';
import { migrate } from './platform/db/migrate.ts';
import { parseFailPoints } from './platform/fail-points.ts';
import { registerErrorPages } from './platform/http/pages-of-errors.ts';
import { registerHealthz } from './platform/http/healthz.ts';
import { createOperatorServer } from './platform/http/operator.ts';
import { createHttpServer } from './platform/http/server.ts';
import { startJobs } from './platform/jobs.ts';
import { createLaneEngine } from './platform/lanes/engine.ts';
import { endLeases, liftHolds } from './platform/lanes/lease.ts';
import type { LaneAddress } from './platform/lanes/outbox.ts';
import type { Logger } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { createAddressGuard } from './platform/net.ts';
import { orgAccess } from './org-access.ts';
import { createPageSessions, createTenancy, registerAuth } from './tenancy/index.ts';
import { VERSION } from './version.ts';

export interface App {
  port: number;
  operatorPort: number;
  database: 'postgres' | 'pglite';
  close(): Promise<void>;
}

/** What a caller may bring instead of what the configuration names. */
export interface AppParts {
  clock?: Clock;
  /** Stays open after `close`. */
  database?: Database;
}

/** Builds every part and hands it what it needs: the only place that knows them all. Resolves when requests are taken. */
export async function startApp(config: Config, logger: Logger, parts: AppParts = {}): Promise<App> {
  const onError = (error: Error) => logger.warn({ err: error }, 'a database connection broke');
  const database = parts.database ?? (await openDatabase({ ...config.database, onError }));
  const { db } = database;
  if (database.kind === 'pglite')
    logger.warn(
      'DATABASE_URL is not set: the database is a folder. It survives a killed process, not a power cut; use PostgreSQL for real work',
    );
  await migrate(db);
  const following = parts.clock ? undefined : await createDatabaseClock(() => databaseTime(db));
  const clock = parts.clock ?? (following as Clock);
  // The folder's lock proves that no other process is there: nobody has to wait for the leases of one that was killed.
  const alone = database.kind === 'pglite' && !parts.database;
  if (alone) await endLeases(db);

  const owner = `${config.instanceName}/${randomUUID()}`;
  const failPoints = parseFailPoints(config.failPoints);
  const secretBox = createSecretBox(config.masterKeys);
  const guard = createAddressGuard(config.allowedHosts);
  const tenancy = createTenancy({ db, clock });
  const metrics = createMetrics(db);
  const isWorker = config.role !== 'web';

  const exchange = createExchange(guard.dispatcher);
  const changes = config.salesforce.pubsub ? createChangeSource(config.salesforce.pubsub) : undefined;
  const hosts = { allowedHosts: config.allowedHosts, loginUrls: config.salesforce.logins };
  const { clientId, clientSecret } = config.salesforce;
  const mailer = config.mail.url ? createMailer({ url: config.mail.url, from: config.mail.from }) : null;

  // Lanes and carriers are woken by parts that are built before them.
  const wake = (lane: LaneAddress) => (lane.purpose === CARRIER_LANE ? messaging.carriers.wake(lane.key) : lanes.wake(lane));
  const connections: Connections = createConnections({
    db,
    clock,
    logger,
    failPoints,
    secretBox,
    tenancy,
    oauth: createSalesforceOAuth({
      clientId,
      ...(clientSecret && { clientSecret }),
      redirectUri: `${config.publicUrl}/connect/callback`,
      exchange,
      hosts,
    }),
    hosts,
    connect: (options) => createSalesforceClient({ ...options, exchange, changes }),
    mailer,
    publicUrl: config.publicUrl,
    waiting: (orgId) => messaging.waiting(orgId),
    rightsSeen: (user) => messaging.rightsSeen(user),
    signIns: {
      portal: (visit) => acd.signIns.portal(visit),
      acd: (visit) => acd.signIns.acd(visit),
    },
    releaseLanes: async (orgId) => {
      await liftHolds(db, orgId, ORG_LANE);
      await liftHolds(db, orgId, CALL_LANE);
    },
    wake,
    alone,
  });
  const directory = createDirectory({ clock, logger });
  const local = createLocalDirectory({
    db,
    clock,
    logger,
    call: connections.call,
    visibleFields: directory.visibleFields,
    owner,
    failPoints,
    sweepSoon: (orgId, afterMs) =>
      jobs.send(DIRECTORY_SWEEP, { orgId }, afterMs ? { startAfter: new Date(clock.now().getTime() + afterMs) } : {}),
  });
  const acd = createAcdFeature({
    db,
    clock,
    logger,
    registry: metrics.registry,
    tenancy,
    call: connections.call,
    directory,
    local,
    access: orgAccess(connections, clock, 'acd'),
    orgs: connections,
    sessions: createPageSessions({ db, clock }),
    publicUrl: config.publicUrl,
    secrets: secretBox,
    wake,
    retentionDays: config.retentionDays,
  });
  const messaging: MessagingFeature = createMessagingFeature({
    db,
    clock,
    logger,
    registry: metrics.registry,
    failPoints,
    secrets: secretBox,
    guard,
    directory: { ...directory, findByNumbers: createFindPeople({ directory, local }) },
    elsewhere: acd.people,
    access: orgAccess(connections, clock, 'messaging'),
    owner,
    publicUrl: config.publicUrl,
    retentionDays: config.retentionDays,
    pollMs: config.carrierPollSeconds * 1000,
    wake,
    listOrgs: () => tenancy.listOrgs(),
    connections: async (orgId) =>
      (await connections.users(orgId)).map(({ username, status, main }) => ({ username, status, role: main ? 'main' : 'standby' })),
    missingAccess,
    linkState: (orgId) => connections.status(orgId),
  });
  const lanes = createLaneEngine({
    db,
    clock,
    purposes: [...messaging.lanes, ...connections.lanes, ...acd.lanes],
    owner,
    logger,
    failPoints,
  });

  const app = await createHttpServer({
    logger,
    version: VERSION,
    publicUrl: config.publicUrl,
    problemBase: `${config.publicUrl}/docs/errors`,
    requestsPerMinute: config.http.requestsPerMinute,
    trustProxy: config.http.trustProxy,
  });
  metrics.observe(app);
  registerAuth(app, tenancy, acd.readToken);
  registerErrorPages(app);
  registerHealthz(app, database);
  if (config.role !== 'worker') {
    connections.registerRoutes(app);
    messaging.routes(app);
    acd.routes(app);
    acd.start();
  }
  local.start({ whole: config.role !== 'worker' });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.ready();
  const operator = await createOperatorServer({ registry: metrics.registry, openapi: () => app.swagger() });

  const jobs = await startJobs({ database, kinds: [...messaging.jobs, ...local.jobs, ...acd.jobs], work: isWorker, logger });
  if (isWorker) {
    lanes.start();
    messaging.carriers.start();
    connections.start();
    local.startEvents();
  }
  await app.listen({ host: config.http.host, port: config.http.port });
  await operator.listen({ host: config.operator.host, port: config.operator.port });

  return {
    port: (app.server.address() as AddressInfo).port,
    operatorPort: (operator.server.address() as AddressInfo).port,
    database: database.kind,
    async close() {
      await endAll([
        [() => app.close()],
        [
          () => messaging.carriers.stop(),
          () => lanes.stop(),
          () => connections.stop(),
          () => jobs.stop(),
          () => acd.stop(),
          () => local.stop(),
        ],
        [() => operator.close(), () => mailer?.close(), () => changes?.close(), () => guard.close(), () => following?.stop()],
        [() => !parts.database && database.close()],
      ]);
    },
  };
}

/** Ends part after part, each group at once, whatever becomes of the others: an open database folder would keep the next start out. */
async function endAll(groups: (() => unknown)[][]): Promise<void> {
  const errors: unknown[] = [];
  for (const group of groups)
    for (const ended of await Promise.allSettled(group.map(async (end) => end())))
      if (ended.status === 'rejected') errors.push(ended.reason);
  if (errors.length > 0) throw new AggregateError(errors, 'not everything could be ended in order');
}

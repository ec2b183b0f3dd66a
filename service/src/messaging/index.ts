import type { Registry } from 'prom-client';
import type { Directory } from '../directory/index.ts';
import type { Clock } from '../platform/clock.ts';
import { SecretBoxError, type SecretBox } from '../platform/crypto.ts';
import type { Db } from '../platform/db/database.ts';
import type { FailPoints } from '../platform/fail-points.ts';
import type { HttpServer } from '../platform/http/server.ts';
import type { JobKind } from '../platform/jobs.ts';
import type { LanePurpose } from '../platform/lanes/engine.ts';
import type { LaneAddress } from '../platform/lanes/outbox.ts';
import type { Logger } from '../platform/log.ts';
import { AddressRefusedError, type AddressGuard } from '../platform/net.ts';
import { createAccounts } from './accounts.ts';
import { openSession } from './carriers/open.ts';
import { createSupervisor, type Supervisor } from './carriers/supervisor.ts';
import { twilioClient } from './carriers/twilio.ts';
import { startAccountWorker } from './carriers/worker.ts';
import { createChecks, type CheckOptions } from './checks.ts';
import { createFigures } from './figures.ts';
import { createHealth } from './health.ts';
import { createKnownAccounts } from './known-accounts.ts';
import { createMediaLane } from './media-lane.ts';
import type { OrgAccess } from './org/access.ts';
import { createOrgLane } from './org/deliver.ts';
import { createLookAgain } from './org/look-again.ts';
import { createOutboxSweep } from './outbox-sweep.ts';
import { createPeople, type PersonElsewhere } from './people.ts';
import { createPhoneFieldSettings } from './phone-field-settings.ts';
import { createReceipts } from './receipts.ts';
import { createReceive } from './receive.ts';
import { registerCheckRoutes } from './routes/checks.ts';
import { registerHealthRoutes, type LinkState } from './routes/health.ts';
import { registerMessageRoutes } from './routes/messages.ts';
import { registerPeopleRoutes } from './routes/people.ts';
import { registerSetupRoutes } from './routes/setup.ts';
import { registerWebhooks } from './routes/webhooks.ts';
import { createMessaging } from './service.ts';
import { findAccount, listAllAccounts, saveAccountState } from './store/accounts.ts';
import { countWaitingMessages } from './store/figures.ts';
import { dropOldReceipts } from './store/receipts.ts';
import { eraseOld } from './store/retention.ts';
import { ORG_LANE, ORG_LANE_KEYS } from './types.ts';

export type { OrgAccess } from './org/access.ts';
export { CARRIER_LANE, ORG_LANE } from './types.ts';

export interface MessagingFeatureOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Where its metrics are shown. */
  registry: Registry;
  failPoints: FailPoints;
  secrets: SecretBox;
  guard: AddressGuard;
  directory: Directory;
  /** What other features keep of a person. */
  elsewhere: PersonElsewhere;
  access: OrgAccess;
  owner: string;
  publicUrl: string;
  retentionDays: number;
  /** How often a carrier's list is asked for what a lost webhook missed, milliseconds. */
  pollMs: number;
  wake(lane: LaneAddress): void;
  listOrgs(): Promise<{ id: string }[]>;
  connections: CheckOptions['connections'];
  missingAccess: CheckOptions['missingAccess'];
  linkState(orgId: string): Promise<LinkState>;
}

export interface MessagingFeature {
  lanes: LanePurpose[];
  jobs: JobKind<object>[];
  carriers: Supervisor;
  routes(app: HttpServer): void;
  /** The rights of a connected user were looked at, so what the org refused it before may be granted now. */
  rightsSeen(user: { orgId: string }): Promise<void>;
  /** Messages that wait for the org: what a switch or a hold keeps waiting. */
  waiting(orgId: string): Promise<number>;
}

const DAY_MS = 24 * 3600_000;

/** Puts messaging together. */
export function createMessagingFeature(options: MessagingFeatureOptions): MessagingFeature {
  const { db, clock, logger, access, directory, wake } = options;
  const figures = createFigures(options.registry);
  const { receive, storeStalled } = createReceive({ db, clock, wake, figures });
  const receipts = createReceipts({ db, wake });
  const messaging = createMessaging({ db, clock, wake });
  const accounts = createAccounts(options);
  const health = createHealth({ db, wake });
  const sweep = createOutboxSweep({ messaging, access, listOrgs: options.listOrgs, logger, now: () => clock.now() });
  const wakeOrg = (orgId: string) => {
    for (const key of ORG_LANE_KEYS) wake({ orgId, purpose: ORG_LANE, key });
  };

  const lookAgain = createLookAgain({ db, clock, wakeOrg });

  async function account(id: string, orgId?: string) {
    const found = await findAccount(db, id, orgId);
    return found && { account: found, authToken: accounts.openSecret(found) };
  }

  return {
    lanes: [
      createOrgLane({ db, clock, access, directory, logger }),
      createMediaLane({
        db,
        client: async (orgId, accountId) => {
          const found = await account(accountId, orgId);
          return found && twilioClient(found.account, found.authToken, options.guard.dispatcher);
        },
      }),
    ],
    jobs: [
      { name: 'messaging-outbox-sweep', cron: '*/5 * * * *', retryLimit: 0, run: sweep },
      { name: 'messaging-look-again', cron: '*/10 * * * *', retryLimit: 0, run: lookAgain.sweep },
      {
        name: 'messaging-stalled-parts',
        cron: '*/5 * * * *',
        retryLimit: 0,
        run: async () => {
          const stored = await storeStalled();
          if (stored > 0) logger.info({ stored }, 'long texts of which parts are missing were stored as far as they came');
        },
      },
      {
        name: 'messaging-retention',
        cron: '17 3 * * *',
        run: async () => {
          const before = new Date(clock.now().getTime() - options.retentionDays * DAY_MS);
          const erased = await eraseOld(db, before, clock.now());
          await dropOldReceipts(db, new Date(clock.now().getTime() - 7 * DAY_MS));
          logger.info({ erased }, 'old message texts were erased');
        },
      },
    ],
    carriers: createSupervisor({
      logger,
      listAccounts: () => listAllAccounts(db),
      start: async (found) => {
        await accounts.sealAnew(found);
        return startAccountWorker({
          ...options,
          account: found,
          receipts,
          wakeOrg,
          open: (events) => openSession({ ...options, account: found, secret: accounts.openSecret(found), receive, receipts, events }),
        });
      },
      onRefused: (found, error) => saveAccountState(db, found.orgId, found.id, 'failed', whyRefused(error)),
    }),
    routes(app) {
      registerMessageRoutes(app, messaging);
      registerSetupRoutes(app, accounts, createPhoneFieldSettings({ db, clock, access, directory, lookAgain }));
      registerHealthRoutes(app, health, options.linkState);
      registerPeopleRoutes(app, createPeople({ db, access, elsewhere: options.elsewhere }));
      registerCheckRoutes(app, createChecks(options));
      registerWebhooks(app, {
        publicUrl: options.publicUrl,
        findAccount: createKnownAccounts((id) => account(id)),
        receive,
        receipts,
        figures,
      });
    },
    rightsSeen: lookAgain.seen,
    waiting: (orgId) => countWaitingMessages(db, orgId),
  };
}

/** Why an account cannot even be opened, in an admin's words. */
function whyRefused(error: unknown): string {
  if (error instanceof AddressRefusedError)
    return 'The address leads into a private network. Ask the operator to allow it (ALLOWED_HOSTS).';
  if (error instanceof SecretBoxError) return 'The stored secret cannot be opened with the configured keys. Enter it again.';
  return 'The account cannot be opened; the operator finds the cause in the log.';
}

import { Gauge, type Registry } from 'prom-client';
import type { Call, Connections } from '../connections/index.ts';
import type { Directory, LocalDirectory } from '../directory/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import type { HttpServer } from '../platform/http/server.ts';
import type { JobKind } from '../platform/jobs.ts';
import type { Logger } from '../platform/log.ts';
import type { PageSessions, Tenancy } from '../tenancy/index.ts';
import type { SecretBox } from '../platform/crypto.ts';
import type { LaneAddress } from '../platform/lanes/outbox.ts';
import { acdSignIns, createAcdConnections, type AcdOrgs } from './connection.ts';
import { registerPortal, toPortal } from './portal/routes.ts';
import { registerLog } from './routes/log.ts';
import { registerConnection } from './routes/connection.ts';
import { createCallLane, type CallAccess } from './calls/lane.ts';
import { createCallsOfPerson } from './calls/person.ts';
import { createPartyFinder } from './calls/party.ts';
import { createCalls } from './calls/service.ts';
import { eraseOldCalls } from './calls/store.ts';
import { createLookupLog } from './log.ts';
import { createLive } from './live.ts';
import { createLookups } from './lookup.ts';
import { registerCalls } from './routes/calls.ts';
import { registerMirageCalls } from './routes/mirage-calls.ts';
import { registerMirageRoutes } from './routes/mirage.ts';
import { createPins } from './pin.ts';
import { eraseOldTries } from './pin-store.ts';
import { registerPins } from './routes/pin.ts';
import { registerQuestions } from './routes/questions.ts';
import { registerDefinitions } from './routes/definitions.ts';
import { registerDirectory } from './routes/directory.ts';
import { registerPhoneSystems } from './routes/phone-systems.ts';
import { createAcd } from './service.ts';
import { createObjectCheck } from './caller-objects.ts';
import { createDefinitions } from './definitions.ts';
import { createPhoneSystems } from './phone-systems.ts';
import { createReports } from './reports.ts';
import { createSettings } from './settings.ts';
import { eraseOldLog } from './log-store.ts';
import { createTokens } from './tokens.ts';

export { CALL_LANE } from './calls/types.ts';

const DAY_MS = 24 * 3600_000;

/** Puts the look-ups for phone systems together. */
export function createAcdFeature(options: {
  db: Db;
  clock: Clock;
  logger: Logger;
  registry: Registry;
  tenancy: Tenancy;
  call: Call;
  /** Connected users, their state, and sign-ins. */
  orgs: AcdOrgs & Pick<Connections, 'beginSignIn' | 'loginOf' | 'requestsSince'>;
  sessions: PageSessions;
  publicUrl: string;
  /** How the org is reached for call records. */
  access: CallAccess;
  secrets: SecretBox;
  wake: (lane: LaneAddress) => void;
  directory: Directory;
  local: LocalDirectory;
  /** Days after which the look-up log is erased. */
  retentionDays: number;
}) {
  const { db, clock } = options;
  const log = createLookupLog(options);
  new Gauge({
    name: 'acd_directory_in_memory',
    help: 'Orgs whose people are all in the memory of this process',
    registers: [options.registry],
    collect() {
      this.set(options.local.inMemory());
    },
  });
  const tokens = createTokens(options);
  const settings = createSettings(options);
  const acd = createAcd({ ...options, settings, log, lookups: createLookups({ ...options, live: createLive(options) }) });
  /** What an admin changed counts at once in this process, and is read from the org soon. */
  const changed = async (orgId: string): Promise<void> => {
    settings.forget(orgId);
    await options.local.changed(orgId);
  };
  const definitions = createDefinitions({ ...options, checkObjects: createObjectCheck(options), changed });
  const phoneSystems = createPhoneSystems({ ...options, tokens, definitions, changed });
  const reports = createReports({ ...options, requestsSince: options.orgs.requestsSince });
  const calls = createCalls({ ...options, rulesFor: acd.rulesFor });
  const connections = createAcdConnections({ ...options, changed: settings.forget });
  const connectUrl = async (orgId: string) => {
    const org = await options.tenancy.findOrg({ id: orgId });
    return `${options.publicUrl}/portal/connect?login=${encodeURIComponent(org ? options.orgs.loginOf(org) : 'production')}`;
  };
  const pins = createPins({ ...options, acd });
  const party = createPartyFinder({
    local: options.local,
    ask: (orgId, { pbx, lookup, ...asked }) => acd.findFor(orgId, { ...asked, pbx: pbx ?? undefined, lookup: lookup ?? undefined }),
  });
  const jobs: JobKind<object>[] = [
    {
      name: 'acd-retention',
      cron: '27 3 * * *',
      run: async () => {
        const before = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
        await eraseOldLog(db, before(options.retentionDays));
        await eraseOldCalls(db, before(options.retentionDays), before(1));
        await eraseOldTries(db);
      },
    },
    { name: 'acd-holders', cron: '* * * * *', retryLimit: 0, run: () => connections.checkHolders() },
  ];
  return {
    routes(app: HttpServer): void {
      registerQuestions(app, acd);
      registerMirageRoutes(app, acd);
      registerPhoneSystems(app, phoneSystems);
      registerDefinitions(app, definitions);
      registerDirectory(app, options.local);
      registerLog(app, reports);
      registerConnection(app, connections, connectUrl);
      registerPortal(app, { ...options, connections });
      registerPins(app, pins);
      registerCalls(app, acd, calls);
      registerMirageCalls(app, acd, calls);
    },
    jobs,
    /** What is done at the end of sign-ins that began on the portal; see `connections`. */
    signIns: acdSignIns(connections, toPortal(options.sessions)),
    lanes: [createCallLane({ ...options, party })],
    /** What is kept of a person. */
    people: createCallsOfPerson(options),
    /** Whose token a phone system sends; see `registerAuth`. */
    readToken: tokens.read,
    /** Begins to write the log; every process that answers look-ups does. */
    start: () => log.start(),
    stop: () => log.stop(),
  };
}

import type { Registry } from 'prom-client';
import type { Call } from '../connections/index.ts';
import type { Directory, LocalDirectory } from '../directory/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import type { HttpServer } from '../platform/http/server.ts';
import type { JobKind } from '../platform/jobs.ts';
import type { Logger } from '../platform/log.ts';
import type { Tenancy } from '../tenancy/index.ts';
import { createLookupLog } from './log.ts';
import { createLive } from './live.ts';
import { createLookups } from './lookup.ts';
import { registerMirageRoutes } from './routes/mirage.ts';
import { registerQuestions } from './routes/questions.ts';
import { registerSetup } from './routes/setup.ts';
import { createAcd } from './service.ts';
import { eraseOldLog } from './store.ts';

const DAY_MS = 24 * 3600_000;

/** Puts the look-ups for phone systems together. */
export function createAcdFeature(options: {
  db: Db;
  clock: Clock;
  logger: Logger;
  registry: Registry;
  tenancy: Tenancy;
  call: Call;
  directory: Directory;
  local: LocalDirectory;
  /** Days after which the look-up log is erased. */
  retentionDays: number;
}) {
  const { db, clock } = options;
  const log = createLookupLog(options);
  const acd = createAcd({ ...options, log, lookups: createLookups({ ...options, live: createLive(options) }) });
  const jobs: JobKind<object>[] = [
    {
      name: 'acd-retention',
      cron: '27 3 * * *',
      run: async () => void (await eraseOldLog(db, new Date(clock.now().getTime() - options.retentionDays * DAY_MS))),
    },
  ];
  return {
    routes(app: HttpServer): void {
      registerQuestions(app, acd);
      registerMirageRoutes(app, acd);
      registerSetup(app, acd);
    },
    jobs,
    /** Begins to write the log; every process that answers look-ups does. */
    start: () => log.start(),
    stop: () => log.stop(),
  };
}

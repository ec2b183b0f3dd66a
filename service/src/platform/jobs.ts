import { fromPglite, PgBoss, type WorkOptions } from 'pg-boss';
import type { Database } from './db/database.ts';
import type { Logger } from './log.ts';

/** One kind of work that happens at a time or on a schedule. Deliveries do not go this way: they have lanes. */
export interface JobKind<T extends object> {
  name: string;
  /** Standard cron, UTC. */
  cron?: string;
  retryLimit?: number;
  run(data: T, signal: AbortSignal): Promise<void>;
}

export interface Jobs {
  send<T extends object>(name: string, data: T, options?: { startAfter?: Date }): Promise<void>;
  stop(): Promise<void>;
}

export interface JobsOptions {
  database: Database;
  // The kinds differ in their data; each one checks its own.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  kinds: JobKind<any>[];
  /** False for `ROLE=web`: jobs are sent, not worked on. */
  work: boolean;
  logger: Logger;
}

const WORK: WorkOptions = { pollingIntervalSeconds: 2 };

/** Starts pg-boss on the service's own database. */
export async function startJobs({ database, kinds, work, logger }: JobsOptions): Promise<Jobs> {
  const timing = { superviseIntervalSeconds: 30, monitorIntervalSeconds: 30, schema: 'pgboss' };
  const boss =
    'pool' in database.driver
      ? new PgBoss({ ...timing, db: poolDb(database.driver.pool) })
      : new PgBoss({ ...timing, backend: 'pglite', db: fromPglite(database.driver.pglite) });
  boss.on('error', (error) => logger.warn({ err: error }, 'pg-boss reported an error'));
  boss.on('warning', () => {});
  await boss.start();
  for (const kind of kinds) {
    await boss.createQueue(kind.name, { retryLimit: kind.retryLimit ?? 5, retryBackoff: true, heartbeatSeconds: 30 });
    if (work) {
      await boss.work<object>(kind.name, WORK, async (batch) => {
        for (const job of batch) {
          await kind.run(job.data, job.signal).catch((error: unknown) => {
            logger.error({ err: error, job: kind.name }, 'a job failed');
            throw error;
          });
        }
      });
      if (kind.cron) await boss.schedule(kind.name, kind.cron, {}, { tz: 'UTC' });
    }
  }
  return {
    async send(name, data, options = {}) {
      await boss.send(name, data, {
        ...(options.startAfter && { startAfter: options.startAfter }),
      });
    },
    stop: () => boss.stop({ graceful: true, timeout: 5_000, close: false }),
  };
}

function poolDb(pool: import('pg').Pool) {
  return { executeSql: async (text: string, values?: unknown[]) => pool.query(text, values as never[]) };
}

import { sleep } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { CarrierAccount } from '../types.ts';
import type { AccountWorker } from './worker.ts';

const LOOK_MS = 1_000;
/** An account that an admin must mend is tried again after this, or at once when it was changed. */
const FAILED_PAUSE_MS = 60_000;

export interface SupervisorOptions {
  logger: Logger;
  /** `taken`: a worker somewhere holds it, so that asking for it is no use. */
  listAccounts(): Promise<(CarrierAccount & { taken: boolean })[]>;
  start(account: CarrierAccount): Promise<AccountWorker | undefined>;
  /** Shows the admin that an account cannot be opened. */
  onRefused(account: CarrierAccount, error: unknown): Promise<void>;
}

export interface Supervisor {
  start(): void;
  wake(accountId: string): void;
  stop(): Promise<void>;
}

/** Sees to it that each carrier account has one worker somewhere: takes those that nobody has, and lets go of changed or removed ones. */
export function createSupervisor({ logger, listAccounts, start, onRefused }: SupervisorOptions): Supervisor {
  const stopping = new AbortController();
  const workers = new Map<string, { worker: AccountWorker; version: string }>();
  const pausedUntil = new Map<string, { until: number; version: string }>();
  let loop: Promise<void> | undefined;

  async function look(): Promise<void> {
    const accounts = await listAccounts();
    const wanted = new Map(accounts.map((account) => [account.id, account]));
    for (const [id, { worker, version }] of workers) {
      const account = wanted.get(id);
      // It may wait for its carrier: the others are not kept waiting for it. Its end is noted where it was started.
      if (!account || versionOf(account) !== version) worker.stop().catch(() => {});
    }
    for (const account of accounts) {
      const paused = pausedUntil.get(account.id);
      if (account.taken || workers.has(account.id) || (paused && paused.version === versionOf(account) && paused.until > performance.now()))
        continue;
      await take(account).catch((error: unknown) => refuse(account, error));
    }
  }

  /** One account that cannot be opened must not keep the others back. */
  async function refuse(account: CarrierAccount, error: unknown): Promise<void> {
    logger.error({ err: error, account: account.id }, 'a carrier account cannot be opened; it is tried again after a minute');
    pausedUntil.set(account.id, { until: performance.now() + FAILED_PAUSE_MS, version: versionOf(account) });
    await onRefused(account, error);
  }

  async function take(account: CarrierAccount): Promise<void> {
    const worker = await start(account);
    if (!worker) return;
    const version = versionOf(account);
    workers.set(account.id, { worker, version });
    const done = (how: 'stopped' | 'refused') => {
      workers.delete(account.id);
      if (how === 'refused') pausedUntil.set(account.id, { until: performance.now() + FAILED_PAUSE_MS, version });
    };
    worker.ended.then(done, (error: unknown) => {
      logger.error({ err: error, account: account.id }, 'the worker of a carrier account ended unexpectedly; another one takes over');
      done('stopped');
    });
  }

  return {
    start() {
      loop ??= (async () => {
        while (!stopping.signal.aborted) {
          await look().catch((error: unknown) =>
            logger.warn({ err: error }, 'the carrier accounts could not be looked through; it is tried again'),
          );
          await sleep(LOOK_MS, stopping.signal);
        }
      })();
    },
    wake: (accountId) => workers.get(accountId)?.worker.wake(),
    async stop() {
      stopping.abort();
      await loop;
      await Promise.all([...workers.values()].map(({ worker }) => worker.stop()));
    },
  };
}

/** What a worker depends on; a change of it means a new session. */
function versionOf(account: CarrierAccount): string {
  return JSON.stringify([account.settings, account.secret, account.ratePerSecond, account.windowSize]);
}

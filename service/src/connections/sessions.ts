import { LRUCache } from 'lru-cache';
import { classifyFailure, type ApiUsage, type Failure, type SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Org } from '../tenancy/index.ts';
import { RefreshFailedError, type Broker } from './broker.ts';
import type { RequestCount } from './request-count.ts';
import type { Store } from './store.ts';
import { REMOVED, type CallOptions, type UserRow } from './types.ts';

export interface ConnectOptions {
  instanceUrl: string;
  accessToken: string;
  namespace: string | null;
  /** Salesforce's id of the org. */
  orgId?: string;
  timeoutMs?: number;
  onUsage?: (usage: ApiUsage) => void;
  onRequest?: () => void;
  notificationTypes?: Map<string, string>;
}

/** Makes a client for an access token; the composition root gives it the exchange. */
export type Connect = (options: ConnectOptions) => SalesforceClient;

export type RunOptions = Partial<Pick<CallOptions, 'knownIds' | 'packageFields' | 'timeoutMs' | 'lane'>>;
/** `user`: the row whose token failed. What it met says nothing about a grant that came later. */
export type RunFailed = { ok: false; failure: Failure; inDoubt: boolean; user: UserRow };
export type RunResult<T> = { ok: true; value: T } | RunFailed;

export type Sessions = ReturnType<typeof createSessions>;

const USAGE_EVERY_MS = 10_000;

/** Work as one certain user: a refused session is renewed once and the work is run once more; nothing else is decided here. */
export function createSessions(deps: {
  store: Store;
  broker: Broker;
  connect: Connect;
  clock: Clock;
  logger: Logger;
  requests: Pick<RequestCount, 'note'>;
}) {
  const { store, broker, connect, clock, logger, requests } = deps;
  const noted = new Map<string, number>();
  const typesOfOrg = new LRUCache<string, Map<string, string>>({ max: 5_000, ttl: 24 * 3600_000 });

  /** Usage is for show and for budgets: the latest of every ten seconds is enough. */
  function noteUsage(orgId: string, usage: ApiUsage): void {
    const now = clock.now();
    if (now.getTime() - (noted.get(orgId) ?? 0) < USAGE_EVERY_MS) return;
    noted.set(orgId, now.getTime());
    store.links
      .setApiUsage(orgId, usage.used, usage.max, now)
      .catch((error: unknown) => logger.warn({ err: error }, 'API usage was not stored'));
  }

  function notificationTypes(orgId: string): Map<string, string> {
    const types = typesOfOrg.get(orgId) ?? new Map<string, string>();
    typesOfOrg.set(orgId, types, { noUpdateTTL: true });
    return types;
  }

  const clientFor = (org: Org, user: UserRow, { timeoutMs, lane }: RunOptions): SalesforceClient =>
    connect({
      instanceUrl: org.instanceUrl,
      accessToken: broker.accessToken(user),
      namespace: org.namespace || null,
      orgId: org.salesforceId,
      notificationTypes: notificationTypes(org.id),
      onUsage: (usage) => noteUsage(org.id, usage),
      onRequest: () => requests.note(org.id, lane ?? 'upkeep'),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });

  return {
    async run<T>(org: Org, user: UserRow, options: RunOptions, work: (client: SalesforceClient) => Promise<T>): Promise<RunResult<T>> {
      let current = user;
      const failed = (failure: Failure, inDoubt = false): RunFailed => ({
        ok: false,
        failure,
        inDoubt,
        user: current,
      });
      for (let round = 0; ; round += 1) {
        try {
          return { ok: true, value: await work(clientFor(org, current, options)) };
        } catch (error) {
          if (error instanceof RefreshFailedError) return failed(error.failure, error.inDoubt);
          const failure = classifyFailure(error, options);
          if (failure.class !== 'session') return failed(failure);
          if (round > 0) return failed(refusedAgain(failure));
        }
        try {
          await broker.refresh(org.id, current.id, current.tokenGeneration);
        } catch (error) {
          if (error instanceof RefreshFailedError) return failed(error.failure, error.inDoubt);
          throw error;
        }
        const renewed = await store.users.find(org.id, current.id);
        if (!renewed) return failed({ class: 'user', code: REMOVED, text: 'The user was removed.', detail: '', sent: 'no' });
        current = renewed;
      }
    },
  };
}

/** A second 401, with a token that is a moment old: this user is not let in (the failure table in gateways/salesforce/classify-table.ts). */
function refusedAgain(failure: Failure): Failure {
  return { ...failure, class: 'user', code: 'session_refused', text: 'Salesforce refuses this user even with a renewed sign-in.' };
}

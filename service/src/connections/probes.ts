import type { Clock } from '../platform/clock.ts';
import { sleep } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Limits } from '../gateways/salesforce/index.ts';
import type { Org } from '../tenancy/index.ts';
import { RefreshFailedError, type Broker } from './broker.ts';
import { settle } from './call.ts';
import type { Failover } from './failover.ts';
import type { RunResult, Sessions } from './sessions.ts';
import type { Store } from './store.ts';
import { AFTER_MS, type LinkRow, type UserRow } from './types.ts';

export interface ProbeDeps {
  store: Store;
  broker: Broker;
  sessions: Sessions;
  failover: Failover;
  clock: Clock;
  logger: Logger;
  findOrg: (id: string) => Promise<Org | undefined>;
  /** At the start, claims that another process left behind are ended. */
  alone: boolean;
  tickMs?: number;
}

const MINUTE = 60_000;
export const PROBE_EVERY_MS = 5 * MINUTE;
/** A refresh token dies after 30 idle days; renewed weekly it cannot, and one missed week does no harm. */
export const REFRESH_EVERY_MS = 6 * 24 * 60 * MINUTE;
const LONGEST_PAUSE_MS = 60 * MINUTE;
const PROBE_MS = 15_000;

export type Probes = ReturnType<typeof createProbes>;

/** Looks after users that nobody is calling as: a dead spare must be found before it is needed, and a healed one put back. */
export function createProbes(deps: ProbeDeps) {
  const { store, broker, sessions, failover, clock, logger, tickMs = 10_000 } = deps;
  const stopping = new AbortController();
  let loop: Promise<void> | undefined;

  /** Tries one user now and draws the conclusions. `trial`: when the turn ends to try an org whose hold has run out. */
  async function probe(user: UserRow, trial: Date | null = null): Promise<RunResult<Limits>> {
    const org = await deps.findOrg(user.orgId);
    if (!org) throw new Error('a connected user without an org');
    if (user.inDoubt && !(await settle(deps, user))) {
      return {
        ok: false,
        failure: { class: 'user', code: 'refresh_in_doubt', text: 'The sign-in of this user is uncertain.', detail: '', sent: 'no' },
        inDoubt: true,
        user,
      };
    }
    const current = (await store.users.find(user.orgId, user.id)) ?? user;
    const result = await attempt(org, current);
    await conclude(org, current, result, trial);
    return result;
  }

  /** A session lives as long as it is used, so the grant of a busy user is never renewed by the way. */
  const refreshIsDue = (user: UserRow): boolean =>
    user.refreshedAt !== null && clock.now().getTime() - user.refreshedAt.getTime() > REFRESH_EVERY_MS;

  async function attempt(org: Org, user: UserRow): Promise<RunResult<Limits>> {
    let current = user;
    if (refreshIsDue(user)) {
      try {
        await broker.refresh(org.id, user.id, user.tokenGeneration);
        current = (await store.users.find(org.id, user.id)) ?? user;
      } catch (error) {
        if (!(error instanceof RefreshFailedError)) throw error;
        return { ok: false, failure: error.failure, inDoubt: error.inDoubt, user };
      }
    }
    return sessions.run(org, current, { timeoutMs: PROBE_MS }, (client) => client.limits());
  }

  async function conclude(org: Org, user: UserRow, result: RunResult<Limits>, trial: Date | null): Promise<void> {
    const at = clock.now();
    const link = await store.links.find(org.id);
    if (!link) return;
    const isMain = link.mainId === user.id;
    if (result.ok) {
      await noteLimits(org.id, result.value, at);
      await store.users.touch(org.id, user.id, at);
      if (user.status !== 'connected' || link.mainId === null) await failover.userBack(user, 'seen');
      else if (
        isMain &&
        link.holdCode !== null &&
        (!link.holdUntil || link.holdUntil <= at || link.holdUntil.getTime() === trial?.getTime())
      )
        await failover.release(org.id);
      await store.users.setProbe(org.id, user.id, new Date(at.getTime() + PROBE_EVERY_MS), 0);
      return;
    }
    const { failure } = result;
    const blamesUser = (failure.class === 'user' || failure.class === 'session') && !result.inDoubt;
    if (blamesUser && isMain) await failover.switchMain(link, result.user, failure, true);
    else if (blamesUser && user.status === 'connected') await failover.standbyDown(result.user, failure);
    // A main user in doubt gives way at once, as in a call, and its stored token is tried as a standby's.
    else if (result.inDoubt && isMain)
      await failover.switchMain(link, result.user, { ...failure, class: 'user', code: 'refresh_in_doubt' }, false);
    else if (isMain && (failure.class === 'org' || failure.class === 'app') && !result.inDoubt) await failover.hold(link, failure, trial);
    if (user.status !== 'connected' || !blamesUser) {
      const longest = link.mainId === null ? PROBE_EVERY_MS : LONGEST_PAUSE_MS;
      const pause = Math.min(longest, MINUTE * 2 ** Math.min(user.probeFailures, 10));
      await store.users.setProbe(org.id, user.id, new Date(at.getTime() + pause), user.probeFailures + 1);
    }
  }

  async function noteLimits(orgId: string, limits: Limits, at: Date): Promise<void> {
    const calls = limits['DailyApiRequests'];
    if (calls) await store.links.setApiUsage(orgId, calls.Max - calls.Remaining, calls.Max, at);
    const events = limits['HourlyPublishedPlatformEvents'] ?? limits['DailyStandardVolumePlatformEvents'];
    if (events) await store.links.setEventUsage(orgId, events.Max - events.Remaining, events.Max, at);
  }

  /**
   * One round: users whose probe is due, then orgs whose hold has run out without anybody calling. The orgs side by side, so that those that
   * do not answer keep nobody waiting; the users of one org one after the other.
   */
  async function tick(): Promise<void> {
    const at = clock.now();
    const due = Map.groupBy(await store.users.claimProbes(at, PROBE_EVERY_MS, 20), (user) => user.orgId);
    await Promise.all([...due.values()].map((users) => probeInTurn(users, at)));
    await Promise.all((await store.links.expiredHolds(at, 20)).map((link) => guarded(() => tryHeld(link))));
    await store.journal.dropFlows(at, new Date(at.getTime() - AFTER_MS));
  }

  async function probeInTurn(users: UserRow[], at: Date): Promise<void> {
    for (const user of users) {
      if (stopping.signal.aborted) return;
      await guarded(() => probeDue(user, at));
    }
  }

  async function probeDue(user: UserRow, at: Date): Promise<void> {
    const link = await store.links.find(user.orgId);
    // While the org refuses everybody, probing only burns calls.
    if (link?.holdUntil && link.holdUntil > at) {
      await store.users.setProbe(user.orgId, user.id, link.holdUntil, user.probeFailures);
      return;
    }
    const worksNow = user.lastOkAt !== null && user.status === 'connected' && at.getTime() - user.lastOkAt.getTime() < MINUTE;
    if (worksNow && !user.inDoubt && !refreshIsDue(user) && link?.mainId) return;
    await probe(user);
  }

  /** The turn is taken as every call takes it (call.ts): one call tries an org on hold, whoever makes it. */
  async function tryHeld({ orgId, mainId }: LinkRow): Promise<void> {
    const main = mainId === null || stopping.signal.aborted ? undefined : await store.users.find(orgId, mainId);
    const at = clock.now();
    const until = new Date(at.getTime() + PROBE_MS);
    if (!main || !(await store.links.claimTrial(orgId, at, until))) return;
    try {
      await probe(main, until);
    } finally {
      await store.links.endTrial(orgId, until, clock.now());
    }
  }

  async function guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.error({ err: error }, 'a probe ended unexpectedly; it comes again');
    }
  }

  return {
    probe,
    tick,
    start(): void {
      loop ??= (async () => {
        if (deps.alone) await guarded(() => store.tokens.endClaims());
        while (!stopping.signal.aborted) {
          await guarded(tick);
          await sleep(tickMs, stopping.signal);
        }
      })();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await loop;
    },
  };
}

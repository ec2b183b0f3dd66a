import type { Call } from '../connections/index.ts';
import { PubSubError, type Change, type ChangeStream } from '../gateways/salesforce/index.ts';
import { sleep } from '../platform/clock.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { claimLane, guarded, LeaseLostError, releaseLease, renewLease, type Lease } from '../platform/lanes/lease.ts';
import type { Logger } from '../platform/log.ts';
import { judge } from './faults.ts';
import { FEED_LANE, findPlace, findState, forgetFeed, forgetPlace, listFree, saveMode, savePlace, type FeedState } from './store.ts';

const LEASE_MS = 30_000;
const CALL_MS = 25_000;
/** How often free orgs are looked for. */
const LOOK_MS = 2_000;
/** A stream that was not refused for so long stands. */
const STANDING_MS = 2_000;
/** A burst of changes is read at once. */
const SETTLE_MS = 250;
const DELETED_AT_ONCE = 200;

/** Who wants to know what changed. */
export interface Follower {
  /** Orgs whose changes are wanted. */
  orgs(): Promise<string[]>;
  /**
   * Reads what changed records are like now; answers how to store it, which happens together with the place up to which events were taken over.
   * Undefined: it cannot be read record by record, catch up instead. Throws what a call to the org throws.
   */
  read(orgId: string, changes: readonly Change[]): Promise<((tx: Db) => Promise<void>) | undefined>;
  /** Changes were missed, or there are too many: finds them by reading. Throws like `read`. */
  catchUp(orgId: string, signal: AbortSignal): Promise<void>;
}

export interface ChangeEventsOptions {
  db: Db;
  clock: Clock;
  logger: Logger;
  call: Call;
  owner: string;
  /** `Name__chn`, without the namespace of the package. */
  channel: string;
  follower: Follower;
}

export type ChangeEvents = ReturnType<typeof createChangeEvents>;

/**
 * Takes over the change events of orgs, one process for each org. Events only say which records to read, so one that comes twice, late or in the
 * wrong order does no harm; and where some are missing, or may be, the follower catches up.
 */
export function createChangeEvents({ db, clock, logger, call, owner, channel, follower }: ChangeEventsOptions) {
  const stopping = new AbortController();
  const running = new Map<string, { stop: AbortController; done: Promise<void> }>();
  /** Failures in a row. */
  const tries = new Map<string, number>();
  let loop: Promise<void> | undefined;

  async function open(orgId: string, replayId: string | null): Promise<ChangeStream> {
    return call(orgId, { replay: 'idempotent', lane: 'acd', timeoutMs: CALL_MS }, async (sf) => {
      // Whether the org is reached and the user let in is for the org to say. What the Pub/Sub API refuses beyond that is no fault of theirs.
      await sf.limits();
      return sf.openChanges(channel, replayId);
    });
  }

  async function follow(lease: Lease, signal: AbortSignal, opened: () => void): Promise<void> {
    const { orgId } = lease;
    const replayId = await findPlace(db, orgId);
    const stream = await open(orgId, replayId);
    opened();
    let standing: NodeJS.Timeout | undefined;
    try {
      // Asked for before anything is read: what changes meanwhile comes as an event.
      const first = stream.ready(signal);
      first.catch(() => undefined); // it is waited for below
      if (replayId === null) await follower.catchUp(orgId, signal);
      // What Salesforce has against a stream it says at once; a sign of life may take minutes.
      standing = setTimeout(() => {
        saveMode(db, orgId, null).catch((error: unknown) =>
          logger.warn({ err: error, org: orgId }, 'that change events come was not noted'),
        );
      }, STANDING_MS);
      for (let ready = first; ; ready = stream.ready(signal)) {
        await ready;
        if (signal.aborted) return;
        await sleep(SETTLE_MS, signal);
        const batch = stream.take();
        if (!batch) continue;
        await takeOver(lease, batch.changes, batch.replayId, signal);
        tries.delete(orgId);
      }
    } finally {
      clearTimeout(standing);
      stream.close();
    }
  }

  async function takeOver(lease: Lease, changes: readonly Change[], replayId: string, signal: AbortSignal): Promise<void> {
    const { orgId } = lease;
    const isGap = changes.some(({ type }) => type.startsWith('GAP_'));
    const store = isGap || changes.length === 0 ? undefined : await follower.read(orgId, changes);
    const stores = store ? [store] : [];
    if (!store && changes.length > 0) {
      await follower.catchUp(orgId, signal);
      stores.push(...(await readDeleted(orgId, changes)));
      // Whoever stops has not caught up.
      if (signal.aborted) return;
    }
    await guarded(db, lease, async (tx) => {
      for (const each of stores) await each(tx);
      await savePlace(tx, orgId, replayId);
    });
  }

  /** What was deleted for good is in no later reading: its events are all that tells of it. */
  async function readDeleted(orgId: string, changes: readonly Change[]): Promise<((tx: Db) => Promise<void>)[]> {
    const deleted = changes
      .filter(({ type }) => type.endsWith('DELETE'))
      .flatMap((change) => change.ids.filter((id) => !id.includes('*')).map((id) => ({ ...change, type: 'DELETE', ids: [id] })));
    const stores: ((tx: Db) => Promise<void>)[] = [];
    for (let from = 0; from < deleted.length; from += DELETED_AT_ONCE) {
      const store = await follower.read(orgId, deleted.slice(from, from + DELETED_AT_ONCE));
      if (store) stores.push(store);
    }
    return stores;
  }

  /** Works on one org until its events break off or somebody stops it, and says then how long to leave it alone. */
  async function work(orgId: string, stop: AbortController): Promise<void> {
    const lease = await claimLane(db, { orgId, ...FEED_LANE }, owner, LEASE_MS);
    if (!lease) return;
    const renewing = setInterval(() => {
      renewLease(db, lease, LEASE_MS).then(
        (isOurs) => !isOurs && stop.abort(),
        (error: unknown) => logger.warn({ err: error, org: orgId }, 'the lease of change events could not be renewed; tried again'),
      );
    }, LEASE_MS / 3);
    let wasOpen = false;
    let hold: Parameters<typeof releaseLease>[2];
    try {
      await follow(lease, stop.signal, () => (wasOpen = true));
    } catch (error) {
      if (stop.signal.aborted || error instanceof LeaseLostError) return;
      if (error instanceof PubSubError && error.fault === 'replay-gone') await guarded(db, lease, (tx) => forgetPlace(tx, orgId));
      const failed = tries.get(orgId) ?? 0;
      tries.set(orgId, failed + 1);
      const { reason, code, waitMs } = judge(error, failed, wasOpen);
      hold = { until: new Date(clock.now().getTime() + waitMs), code, reason };
      logger.warn({ org: orgId, err: error, waitMs }, 'change events broke off');
      await saveMode(db, orgId, reason);
    } finally {
      clearInterval(renewing);
      await releaseLease(db, lease, hold);
    }
  }

  async function look(): Promise<void> {
    const wanted = await follower.orgs();
    for (const [orgId, { stop, done }] of running) {
      if (wanted.includes(orgId)) continue;
      stop.abort();
      // Its sweep may take a while, and nobody waits for it.
      void done
        .then(() => forgetFeed(db, orgId))
        .catch((error: unknown) => logger.warn({ org: orgId, err: error }, 'the place in an org’s events could not be forgotten'));
    }
    if (wanted.length === 0) return;
    const free = await listFree(
      db,
      wanted.filter((orgId) => !running.has(orgId)),
    );
    for (const orgId of free) {
      const stop = new AbortController();
      const done = work(orgId, stop)
        .catch((error: unknown) => logger.warn({ org: orgId, err: error }, 'change events could not be taken over'))
        .finally(() => running.delete(orgId));
      running.set(orgId, { stop, done });
    }
  }

  return {
    start(): void {
      loop ??= (async () => {
        while (!stopping.signal.aborted) {
          await look().catch((error: unknown) => logger.warn({ err: error }, 'orgs with change events could not be looked for'));
          await sleep(LOOK_MS, stopping.signal);
        }
      })();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await loop;
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
    /** How an org's changes are found. */
    async state(orgId: string): Promise<FeedState> {
      return (await findState(db, orgId)) ?? { mode: 'sweeps', reason: 'Change events were not tried yet.', eventsAt: null };
    },
  };
}

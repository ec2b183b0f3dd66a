import type { Failure } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import type { FailPoints } from '../platform/fail-points.ts';
import type { Logger } from '../platform/log.ts';
import type { Org } from '../tenancy/index.ts';
import { isDeadGrant, nextStepOf } from './causes.ts';
import { noticeRecipients, type Notices } from './notices.ts';
import type { Store } from './store.ts';
import type { EventEntry, LinkRow, UserRow } from './types.ts';

export interface FailoverDeps {
  store: Store;
  notices: Notices;
  clock: Clock;
  failPoints: FailPoints;
  logger: Logger;
  findOrg: (id: string) => Promise<Org | undefined>;
  /** Rows that wait for the org at this moment. */
  waiting: (orgId: string) => Promise<number>;
  /** Lets held lanes of the org run again, now. */
  releaseLanes: (orgId: string) => Promise<void>;
  /** Where an admin finds the connected users; goes into notices. */
  setupHint: string;
}

export type Failover = ReturnType<typeof createFailover>;

const MINUTE = 60_000;

/** Every automatic decision about who acts for an org: switch, mark down, bring back, hold, release. Each leaves a line in the timeline. */
export function createFailover(deps: FailoverDeps) {
  const { store, notices, clock, failPoints } = deps;

  /** Writes the timeline and the notices that follow from losing a user (`lost` as it was before); inside the caller's transaction. */
  async function tellSpares(tx: Db, org: Org, lost: UserRow): Promise<void> {
    const orgId = org.id;
    const spares = await store.links.countSpares(tx, orgId, clock.now());
    if (spares > 0) return;
    const text = 'No standby user is left. If the main user fails too, messages wait until somebody signs in.';
    const nextStep = 'Reconnect a disconnected user or invite another administrator.';
    await store.journal.addEvent(tx, orgId, clock.now(), { kind: 'last_spare', text, nextStep });
    await notices.add(tx, orgId, {
      // Once for each time a user is lost: doubt about a sign-in and its end are one loss, the loss after a recovery is another.
      key: `last_spare.${lost.id}.${lost.since.getTime()}.${lost.tokenGeneration}`,
      subject: `Switchboard: no standby user is left for ${org.name}`,
      text: `${text}\n\n${nextStep}\n${deps.setupHint}`,
      ...noticeRecipients(org.notifyEmails, await store.users.list(orgId, tx)),
    });
  }

  async function allDown(tx: Db, orgId: string, epoch: number, org: Org, users: UserRow[], waiting: number | undefined): Promise<void> {
    const at = clock.now();
    const text = 'No connected user reaches the org. Messages are kept and wait; incoming ones are still accepted.';
    const nextStep = 'Reconnect one of the users. Everything that waits is delivered then.';
    await store.links.release(tx, orgId);
    await store.links.hold(tx, orgId, { code: 'all_down', text: 'No connected user reaches the org.', detail: nextStep, at, until: null });
    await store.journal.addEvent(tx, orgId, at, { kind: 'all_down', text, nextStep, ...(waiting === undefined ? {} : { waiting }) });
    await notices.add(tx, orgId, {
      key: `all_down.${epoch}`,
      subject: `Switchboard: no connected user reaches ${org.name}`,
      text: `${text}\n\n${waiting === undefined ? '' : `${waiting} messages wait.\n`}${nextStep}\n${deps.setupHint}`,
      ...noticeRecipients(org.notifyEmails, users),
    });
  }

  /** Everybody was down and somebody is back: told once for each time it happened. */
  async function tellRecovery(tx: Db, org: Org, epoch: number, text: string): Promise<void> {
    await notices.add(tx, org.id, {
      key: `recovered.${epoch}`,
      subject: `Switchboard: ${org.name} is reached again`,
      text: `${text} What waited is being delivered.\n\n${deps.setupHint}`,
      ...noticeRecipients(org.notifyEmails, await store.users.list(org.id, tx)),
    });
  }

  async function countWaiting(orgId: string): Promise<number | undefined> {
    try {
      return await deps.waiting(orgId);
    } catch (error) {
      deps.logger.warn({ err: error }, 'the number of waiting rows could not be read');
      return undefined;
    }
  }

  const event = (tx: Db, orgId: string, entry: EventEntry): Promise<void> => store.journal.addEvent(tx, orgId, clock.now(), entry);

  function downOf(failure: Failure): Parameters<Store['users']['setDown']>[4] {
    const at = clock.now();
    const coolUntil = failure.code === 'LOGIN_RATE_EXCEEDED' ? new Date(at.getTime() + (failure.retryAfterMs ?? 60 * MINUTE)) : null;
    return {
      cause: failure.code,
      causeText: failure.text,
      nextStep: nextStepOf(failure),
      at,
      dead: isDeadGrant(failure),
      coolUntil,
      probeAt: coolUntil ?? new Date(at.getTime() + MINUTE),
    };
  }

  return {
    tellRecovery,

    /**
     * Makes the next usable standby main, unless somebody has switched since `seen`. `down`: the old main user is marked disconnected with the
     * failure as its cause; otherwise it stays a standby. `from` carries the generation of the token that failed: where a newer grant was stored
     * meanwhile nothing is done. `none`: nobody is left to be main (`down`), or to take over (the main user stays).
     */
    async switchMain(seen: LinkRow, from: UserRow, failure: Failure, down: boolean): Promise<'raced' | 'switched' | 'none'> {
      const { orgId } = seen;
      const waiting = await countWaiting(orgId);
      const org = await deps.findOrg(orgId);
      if (!org) return 'none';
      const outcome = await store.transaction(async (tx) => {
        const now = await store.links.lock(tx, orgId);
        if (now.mainEpoch !== seen.mainEpoch) return 'raced';
        // Missing rights are the user's, whatever the grant; everything else ends with the grant that met it.
        const stored = await store.users.lock(tx, orgId, from.id);
        if (failure.class !== 'permission' && stored?.tokenGeneration !== from.tokenGeneration) return 'raced';
        // A user that only lacks rights or is in doubt keeps its place while there is nobody to take it.
        if (!down && (await store.links.countSpares(tx, orgId, clock.now())) === 0) return 'none';
        if (down) await store.users.setDown(tx, orgId, from.id, from.tokenGeneration, downOf(failure));
        const changed = await store.links.switchMain(tx, orgId, seen.mainEpoch, clock.now());
        if (!changed) throw new Error('the main user changed under the lock of its row');
        const users = await store.users.list(orgId, tx);
        const to = users.find((user) => user.id === changed.mainId);
        const cause = { cause: failure.code, causeText: failure.text, from: from.username, nextStep: nextStepOf(failure) };
        if (!to) {
          await event(tx, orgId, { kind: 'disconnected', text: `${from.username} was disconnected.`, ...cause });
          await allDown(tx, orgId, seen.mainEpoch, org, users, waiting);
          return 'none';
        }
        const text = `${to.username} took over from ${from.username}.`;
        await event(tx, orgId, { kind: 'switched', text, ...cause, to: to.username, ...(waiting === undefined ? {} : { waiting }) });
        await notices.add(tx, orgId, {
          key: `switched.${seen.mainEpoch}`,
          subject: `Switchboard: ${to.username} took over for ${org.name}`,
          text: `${text} ${failure.text} Nothing is lost${waiting === undefined ? '' : `; ${waiting} messages were waiting`}.\n\n${nextStepOf(failure)}\n${deps.setupHint}`,
          ...noticeRecipients(org.notifyEmails, users),
        });
        await tellSpares(tx, org, stored ?? from);
        await failPoints.hit('switch.before-commit');
        return 'switched';
      });
      await failPoints.hit('switch.after-commit');
      if (outcome !== 'raced') notices.wakeUp(orgId);
      return outcome;
    },

    /** A standby user was found down by a probe; `user` carries the generation of the token that failed. */
    async standbyDown(user: UserRow, failure: Failure): Promise<void> {
      const org = await deps.findOrg(user.orgId);
      if (!org) return;
      await store.transaction(async (tx) => {
        const link = await store.links.lock(tx, user.orgId);
        if (link.mainId === user.id) return;
        const lost = await store.users.lock(tx, user.orgId, user.id);
        if (!lost || !(await store.users.setDown(tx, user.orgId, user.id, user.tokenGeneration, downOf(failure)))) return;
        await event(tx, user.orgId, {
          kind: 'standby_failed',
          text: `The standby user ${user.username} does not reach the org any more.`,
          cause: failure.code,
          causeText: failure.text,
          from: user.username,
          nextStep: nextStepOf(failure),
        });
        if (link.mainId !== null) await tellSpares(tx, org, lost);
      });
      notices.wakeUp(user.orgId);
    },

    /**
     * A user reaches the org: a disconnected one returns as standby, and whoever it is becomes main where there is none; then everything that
     * waited goes on. A user whose sign-in was in doubt stayed connected and was nobody's choice meanwhile, so this is how it gets its turn.
     */
    async userBack(user: UserRow): Promise<void> {
      const { orgId } = user;
      const org = await deps.findOrg(orgId);
      if (!org) return;
      const released = await store.transaction(async (tx) => {
        const link = await store.links.lock(tx, orgId);
        const back = await store.users.setUp(tx, orgId, user.id, clock.now());
        const main = await store.links.setMainIfNone(tx, orgId, user.id, clock.now());
        if (!back && !main) return false;
        const text = main
          ? `${user.username} reaches the org again and is the main user.`
          : `${user.username} reaches the org again and is a standby user.`;
        await event(tx, orgId, { kind: 'recovered', text, to: user.username });
        if (!main) return false;
        await store.links.release(tx, orgId);
        await tellRecovery(tx, org, link.mainEpoch, text);
        return true;
      });
      notices.wakeUp(orgId);
      if (released) await deps.releaseLanes(orgId);
    },

    /** An org-wide fault: nobody calls before the answered time. Never switches. */
    async hold(link: LinkRow, failure: Failure): Promise<Date> {
      const at = clock.now();
      const wait = failure.retryAfterMs ?? backoffMs(link.holdAttempts);
      const until = new Date(at.getTime() + wait);
      const waiting = link.holdCode === null ? await countWaiting(link.orgId) : undefined;
      await store.transaction(async (tx) => {
        const held = await store.links.hold(tx, link.orgId, {
          code: failure.code,
          text: failure.text,
          detail: nextStepOf(failure),
          at,
          until,
        });
        if (!held?.fresh) return;
        await event(tx, link.orgId, {
          kind: 'held',
          text: `The org is on hold: ${failure.text} No other user is tried, because all would meet the same.`,
          cause: failure.code,
          causeText: failure.text,
          nextStep: nextStepOf(failure),
          ...(waiting === undefined ? {} : { waiting }),
        });
      });
      if (failure.class === 'app')
        deps.logger.error({ org: link.orgId, code: failure.code }, 'an org is on hold because of the service itself: its app or its keys');
      return until;
    },

    /** A call went through again. */
    async release(orgId: string): Promise<void> {
      const done = await store.transaction(async (tx) => {
        if (!(await store.links.release(tx, orgId))) return false;
        await event(tx, orgId, { kind: 'released', text: 'The org is reached again. What waited is being delivered.' });
        return true;
      });
      if (done) await deps.releaseLanes(orgId);
    },
  };
}

/** 2 s, 4 s, 8 s … up to 5 minutes, with up to a fifth of jitter. */
export function backoffMs(attempts: number): number {
  return Math.min(5 * MINUTE, 2_000 * 2 ** Math.min(attempts, 10)) * (1 + Math.random() / 5);
}

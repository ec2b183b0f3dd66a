import type { Failure } from '../gateways/salesforce/index.ts';
import type { Db } from '../platform/db/database.ts';
import type { FailPoints } from '../platform/fail-points.ts';
import type { Logger } from '../platform/log.ts';
import type { Org } from '../tenancy/index.ts';
import { isDeadGrant, nextStepOf } from './causes.ts';
import { noticeRecipients } from './notices.ts';
import type { Store } from './store.ts';
import { createTelling, type TellingDeps } from './telling.ts';
import { REMOVED, type EventEntry, type LinkRow, type UserRow } from './types.ts';

export interface FailoverDeps extends TellingDeps {
  failPoints: FailPoints;
  logger: Logger;
  findOrg: (id: string) => Promise<Org | undefined>;
  /** Rows that wait for the org at this moment. */
  waiting: (orgId: string) => Promise<number>;
  /** Lets held lanes of the org run again, now. */
  releaseLanes: (orgId: string) => Promise<void>;
}

export type Failover = ReturnType<typeof createFailover>;

const MINUTE = 60_000;

/** Every automatic decision about who acts for an org: switch, mark down, bring back, hold, release. Each leaves a line in the timeline. */
export function createFailover(deps: FailoverDeps) {
  const { store, notices, clock, failPoints } = deps;
  const { tellSpares, allDown, tellRecovery } = createTelling(deps);

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
     * A user is leaving at an administrator's word: it is a candidate for nothing from now on, also where the removal gets no further, and where it
     * was main somebody else takes over first, so that nothing meets a grant that is being revoked. Part of the caller's transaction, which holds
     * the lock of the org's link.
     */
    async takeLeave(tx: Db, org: Org, user: UserRow): Promise<void> {
      const orgId = org.id;
      const at = clock.now();
      const link = await store.links.lock(tx, orgId);
      const leaving = await store.users.lock(tx, orgId, user.id);
      await store.users.setLeaving(tx, orgId, user.id, {
        causeText: 'This user is being removed.',
        nextStep: 'Press Remove again if it stays on the list.',
        at,
      });
      const changed = link.mainId === user.id ? await store.links.switchMain(tx, orgId, link.mainEpoch, at) : { mainId: link.mainId };
      const to = changed?.mainId ? await store.users.find(orgId, changed.mainId, tx) : undefined;
      if (to && link.mainId === user.id) {
        await event(tx, orgId, {
          kind: 'switched',
          text: `${to.username} took over because ${user.username} is being removed.`,
          cause: REMOVED,
          causeText: 'The main user was removed.',
          from: user.username,
          to: to.username,
        });
      }
      if (to && leaving?.status === 'connected') await tellSpares(tx, org, leaving);
      if (!to && link.mainId === user.id)
        await allDown(tx, org, link.mainEpoch, await store.users.list(orgId, tx), undefined, 'no_connected_user');
    },

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
          await allDown(tx, org, seen.mainEpoch, users, waiting, 'all_down');
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
     * `settled`: only its sign-in was renewed. Whoever is down for another reason, also one that came meanwhile, must first be seen to reach the
     * org: that is for a probe to say.
     */
    async userBack(user: UserRow, how: 'seen' | 'settled'): Promise<void> {
      const { orgId } = user;
      const org = await deps.findOrg(orgId);
      if (!org) return;
      const released = await store.transaction(async (tx) => {
        const link = await store.links.lock(tx, orgId);
        const back = how === 'seen' && (await store.users.setUp(tx, orgId, user.id, clock.now()));
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

    /** An org-wide fault: nobody calls before the answered time. Never switches. `trial`: when the caller's turn to try a held org ends. */
    async hold(link: LinkRow, failure: Failure, trial: Date | null = null): Promise<Date> {
      const at = clock.now();
      const wait = failure.retryAfterMs ?? backoffMs(link.holdAttempts);
      const until = new Date(at.getTime() + wait);
      const waiting = link.holdCode === null ? await countWaiting(link.orgId) : undefined;
      await store.transaction(async (tx) => {
        const next = { code: failure.code, text: failure.text, detail: nextStepOf(failure), at, until };
        const held = await store.links.hold(tx, link.orgId, next, trial);
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
        deps.logger.error(
          { org: link.orgId, failure: failure.code },
          'an org is on hold because of the service itself: its app or its keys',
        );
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

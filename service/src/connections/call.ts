import type { Failure } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { Org } from '../tenancy/index.ts';
import { RefreshFailedError, type Broker } from './broker.ts';
import { CallFailedError, OrgHeldError } from './errors.ts';
import type { Failover } from './failover.ts';
import { createGates, LANE_LIMITS, overBudget } from './limits.ts';
import type { RightsSwitch } from './rights-switch.ts';
import type { RunFailed, RunResult, Sessions } from './sessions.ts';
import type { Store } from './store.ts';
import type { CallOptions, LinkRow, UserRow, Work } from './types.ts';

export interface CallDeps {
  store: Store;
  broker: Broker;
  failover: Failover;
  sessions: Sessions;
  rightsSwitch: RightsSwitch;
  clock: Clock;
  logger: Logger;
  findOrg: (id: string) => Promise<Org | undefined>;
}

export type Call = <T>(orgId: string, options: CallOptions & { whileOff?: boolean }, work: Work<T>) => Promise<T>;

/** Users are at most three; each may be refreshed, switched away from and probed once. A call that needs more turns is a bug of ours. */
const MAX_TURNS = 12;
/** A lane that looks again costs no call; one that looked just before the mode came on must not sleep for long. */
const MODE_OFF_MS = 5_000;
const ALL_DOWN_MS = 30_000;
const BUDGET_MS = 5 * 60_000;
/** A request may take this long unless the caller says otherwise (gateways/salesforce); a trial of a held org ends a moment after it. */
const REQUEST_MS = 30_000;
const TRIAL_SLACK_MS = 2_000;
/** While somebody tries the org, the others look again soon: it may be over before they have noted that they wait. */
const TRIED_MS = 5_000;

/**
 * The one way to reach an org. Runs `work` as the main user, and on a failure does what the failure table says: renews the session once, switches
 * to a standby and runs the work again, holds the org, or hands the failure to the caller. Throws OrgHeldError (nobody should call before `until`)
 * or CallFailedError (this call failed: record, transient, cursor or permission). Errors of `work` itself pass through.
 *
 * The hold is the org's circuit. When it has run out, one call of all lanes and processes tries the org; the others are held until it is answered.
 */
export function createCall(deps: CallDeps): Call {
  const gates = createGates();
  return (orgId, options, work) =>
    gates.run(`${orgId}/${options.lane}`, LANE_LIMITS[options.lane].concurrent, () => turns(deps, orgId, options, work));
}

async function turns<T>(deps: CallDeps, orgId: string, options: CallOptions & { whileOff?: boolean }, work: Work<T>): Promise<T> {
  const once = new Set<string>();
  const trial: Trial = { until: null };
  try {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      const { org, link, main } = await enter(deps, orgId, options, trial);
      const session = {
        connectionId: main.id,
        userId: main.userId,
        username: main.username,
        epoch: link.mainEpoch,
        rightsVersion: main.rightsVersion,
      };
      const result = await deps.sessions.run(org, main, options, (client) => work(client, session));
      if (result.ok) await deps.store.users.touch(orgId, main.id, deps.clock.now());
      if (link.holdCode !== null && isReached(result)) await deps.failover.release(orgId);
      if (result.ok) return result.value;
      const { failure } = result;
      // Whoever decides about this user decides about the token that failed, not about one that a new sign-in has put in its place.
      const again = await decide(deps, { org, link, main: result.user, options, once, trial }, result);
      // Whatever was decided for the org: work that must not be done twice is not run again when it may have been done.
      if (!again || (options.replay === 'never' && failure.sent === 'maybe' && !result.inDoubt)) throw new CallFailedError(failure);
    }
    throw new Error('a call to the org found no end');
  } catch (error) {
    if (trial.until) await deps.store.links.endTrial(orgId, trial.until, deps.clock.now());
    throw error;
  }
}

/** An org that answers is reached, whatever it says about the record or the right that was asked for. */
function isReached<T>(result: RunResult<T>): boolean {
  return result.ok || (!result.inDoubt && ['record', 'permission', 'transient', 'cursor'].includes(result.failure.class));
}

/** Until when this call has the turn to try an org whose hold has run out. */
interface Trial {
  until: Date | null;
}

/** Who is to be called as, or OrgHeldError when nobody should call now. */
async function enter(
  deps: CallDeps,
  orgId: string,
  options: CallOptions & { whileOff?: boolean },
  trial: Trial,
): Promise<{ org: Org; link: LinkRow; main: UserRow }> {
  const [org, link] = await Promise.all([deps.findOrg(orgId), deps.store.links.find(orgId)]);
  const now = deps.clock.now();
  const held = (code: string, text: string, until: number): OrgHeldError =>
    new OrgHeldError({ class: 'org', code, text, detail: '', sent: 'no' }, new Date(until));
  if (!org || !link) throw held('no_connected_user', 'No user is connected.', now.getTime() + ALL_DOWN_MS);
  if (!org.connectionMode && !options.whileOff)
    throw held('mode_off', 'The message connection is switched off.', now.getTime() + MODE_OFF_MS);
  const main = link.mainId === null ? undefined : await deps.store.users.find(orgId, link.mainId);
  if (!main) throw held(link.holdCode ?? 'no_connected_user', link.holdText ?? 'No user is connected.', now.getTime() + ALL_DOWN_MS);
  const onHold = (until: number) => held(link.holdCode ?? 'held', link.holdText ?? 'The org is on hold.', until);
  const isTried = trial.until !== null && link.holdUntil?.getTime() === trial.until.getTime();
  if (link.holdUntil && link.holdUntil > now && !isTried) throw onHold(link.holdUntil.getTime());
  if (overBudget(options.lane, link, now))
    throw held('api_budget', 'The share of API calls for this work is used up.', now.getTime() + BUDGET_MS);
  if (link.holdCode !== null && !isTried) {
    const until = new Date(now.getTime() + (options.timeoutMs ?? REQUEST_MS) + TRIAL_SLACK_MS);
    if (!(await deps.store.links.claimTrial(orgId, now, until))) throw onHold(now.getTime() + TRIED_MS);
    trial.until = until;
  }
  return { org, link, main };
}

interface Turn {
  org: Org;
  link: LinkRow;
  main: UserRow;
  options: CallOptions;
  /** What may happen only once within one call. */
  once: Set<string>;
  trial: Trial;
}

/** True: run the work again (as whoever is main then). False: the failure is the caller's. Throws OrgHeldError. */
async function decide(deps: CallDeps, turn: Turn, result: RunFailed): Promise<boolean> {
  const { failure } = result;
  const { link, main, options } = turn;
  if (result.inDoubt) return settleDoubt(deps, turn, failure);
  switch (failure.class) {
    case 'session':
    case 'user':
      await deps.failover.switchMain(link, main, failure, true);
      return true;
    case 'permission':
      return firstTime(turn, 'permission') && (await deps.rightsSwitch(turn.org, link, main, failure));
    case 'org':
      // An idle connection that the other side had closed looks like a cut; it says nothing about the org.
      if (failure.code === 'CUT' && (options.replay !== 'never' || failure.sent === 'no') && firstTime(turn, 'cut')) return true;
      throw new OrgHeldError(failure, await deps.failover.hold(link, failure, turn.trial.until));
    case 'app':
      throw new OrgHeldError(
        failure,
        await deps.failover.hold(link, { ...failure, retryAfterMs: failure.retryAfterMs ?? BUDGET_MS }, turn.trial.until),
      );
    case 'cursor':
      return options.replay === 'restart' && firstTime(turn, 'cursor');
    case 'transient':
    case 'record':
      return false;
  }
}

function firstTime(turn: Turn, what: string): boolean {
  if (turn.once.has(what)) return false;
  turn.once.add(what);
  return true;
}

/** The answer to a refresh was lost: first somebody else takes over, then the stored token is tried once. */
async function settleDoubt(deps: CallDeps, { link, main }: Turn, failure: Failure): Promise<boolean> {
  const { failover, broker, store, clock, logger } = deps;
  const doubt: Failure = {
    ...failure,
    class: 'user',
    code: 'refresh_in_doubt',
    text: 'The answer to the renewal of this user’s sign-in was lost.',
  };
  if ((await failover.switchMain(link, main, doubt, false)) !== 'none') {
    // The prober would do it too; now is better, and nobody waits for it.
    void settle(deps, main).catch((error: unknown) => logger.warn({ err: error }, 'a token in doubt is tried again later'));
    return true;
  }
  await store.journal.addEvent(store.db, link.orgId, clock.now(), {
    kind: 'refreshed_failed',
    text: `The answer to the renewal of ${main.username}’s sign-in was lost and no standby is there. The stored token is tried once.`,
    cause: failure.code,
    causeText: failure.text,
    from: main.username,
  });
  try {
    if (await broker.settleDoubt(link.orgId, main.id)) return true;
  } catch (error) {
    if (!(error instanceof RefreshFailedError)) throw error;
    await failover.switchMain(link, main, error.failure, true);
    return true;
  }
  const busy: Failure = {
    class: 'org',
    code: 'refresh_in_doubt',
    text: 'The sign-in of the main user is being settled.',
    detail: '',
    sent: 'no',
    retryAfterMs: 5_000,
  };
  throw new OrgHeldError(busy, new Date(clock.now().getTime() + 5_000));
}

/** Settles a user in doubt that is not main any more: a sound one is main again where nobody else is left, a lost grant marks it down. */
export async function settle(deps: Pick<CallDeps, 'broker' | 'failover' | 'store'>, user: UserRow): Promise<boolean> {
  try {
    if (!(await deps.broker.settleDoubt(user.orgId, user.id))) return false;
  } catch (error) {
    if (!(error instanceof RefreshFailedError)) throw error;
    await deps.failover.standbyDown(user, error.failure);
    return false;
  }
  await deps.failover.userBack(user, 'settled');
  return true;
}

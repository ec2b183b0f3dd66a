import type { Failure } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Org } from '../tenancy/index.ts';
import type { Failover } from './failover.ts';
import type { RightsProber } from './rights.ts';
import type { Store } from './store.ts';
import type { LinkRow, UserRow } from './types.ts';

export interface RightsSwitchDeps {
  store: Store;
  rights: RightsProber;
  failover: Failover;
  clock: Clock;
}

/** True: somebody with more rights is main now, so the work may run again. False: the refusal is the caller's. */
export type RightsSwitch = (org: Org, link: LinkRow, main: UserRow, failure: Failure) => Promise<boolean>;

/** Comparing users costs some twenty calls, and an admin puts rights in order in minutes: more often helps nobody. */
export const RIGHTS_EVERY_MS = 10 * 60_000;

/**
 * What to do about a refusal that may be about rights. The main user gives way only when it lacks something of the package's and a standby lacks
 * nothing: where it lacks nothing the refusal is about the record, and every other user in turn would meet refusals of its own.
 */
export function createRightsSwitch({ store, rights, failover, clock }: RightsSwitchDeps): RightsSwitch {
  const running = new Map<string, Promise<boolean>>();

  async function compare(org: Org, link: LinkRow, main: UserRow, failure: Failure): Promise<boolean> {
    if ((await store.links.find(org.id))?.mainEpoch !== link.mainEpoch) return true;
    if (!(await store.links.claimRightsProbe(org.id, clock.now(), RIGHTS_EVERY_MS))) return false;
    const lacking = await rights.probe(org, main);
    if (!lacking) return false;
    if (lacking.length === 0) {
      await store.links.setRightsTold(store.db, org.id, null);
      return false;
    }
    for (const standby of await store.users.list(org.id)) {
      if (standby.id === main.id || standby.status !== 'connected' || standby.inDoubt) continue;
      const missing = await rights.probe(org, standby);
      if (missing?.length !== 0) continue;
      await store.links.setRightsTold(store.db, org.id, null);
      return (await failover.switchMain(link, main, failure, false)) !== 'none';
    }
    await store.transaction(async (tx) => {
      if (!(await store.links.setRightsTold(tx, org.id, `${main.id}: ${lacking.join(', ')}`))) return;
      await store.journal.addEvent(tx, org.id, clock.now(), {
        kind: 'standby_failed',
        text: `${main.username} lacks access (${lacking.slice(0, 3).join(', ')}) and no standby user has more. The main user stays.`,
        cause: failure.code,
        causeText: failure.text,
        from: main.username,
        nextStep: 'Assign the permission set "Switchboard Integration" to the connected users.',
      });
    });
    return false;
  }

  return (org, link, main, failure) => {
    const key = `${org.id}/${link.mainEpoch}`;
    let work = running.get(key);
    if (!work) {
      work = compare(org, link, main, failure).finally(() => running.delete(key));
      running.set(key, work);
    }
    return work;
  };
}

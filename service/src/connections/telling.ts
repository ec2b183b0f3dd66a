import type { Org } from '../tenancy/index.ts';
import type { Db } from '../platform/db/database.ts';
import type { Clock } from '../platform/clock.ts';
import { noticeRecipients, type Notices } from './notices.ts';
import type { Store } from './store.ts';
import type { UserRow } from './types.ts';

const HELD = {
  all_down: { text: 'No connected user reaches the org.', step: 'Reconnect one of the users.' },
  no_connected_user: { text: 'No user is connected.', step: 'Invite or reconnect an administrator.' },
} as const;

export interface TellingDeps {
  store: Store;
  notices: Notices;
  clock: Clock;
  /** Where an admin finds the connected users; goes into notices. */
  setupHint: string;
}

/** What admins are told when users are lost and come back: lines of the timeline and notices, in the transaction of what they tell of. */
export function createTelling({ store, notices, clock, setupHint }: TellingDeps) {
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
      text: `${text}\n\n${nextStep}\n${setupHint}`,
      ...noticeRecipients(org.notifyEmails, await store.users.list(orgId, tx)),
    });
  }

  /** Nobody is left to be main: the org is on hold until somebody is back. */
  async function allDown(
    tx: Db,
    org: Org,
    epoch: number,
    users: UserRow[],
    waiting: number | undefined,
    code: 'all_down' | 'no_connected_user',
  ): Promise<void> {
    const at = clock.now();
    const orgId = org.id;
    const held = HELD[code];
    const text = `${held.text} Messages are kept and wait; incoming ones are still accepted.`;
    const nextStep = `${held.step} Everything that waits is delivered then.`;
    await store.links.release(tx, orgId);
    await store.links.hold(tx, orgId, { code, text: held.text, detail: nextStep, at, until: null });
    await store.journal.addEvent(tx, orgId, at, { kind: 'all_down', text, nextStep, ...(waiting === undefined ? {} : { waiting }) });
    await notices.add(tx, orgId, {
      key: `all_down.${epoch}`,
      subject: `Switchboard: no connected user reaches ${org.name}`,
      text: `${text}\n\n${waiting === undefined ? '' : `${waiting} messages wait.\n`}${nextStep}\n${setupHint}`,
      ...noticeRecipients(org.notifyEmails, users),
    });
  }

  /** Everybody was down and somebody is back: told once for each time it happened. */
  async function tellRecovery(tx: Db, org: Org, epoch: number, text: string): Promise<void> {
    await notices.add(tx, org.id, {
      key: `recovered.${epoch}`,
      subject: `Switchboard: ${org.name} is reached again`,
      text: `${text} What waited is being delivered.\n\n${setupHint}`,
      ...noticeRecipients(org.notifyEmails, await store.users.list(org.id, tx)),
    });
  }

  return { tellSpares, allDown, tellRecovery };
}

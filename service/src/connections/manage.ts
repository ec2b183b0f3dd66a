import type { Db } from '../platform/db/database.ts';
import { notFound } from '../platform/errors.ts';
import type { Parts } from './deps.ts';
import { connectionNotConnected, connectionTestFailed, lastConnection, orderIncomplete, removalOvertaken } from './errors.ts';
import { nextStepOf } from './causes.ts';
import { REMOVED, type UserRow } from './types.ts';

const NO_SUCH_USER = 'There is no such connected user.';

async function findUser(parts: Parts, orgId: string, id: string): Promise<UserRow> {
  const user = await parts.store.users.find(orgId, id);
  if (!user) throw notFound(NO_SUCH_USER);
  return user;
}

/** Tries a user now, with its rights, and draws the conclusions a probe would. The answer is the user's new state; a failed test is no error. */
export async function testUser(parts: Parts, orgId: string, id: string): Promise<UserRow> {
  const user = await findUser(parts, orgId, id);
  if (user.status === 'requested' && !user.refreshToken) throw connectionNotConnected(`${user.username} has not signed in yet.`);
  const result = await parts.probes.probe(user);
  if (result.ok) {
    const org = await parts.tenancy.findOrg({ id: orgId });
    if (org) await parts.rights.probe(org, await findUser(parts, orgId, id));
  }
  return findUser(parts, orgId, id);
}

function mustBeConnected({ username, status }: UserRow): void {
  if (status !== 'connected') throw connectionNotConnected(`${username} is ${status}; only a connected user can be the main user.`);
}

/** Makes a standby user main, after a good test of it. */
export async function makeMain(parts: Parts, orgId: string, id: string): Promise<UserRow> {
  const { store, clock, failPoints } = parts;
  const user = await findUser(parts, orgId, id);
  mustBeConnected(user);
  const link = await store.links.find(orgId);
  if (link?.mainId === id) return user;
  const result = await parts.probes.probe(user);
  if (!result.ok)
    throw connectionTestFailed(
      `${user.username} was tried first: ${result.failure.text} The main user stays. ${nextStepOf(result.failure)}`,
    );
  await failPoints.hit('make-main.after-probe');
  await store.transaction(async (tx) => {
    const now = await store.links.lock(tx, orgId);
    // The test took its time: somebody may have removed the user meanwhile, or a probe found it down.
    const chosen = await store.users.lock(tx, orgId, id);
    if (!chosen) throw notFound(NO_SUCH_USER);
    mustBeConnected(chosen);
    if (chosen.inDoubt)
      throw connectionNotConnected(
        `The sign-in of ${chosen.username} has become uncertain. Try again in a minute, or press Reconnect. The main user stays.`,
      );
    const from = now.mainId === null ? undefined : await store.users.find(orgId, now.mainId, tx);
    if (now.mainId === id || !(await store.links.setMain(tx, orgId, now.mainEpoch, id, clock.now()))) return;
    await store.journal.addEvent(tx, orgId, clock.now(), {
      kind: 'made_main',
      text: from
        ? `${user.username} was made the main user; ${from.username} is a standby user now.`
        : `${user.username} was made the main user.`,
      cause: 'manual',
      causeText: 'An administrator asked for it.',
      to: user.username,
      ...(from ? { from: from.username } : {}),
    });
  });
  return findUser(parts, orgId, id);
}

/**
 * Removes a user and gives its grant back to Salesforce. The last connected one only with `confirm`. One that signs in or is invited while this
 * goes on stays: the new grant is known to nobody else, and its owner was told that it is connected.
 */
export async function removeUser(parts: Parts, orgId: string, id: string, confirm: boolean): Promise<void> {
  const { store, failPoints } = parts;
  const org = await parts.tenancy.findOrg({ id: orgId });
  if (!org) throw notFound(NO_SUCH_USER);
  const user = await store.transaction(async (tx) => {
    await store.links.lock(tx, orgId);
    const leaving = await store.users.lock(tx, orgId, id);
    if (!leaving) throw notFound(NO_SUCH_USER);
    const others = (await store.users.list(orgId, tx)).filter((other) => other.id !== id && other.status === 'connected');
    if (leaving.status === 'connected' && others.length === 0 && !confirm) {
      throw lastConnection(
        `${leaving.username} is the last connected user. Without it messages wait until somebody signs in. Confirm to remove it. Nothing was changed.`,
      );
    }
    await parts.failover.takeLeave(tx, org, leaving);
    return leaving;
  });
  parts.notices.wakeUp(orgId);
  for (let grant = user; ;) {
    await failPoints.hit('remove.before-revoke');
    const revoked = await parts.broker.revoke(grant);
    await failPoints.hit('remove.after-revoke');
    const renewed = await store.transaction((tx) => takeOff(parts, tx, grant, revoked));
    if (!renewed) return;
    if (renewed.cause !== REMOVED)
      throw removalOvertaken(
        `${renewed.username} signed in or was invited again while it was being removed, so it stays on the list. Press Remove again if it should go.`,
      );
    grant = renewed;
  }
}

/**
 * The end of a removal, after `grant` was given back: deletes the row and tells it. Answers the row where it must not be deleted: somebody signed
 * in as this user or invited it meanwhile, and the later word counts, or its token was renewed, which is another one to give back.
 */
async function takeOff(parts: Parts, tx: Db, grant: UserRow, revoked: boolean): Promise<UserRow | undefined> {
  const { store, clock } = parts;
  const { orgId, id } = grant;
  await store.links.lock(tx, orgId);
  const now = await store.users.lock(tx, orgId, id);
  // Another removal was faster.
  if (!now) return undefined;
  if (now.cause !== REMOVED) {
    const signedIn = now.tokenGeneration !== grant.tokenGeneration;
    await store.journal.addEvent(tx, orgId, clock.now(), {
      kind: signedIn ? 'connected' : 'invited',
      text: `${now.username} ${signedIn ? 'signed in' : 'was invited'} again while it was being removed, so it stays.`,
      to: now.username,
      nextStep: 'Press Remove again if it should go.',
    });
    return now;
  }
  if (now.tokenGeneration !== grant.tokenGeneration) return now;
  await store.users.remove(tx, orgId, id);
  await store.journal.addEvent(tx, orgId, clock.now(), {
    kind: 'removed',
    text: `${now.username} was removed.`,
    from: now.username,
    ...(revoked
      ? {}
      : { nextStep: `The access could not be revoked: revoke it on the page of ${now.username} in Setup (OAuth Connected Apps).` }),
  });
  return undefined;
}

/** Sets the order in which standby users take over. The list names every user of the org once. */
export async function reorder(parts: Parts, orgId: string, ids: readonly string[]): Promise<void> {
  const { store, clock } = parts;
  await store.transaction(async (tx) => {
    await store.links.lock(tx, orgId);
    const users = await store.users.list(orgId, tx);
    if (new Set(ids).size !== ids.length || ids.length !== users.length || !users.every((user) => ids.includes(user.id))) {
      throw orderIncomplete('The list must name every connected user once. Read the list again; nothing was changed.');
    }
    await store.users.setOrder(tx, orgId, ids);
    const names = ids.map((id) => users.find((user) => user.id === id)?.username).join(', ');
    await store.journal.addEvent(tx, orgId, clock.now(), { kind: 'order_changed', text: `The order is now: ${names}.` });
  });
}

/** Switches the message connection of the org on or off, and sets who gets notices. Off: everything is kept and nothing is written to the org. */
export async function updateOrg(
  parts: Parts,
  orgId: string,
  change: { connectionMode?: boolean | undefined; notifyEmails?: string[] | undefined },
): Promise<void> {
  const { store, tenancy, clock } = parts;
  const before = await tenancy.findOrg({ id: orgId });
  const turned = change.connectionMode !== undefined && before !== undefined && change.connectionMode !== before.connectionMode;
  await store.transaction(async (tx) => {
    await tenancy.updateOrg(orgId, change, tx);
    if (!turned) return;
    const text = change.connectionMode
      ? 'The message connection was switched on. What waited is being delivered.'
      : 'The message connection was switched off. Messages are kept and wait.';
    await store.journal.addEvent(tx, orgId, clock.now(), { kind: 'mode_changed', text });
  });
  if (turned && change.connectionMode) await parts.releaseLanes(orgId);
}

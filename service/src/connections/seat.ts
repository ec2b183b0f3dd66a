import { randomUUID } from 'node:crypto';
import type { Db } from '../platform/db/database.ts';
import type { Org } from '../tenancy/index.ts';
import { MAX_USERS, type Parts } from './deps.ts';
import { connectionLimit } from './errors.ts';
import { takeGrant, type SignIn } from './grant.ts';
import type { UserRow } from './types.ts';

/**
 * Puts who has just signed in among the org's connected users, or renews the grant of one who is; the org's link is locked. Undefined: three
 * others are connected already. `before`: the row as it was, whose grant the caller gives back after the commit.
 */
export async function takeSeat(
  parts: Parts,
  tx: Db,
  org: Org,
  signIn: SignIn,
): Promise<{ id: string; isNew: boolean; before: UserRow | undefined } | undefined> {
  const { store, clock, oauth } = parts;
  const { tokens, identity, login } = signIn;
  const users = await store.users.list(org.id, tx);
  const known = users.find((user) => user.userId === tokens.userId)?.id;
  if (!known && users.length >= MAX_USERS) return undefined;
  const id = known ?? randomUUID();
  if (!known) {
    const { username, displayName: name, email } = identity;
    await store.users.add(tx, { orgId: org.id, id, userId: tokens.userId, username, name, email }, 'connected', clock.now());
  }
  const before = await takeGrant(parts, tx, { org, id, inviteHash: null, loginUrl: oauth.loginUrl(login), tokens, identity });
  return { id, isNew: !known, before };
}

/** Connects who has just signed in, without an invitation. `also` is part of the same commit. Throws connection_limit. */
export async function join(
  parts: Parts,
  org: Org,
  signIn: SignIn,
  also: (tx: Db, seat: { id: string; isNew: boolean }) => Promise<void>,
): Promise<void> {
  const { store } = parts;
  const seat = await store.transaction(async (tx) => {
    await store.links.lock(tx, org.id);
    const taken = await takeSeat(parts, tx, org, signIn);
    if (!taken)
      throw connectionLimit(
        'Three other users are connected. Sign in as one of them, or let an administrator remove one on the setup tab.',
      );
    await also(tx, taken);
    signIn.kept = true;
    return taken;
  });
  parts.notices.wakeUp(org.id);
  if (seat.before) await parts.broker.revoke(seat.before);
  const user = await store.users.find(org.id, seat.id);
  if (user) await parts.rights.probe(org, user);
  if ((await store.links.find(org.id))?.mainId === seat.id) await parts.releaseLanes(org.id);
}

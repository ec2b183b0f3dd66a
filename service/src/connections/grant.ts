import type { Identity, TokenSet } from '../gateways/salesforce/index.ts';
import type { Org } from '../tenancy/index.ts';
import type { Parts } from './deps.ts';
import type { UserRow } from './types.ts';

/** Somebody who has just signed in at Salesforce. */
export interface SignIn {
  login: string;
  tokens: TokenSet & { refreshToken: string };
  identity: Identity;
  /** Set right before the commit that stores the grant: from then on calls may go on with it, and nobody gives it back. */
  kept: boolean;
}

/**
 * Stores the grant, writes the timeline, and makes the user main where there is none. Answers the user's row as it was before, undefined when the
 * invitation was used meanwhile. Whoever calls gives that row's grant back after the commit: until then every call goes on with it, and after the
 * commit every call goes on with the new one. (A user and app have at most five grants; the sixth ends the oldest, which is never the new one.)
 */
export async function takeGrant(
  parts: Parts,
  tx: Parameters<Parts['store']['users']['setGrant']>[0],
  grant: { org: Org; id: string; inviteHash: string | null; loginUrl: string; tokens: SignIn['tokens']; identity: Identity },
): Promise<UserRow | undefined> {
  const { store, clock, broker } = parts;
  const { id, identity, tokens } = grant;
  const orgId = grant.org.id;
  const before = await store.users.lock(tx, orgId, id);
  const stored = await store.users.setGrant(tx, orgId, id, {
    ...broker.sealGrant(id, tokens),
    loginUrl: grant.loginUrl,
    at: clock.now(),
    inviteHash: grant.inviteHash,
    username: identity.username,
    name: identity.displayName || identity.username,
    email: identity.email,
  });
  if (!stored) return undefined;
  const link = await store.links.lock(tx, orgId);
  const main = await store.links.setMainIfNone(tx, orgId, id, clock.now());
  if (main) await store.links.release(tx, orgId);
  const text = main ? `${identity.username} signed in and is the main user.` : `${identity.username} signed in.`;
  await store.journal.addEvent(tx, orgId, clock.now(), { kind: 'connected', text, to: identity.username });
  if (main && link.holdCode !== null) {
    await store.journal.addEvent(tx, orgId, clock.now(), {
      kind: 'recovered',
      text: 'The org is reached again. What waited is being delivered.',
      to: identity.username,
    });
    await parts.failover.tellRecovery(tx, grant.org, link.mainEpoch, text);
  }
  return before;
}

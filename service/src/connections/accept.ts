import { hashToken } from '../platform/crypto.ts';
import type { Parts } from './deps.ts';
import { inviteInvalid, notAdministrator, wrongUser } from './errors.ts';
import { startFlow, type StartedFlow } from './flows.ts';
import { ownMissingRights } from './rights.ts';
import { takeGrant, type SignIn } from './grant.ts';
import type { FlowRow, UserRow } from './types.ts';
import type { Org } from '../tenancy/index.ts';

/** The invitation behind a link. Looking at it uses nothing up: mail scanners open links. */
export async function readInvite(parts: Parts, token: string): Promise<{ user: UserRow; org: Org }> {
  const user = await parts.store.users.findByInvite(hashToken(token));
  const org = user && (await parts.tenancy.findOrg({ id: user.orgId }));
  if (!user || !org || !user.inviteExpiresAt || user.inviteExpiresAt <= parts.clock.now()) {
    throw inviteInvalid(
      'It was used already, was replaced by a newer one, or has expired. Ask the administrator of your org to press Reconnect.',
    );
  }
  return { user, org };
}

/** Begins the sign-in of an invited user at the org's own login host. */
export async function startInvite(parts: Parts, token: string): Promise<StartedFlow> {
  const { user, org } = await readInvite(parts, token);
  return startFlow(parts, {
    kind: 'invite',
    login: loginOf(parts, org),
    returnUrl: null,
    orgId: org.id,
    connectionId: user.id,
    inviteHash: hashToken(token),
    loginHint: user.username,
  });
}

/** The choice that leads to the login host the org was registered at. */
export function loginOf(parts: Parts, org: Org): string {
  return ['production', 'sandbox'].find((choice) => parts.oauth.loginUrl(choice) === org.loginUrl) ?? org.loginUrl;
}

export interface Accepted {
  org: Org;
  user: UserRow;
  /** Nobody was main before. */
  isMain: boolean;
}

/**
 * Connects the invited user who has just signed in. Only now is the invitation used up. Throws a Problem when somebody else signed in or the
 * rights are missing; the caller gives a grant back that is not `kept`, and the invitation stays good.
 */
export async function accept(parts: Parts, flow: FlowRow, signIn: SignIn): Promise<Accepted> {
  const { login, tokens, identity } = signIn;
  const { store, tenancy, failPoints } = parts;
  const org = flow.orgId ? await tenancy.findOrg({ id: flow.orgId }) : undefined;
  const user = flow.orgId && flow.connectionId ? await store.users.find(flow.orgId, flow.connectionId) : undefined;
  if (!org || !user) throw inviteInvalid('The invitation was withdrawn. Ask the administrator of your org for a new one.');
  if (tokens.orgId !== org.salesforceId) {
    throw wrongUser(
      `You signed in to another org. The invitation is for ${user.username} of ${org.name}. Nothing was stored: open the link in the mail again and sign in as that user.`,
    );
  }
  if (tokens.userId !== user.userId) {
    throw wrongUser(
      `You signed in as ${identity.username}. The invitation is for ${user.username}. Nothing was stored: open the link in the mail again and sign in as that user.`,
    );
  }
  const client = parts.connect({
    instanceUrl: tokens.instanceUrl,
    accessToken: tokens.accessToken,
    namespace: org.namespace || null,
    timeoutMs: 15_000,
  });
  const lacking = await ownMissingRights(client);
  if (lacking.length > 0)
    throw notAdministrator(`${identity.username} lacks: ${lacking.join(', ')}. Nothing was stored; the invitation stays good.`);

  const stale = inviteInvalid(
    'It was used or replaced by a newer one while you signed in. Ask the administrator of your org to press Reconnect.',
  );
  if (flow.inviteHash === null || (await store.users.findByInvite(flow.inviteHash))?.id !== user.id) throw stale;
  await failPoints.hit('accept.before-store');
  const grant = { org, id: user.id, inviteHash: flow.inviteHash, loginUrl: parts.oauth.loginUrl(login), tokens, identity };
  const before = await store.transaction(async (tx) => {
    await store.links.lock(tx, org.id);
    const taken = await takeGrant(parts, tx, grant);
    signIn.kept = taken !== undefined;
    return taken;
  });
  if (!before) throw stale;
  await failPoints.hit('accept.after-commit');
  parts.notices.wakeUp(org.id);
  await parts.broker.revoke(before);
  await failPoints.hit('accept.after-revoke');
  const link = await store.links.find(org.id);
  const isMain = link?.mainId === user.id;
  if (isMain) await parts.releaseLanes(org.id);
  return { org, user: (await store.users.find(org.id, user.id)) as UserRow, isMain };
}

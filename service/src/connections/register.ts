import { randomUUID } from 'node:crypto';
import { classifyFailure, type Identity, type SalesforceClient, type TokenSet } from '../gateways/salesforce/index.ts';
import type { Org } from '../tenancy/index.ts';
import { MAX_USERS, type Parts } from './deps.ts';
import { notAdministrator, packageMissing } from './errors.ts';
import { findPackage, ownMissingRights } from './rights.ts';
import type { UserRow } from './types.ts';

export interface SignIn {
  login: string;
  tokens: TokenSet & { refreshToken: string };
  identity: Identity;
  /** Set right before the commit that stores the grant: from then on calls may go on with it, and nobody gives it back. */
  kept: boolean;
}

export interface Registered {
  org: Org;
  /** The row of the signed-in user; undefined when three others are connected already. */
  user: UserRow | undefined;
  isMain: boolean;
  /** Present only when the org refused to take the keys: shown once and then forgotten. */
  keys?: { agent: string; admin: string };
  again: boolean;
}

const EXTERNAL_CREDENTIAL = 'Switchboard';

/**
 * Registers the org of an administrator who has just signed in, or registers it again: then there are new keys (the old ones end a day after
 * the new ones are first used) and whoever is main stays main. Throws a Problem when the user or the org does not fit; the caller gives a grant back that is not `kept`.
 */
export async function register(parts: Parts, signIn: SignIn): Promise<Registered> {
  const { login, tokens, identity } = signIn;
  const { store, tenancy, clock, failPoints } = parts;
  const bare = parts.connect({ instanceUrl: tokens.instanceUrl, accessToken: tokens.accessToken, namespace: null, timeoutMs: 15_000 });
  const lacking = await ownMissingRights(bare);
  if (lacking.length > 0) {
    throw notAdministrator(
      `${identity.username} lacks: ${lacking.join(', ')}. Registering needs an administrator. Nothing was stored and the access was given back.`,
    );
  }
  const found = await findPackage(bare);
  if (!found)
    throw packageMissing(
      'Install the Switchboard package in this org first, then register. Nothing was stored and the access was given back.',
    );
  const name = await orgName(bare);
  const loginUrl = parts.oauth.loginUrl(login);
  const previous = await tenancy.findOrg({ salesforceId: tokens.orgId });

  const result = await store.transaction(async (tx) => {
    const org = await tenancy.saveOrg(tx, {
      salesforceId: tokens.orgId,
      name,
      namespace: found.namespace ?? '',
      instanceUrl: tokens.instanceUrl,
      loginUrl,
    });
    if (org.notifyEmails.length === 0 && identity.email) await tenancy.updateOrg(org.id, { notifyEmails: [identity.email] }, tx);
    const keys = await tenancy.rollKeys(tx, org.id, ['agent', 'admin']);
    await store.links.lock(tx, org.id);
    const text = previous
      ? `The org was registered again by ${identity.username}; new keys were made.`
      : `The org was registered by ${identity.username}.`;
    await store.journal.addEvent(tx, org.id, clock.now(), { kind: 'registered', text, to: identity.username });
    const users = await store.users.list(org.id, tx);
    let id = users.find((user) => user.userId === tokens.userId)?.id;
    if (!id && users.length >= MAX_USERS) return { org, keys, id: undefined, before: undefined };
    if (!id) {
      id = randomUUID();
      const fresh = {
        orgId: org.id,
        id,
        userId: tokens.userId,
        username: identity.username,
        name: identity.displayName,
        email: identity.email,
      };
      await store.users.add(tx, fresh, 'connected', clock.now());
    }
    const before = await takeGrant(parts, tx, { org, id, inviteHash: null, loginUrl, tokens, identity });
    signIn.kept = true;
    return { org, keys, id, before };
  });
  await failPoints.hit('register.after-commit');
  parts.notices.wakeUp(result.org.id);
  await parts.releaseLanes(result.org.id);
  if (result.before) await parts.broker.revoke(result.before);
  await failPoints.hit('register.after-revoke');
  const user = result.id ? await store.users.find(result.org.id, result.id) : undefined;
  const link = await store.links.find(result.org.id);
  const client = parts.connect({
    instanceUrl: tokens.instanceUrl,
    accessToken: tokens.accessToken,
    namespace: found.namespace,
    timeoutMs: 15_000,
  });
  const written = await writeKeys(parts, client, result.keys);
  return {
    org: result.org,
    user,
    isMain: user !== undefined && link?.mainId === user.id,
    again: previous !== undefined,
    ...(written ? {} : { keys: result.keys }),
  };
}

async function orgName(client: SalesforceClient): Promise<string> {
  const page = await client.query<{ Name: string }>('SELECT Name FROM Organization LIMIT 1');
  return page.records[0]?.Name ?? 'Salesforce org';
}

/** False when the org did not take both keys. The keys are good all the same, so they are shown. */
async function writeKeys(parts: Parts, client: SalesforceClient, keys: { agent: string; admin: string }): Promise<boolean> {
  try {
    await client.writeCredential({ externalCredential: EXTERNAL_CREDENTIAL, principal: 'Agent', parameters: { ApiKey: keys.agent } });
    await client.writeCredential({ externalCredential: EXTERNAL_CREDENTIAL, principal: 'Admin', parameters: { ApiKey: keys.admin } });
    return true;
  } catch (error) {
    const failure = classifyFailure(error);
    parts.logger.warn({ failure: failure.code }, 'the org did not take its keys; they are shown to the administrator');
    return false;
  }
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

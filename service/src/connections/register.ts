import { classifyFailure, type SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Org } from '../tenancy/index.ts';
import type { Parts } from './deps.ts';
import { notAdministrator, packageMissing } from './errors.ts';
import { findPackage, ownMissingRights } from './rights.ts';
import type { SignIn } from './grant.ts';
import { takeSeat } from './seat.ts';
import type { UserRow } from './types.ts';

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
    const seat = await takeSeat(parts, tx, org, signIn);
    signIn.kept = seat !== undefined;
    return { org, keys, id: seat?.id, before: seat?.before };
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

import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Db } from '../platform/db/database.ts';
import type { Org } from '../tenancy/index.ts';
import type { Parts } from './deps.ts';
import type { SignIn } from './grant.ts';
import { ownMissingRights } from './rights.ts';
import { join } from './seat.ts';

/** Somebody whom Salesforce has just named, at a page that another feature began. */
export interface Visit {
  org: Org;
  /** 18 characters. */
  userId: string;
  username: string;
  /** Calls the org as this user. */
  client: SalesforceClient;
  /** The administrator rights that this user lacks, in words. */
  missingRights(): Promise<string[]>;
  /** Keeps the grant: puts the user among the org's connected users. `also` is part of the same commit. Throws connection_limit. */
  join(also: (tx: Db, seat: { id: string; isNew: boolean }) => Promise<void>): Promise<void>;
}

/** Where the browser goes on, with a cookie of the feature that began. */
export interface Elsewhere {
  redirect: string;
  cookie?: { name: string; value: string; path: string; maxAgeS: number };
}

/** What is done at the end of sign-ins that other features begin, by kind. Without `join` the grant is given back. */
export type SignIns = Partial<Record<'portal' | 'acd', (visit: Visit & { returnUrl: string | null }) => Promise<Elsewhere>>>;

export function visitOf(parts: Parts, org: Org, signIn: SignIn): Visit {
  const { tokens, identity } = signIn;
  const { instanceUrl, accessToken, userId } = tokens;
  const client = parts.connect({ instanceUrl, accessToken, namespace: org.namespace || null, timeoutMs: 15_000 });
  return {
    org,
    userId,
    username: identity.username,
    client,
    missingRights: () => ownMissingRights(client),
    join: (also) => join(parts, org, signIn, also),
  };
}

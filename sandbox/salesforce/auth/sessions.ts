import type { FastifyRequest } from 'fastify';
import { SalesforceError } from '../org.ts';
import type { Org, OrgSession } from '../org.ts';
import type { Accounts } from './accounts.ts';
import type { Grants } from './grants.ts';

/** The token of an `Authorization: Bearer …` (REST) or `OAuth …` (streaming) header. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

export interface SessionDeps {
  readonly org: Org;
  readonly grants: Grants;
  readonly accounts: Accounts;
}

/** Makes the function that routes call to learn who calls. It throws the platform's refusal as a {@link SalesforceError}. */
export function makeRequireSession(deps: SessionDeps): (request: FastifyRequest) => OrgSession {
  const sessionOf = makeSessionOf(deps);
  return (request) => sessionOf(bearerOf(request));
}

/** The same for a token that came by another way. */
export function makeSessionOf({ org, grants, accounts }: SessionDeps): (token: string | undefined) => OrgSession {
  return (token) => {
    const access = token ? grants.access(token, true) : undefined;
    const user = access && org.users.byId(access.userId);
    if (!access || !user) throw new SalesforceError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    const state = accounts.state(user);
    if (state === 'inactive') throw new SalesforceError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    if (state === 'locked') {
      throw new SalesforceError(403, 'PASSWORD_LOCKOUT', 'Your password attempts have been exhausted; contact your administrator');
    }
    if (state === 'login-hours')
      throw new SalesforceError(403, 'LOGIN_DURING_RESTRICTED_TIME', 'Invalid login time; not within login hours');
    if (!access.scopes.split(' ').some((scope) => scope === 'api' || scope === 'full' || scope === 'web')) {
      throw new SalesforceError(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API');
    }
    if (!org.users.rights(user.id).apiEnabled) {
      throw new SalesforceError(403, 'API_CURRENTLY_DISABLED', 'API is disabled for this User');
    }
    return { userId: user.id, username: user.username, sessionId: String(access.id) };
  };
}

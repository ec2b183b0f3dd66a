import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Org } from '../org.ts';
import type { OrgState } from '../platform/org-state.ts';
import type { Accounts } from './accounts.ts';
import type { AppRegistry, OAuthApp } from './apps.ts';
import { TokenError } from './errors.ts';
import type { Grants, IssuedTokens } from './grants.ts';
import { sameText, tokenSignature } from './secrets.ts';

export interface TokenDeps {
  readonly org: Org;
  readonly apps: AppRegistry;
  readonly grants: Grants;
  readonly accounts: Accounts;
  readonly orgState: OrgState;
  /** The org's own address, known once the server listens. */
  readonly baseUrl: () => string;
}

type Form = Readonly<Record<string, string | undefined>>;

/** The fields of a posted form, each once. Anything but a form counts as empty, as RFC 6749 demands a form. */
function formOf(request: FastifyRequest): Form {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  return isForm ? textsOf(request.body) : {};
}

function textsOf(raw: unknown): Form {
  const entries = Object.entries((raw as Record<string, unknown> | null | undefined) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''));
}

/** Client id and secret from the form or from Basic authorization (RFC 6749, section 2.3.1). */
function clientOf(request: FastifyRequest, form: Form): { id: string | undefined; secret: string | undefined } {
  const basic = /^Basic\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!basic) return { id: form['client_id'], secret: form['client_secret'] };
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { id, secret: secret.join(':') };
}

/** The token, revoke and introspect endpoints (sections 2.2, 2.3 and 2.6). */
export function registerTokenRoutes(app: FastifyInstance, deps: TokenDeps): void {
  const { org, apps, grants, accounts, orgState, baseUrl } = deps;

  function authenticate(request: FastifyRequest, form: Form): OAuthApp {
    const { id, secret } = clientOf(request, form);
    const client = apps.find(id);
    if (!client) throw new TokenError('invalidClientId');
    if (secret === undefined || !sameText(secret, client.clientSecret)) throw new TokenError('invalidClient');
    return client;
  }

  function admit(userId: string): void {
    const user = org.users.byId(userId);
    if (!user) throw new TokenError('expiredToken');
    const state = accounts.state(user);
    if (state === 'inactive') throw new TokenError('inactiveUser');
    if (state === 'locked') throw new TokenError('authenticationFailure');
    if (state === 'login-hours') throw new TokenError('loginHours');
    if (!accounts.admitLogin(userId)) throw new TokenError('rateLimit');
  }

  function answer(client: OAuthApp, issued: IssuedTokens): Record<string, string> {
    const id = `${baseUrl()}/id/${org.orgId}/${issued.userId}`;
    const issuedAt = String(issued.issuedAt);
    return {
      access_token: issued.accessToken,
      ...(issued.refreshToken === undefined ? {} : { refresh_token: issued.refreshToken }),
      signature: tokenSignature(client.clientSecret, id, issuedAt),
      scope: issued.scopes,
      instance_url: baseUrl(),
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
    };
  }

  app.post('/services/oauth2/token', async (request, reply) => {
    const form = formOf(request);
    reply.header('cache-control', 'no-store');
    if (orgState.current === 'locked') throw new TokenError('inactiveOrg');
    orgState.check();
    const grantType = form['grant_type'];
    if (grantType === 'authorization_code') {
      const client = authenticate(request, form);
      if (!form['code']) throw new TokenError('missingCode');
      const issued = grants.redeemCode(client, form['code'], form['redirect_uri'], form['code_verifier'], admit);
      return answer(client, issued);
    }
    if (grantType === 'refresh_token') {
      const client = authenticate(request, form);
      const token = form['refresh_token'];
      if (!token) throw new TokenError('missingRefreshToken');
      if (apps.refusesRefresh(client.clientId)) throw new TokenError('appNotInstalled');
      return answer(client, grants.refresh(client, token, admit));
    }
    throw new TokenError('unsupportedGrant');
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/services/oauth2/revoke',
    handler: async (request, reply) => {
      const form = { ...textsOf(request.query), ...formOf(request) };
      if (!form['token']) throw new TokenError('missingToken');
      if (!grants.revokeToken(form['token'])) throw new TokenError('invalidToken');
      return reply.code(200).send();
    },
  });

  app.post('/services/oauth2/introspect', async (request) => {
    const form = formOf(request);
    const client = authenticate(request, form);
    const token = form['token'];
    if (!token) throw new TokenError('missingToken');
    const access = grants.access(token, false);
    const refresh = access ? undefined : grants.inspectRefresh(token);
    const found = access ?? refresh;
    const user = found && org.users.byId(found.userId);
    if (!found || !user || found.clientId !== client.clientId || accounts.state(user) !== 'active') return { active: false };
    return {
      active: true,
      scope: found.scopes,
      client_id: client.clientId,
      username: user.username,
      sub: `${baseUrl()}/id/${org.orgId}/${user.id}`,
      token_type: access ? 'access_token' : 'refresh_token',
      exp: Math.floor(found.expiresAt / 1000),
      ...(access ? { iat: Math.floor(access.createdAt / 1000), nbf: Math.floor(access.createdAt / 1000) } : {}),
    };
  });
}

import { OAuthError, SalesforceError } from './errors.ts';
import { checkTokenHost, loginUrl, type HostPolicy } from './hosts.ts';
import type { Exchange, HttpAnswer, HttpRequest } from './transport.ts';

export interface OAuthOptions {
  clientId: string;
  /** Confidential clients send it together with the PKCE verifier. */
  clientSecret?: string;
  redirectUri: string;
  hosts: HostPolicy;
  exchange: Exchange;
  /** Deadline of each request in milliseconds; 10,000 unless told. */
  timeoutMs?: number;
}

/** What the token endpoint gave. There is no expiry in it: the session lives by inactivity. */
export interface TokenSet {
  accessToken: string;
  /** New on every refresh when rotation is on; null when the answer carried none (then the old one stays valid). */
  refreshToken: string | null;
  /** Origin of the org; `exchangeCode` has checked it to be a Salesforce host, `refresh` has not: a rotated token must not be lost over it. */
  instanceUrl: string;
  /** 18-character ids out of the identity URL. */
  orgId: string;
  userId: string;
  identityUrl: string;
  scope: string;
  issuedAt: Date;
}

export interface Identity {
  userId: string;
  orgId: string;
  username: string;
  displayName: string;
  email: string;
  active: boolean;
  locale: string;
  timeZone: string;
}

export interface AuthorizeOptions {
  /** `production`, `sandbox` or a My Domain host. */
  login: string;
  state: string;
  /** base64url(SHA-256(verifier)). */
  codeChallenge: string;
  prompt?: 'login' | 'consent' | 'login consent' | 'select_account';
  /** Username that the login page shows. */
  loginHint?: string;
}

/** The OAuth 2.0 web server flow of one external client app, with PKCE. Throws OAuthError, or HostRefusedError before anything is sent. */
export interface SalesforceOAuth {
  /** The token endpoint's host for a login choice. */
  loginUrl(login: string): string;
  authorizeUrl(options: AuthorizeOptions): string;
  exchangeCode(login: string, code: string, codeVerifier: string): Promise<TokenSet>;
  /** `loginHost` is the origin the grant was made at (or the org's own origin). With rotation the given token is dead after this call. */
  refresh(loginHost: string, refreshToken: string): Promise<TokenSet>;
  /** Revokes a refresh token and its access tokens. A token that is dead already counts as revoked. */
  revoke(loginHost: string, token: string): Promise<void>;
  /** Who the access token belongs to. The token travels in a header, never in the URL. */
  identity(tokens: Pick<TokenSet, 'identityUrl' | 'accessToken' | 'instanceUrl'>): Promise<Identity>;
}

export const OAUTH_SCOPE = 'api refresh_token openid';

export function createSalesforceOAuth(options: OAuthOptions): SalesforceOAuth {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const client = { client_id: options.clientId, ...(options.clientSecret ? { client_secret: options.clientSecret } : {}) };
  const ask = (endpoint: OAuthError['endpoint'], request: HttpRequest): Promise<HttpAnswer> =>
    exchangeFor(endpoint, options.exchange, request, timeoutMs);
  const form = (origin: string, path: string, fields: Record<string, string>): HttpRequest => ({
    method: 'POST',
    url: `${origin}${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(fields).toString(),
  });
  const token = async (origin: string, fields: Record<string, string>): Promise<TokenSet> =>
    readTokens(await ask('token', form(origin, '/services/oauth2/token', { ...fields, ...client })));

  return {
    loginUrl: (login) => loginUrl(login, options.hosts),
    authorizeUrl: ({ login, state, codeChallenge, prompt, loginHint }) => {
      const url = new URL('/services/oauth2/authorize', loginUrl(login, options.hosts));
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: options.clientId,
        redirect_uri: options.redirectUri,
        scope: OAUTH_SCOPE,
        state,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
        ...(prompt ? { prompt } : {}),
        ...(loginHint ? { login_hint: loginHint } : {}),
      }).toString();
      return url.href;
    },
    exchangeCode: async (login, code, codeVerifier) => {
      const tokens = await token(loginUrl(login, options.hosts), {
        grant_type: 'authorization_code',
        code,
        code_verifier: codeVerifier,
        redirect_uri: options.redirectUri,
      });
      return { ...tokens, instanceUrl: checkTokenHost(tokens.instanceUrl, options.hosts) };
    },
    refresh: (loginHost, refreshToken) =>
      token(checkLogin(loginHost, options.hosts), { grant_type: 'refresh_token', refresh_token: refreshToken }),
    revoke: async (loginHost, value) => {
      const answer = await ask('revoke', form(checkLogin(loginHost, options.hosts), '/services/oauth2/revoke', { token: value }));
      if (answer.status >= 200 && answer.status < 300) return;
      const error = refusal('revoke', answer);
      // Revoking a token that Salesforce no longer knows is what was wanted.
      if (answer.status === 400 && /invalid_token|unsupported_token_type|invalid_grant/.test(error.code)) return;
      throw error;
    },
    identity: async ({ identityUrl, accessToken, instanceUrl }) => {
      // The identity URL names the login host; asked at the org's own host it needs no second host to be trusted.
      const url = new URL(new URL(identityUrl).pathname, checkTokenHost(instanceUrl, options.hosts)).href;
      const answer = await ask('identity', {
        method: 'GET',
        url,
        headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      });
      if (answer.status !== 200) throw refusal('identity', answer);
      return readIdentity(answer);
    },
  };
}

function checkLogin(loginHost: string, hosts: HostPolicy): string {
  const known = [loginUrl('production', hosts), loginUrl('sandbox', hosts)];
  const trimmed = loginHost.replace(/\/+$/, '');
  return known.includes(trimmed) ? trimmed : checkTokenHost(loginHost, hosts);
}

async function exchangeFor(
  endpoint: OAuthError['endpoint'],
  exchange: Exchange,
  request: HttpRequest,
  timeoutMs: number,
): Promise<HttpAnswer> {
  try {
    return await exchange(request, timeoutMs);
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    throw new OAuthError({
      endpoint,
      description: error.message,
      sent: error.sent,
      ...(error.fault ? { fault: error.fault } : {}),
      cause: error,
    });
  }
}

function refusal(endpoint: OAuthError['endpoint'], answer: HttpAnswer): OAuthError {
  let code = '';
  let description = `HTTP ${answer.status}`;
  try {
    const body = JSON.parse(answer.body) as { error?: unknown; error_description?: unknown };
    if (typeof body.error === 'string') code = body.error;
    if (typeof body.error_description === 'string') description = body.error_description;
  } catch {
    // Not JSON: a page of a proxy, or plain text such as "Bad_OAuth_Token". The status says what is known.
  }
  // 502 and 504 come from something in between that lost the real answer; any other status is Salesforce's own and carries no new token.
  const sent = answer.status === 502 || answer.status === 504 ? 'maybe' : 'yes';
  return new OAuthError({ endpoint, code, description, status: answer.status, sent });
}

function readTokens(answer: HttpAnswer): TokenSet {
  if (answer.status !== 200) throw refusal('token', answer);
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(answer.body) as Record<string, unknown>;
  } catch (cause) {
    // The grant may have been used and its new token is unreadable: in doubt.
    throw new OAuthError({ endpoint: 'token', description: 'the answer is not JSON', status: 200, sent: 'maybe', fault: 'cut', cause });
  }
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  const ids = /\/id\/([A-Za-z0-9]{15,18})\/([A-Za-z0-9]{15,18})$/.exec(text('id'));
  if (!text('access_token') || !ids)
    throw new OAuthError({ endpoint: 'token', description: 'the answer lacks a token', status: 200, sent: 'maybe', fault: 'cut' });
  return {
    accessToken: text('access_token'),
    refreshToken: text('refresh_token') || null,
    instanceUrl: text('instance_url'),
    orgId: ids[1] as string,
    userId: ids[2] as string,
    identityUrl: text('id'),
    scope: text('scope'),
    issuedAt: new Date(Number(text('issued_at')) || Date.now()),
  };
}

function readIdentity(answer: HttpAnswer): Identity {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(answer.body) as Record<string, unknown>;
  } catch (cause) {
    throw new OAuthError({ endpoint: 'identity', description: 'the answer is not JSON', status: 200, sent: 'yes', cause });
  }
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  return {
    userId: text('user_id'),
    orgId: text('organization_id'),
    username: text('username'),
    displayName: text('display_name'),
    email: text('email'),
    active: body['active'] !== false,
    locale: text('locale'),
    timeZone: text('timezone') || 'UTC',
  };
}

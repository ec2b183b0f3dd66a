import type { FastifyRequest } from 'fastify';
import { forbidden, unauthorized } from '../platform/errors.ts';
import type { HttpServer } from '../platform/http/server.ts';
import { orgMismatch } from './errors.ts';
import type { Tenancy } from './service.ts';
import type { ApiKeyRow, Caller, KeyScope, TokenBearer } from './types.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which keys may call the route. A `/v1` route without it does not start. */
    scopes?: readonly KeyScope[];
    /** Takes a signed token as `?token=` as well; the handler decides by `sentIn` whether this one may. */
    tokenInUrl?: boolean;
    /** Takes a signed token from this field of the body as well. */
    tokenInBody?: string;
  }
  interface FastifyRequest {
    caller: Caller | null;
    /** Why there is no caller although the route wants one. */
    refusal: Error | null;
  }
}

export const AGENT = { scopes: ['agent', 'admin'] } as const;
export const ADMIN = { scopes: ['admin'] } as const;

/**
 * Guards every route that names scopes: `Authorization: Bearer <key>`. `X-Org-Id` (the org's own id, as Apex sends it) must be the
 * key's: a refreshed sandbox keeps its copy of the key but is another org, and is told to register anew.
 */
export function registerAuth(app: HttpServer, tenancy: KeyReader, readToken: ReadToken = async () => undefined): void {
  const proofs: Proofs = { ...tenancy, readToken };
  app.decorateRequest('caller', null);
  app.decorateRequest('refusal', null);
  app.addHook('onRoute', (route) => {
    if (!route.config?.scopes) {
      if (route.url.startsWith('/v1/')) throw new Error(`Route ${route.url} names no scopes`);
      return;
    }
    route.schema = { ...route.schema, security: [{ orgKey: [] }], 'x-scopes': route.config.scopes } as NonNullable<typeof route.schema>;
  });
  // With callbacks: a promise in each hook of each request is what a phone system's look-up would spend most of its time on.
  app.addHook('onRequest', (request, _reply, done) => {
    const scopes = request.routeOptions.config.scopes;
    if (!scopes) return done();
    const refused = (error: unknown) => void (request.refusal = error as Error);
    try {
      request.caller = identifyAtOnce(request, proofs, scopes) ?? null;
    } catch (error) {
      refused(error);
    }
    if (request.caller || request.refusal) return done();
    identify(request, proofs, scopes)
      .then((caller) => void (request.caller = caller), refused)
      .finally(() => done());
  });
  // Not earlier: a refused request counts for the rate limit too, which comes in between.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const isRefused = request.refusal && !request.routeOptions.config.tokenInBody;
    done(isRefused ? request.refusal : null, payload);
  });
  app.addHook('onRoute', (route) => {
    const { tokenInBody, scopes = [] } = route.config ?? {};
    if (tokenInBody === undefined) return;
    const fromBody = async (request: FastifyRequest): Promise<void> => {
      if (!request.refusal) return;
      const token = (Object(request.body) as Record<string, unknown>)[tokenInBody];
      const bearer = typeof token === 'string' && scopes.includes('acd') ? await readToken(token) : undefined;
      if (!bearer) throw request.refusal;
      request.caller = callerWith(request, bearer, 'body');
    };
    route.preValidation = [fromBody, ...[route.preValidation ?? []].flat()];
  });
}

/** Tells whose signed token it is; undefined when nobody's. */
export type ReadToken = (token: string) => Promise<TokenBearer | undefined>;

type KeyReader = Pick<Tenancy, 'authenticate' | 'authenticateAtOnce'>;
type Proofs = KeyReader & { readToken: ReadToken };

const isToken = (text: string): boolean => /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text);

function callerWith(request: FastifyRequest, { id, orgId, salesforceOrgId, usedFor }: TokenBearer, sentIn: Caller['sentIn']): Caller {
  request.countedAs = `key ${id}`;
  checkOrg(request, salesforceOrgId);
  return { orgId, salesforceOrgId, keyId: id, scope: 'acd', usedFor, userId: undefined, sentIn };
}

/** By a signed token, where the route is for phone systems and one was sent. */
async function byToken(request: FastifyRequest, { readToken }: Proofs, key: string | undefined, scopes: readonly KeyScope[]) {
  if (!scopes.includes('acd')) return undefined;
  const { token: inUrl } = Object(request.query) as { token?: unknown };
  const isInUrl = key === undefined && request.routeOptions.config.tokenInUrl === true && typeof inUrl === 'string';
  const token = isInUrl ? inUrl : key;
  const bearer = token !== undefined && isToken(token) ? await readToken(token) : undefined;
  return bearer && callerWith(request, bearer, isInUrl ? 'url' : 'header');
}

async function identify(request: FastifyRequest, proofs: Proofs, scopes: readonly KeyScope[]): Promise<Caller> {
  const key = keyOf(request.headers.authorization ?? '', scopes);
  const bearer = await byToken(request, proofs, key, scopes);
  if (bearer) return bearer;
  if (!key) throw unauthorized('Send the org key as "Authorization: Bearer <key>".', { headers: { 'www-authenticate': 'Bearer' } });
  const row = await proofs.authenticate(key);
  if (!row)
    throw unauthorized('This key is unknown or has ended. Register the org again to get a new one.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  return callerWithKey(request, row, scopes);
}

/** The same without waiting for anybody; undefined where somebody has to be asked. */
function identifyAtOnce(request: FastifyRequest, { authenticateAtOnce }: Proofs, scopes: readonly KeyScope[]): Caller | undefined {
  const key = keyOf(request.headers.authorization ?? '', scopes);
  const row = key !== undefined && !isToken(key) ? authenticateAtOnce(key) : undefined;
  return row && callerWithKey(request, row, scopes);
}

function callerWithKey(request: FastifyRequest, row: ApiKeyRow, scopes: readonly KeyScope[]): Caller {
  request.countedAs = `key ${row.id}`;
  if (!scopes.includes(row.scope)) throw forbidden(`This needs a key with scope ${scopes.join(' or ')}; the key has scope ${row.scope}.`);
  checkOrg(request, row.salesforceOrgId);
  const userId = header(request, 'x-user-id');
  return {
    orgId: row.orgId,
    salesforceOrgId: row.salesforceOrgId,
    keyId: row.id,
    scope: row.scope,
    usedFor: row.usedFor,
    userId: userId && /^005[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$/.test(userId) ? userId : undefined,
    sentIn: 'header',
  };
}

function checkOrg(request: FastifyRequest, salesforceOrgId: string): void {
  const orgId = header(request, 'x-org-id');
  if (orgId && orgId.slice(0, 15) !== salesforceOrgId.slice(0, 15)) {
    throw orgMismatch(
      'The key was made for another org. A refreshed or copied sandbox has a new Org Id: register it anew on the setup tab.',
    );
  }
}

/** The key, as Bearer; phone systems know only Basic, some of them: there it is the password, under any name. */
function keyOf(authorization: string, scopes: readonly KeyScope[]): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic)\s+(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme === '' || !scopes.includes('acd')) return undefined;
  const [, password] = /^[^:]*:(\S+)$/.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
  return password;
}

/** The caller of a guarded route. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw unauthorized('The route was called without a key.');
  return request.caller;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

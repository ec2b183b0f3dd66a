import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { pathOf } from '../../control/faults.ts';
import { MalformedJsonError } from '../../control/peer.ts';
import type { ErrorHandler } from '../../control/peer.ts';
import { SalesforceError, asSalesforceError, errorBody } from '../org.ts';
import type { OrgSession } from '../org.ts';
import { TokenError } from '../auth/errors.ts';
import type { OrgState } from './org-state.ts';
import type { ApiUsage } from './usage.ts';

const JSON_TYPE = 'application/json;charset=UTF-8';

function isApi(path: string): boolean {
  return path.startsWith('/services/data') || path.startsWith('/services/apexrest');
}

/**
 * Counts each request that has a session once against the daily allowance and refuses it when nothing is left (section 4): 403 without
 * Retry-After. A composite request that asks for its session again for every part still counts once.
 */
export function meteredSession(
  usage: ApiUsage,
  orgState: OrgState,
  requireSession: (request: FastifyRequest) => OrgSession,
): { requireSession: (request: FastifyRequest) => OrgSession; sessionOf: (request: FastifyRequest) => OrgSession | undefined } {
  const known = new WeakMap<FastifyRequest, OrgSession>();
  return {
    sessionOf: (request) => known.get(request),
    requireSession(request) {
      const earlier = known.get(request);
      if (earlier) return earlier;
      orgState.check();
      const session = requireSession(request);
      if (usage.concurrentExceeded) {
        throw new SalesforceError(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.');
      }
      if (usage.remaining() < 1) throw new SalesforceError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
      usage.count(1);
      known.set(request, session);
      return session;
    },
  };
}

/** Headers that every API answer carries, and errors in the shapes of section 3.2. */
export function registerApiHooks(
  app: FastifyInstance,
  deps: {
    usage: ApiUsage;
    sessionOf: (request: FastifyRequest) => OrgSession | undefined;
    onError?: ((error: unknown) => void) | undefined;
  },
): void {
  const routes: { method: string; pattern: RegExp }[] = [];
  app.addHook('onRoute', (route) => {
    const source = route.url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:(\w+)/g, '[^/]+')
      .replace(/\*/g, '.*');
    for (const method of [route.method].flat()) routes.push({ method, pattern: new RegExp(`^${source}$`) });
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const path = pathOf(request);
    if (!isApi(path)) return payload;
    const type = String(reply.getHeader('content-type') ?? '');
    if (type === '' || type.startsWith('application/json')) {
      if (payload !== undefined && payload !== null && payload !== '') reply.header('content-type', JSON_TYPE);
    }
    if (deps.sessionOf(request)) reply.header('sforce-limit-info', `api-usage=${deps.usage.used()}/${deps.usage.max}`);
    return payload;
  });

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const allowed = [...new Set(routes.filter((route) => route.pattern.test(path)).map((route) => route.method))];
    if (!isApi(path)) return reply.code(404).send({ error: 'not found' });
    if (allowed.length === 0) return answer(reply, new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist'));
    reply.header('allow', allowed.join(','));
    return answer(
      reply,
      new SalesforceError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed. Allowed are ${allowed.join(',')}`),
    );
  });
}

/** Errors in the shapes of section 3.2 for the API, of section 2.4 for the OAuth endpoints, and `{error}` for the rest. */
export function apiErrorHandler(onError?: (error: unknown) => void): ErrorHandler {
  return (error, request, reply) => {
    if (error instanceof TokenError) return reply.code(400).type(JSON_TYPE).send(error.body());
    if (error instanceof SalesforceError) return answer(reply, error);
    const path = pathOf(request);
    if (error instanceof ZodError) {
      const errors = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
      return reply.code(400).send({ error: 'bad request', errors });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) onError?.(error);
    if (!isApi(path)) return reply.code(status).send({ error: status >= 500 ? 'internal error of the sandbox' : error.message });
    if (error instanceof MalformedJsonError) return answer(reply, new SalesforceError(400, 'JSON_PARSER_ERROR', error.message));
    if (status === 413) return answer(reply, new SalesforceError(413, 'REQUEST_ENTITY_TOO_LARGE', 'The request body is too large'));
    if (status === 415)
      return answer(
        reply,
        new SalesforceError(415, 'UNSUPPORTED_MEDIA_TYPE', `Content type ${request.headers['content-type'] ?? ''} not supported`),
      );
    if (status < 500) return answer(reply, new SalesforceError(status, 'INVALID_INPUT', error.message));
    return answer(reply, asSalesforceError(error));
  };
}

function answer(reply: FastifyReply, error: SalesforceError): FastifyReply {
  return reply.code(error.httpStatus).type(JSON_TYPE).send(errorBody(error));
}

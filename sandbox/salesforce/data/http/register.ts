/** Mounts the data API below `/services/data` on a Fastify server. */
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Org } from '../org-types.ts';
import { userActor } from '../engine.ts';
import type { Engine } from '../engine.ts';
import { SalesforceError, errorBody } from '../errors.ts';
import { parseVersion, splitUrl } from './call.ts';
import type { ApiAnswer } from './call.ts';
import { runCall } from './dispatch.ts';
import { versions } from './resources.ts';

/** Who calls, as the OAuth side found out. */
export interface OrgSession {
  userId: string;
  username: string;
  sessionId: string;
}

export interface DataRouteOptions {
  /** Answers the caller's session or throws the platform's 401 (a SalesforceError). Asked before the body is read. */
  requireSession(request: FastifyRequest): OrgSession | Promise<OrgSession>;
  /** Numbers for `/limits` when a composite part asks for it; the plain route belongs to the caller. */
  limits?: (session: OrgSession) => Record<string, { Max: number; Remaining: number }>;
  /** Told how many API calls a request was beyond the first (composite/batch counts each part). */
  countCalls?: (request: FastifyRequest, additional: number) => void;
}

/** Paths below `/services/data/vXX.0` that belong to the data engine. */
const FAMILIES = ['sobjects', 'query', 'queryAll', 'search', 'parameterizedSearch', 'composite', 'recent', 'jobs'];
const JSON_TYPE = 'application/json;charset=UTF-8';
/** Largest request body. Source: REST API limits. */
const BODY_LIMIT = 50 * 1024 * 1024;
/** Largest CSV of an ingest job. Source: Bulk API 2.0 limits. */
const CSV_LIMIT = 150 * 1024 * 1024;

/**
 * Registers `/services/data` (versions), `/services/data/vXX.0` and below it sobjects, query, queryAll, search,
 * parameterizedSearch, composite, recent and jobs. Other paths stay free for the caller's own routes. Errors of these routes
 * are answered here; doubled and trailing slashes are the server's matter (Fastify's routerOptions).
 */
export function registerDataRoutes(app: FastifyInstance, org: Org, options: DataRouteOptions): void {
  void app.register((scope, _opts, done) => {
    mount(scope, org as Engine, options);
    done();
  });
}

function mount(scope: FastifyInstance, engine: Engine, options: DataRouteOptions): void {
  const sessions = new WeakMap<FastifyRequest, OrgSession>();
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : (JSON.parse(text as string) as unknown));
    } catch {
      done(new SalesforceError(400, 'JSON_PARSER_ERROR', 'Unexpected character in the JSON body at [line:1, column:1]'));
    }
  });
  scope.addContentTypeParser('text/csv', { parseAs: 'string', bodyLimit: CSV_LIMIT }, (_request, text, done) => done(null, text));
  scope.setErrorHandler((error, _request, reply) => {
    const known = fromFastify(error);
    // What is no fault of the caller goes to the server's own handler, which logs it.
    if (!known) throw error;
    return send(reply, { status: known.httpStatus, body: errorBody(known) });
  });
  scope.addHook('onRequest', async (request) => {
    if (request.routeOptions.url === '/services/data') return;
    sessions.set(request, await options.requireSession(request));
  });
  const handler = (request: FastifyRequest, reply: FastifyReply) => {
    const session = sessions.get(request) as OrgSession;
    const { segments, query } = splitUrl(request.url);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = runCall({
      engine,
      actor: userActor(engine, session.userId),
      sessionId: session.sessionId,
      method: request.method,
      segments: segments.slice(3),
      query,
      body: request.body,
      version: parseVersion(segments[2]),
      headers,
      limits: options.limits && (() => options.limits?.(session)),
      countCalls: options.countCalls && ((additional) => options.countCalls?.(request, additional)),
    });
    return send(reply, answer);
  };
  scope.get('/services/data', (_request, reply) => send(reply, { status: 200, body: versions() }));
  const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;
  scope.route({ method: [...methods], url: '/services/data/:version', handler });
  scope.route({ method: [...methods], url: '/services/data/:version/limits/recordCount', handler });
  for (const family of FAMILIES) {
    scope.route({ method: [...methods], url: `/services/data/:version/${family}`, handler });
    scope.route({ method: [...methods], url: `/services/data/:version/${family}/*`, handler });
  }
}

/** Our own errors, and Fastify's refusals of a body; undefined for the unexpected. */
function fromFastify(error: unknown): SalesforceError | undefined {
  if (error instanceof SalesforceError) return error;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 413) return new SalesforceError(413, 'REQUEST_ENTITY_TOO_LARGE', 'The request body is too large');
  return status < 500 ? new SalesforceError(status, 'INVALID_INPUT', (error as Error).message) : undefined;
}

function send(reply: FastifyReply, answer: ApiAnswer): FastifyReply {
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value);
  reply.status(answer.status);
  if (answer.csv) {
    // Results are always compressed, whatever the client asks for. Source: Bulk API 2.0, get results of a query job.
    reply.header('content-type', 'text/csv').header('content-encoding', 'gzip');
    return reply.send(Readable.from(answer.csv, { objectMode: false }).pipe(createGzip()));
  }
  if (answer.body === undefined) return reply.send();
  return reply.header('content-type', JSON_TYPE).send(JSON.stringify(answer.body));
}

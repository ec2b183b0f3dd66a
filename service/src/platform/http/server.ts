import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { invalidRequest, tooManyRequests } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { HttpServer } from './instance.ts';
import { problemOfRequest, registerProblems } from './problems.ts';
import { registerSecurityHeaders } from './security-headers.ts';
import { noBody, refuseUnknownFields } from './strict.ts';
import { answerUnreadable, passOverExpectations } from './unreadable.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose requests are counted together by the rate limit: set by whoever has proved the caller, the address otherwise. */
    countedAs: string | null;
  }
}

export type { HttpServer } from './instance.ts';

export interface HttpOptions {
  logger: Logger;
  version: string;
  publicUrl: string;
  /** Where `docs/errors/<code>` is served: the `type` of every problem document begins with it. */
  problemBase: string;
  /** Requests per minute of one proven caller, or of one address without, before 429; 0 switches it off (tests). */
  requestsPerMinute: number;
  bodyLimit?: number;
  /** One proxy stands in front and says in `X-Forwarded-For` who called it. */
  trustProxy?: boolean;
}

/** A request that trickles in holds a connection; the largest batch is 8 MB. */
const REQUEST_MS = 60_000;

/** The public server: problem documents, OpenAPI 3.0.3 (what Salesforce External Services reads), rate limit, security headers. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const app = Fastify({
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }), // a request line would hold URLs with numbers in them; metrics count requests instead
    genReqId: () => randomUUID(),
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    // The address that the nearest proxy saw. What stands before it in the header, the caller may have written: it would escape the limit.
    trustProxy: options.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    forceCloseConnections: 'idle',
    frameworkErrors: problemOfRequest(options.problemBase),
    clientErrorHandler: answerUnreadable(options.problemBase),
    requestTimeout: REQUEST_MS,
    http: { requireHostHeader: false }, // Node's refusal is an empty answer; ours is below
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>();
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerProblems(app, options.problemBase);
  passOverExpectations(app.server);
  refuseUnknownFields(app);
  app.addHook('onRequest', (request, _reply, done) => {
    // RFC 9112, 3.2: HTTP/1.1 must name the host.
    const names = request.raw.headers.host !== undefined || request.raw.httpVersion !== '1.1';
    done(names ? undefined : invalidRequest('The request names no host.'));
  });
  app.addHook('preClose', async () => {
    // A connection that answers while we stop would be kept open for the next request that never comes, and hold the stop up for a minute.
    const closing = setInterval(() => app.server.closeIdleConnections(), 50);
    app.server.once('close', () => clearInterval(closing));
  });

  await registerSecurityHeaders(app, {
    contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null, 'form-action': null } },
    crossOriginOpenerPolicy: false,
  });
  await app.register(cookie);
  await app.register(formbody, { bodyLimit: 256 * 1024 });
  app.decorateRequest('countedAs', null);
  if (options.requestsPerMinute > 0) {
    await app.register(rateLimit, {
      max: options.requestsPerMinute,
      timeWindow: '1 minute',
      // Runs after all onRequest hooks of the server: who is going to be proved at all has been by then.
      keyGenerator: (request) => request.countedAs ?? request.ip,
      errorResponseBuilder: (_request, context) =>
        tooManyRequests(`Slow down: at most ${context.max} requests a minute. Try again in ${Math.ceil(context.ttl / 1000)} s.`),
      allowList: (request) => request.url === '/healthz' || request.url === '/readyz',
    });
  }
  await app.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: { title: 'Switchboard', version: options.version, description: 'Messaging between a Salesforce org and its carriers.' },
      servers: [{ url: options.publicUrl }],
      components: {
        securitySchemes: { orgKey: { type: 'http', scheme: 'bearer', description: 'A key of the org, with scope agent, admin or acd.' } },
      },
    },
    transform: (document) =>
      jsonSchemaTransform(document.schema?.body === noBody ? { ...document, schema: { ...document.schema, body: undefined } } : document),
    transformObject: jsonSchemaTransformObject,
  });
  return app;
}

import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import formbody from '@fastify/formbody';
import { ZodError } from 'zod';

/** True for names that only this machine answers to. `header` is a Host header, with or without a port. */
export function isLocalHost(header: string | undefined): boolean {
  if (!header) return false;
  const name = header.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '127.0.0.1' || name === '[::1]';
}

export type ErrorHandler = (error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

export interface PeerAppOptions {
  /** Largest accepted body in bytes; 6 MB unless told. */
  readonly bodyLimit?: number;
  readonly fastify?: FastifyServerOptions;
  /** Answers errors in the peer's own shape, in place of `{error}`. */
  readonly errorHandler?: ErrorHandler;
}

/**
 * The Fastify instance that sandbox peers start from. Doubled and trailing slashes in paths are forgiven, forms are parsed, an empty JSON
 * body is `undefined`, and a request whose Host is not this machine is refused with 421, so that a web page elsewhere cannot reach the
 * peer by DNS rebinding. Bad control requests answer 400 with what is wrong with each field.
 */
export function createPeerApp(options: PeerAppOptions = {}): FastifyInstance {
  const app = Fastify({
    bodyLimit: options.bodyLimit ?? 6 * 1024 * 1024,
    rewriteUrl: (request) => tidyUrl(request.url ?? '/'),
    forceCloseConnections: true,
    ...options.fastify,
  });
  app.register(formbody);
  app.addHook('onRequest', async (request, reply) => {
    if (!isLocalHost(request.headers.host)) return reply.code(421).send({ error: 'this sandbox answers to localhost only' });
  });
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    if (text === '') return done(null, undefined);
    try {
      done(null, JSON.parse(String(text)) as unknown);
    } catch (error) {
      done(new MalformedJsonError((error as Error).message));
    }
  });
  app.setErrorHandler(options.errorHandler ?? answerError);
  return app;
}

const answerError: ErrorHandler = (error, _request, reply) => {
  if (error instanceof ZodError) {
    const errors = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    return reply.code(400).send({ error: 'bad request', errors });
  }
  const status = error.statusCode ?? 500;
  return reply.code(status).send({ error: status >= 500 ? 'internal error of the sandbox' : error.message });
};

/** The body was announced as JSON and is not. HTTP 400. */
export class MalformedJsonError extends Error {
  override readonly name = 'MalformedJsonError';
  readonly statusCode = 400;
}

/** Collapses doubled slashes and drops the trailing one in the path; the query stays as it is. */
export function tidyUrl(url: string): string {
  const mark = url.indexOf('?');
  const path = (mark < 0 ? url : url.slice(0, mark)).replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  return mark < 0 ? path : path + url.slice(mark);
}

/** Listens on 127.0.0.1 (port 0 = any free one) and gives the port and the URL that clients use. */
export async function listenLocal(app: FastifyInstance, port: number): Promise<{ port: number; url: string }> {
  await app.listen({ host: '127.0.0.1', port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the peer has no TCP address');
  return { port: address.port, url: `http://localhost:${address.port}` };
}

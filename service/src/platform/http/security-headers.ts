import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';
import type { HttpServer } from './instance.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** No browser shows what this route answers: it goes without the headers that protect pages. */
    isNoPage?: boolean;
  }
}

/** Helmet's headers on every answer. None of them differs from request to request, so they are worked out once. */
export async function registerSecurityHeaders(app: HttpServer, options: HelmetOptions): Promise<void> {
  const headers = await headersOf(options);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isNoPage !== true) reply.headers(headers);
    done();
  });
}

/** What helmet sets on an answer, whatever was asked. */
function headersOf(options: HelmetOptions): Promise<Record<string, string>> {
  const request = new IncomingMessage(new Socket());
  const answer = new ServerResponse(request);
  return new Promise((resolve, reject) => {
    helmet(options)(request, answer, (error?: unknown) =>
      error === undefined ? resolve(answer.getHeaders() as Record<string, string>) : reject(error as Error),
    );
  });
}

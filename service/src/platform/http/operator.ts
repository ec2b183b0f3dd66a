import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** The operator's port: metrics and the API's documentation. It is not meant to be reached from outside. */
export async function createOperatorServer(options: { registry: Registry; openapi: () => object }): Promise<FastifyInstance> {
  const app = Fastify({ logger: false });
  await app.register(swagger, { mode: 'static', specification: { document: options.openapi() as never } });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/metrics', async (_request, reply) => reply.type(options.registry.contentType).send(await options.registry.metrics()));
  app.get('/', async (_request, reply) => reply.redirect('/docs'));
  return app;
}

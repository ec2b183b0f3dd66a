/** Files of the page: SLDS, the vendor build, and our compiled components from memory. */
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { AppFiles } from '../../../tools/lwc/app.ts';
import type { Vendor } from '../../../tools/lwc/vendor.ts';

const DAY_MS = 86_400_000;

export function registerAssets(
  app: FastifyInstance,
  { root, vendor, files }: { root: string; vendor: Vendor; files: () => AppFiles | undefined },
): void {
  app.register(fastifyStatic, {
    root: path.join(root, 'node_modules/@salesforce-ux/design-system/assets'),
    prefix: '/assets/',
    maxAge: DAY_MS,
  });
  // The key is part of the address, so that a browser never mixes two builds.
  app.register(fastifyStatic, {
    root: vendor.folder,
    prefix: `/vendor/${vendor.key}/`,
    decorateReply: false,
    maxAge: 365 * DAY_MS,
    immutable: true,
  });
  app.get<{ Params: { '*': string } }>('/app/*', async (request, reply) => {
    const name = request.params['*'];
    const text = files()?.get(name);
    if (text === undefined) return reply.code(404).send({ error: 'no such file' });
    const type = name.endsWith('.map') ? 'application/json' : 'text/javascript';
    return reply.headers({ 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }).send(text);
  });
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notFound } from '../errors.ts';
import type { HttpServer } from './server.ts';

const FOLDER = join(import.meta.dirname, '../../../../docs/errors');

/** Serves what the `type` of a problem document points at: what happened, what was kept, what to do. */
export function registerErrorPages(app: HttpServer): void {
  app.get('/docs/errors/:code', { schema: { hide: true } }, async (request, reply) => {
    const { code } = request.params as { code: string };
    const file = join(FOLDER, `${code}.md`);
    if (!/^[a-z_]{1,60}$/.test(code) || !existsSync(file)) throw notFound('There is no such error code.');
    return reply.type('text/markdown; charset=utf-8').send(readFileSync(file, 'utf8'));
  });
}

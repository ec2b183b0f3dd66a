import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { databaseAway } from './problems.ts';
import { answers } from './schemas.ts';
import type { HttpServer } from './server.ts';

const answer = z.object({ status: z.literal('ok') });

/** `/healthz`: the process lives. `/readyz`: it can do its work, which needs the database. */
export function registerHealthz(app: HttpServer, database: Pick<Database, 'ping'>): void {
  const tags = ['operation'];
  app.get('/healthz', { schema: { tags, operationId: 'healthz', response: answers(200, answer) } }, async () => ({
    status: 'ok' as const,
  }));
  app.get('/readyz', { schema: { tags, operationId: 'readyz', response: answers(200, answer) } }, async () => {
    await database.ping().catch((error: unknown) => {
      throw databaseAway(error);
    });
    return { status: 'ok' as const };
  });
}

import { expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../log.ts';
import { createHttpServer } from './server.ts';

it('every route of the API declares the problem document as what it answers besides', async () => {
  const app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    version: '1.2.3',
    publicUrl: 'http://localhost:1',
    problemBase: 'http://localhost:1/docs/errors',
    requestsPerMinute: 0,
  });
  app.get('/v1/any', { schema: { response: { 200: z.object({ a: z.string() }) } } }, async () => ({ a: 'b' }));
  await app.ready();
  const { paths } = app.swagger() as unknown as { paths: Record<string, { get: { responses: Record<string, unknown> } }> };
  expect(Object.keys(paths['/v1/any']?.get.responses ?? {}).sort()).toEqual(['200', 'default']);
  expect((await app.inject('/v1/any')).json()).toEqual({ a: 'b' });
  await app.close();
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { startTracing } from './tracing.ts';

it('exports the traces of requests to the configured endpoint, by route and without what their addresses hold', async () => {
  const exported: { url: string | undefined; body: string }[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      exported.push({ url: request.url, body });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const stop = await startTracing(`http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
  try {
    const { default: Fastify } = await import('fastify');
    const app = Fastify();
    app.get('/healthz', () => 'ok');
    app.get('/connect/invite/:token', () => {
      throw new Error('a text that nobody may log');
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    for (const path of ['/healthz', '/connect/invite/secret-token?code=secret-code', '/nowhere/secret-path'])
      await fetch(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}${path}`);
    await app.close();
  } finally {
    await stop();
    collector.close();
  }
  expect(exported.map(({ url }) => url)).toEqual(['/v1/traces']);
  expect(exported[0]?.body).toContain('healthz');
  expect(exported[0]?.body).toContain('switchboard');
  expect(exported[0]?.body).toContain('/connect/invite/:token');
  expect(exported[0]?.body).not.toMatch(/secret-|nobody may log/);
});

it('loads nothing where no endpoint is configured', async () => {
  const stop = await startTracing(undefined);
  await expect(stop()).resolves.toBeUndefined();
});

import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { unavailable } from '../errors.ts';
import { createLogger } from '../log.ts';
import { createHttpServer, type HttpServer } from './server.ts';

const lines: string[] = [];
const running: HttpServer[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  lines.length = 0;
});

async function server(): Promise<{ app: HttpServer; port: number }> {
  const app = await createHttpServer({
    logger: createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } }),
    version: '1.2.3',
    publicUrl: 'http://localhost:1',
    problemBase: 'http://localhost:1/docs/errors',
    requestsPerMinute: 0,
  });
  running.push(app);
  app.post('/echo', async (request) => request.body);
  app.get('/slow', async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { slow: true };
  });
  app.get('/away', async () => {
    throw unavailable('Not now.');
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, port: (app.server.address() as AddressInfo).port };
}

/** Sends bytes, closes this side unless it waits, and gives all that comes back. */
function talk(port: number, bytes: string, waits = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => (waits ? socket.write(bytes, 'latin1') : socket.end(bytes, 'latin1')));
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

function read(answer: string): { status: number; head: string; body: { code?: string; status?: number; type?: string } } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: JSON.parse(body) as object };
}

describe('bytes that are no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'invalid_request'],
    ['an unknown method', 'NOTHING / HTTP/1.1\r\nhost: a\r\n\r\n', 400, 'invalid_request'],
    ['a header that is none', 'GET / HTTP/1.1\r\nhost: a\r\nbad name: x\r\n\r\n', 400, 'invalid_request'],
    ['a control character in a header', 'GET / HTTP/1.1\r\nhost: a\r\nx: a\u0000b\r\n\r\n', 400, 'invalid_request'],
    [
      'two lengths',
      'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'invalid_request',
    ],
    ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['an address without end', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431, 'headers_too_large'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
  ])('%s is answered with a problem document', async (_what, bytes, status, code) => {
    const { port } = await server();
    const answer = read(await talk(port, bytes));
    expect(answer).toMatchObject({ status, body: { status, code, type: `http://localhost:1/docs/errors/${code}` } });
    expect(answer.head).toContain('content-type: application/problem+json');
    expect(lines).toEqual([]);
  });

  it('behind a request that is being answered leave that answer alone, and end the connection after it', async () => {
    const { port } = await server();
    const answer = await talk(port, 'GET /slow HTTP/1.1\r\nhost: a\r\n\r\nhello\r\n\r\n', true);
    expect(read(answer)).toMatchObject({ status: 200, body: { slow: true } });
    expect(answer).not.toContain('HTTP/1.1 400');
  });

  it('behind several whole requests wait until each has its answer, however often they come', async () => {
    const { port } = await server();
    const warned: unknown[] = [];
    const warn = (warning: Error) => void warned.push(warning);
    process.on('warning', warn);
    const answers = new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\nGET /slow HTTP/1.1\r\nhost: a\r\n\r\nhello\r\n\r\n');
        for (let times = 1; times < 20; times += 1) setTimeout(() => socket.write('hello\r\n\r\n'), times * 4);
      });
      socket.on('data', (data) => (text += data.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect((await answers).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    process.off('warning', warn);
    expect(warned).toEqual([]);
  });

  it('do not end the process when the caller is gone before the answer', async () => {
    const { port } = await server();
    for (let times = 0; times < 20; times += 1) {
      const socket = connect(port, '127.0.0.1', () => (socket.write('hello\r\n\r\n'), socket.resetAndDestroy()));
      await new Promise((resolve) => socket.once('close', resolve));
    }
    expect(read(await talk(port, 'hello\r\n\r\n')).status).toBe(400);
  });
});

describe('a request', () => {
  it('that ends in the middle of its body is the caller’s fault, and no error of ours', async () => {
    const { port } = await server();
    const head = 'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":';
    expect(read(await talk(port, head)).body).toMatchObject({ status: 400, code: 'invalid_request' });
    const socket = connect(port, '127.0.0.1', () => socket.write(head, () => socket.destroy()));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(read(await talk(port, 'hello\r\n\r\n')).status).toBe(400);
    expect(lines).toEqual([]);
  });

  it('that expects what nobody knows is answered as any other', async () => {
    const { port } = await server();
    const answer = await talk(
      port,
      'POST /echo HTTP/1.1\r\nhost: a\r\nexpect: much\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\[\]$/);
  });

  it('that cannot be served now is told when to come again', async () => {
    const { app } = await server();
    const answer = await app.inject('/away');
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});

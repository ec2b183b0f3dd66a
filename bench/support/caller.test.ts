import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bytesOf, createCaller, type Caller } from './caller.ts';

let server: Server;
let caller: Caller;
let connections: number;
let bodies: string[];
const request = (path: string, body = 'a=ü') => bytesOf('localhost', { method: 'POST', path, headers: { 'x-name': 'value' }, body });

beforeEach(async () => {
  connections = 0;
  bodies = [];
  server = createServer((message, response) => {
    let body = '';
    message.setEncoding('utf8').on('data', (text: string) => (body += text));
    message.on('end', () => {
      bodies.push(body);
      if (message.url === '/chunked') {
        response.write('some');
        setTimeout(() => response.end('thing'), 20);
      } else if (message.url === '/nothing') response.writeHead(204).end();
      else if (message.url === '/cut') message.socket.destroy();
      else if (message.url === '/long') response.end('x'.repeat(300_000));
      else response.writeHead(message.headers['x-name'] === 'value' ? 200 : 400).end('ok');
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  caller = createCaller((server.address() as AddressInfo).port, '127.0.0.1');
});
afterEach(async () => {
  caller.close();
  await new Promise((resolve) => server.close(resolve));
});

it('reads each answer whole, whatever its form, over one connection', async () => {
  for (const [path, status] of [
    ['/', 200],
    ['/chunked', 200],
    ['/nothing', 204],
    ['/long', 200],
    ['/', 200],
  ] as const)
    expect(await caller.call(request(path))).toBe(status);
  expect(connections).toBe(1);
  expect(bodies).toEqual(Array.from({ length: 5 }, () => 'a=ü'));
});

it('says that the connection was cut, and opens another one', async () => {
  await expect(caller.call(request('/cut'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await caller.call(request('/'))).toBe(200);
  expect(connections).toBe(2);
});

import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressRefusedError, createAddressGuard, isPublic, type Resolve } from './net.ts';

let server: Server;
let port: number;
let hits = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    hits += 1;
    if (request.url === '/away') response.writeHead(302, { location: `http://[::ffff:127.0.0.1]:${port}/` });
    response.end('reached');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

describe('public addresses', () => {
  it.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111'])('%s is one', (address) => expect(isPublic(address)).toBe(true));

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '192.0.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '100::1',
    '2001:db8::1',
    'not an address',
    '',
  ])('%s is none', (address) => expect(isPublic(address)).toBe(false));
});

/** A name server that says what it is told, one answer per question. */
function names(...answers: string[][]): { resolve: Resolve; asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    resolve: (_name, _options, callback) => {
      const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
      asked += 1;
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  };
}

async function causeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return (error as Error).cause ?? error;
  }
  return undefined;
}

describe('the guard of outgoing calls', () => {
  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', '127.1', 'localhost', '0'])(
    'does not call http://%s/',
    async (host) => {
      const guard = createAddressGuard([]);
      const before = hits;
      expect(await causeOf(fetch(`http://${host}:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(AddressRefusedError);
      expect(hits).toBe(before);
      await guard.close();
    },
  );

  it('refuses a name when any of its addresses is private', async () => {
    const guard = createAddressGuard([], names(['93.184.216.34', '10.0.0.1']));
    expect(await causeOf(fetch(`http://mixed.test:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(AddressRefusedError);
    await guard.close();
  });

  it('asks the name again at each connection: what was public before does not open the private network', async () => {
    const dns = names(['93.184.216.34'], ['127.0.0.1']);
    const guard = createAddressGuard([], { ...dns, connectTimeoutMs: 50 });
    const first = await causeOf(fetch(`http://rebind.test:${port}/`, { dispatcher: guard.dispatcher }));
    expect(first).not.toBeInstanceOf(AddressRefusedError);
    expect(await causeOf(fetch(`http://rebind.test:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(AddressRefusedError);
    expect(dns.asked()).toBe(2);
    await guard.close();
  });

  it('does not follow a redirect to where it may not go', async () => {
    const guard = createAddressGuard([`127.0.0.1:${port}`]);
    const before = hits;
    expect(await causeOf(fetch(`http://127.0.0.1:${port}/away`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(AddressRefusedError);
    expect(hits).toBe(before + 1);
    await guard.close();
  });

  it.each([
    ['a host', () => 'localhost'],
    ['a host in another case', () => 'LOCALHOST'],
    ['a host with its port', () => `localhost:${port}`],
  ])('lets %s through that is allowed', async (_what, entry) => {
    const guard = createAddressGuard([entry()]);
    const answer = await fetch(`http://localhost:${port}/`, { dispatcher: guard.dispatcher });
    expect(await answer.text()).toBe('reached');
    await guard.close();
  });

  it('takes an allowed port for that port only', async () => {
    const guard = createAddressGuard([`localhost:${port + 1}`, `127.0.0.1:${port + 1}`]);
    expect(await causeOf(fetch(`http://localhost:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(AddressRefusedError);
    expect(() => guard.checkLiteral('127.0.0.1', port)).toThrow(AddressRefusedError);
    expect(() => guard.checkLiteral('127.0.0.1', port + 1)).not.toThrow();
    await guard.close();
  });

  it('guards sockets the same way', async () => {
    const dial = (allowed: string[]) =>
      new Promise<string>((resolve) => {
        const guard = createAddressGuard(allowed);
        const socket = connect({ host: 'localhost', port, lookup: guard.lookup(port) });
        socket.once('connect', () => (resolve('connected'), socket.destroy()));
        socket.once('error', (error) => resolve(error.name));
      });
    expect(await dial([])).toBe('AddressRefusedError');
    expect(await dial([`localhost:${port}`])).toBe('connected');
    expect(await dial(['localhost'])).toBe('connected');
    expect(await dial([`localhost:${port + 1}`])).toBe('AddressRefusedError');
  });
});

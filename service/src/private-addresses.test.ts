/** Every way in which an address that somebody supplied may lead into the private network, tried through the clients that the service really uses. */
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExchange, createSalesforceOAuth } from './gateways/salesforce/index.ts';
import { tryBind } from './gateways/smpp/index.ts';
import { createTwilioClient } from './gateways/twilio/index.ts';
import { AddressRefusedError, createAddressGuard, isPublic, type AddressGuard, type Resolve } from './platform/net.ts';

const PUBLIC = '93.184.216.34';

/** Counts what arrives: a refused address must not be connected to at all. */
let web: Server;
let raw: TcpServer;
let port: number;
let rawPort: number;
let hits = 0;
let redirectTo = '';
beforeAll(async () => {
  web = createServer((_request, response) => {
    response.writeHead(redirectTo ? 302 : 200, redirectTo ? { location: redirectTo } : { 'content-type': 'image/png' });
    response.end('{}');
  });
  web.on('connection', () => (hits += 1));
  raw = createTcpServer((socket) => {
    hits += 1;
    socket.destroy();
  });
  await Promise.all([web, raw].map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
  port = (web.address() as AddressInfo).port;
  rawPort = (raw.address() as AddressInfo).port;
});
afterAll(() => void [web, raw].map((server) => server.close()));

/** A name server that gives one answer after another, and the last one for ever. */
function names(...answers: string[][]): Resolve {
  let asked = 0;
  return (_name, _options, callback) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

async function withGuard<T>(guard: AddressGuard, work: (guard: AddressGuard) => Promise<T>): Promise<T> {
  try {
    return await work(guard);
  } finally {
    await guard.close();
  }
}

/** The innermost reason of a failed call. */
async function reasonOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return undefined;
  } catch (error) {
    let at = error as Error;
    while (at.cause instanceof Error) at = at.cause;
    return at;
  }
}

/** Each is one kind of address with what it is written like in a URL and in a field of its own. */
const PRIVATE: [string, string][] = [
  ['10/8', '10.0.0.1'],
  ['10/8, its end', '10.255.255.255'],
  ['172.16/12', '172.16.0.1'],
  ['172.16/12, its end', '172.31.255.254'],
  ['192.168/16', '192.168.0.1'],
  ['loopback', '127.0.0.1'],
  ['loopback, its end', '127.255.255.254'],
  ['link-local', '169.254.0.1'],
  ['metadata of clouds', '169.254.169.254'],
  ['metadata of another cloud', '100.100.100.200'],
  ['CGNAT', '100.64.0.1'],
  ['CGNAT, its end', '100.127.255.254'],
  ['this network', '0.0.0.0'],
  ['this network, an address of it', '0.1.2.3'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['IETF', '192.0.0.1'],
  ['documentation', '192.0.2.1'],
  ['benchmarks', '198.18.0.1'],
  ['IPv6 loopback', '::1'],
  ['IPv6 unspecified', '::'],
  ['IPv6 unique local', 'fc00::1'],
  ['IPv6 unique local, metadata', 'fd00:ec2::254'],
  ['IPv6 link-local', 'fe80::1'],
  ['IPv6 site-local', 'fec0::1'],
  ['IPv6 multicast', 'ff02::1'],
  ['IPv6 documentation', '2001:db8::1'],
  ['IPv4-mapped', '::ffff:127.0.0.1'],
  ['IPv4-mapped, in hexadecimal', '::ffff:7f00:1'],
  ['IPv4-mapped, written out', '0:0:0:0:0:ffff:a00:1'],
  ['IPv4-compatible', '::7f00:1'],
  ['IPv4-translated', '::ffff:0:7f00:1'],
  ['NAT64 of a private address', '64:ff9b::a00:1'],
  ['NAT64 of a local prefix', '64:ff9b:1::7f00:1'],
  ['6to4 of a private address', '2002:7f00:1::'],
  ['Teredo', '2001:0:7f00:1::'],
  ['outside of what is given out', '4000::1'],
];

/** Spellings that programs read as a private address although it does not look like one. */
const SPELLINGS = [
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.1',
  '127.0.1',
  '0',
  '127.0.0.1.',
  'localhost',
  'LOCALHOST',
  'localhost.',
  '①②⑦.0.0.1',
  '127。0。0。1',
  'ⓛocalhost',
  '%31%32%37.0.0.1',
];

const inUrl = (address: string) => (address.includes(':') ? `[${address}]` : address);

describe.each(PRIVATE)('%s', (_kind, address) => {
  it(`(${address}) is not called, neither written out nor as the answer to a name`, async () => {
    expect(isPublic(address)).toBe(false);
    const before = hits;
    await withGuard(createAddressGuard([]), async (guard) => {
      expect(await reasonOf(fetch(`http://${inUrl(address)}:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(
        AddressRefusedError,
      );
      expect(() => guard.checkLiteral(address, port)).toThrow(AddressRefusedError);
    });
    for (const answer of [[address], [PUBLIC, address], [address, PUBLIC]])
      await withGuard(createAddressGuard([], { resolve: names(answer) }), async (guard) => {
        expect(await reasonOf(fetch(`http://name.test:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(AddressRefusedError);
        expect((await tryBind({ host: 'name.test', port: rawPort, systemId: 'x', password: 'y', lookup: guard.lookup(rawPort) })).ok).toBe(
          false,
        );
      });
    expect(hits).toBe(before);
  });
});

describe('a spelling', () => {
  it.each(SPELLINGS)('%s is not called', async (spelling) => {
    const before = hits;
    await withGuard(createAddressGuard([]), async (guard) => {
      const url = `http://${spelling}:${port}/`;
      if (URL.canParse(url)) expect(await reasonOf(fetch(url, { dispatcher: guard.dispatcher }))).toBeInstanceOf(Error);
      // A socket gets the host as it was typed: what the system's resolver makes of it is looked at.
      const options = {
        host: spelling,
        port: rawPort,
        systemId: 'x',
        password: 'y',
        lookup: guard.lookup(rawPort),
        connectTimeoutMs: 2_000,
      };
      expect((await tryBind(options)).ok).toBe(false);
    });
    expect(hits).toBe(before);
  });

  it.each([
    (at: number) => `http://93.184.216.34@127.0.0.1:${at}/`,
    (at: number) => `http://public.test:80@127.0.0.1:${at}/`,
    (at: number) => `http://127.0.0.1:${at}\\@public.test/`,
    (at: number) => `http://127.0.0.1:${at}#@public.test/`,
    (at: number) => `http://127.0.0.1:${at}?@public.test/`,
    (at: number) => `http:127.0.0.1:${at}/`,
    (at: number) => `http:////127.0.0.1:${at}/`,
    (at: number) => `http://127.0.0.1\t:${at}/`,
  ])('that hides the host is not called (%#)', async (url) => {
    const before = hits;
    await withGuard(createAddressGuard([]), async (guard) => {
      expect(await reasonOf(createExchange(guard.dispatcher)({ method: 'GET', url: url(port) }, 2_000))).toBeInstanceOf(Error);
    });
    expect(hits).toBe(before);
  });
});

describe('the address that was checked is the one that is connected to', () => {
  /** Says first what is allowed and afterwards what is not: whoever asks twice is led astray. */
  const rebinding = () => names([PUBLIC], ['127.0.0.1']);

  it('for HTTP: the name is asked once for a connection', async () => {
    let asked = 0;
    const resolve: Resolve = (name, options, callback) => {
      asked += 1;
      rebinding()(name, options, callback);
    };
    const before = hits;
    await withGuard(createAddressGuard([], { resolve, connectTimeoutMs: 100 }), async (guard) => {
      expect(await reasonOf(fetch(`http://rebind.test:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(Error);
      expect(asked).toBe(1);
    });
    expect(hits).toBe(before);
  });

  it('for HTTP and SMPP: each new connection is checked again', async () => {
    const before = hits;
    await withGuard(createAddressGuard([], { resolve: rebinding(), connectTimeoutMs: 100 }), async (guard) => {
      const call = () => reasonOf(fetch(`http://rebind.test:${port}/`, { dispatcher: guard.dispatcher }));
      expect(await call()).not.toBeInstanceOf(AddressRefusedError);
      expect(await call()).toBeInstanceOf(AddressRefusedError);
    });
    await withGuard(createAddressGuard([], { resolve: rebinding() }), async (guard) => {
      const options = {
        host: 'rebind.test',
        port: rawPort,
        systemId: 'x',
        password: 'y',
        lookup: guard.lookup(rawPort),
        connectTimeoutMs: 100,
      };
      expect((await tryBind(options)).text).toMatch(/cannot be reached/);
      expect((await tryBind(options)).text).toMatch(/not a public one/);
    });
    expect(hits).toBe(before);
  });

  it('and a name that is allowed by configuration is not one of another port', async () => {
    const before = hits;
    await withGuard(createAddressGuard([`localhost:${port}`]), async (guard) => {
      expect(await reasonOf(fetch(`http://localhost:${port}/`, { dispatcher: guard.dispatcher }))).toBeUndefined();
      expect(await reasonOf(fetch(`http://localhost:${rawPort}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(AddressRefusedError);
      expect(await reasonOf(fetch(`http://localhost.:${port}/`, { dispatcher: guard.dispatcher }))).toBeInstanceOf(Error);
    });
    expect(hits).toBe(before + 1);
  });
});

describe('a redirect into the private network', () => {
  const targets = () => [
    `http://127.0.0.1:${rawPort}/`,
    `http://[::1]:${rawPort}/`,
    `https://169.254.169.254/`,
    `https://localhost:${rawPort}/`,
  ];
  // Only the first address is allowed, as a carrier's in the company's network would be.
  const allowed = () => createAddressGuard([`localhost:${port}`]);

  it('is not followed by calls of Salesforce', async () => {
    for (redirectTo of targets())
      await withGuard(allowed(), async (guard) => {
        const before = hits;
        const answer = await createExchange(guard.dispatcher)({ method: 'GET', url: `http://localhost:${port}/` }, 2_000);
        expect(answer.status).toBe(302);
        expect(hits).toBe(before + 1);
      });
    redirectTo = '';
  });

  it('is not followed by calls of a carrier, and refused hop by hop when a picture is loaded', async () => {
    for (redirectTo of targets())
      await withGuard(allowed(), async (guard) => {
        const before = hits;
        const accountSid = `AC${'0'.repeat(32)}`;
        const client = createTwilioClient({
          accountSid,
          authToken: 'x',
          baseUrl: `http://localhost:${port}`,
          dispatcher: guard.dispatcher,
          timeoutMs: 2_000,
        });
        const picture = await client.downloadMedia(`http://localhost:${port}/2010-04-01/Accounts/${accountSid}/Messages/MM1/Media/ME1`);
        expect(picture.ok).toBe(false);
        expect(hits).toBe(before + 1);
      });
    redirectTo = '';
  });
});

describe('a login host', () => {
  it.each([
    '127.0.0.1',
    'localhost',
    '169.254.169.254',
    'acme.my.salesforce.com.evil.test',
    'evil.test#.salesforce.com',
    'acme.my.salesforce.com:8443',
    'a@acme.my.salesforce.com',
    'acme.my.salesforce.com.',
    'acme.my.ѕalesforce.com',
    'http://acme.my.salesforce.com',
    'salesforce.com.',
    'evil.test\\.salesforce.com',
  ])('%s gets no sign-in', (host) => {
    const oauth = createSalesforceOAuth({
      clientId: 'x',
      redirectUri: 'https://x.test/',
      exchange: () => Promise.reject(new Error('called')),
      hosts: { allowedHosts: [] },
    });
    expect(() => oauth.loginUrl(host)).toThrow(/host|address/i);
  });
});

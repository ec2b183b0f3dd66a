import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import smpp from 'smpp';
import { afterEach, describe, expect, it } from 'vitest';
import { tryBind } from './link.ts';

const available = spawnSync('openssl', ['version']).status === 0;
const closers: (() => unknown)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** An SMSC with a certificate for `localhost` made for this run. */
async function startServer(): Promise<{ port: number; cert: Buffer }> {
  const folder = mkdtempSync(join(tmpdir(), 'smpp-tls-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', keyFile, '-out', certFile],
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const cert = readFileSync(certFile);
  const server = smpp.createServer({ key: readFileSync(keyFile), cert }, (session) => {
    session.on('error', () => undefined);
    session.on('pdu', (pdu) => {
      if (!pdu.isResponse()) session.send(pdu.response());
    });
  });
  // A client that refuses the certificate ends the handshake.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, cert };
}

describe.skipIf(!available)('SMPP over TLS (skipped without openssl to make a certificate)', () => {
  const account = { host: 'localhost', systemId: 'x', password: 'y', responseTimeoutMs: 2_000 };

  it('binds to a server whose certificate is trusted and fits the name', async () => {
    const { port, cert } = await startServer();
    expect(await tryBind({ ...account, port, tls: { ca: cert } })).toEqual({ ok: true, text: 'Connected and signed in.' });
  });

  it('refuses a certificate that nobody vouches for, and one for another name', async () => {
    const { port, cert } = await startServer();
    expect(await tryBind({ ...account, port, tls: true })).toEqual({ ok: false, text: expect.stringContaining('self-signed certificate') });
    const other = await tryBind({ ...account, host: '127.0.0.1', port, tls: { ca: cert } });
    expect(other).toEqual({ ok: false, text: expect.stringMatching(/IP: 127\.0\.0\.1 is not in the cert/) });
  });
});

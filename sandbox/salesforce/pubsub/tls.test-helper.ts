import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

/** Made for these tests, for nobody else: whoever knows it can read what a test says to itself. */
const CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUB2mWWOmYk84pdC+5WcIuONFMiJ8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTEwMDM0M1oYDzIxMjYxMTA1
MTAwMzQzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATNWVQKrDbILt4dZbSSoY5gmurHatxP1iXxxawpgj11x9DqFaSpvC2g
C7TSixaQWkRczx/p/5yi0LrNQjnpiP/Oo1MwUTAdBgNVHQ4EFgQUBfs6ZV0d3DYB
CgzJeKGXOs+ljGMwHwYDVR0jBBgwFoAUBfs6ZV0d3DYBCgzJeKGXOs+ljGMwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAg9p5R2jWKmg55INiHhqF
uqUZvBziN7b8HBGvhoNartkCIQDzQKAktQepohJBrTZ90picunIVEHfSradUHiz6
4ucD/A==
-----END CERTIFICATE-----
`;
const KEY = `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjPRi54vHEx6x9n8s
e+IcUcFqPqK9Wd5D9hbqGhUSniihRANCAATNWVQKrDbILt4dZbSSoY5gmurHatxP
1iXxxawpgj11x9DqFaSpvC2gC7TSixaQWkRczx/p/5yi0LrNQjnpiP/O
-----END PRIVATE KEY-----
`;

/** TLS in front of the sandbox's Pub/Sub API: Salesforce's is never without, so clients know no other way. Answers `host:port`. */
export async function tlsInFrontOf(url: string): Promise<{ address: string; close(): Promise<void> }> {
  const { hostname, port } = new URL(url);
  const open = new Set<{ destroy(): unknown }>();
  const server = createServer({ cert: CERTIFICATE, key: KEY, ALPNProtocols: ['h2'] }, (socket) => {
    const inner = connect(Number(port), hostname);
    socket.pipe(inner).pipe(socket);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

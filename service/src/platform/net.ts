import dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, type Dispatcher } from 'undici';

/** An address that an admin or a peer supplied leads into a private network. */
export class AddressRefusedError extends Error {
  readonly code = 'ADDRESS_REFUSED';
  constructor(host: string) {
    super(`the address ${host} is not a public one`);
    this.name = 'AddressRefusedError';
  }
}

/** Resolves a name to all its addresses, as `dns.lookup` does. */
export type Resolve = (
  hostname: string,
  options: dns.LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
) => void;

export interface AddressGuard {
  /** For sockets to a port: resolves names, and refuses when any answer is private. Checked at connect time, so a name cannot change its mind (DNS rebinding). */
  lookup(port: number): LookupFunction;
  /** For HTTP calls with undici. */
  dispatcher: Dispatcher;
  /** Configuration lets this address through. */
  isAllowed(host: string, port: number): boolean;
  /** For an address that is written out (a socket asks no look-up for it); throws AddressRefusedError. */
  checkLiteral(host: string, port: number): void;
  close(): Promise<void>;
}

/**
 * Keeps outgoing connections away from loopback, private, link-local, IPv4-mapped and other special addresses.
 * `allowed` (`host` or `host:port`) are let through: the sandbox's peers, or a carrier inside the company's network.
 */
export function createAddressGuard(
  allowed: readonly string[],
  { connectTimeoutMs = 5_000, resolve = dns.lookup as Resolve } = {},
): AddressGuard {
  const names = new Set(allowed.map((entry) => entry.toLowerCase()));
  const isAllowed = (host: string, port: string | number) => names.has(host.toLowerCase()) || names.has(`${host.toLowerCase()}:${port}`);

  const checkLiteral = (host: string) => {
    if (isIP(host) && !isPublic(host)) throw new AddressRefusedError(host);
  };
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 4);
      if (addresses.length === 0 || addresses.some(({ address }) => !isPublic(address)))
        return callback(new AddressRefusedError(hostname), '', 4);
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
    });
  };
  const guardedConnect = buildConnector({ timeout: connectTimeoutMs, lookup });
  const plainConnect = buildConnector({ timeout: connectTimeoutMs });
  const dispatcher = new Agent({
    allowH2: false,
    connect: (options, callback) => {
      if (isAllowed(options.hostname, options.port || (options.protocol === 'https:' ? 443 : 80))) return plainConnect(options, callback);
      try {
        checkLiteral(options.hostname.replace(/^\[|\]$/g, ''));
      } catch (error) {
        return callback(error as Error, null);
      }
      guardedConnect(options, callback);
    },
  });
  return {
    lookup: (port) => (hostname, options, callback) => {
      (isAllowed(hostname, port) ? (dns.lookup as LookupFunction) : lookup)(hostname, options, callback);
    },
    dispatcher,
    isAllowed,
    checkLiteral: (host, port) => {
      if (!isAllowed(host, port)) checkLiteral(host);
    },
    close: () => dispatcher.close(),
  };
}

/** The part of IPv6 that is given out for the Internet. Beside it lie IPv4-compatible (`::7f00:1`) and other forms that some systems still send on. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** True only for ordinary public addresses; an IPv4 address inside an IPv6 one counts as itself, and one with a zone is none. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address) || address.includes('%')) return false;
  const plain = ipaddr.process(address);
  if (plain.range() !== 'unicast') return false;
  return plain instanceof ipaddr.IPv4 || plain.match(GLOBAL_IPV6);
}

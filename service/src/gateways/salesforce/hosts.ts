import { HostRefusedError } from './errors.ts';

/** Domains under which Salesforce runs logins and orgs. A token never goes to any other host unless configuration allows it. */
const SALESFORCE_DOMAINS = ['salesforce.com', 'force.com', 'salesforce.mil', 'sfcrmproducts.cn', 'cloudforce.com', 'database.com'];

export interface HostPolicy {
  /** Hosts (`host` or `host:port`) that configuration allows besides Salesforce's own; they may use http. For the sandbox. */
  allowedHosts: readonly string[];
  /** Login addresses by name; `production` and `sandbox` have Salesforce's own as default. */
  loginUrls?: Partial<Record<'production' | 'sandbox', string>>;
}

/** Throws HostRefusedError unless `url` is an origin that may be handed a Salesforce token. Returns the origin without a trailing slash. */
export function checkTokenHost(url: string, policy: HostPolicy): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new HostRefusedError(url.slice(0, 80), 'it is not a web address');
  }
  const host = parsed.hostname.toLowerCase();
  if (isAllowedHost(parsed, policy.allowedHosts)) return parsed.origin;
  if (parsed.protocol !== 'https:') throw new HostRefusedError(host, 'it does not use https');
  if (parsed.username || parsed.password || (parsed.port && parsed.port !== '443')) {
    throw new HostRefusedError(host, 'user names and ports are not accepted in it');
  }
  if (!SALESFORCE_DOMAINS.some((domain) => host.endsWith(`.${domain}`))) throw new HostRefusedError(host, 'it is not a Salesforce host');
  return parsed.origin;
}

/**
 * The login address for what an admin chose: `production`, `sandbox`, or a My Domain host (`acme.my.salesforce.com`, with or without https://).
 * Paths are dropped. Throws HostRefusedError for anything that is not Salesforce's.
 */
export function loginUrl(choice: string, policy: HostPolicy): string {
  if (choice === 'production') return trimSlash(policy.loginUrls?.production ?? 'https://login.salesforce.com');
  if (choice === 'sandbox') return trimSlash(policy.loginUrls?.sandbox ?? 'https://test.salesforce.com');
  const text = choice.trim();
  if (!text || text.length > 200) throw new HostRefusedError(text.slice(0, 80), 'a My Domain host is expected');
  return checkTokenHost(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`, policy);
}

/** True when configuration names the host of this address, with its port or without one. */
export function isAllowedHost(url: URL, allowedHosts: readonly string[]): boolean {
  return allowedHosts.includes(url.hostname.toLowerCase()) || allowedHosts.includes(url.host.toLowerCase());
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

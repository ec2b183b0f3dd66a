import type { CredentialStore } from './credentials.ts';
import type { ExternalCredentialMeta, NamedCredentialMeta, Org, OrgUser } from '../org.ts';

/** An HTTP callout that Apex would make as `callout:<named credential><path>`. */
export interface CalloutOrder {
  readonly method: string;
  /** Begins with `/`; may hold a query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly timeoutMs?: number | undefined;
}

/** What Apex gets back. `error` says why there was no answer of the far end; `status` is then 401 for a credential fault and 0 when nothing answered. */
export interface CalloutResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly principal?: string | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

export interface CalloutDeps {
  readonly org: Org;
  readonly store: CredentialStore;
  /** Replaces the endpoint of the named credential. */
  readonly calloutUrl?: string | undefined;
}

class CredentialFault extends Error {
  override readonly name = 'CredentialFault';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The principal with the lowest sequence number that one of the user's permission sets grants, as the platform chooses it. */
export function principalFor(org: Org, user: OrgUser, credential: ExternalCredentialMeta): string {
  const { principals, permissionSets } = org.users.rights(user.id);
  const held = new Set(permissionSets.map((set) => set.name.toLowerCase()));
  const granting = org.metadata.permissionSets.filter((set) => held.has(set.name.toLowerCase()));
  const chosen = credential.principals.find((principal) => principals.has(`${credential.name}-${principal.name}`));
  // Without Read on UserExternalCredential the platform hides the credential even from users whose principal is granted.
  const readable = granting.some((set) => set.objects.some((entry) => entry.object === 'UserExternalCredential' && entry.read));
  if (!chosen || !readable) {
    throw new CredentialFault(
      'no_access',
      `We couldn't access the credential(s). You might not have the required permissions, or the external credential "${credential.name}" might not exist.`,
    );
  }
  return chosen.name;
}

/**
 * Evaluates a header formula such as `{!'Bearer ' & $Credential.Switchboard.ApiKey}`: texts in quotes and credential parameters joined by `&`.
 * `value` gives a parameter or undefined when it is not set, which is a fault of the credential.
 */
export function evaluateHeader(formula: string, value: (parameter: string) => string | undefined): string {
  const inner = /^\{!([\s\S]*)\}$/.exec(formula.trim())?.[1];
  if (inner === undefined) return formula;
  const part = /\s*(?:'([^']*)'|"([^"]*)"|\$Credential\.\w+\.(\w+))\s*(&|$)/y;
  let out = '';
  while (part.lastIndex < inner.length) {
    const found = part.exec(inner);
    if (!found) throw new CredentialFault('bad_formula', 'the header formula of the external credential cannot be evaluated');
    const parameter = found[3];
    const text = parameter === undefined ? (found[1] ?? found[2] ?? '') : value(parameter);
    if (text === undefined)
      throw new CredentialFault('credential_not_set', `the parameter ${String(parameter)} of the external credential is not set`);
    out += text;
  }
  return out;
}

function authHeaders(
  deps: CalloutDeps,
  named: NamedCredentialMeta,
  user: OrgUser,
): { headers: Record<string, string>; principal: string | undefined } {
  if (named.externalCredential === '') return { headers: {}, principal: undefined };
  const credential = deps.org.metadata.externalCredentials.find((candidate) => candidate.name === named.externalCredential);
  if (!credential) throw new CredentialFault('no_credential', `the external credential ${named.externalCredential} is not deployed`);
  const principal = principalFor(deps.org, user, credential);
  const headers: Record<string, string> = {};
  for (const header of [...credential.parameters].filter((entry) => entry.type === 'AuthHeader').sort((a, b) => a.sequence - b.sequence)) {
    headers[header.name] = evaluateHeader(header.value, (parameter) => deps.store.value(credential.name, principal, parameter));
  }
  return { headers, principal };
}

/** Makes the callout as that user through the named credential `name`. Never throws for faults of the credential or the far end. */
export async function performCallout(deps: CalloutDeps, user: OrgUser, order: CalloutOrder, name = 'Switchboard'): Promise<CalloutResult> {
  const fail = (status: number, code: string, message: string, principal?: string): CalloutResult => ({
    status,
    headers: {},
    body: '',
    principal,
    error: { code, message },
  });
  const named = deps.org.metadata.namedCredentials.find((candidate) => candidate.name === name);
  if (!named) return fail(401, 'no_named_credential', `the named credential ${name} is not deployed`);
  let auth: ReturnType<typeof authHeaders>;
  try {
    auth = authHeaders(deps, named, user);
  } catch (error) {
    if (error instanceof CredentialFault) return fail(401, error.code, error.message);
    throw error;
  }
  const plain = order.body === undefined || order.body === null || typeof order.body === 'string';
  const target = (deps.calloutUrl ?? named.endpoint).replace(/\/+$/, '') + order.path;
  try {
    const response = await fetch(target, {
      method: order.method,
      redirect: 'manual',
      headers: { ...(plain ? {} : { 'content-type': 'application/json' }), ...order.headers, ...auth.headers },
      signal: AbortSignal.timeout(order.timeoutMs ?? 20_000),
      ...(order.body === undefined || order.body === null ? {} : { body: plain ? (order.body as string) : JSON.stringify(order.body) }),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      principal: auth.principal,
    };
  } catch (error) {
    const timedOut = (error as Error).name === 'TimeoutError';
    return fail(0, timedOut ? 'timeout' : 'unreachable', timedOut ? 'Read timed out' : 'the endpoint did not answer', auth.principal);
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { hashToken, randomToken } from '../platform/crypto.ts';
import type { Parts } from './deps.ts';
import { signInStateInvalid } from './errors.ts';
import { FLOW_MS, type FlowRow } from './types.ts';

export interface StartedFlow {
  /** Where the browser goes. */
  authorizeUrl: string;
  /** Value of the HttpOnly cookie that binds the flow to this browser. */
  cookie: string;
}

/** Begins a sign-in: state, PKCE verifier and cookie are made here, kept as hashes or sealed, and used once. */
export async function startFlow(
  parts: Parts,
  what: {
    kind: FlowRow['kind'];
    login: string;
    returnUrl: string | null;
    orgId?: string;
    connectionId?: string;
    inviteHash?: string;
    loginHint?: string;
  },
): Promise<StartedFlow> {
  const { store, oauth, secretBox, clock } = parts;
  const [id, state, cookie, verifier] = [randomUUID(), randomToken(), randomToken(), randomToken(48)];
  const authorizeUrl = oauth.authorizeUrl({
    login: what.login,
    state,
    codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
    ...(what.loginHint ? { loginHint: what.loginHint, prompt: 'login' as const } : {}),
  });
  await store.journal.addFlow({
    id,
    kind: what.kind,
    login: what.login,
    verifier: secretBox.seal(verifier, `flow:${id}`),
    returnUrl: what.returnUrl,
    orgId: what.orgId ?? null,
    connectionId: what.connectionId ?? null,
    inviteHash: what.inviteHash ?? null,
    stateHash: hashToken(state),
    cookieHash: hashToken(cookie),
    expiresAt: new Date(clock.now().getTime() + FLOW_MS),
  });
  return { authorizeUrl, cookie };
}

/** Uses a flow up. Throws when state and cookie do not belong together, were used, or are too old; then nothing is used up. */
export async function finishFlow(parts: Parts, state: string, cookie: string | undefined): Promise<FlowRow & { plainVerifier: string }> {
  const flow = cookie ? await parts.store.journal.useFlow(hashToken(state), hashToken(cookie), parts.clock.now()) : undefined;
  if (!flow)
    throw signInStateInvalid(
      'Nothing was stored. Start again, from the setup tab or from the link in the mail, in the browser in which you want to sign in, with cookies allowed.',
    );
  return { ...flow, plainVerifier: parts.secretBox.open(flow.verifier, `flow:${flow.id}`) };
}

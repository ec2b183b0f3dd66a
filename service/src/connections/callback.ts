import { classifyFailure, HostRefusedError, OAuthError } from '../gateways/salesforce/index.ts';
import { Problem } from '../platform/errors.ts';
import { hashToken } from '../platform/crypto.ts';
import { accept } from './accept.ts';
import type { Parts } from './deps.ts';
import { CallFailedError, signInRefused, signInStateInvalid } from './errors.ts';
import { finishFlow } from './flows.ts';
import type { DonePage } from './pages.ts';
import type { SignIn } from './grant.ts';
import { register } from './register.ts';
import { assignPermissionSet } from './rights.ts';
import { notRegistered } from '../tenancy/index.ts';
import { visitOf, type Elsewhere, type SignIns } from './sign-ins.ts';
import { AFTER_MS, type FlowRow } from './types.ts';

/** What the browser is shown, or where another feature sends it, with a cookie of that feature. */
export type Finished = { page: DonePage } | Elsewhere;

export interface CallbackQuery {
  state?: string | undefined;
  code?: string | undefined;
  error?: string | undefined;
  error_description?: string | undefined;
}

/**
 * The end of a sign-in. Answers the page to show; throws when nothing was connected. The new grant is given back then, whatever went wrong: a user
 * and app have at most five, and one that nobody keeps would in time end the one that works.
 * `recognised` is told which sign-in it was as soon as that is known: how to begin again depends on it.
 */
export async function finishSignIn(
  parts: Parts,
  query: CallbackQuery,
  cookie: string | undefined,
  recognised: (flow: FlowRow) => void,
): Promise<Finished> {
  if (!query.state) throw signInStateInvalid('The answer of Salesforce is not complete. Nothing was stored.');
  const flow = await finishFlow(parts, query.state, cookie);
  recognised(flow);
  if (query.error || !query.code) throw signInRefused(refusalText(query));
  const signIn = await takeTokens(parts, flow, query.code);
  try {
    if (flow.kind === 'register') return { page: await finishRegister(parts, flow, signIn) };
    if (flow.kind === 'invite') return { page: await finishInvite(parts, flow, signIn) };
    return await finishElsewhere(parts, flow, signIn);
  } catch (error) {
    if (!signIn.kept) await giveBack(parts, signIn);
    throw asProblem(error);
  }
}

function refusalText(query: CallbackQuery): string {
  if (query.error === 'access_denied') return 'You did not allow the access. Nothing was stored. Start again and press Allow.';
  const words = (query.error_description ?? query.error ?? 'no reason given').replace(/[^\w .,:;'()-]/g, ' ').slice(0, 200);
  return `Salesforce answered: ${words}. Nothing was stored.`;
}

async function takeTokens(parts: Parts, flow: FlowRow & { plainVerifier: string }, code: string): Promise<SignIn> {
  const { login } = flow;
  try {
    const { refreshToken, ...tokens } = await parts.oauth.exchangeCode(login, code, flow.plainVerifier);
    if (!refreshToken)
      throw signInRefused('The app in Salesforce does not allow "perform requests at any time" (refresh_token). Nothing was stored.');
    try {
      return { login, tokens: { ...tokens, refreshToken }, identity: await parts.oauth.identity(tokens), kept: false };
    } catch (error) {
      await giveBack(parts, { login, tokens: { refreshToken } });
      throw error;
    }
  } catch (error) {
    throw asProblem(error);
  }
}

/** Failures of Salesforce in the middle of a sign-in become a page in words; anything else is a bug and stays one. */
function asProblem(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof CallFailedError)
    return signInRefused(`${error.failure.text} (${error.failure.code}) Start again.`, { cause: error });
  try {
    const failure = classifyFailure(error);
    const what =
      error instanceof OAuthError && error.code === 'invalid_grant' ? 'The sign-in took too long or was used already.' : failure.text;
    const hint = error instanceof HostRefusedError ? 'Register with the My Domain address of the org.' : 'Start again.';
    return signInRefused(`${what} (${failure.code}) ${hint}`, { cause: error });
  } catch (other) {
    return other;
  }
}

async function giveBack(parts: Parts, { login, tokens }: { login: string; tokens: Pick<SignIn['tokens'], 'refreshToken'> }): Promise<void> {
  try {
    await parts.oauth.revoke(parts.oauth.loginUrl(login), tokens.refreshToken);
  } catch (error) {
    parts.logger.warn({ err: error }, 'an unused grant could not be given back');
  }
}

/** A sign-in that another feature has begun. Its grant is given back unless that feature kept it. */
async function finishElsewhere(parts: Parts, flow: FlowRow, signIn: SignIn): Promise<Elsewhere> {
  const handle = parts.signIns[flow.kind as keyof SignIns];
  const org = await parts.tenancy.findOrg({ salesforceId: signIn.tokens.orgId });
  if (!handle || !org)
    throw notRegistered('This org is not registered with Switchboard. An administrator registers it on the setup tab in Salesforce.');
  const done = await handle({ ...visitOf(parts, org, signIn), returnUrl: flow.returnUrl });
  if (!signIn.kept) await giveBack(parts, signIn);
  return done;
}

async function finishRegister(parts: Parts, flow: FlowRow, signIn: SignIn): Promise<DonePage> {
  const done = await register(parts, signIn);
  const lines = [
    `${done.org.name} is registered${done.again ? ' again; the keys of before end a day after the new ones are first used' : ''}.`,
  ];
  if (!done.user) {
    await giveBack(parts, signIn);
    lines.push('Three users are connected already, so you were not added to them.');
  } else
    lines.push(done.isMain ? `${done.user.username} is the main user.` : `${done.user.username} is a standby user; the main user stays.`);
  const missing = done.user ? await parts.rights.probe(done.org, done.user) : [];
  if (done.user) await parts.store.journal.setFlowConnection(flow.id, done.org.id, done.user.id);
  return {
    title: 'This org is registered',
    lines,
    missing,
    returnUrl: flow.returnUrl,
    ...(done.keys ? { keys: done.keys } : {}),
    ...(done.user ? { assign: { flowId: flow.id } } : {}),
  };
}

async function finishInvite(parts: Parts, flow: FlowRow, signIn: SignIn): Promise<DonePage> {
  const { org, user, isMain } = await accept(parts, flow, signIn);
  const role = isMain ? 'the main user' : 'a standby user: it takes over when the main user fails';
  const missing = await parts.rights.probe(org, user);
  return {
    title: 'You are connected',
    lines: [`${user.username} is connected to ${org.name} as ${role}.`],
    missing,
    returnUrl: null,
    assign: { flowId: flow.id },
  };
}

/** Assigns the permission set to the user who has just signed in, with the main user's rights. Only the browser of that sign-in may ask. */
export async function assignAfterSignIn(parts: Parts, flowId: string, cookie: string | undefined): Promise<DonePage> {
  const { store, clock, tenancy } = parts;
  const after = new Date(clock.now().getTime() - AFTER_MS);
  const flow = cookie ? await store.journal.findUsedFlow(flowId, hashToken(cookie), after) : undefined;
  const user = flow?.orgId && flow.connectionId ? await store.users.find(flow.orgId, flow.connectionId) : undefined;
  const org = user && (await tenancy.findOrg({ id: user.orgId }));
  if (!flow || !user || !org)
    throw signInStateInvalid('The sign-in is too long ago. Assign the permission set in Setup, or sign in again.');
  let problem: string | undefined;
  try {
    const options = { replay: 'idempotent', lane: 'messaging', timeoutMs: 15_000, whileOff: true } as const;
    await parts.call(org.id, options, (client) => assignPermissionSet(client, user.userId));
  } catch (error) {
    if (!(error instanceof CallFailedError)) throw error;
    problem = `The permission set could not be assigned: ${error.failure.text} Assign “Switchboard Integration” in Setup.`;
  }
  return {
    title: problem ? 'The permission set was not assigned' : 'The permission set is assigned',
    lines: [`${user.username} is connected to ${org.name}.`],
    missing: await parts.rights.probe(org, user),
    returnUrl: flow.returnUrl,
    ...(problem ? { problem } : {}),
  };
}

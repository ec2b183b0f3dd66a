import type { FastifyInstance, FastifyReply } from 'fastify';
import { html } from '../../control/html.ts';
import { sendPage } from '../../control/pages.ts';
import type { Org } from '../org.ts';
import type { AppRegistry, OAuthApp } from './apps.ts';
import type { BrowserSession, BrowserSessions } from './browser-session.ts';
import { AUTHORIZE_ERRORS } from './errors.ts';
import type { AuthorizeErrorKind } from './errors.ts';
import type { Grants } from './grants.ts';
import { sameText } from './secrets.ts';

export interface AuthorizeDeps {
  readonly org: Org;
  readonly apps: AppRegistry;
  readonly grants: Grants;
  readonly sessions: BrowserSessions;
}

const PARAMETERS = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'login_hint',
  'immediate',
  'display',
  'nonce',
] as const;

type Query = Partial<Record<(typeof PARAMETERS)[number], string>>;
type ConsentForm = Query & { csrf?: string; decision?: string };

interface Order {
  readonly app: OAuthApp;
  readonly redirectUri: string;
  readonly scopes: string;
  readonly state: string | undefined;
  readonly challenge: string | undefined;
}

/** A repeated parameter has no single meaning; the first one counts. */
function single(raw: Readonly<Record<string, unknown>>): Query {
  const query: Query = {};
  for (const name of PARAMETERS) {
    const value = Array.isArray(raw[name]) ? (raw[name] as unknown[])[0] : raw[name];
    if (typeof value === 'string' && value !== '') query[name] = value;
  }
  return query;
}

function selfUrl(query: Query): string {
  return `/services/oauth2/authorize?${new URLSearchParams(query as Record<string, string>).toString()}`;
}

const CONSENT_PATH = '/setup/secur/RemoteAccessAuthorizationPage.apexp';
const BLOCKED_PATH = '/setup/secur/RemoteAccessErrorPage.apexp';

const SCOPE_WORDS: Readonly<Record<string, string>> = {
  api: 'Manage user data via APIs',
  refresh_token: 'Perform requests at any time',
  offline_access: 'Perform requests at any time',
  id: 'Access the identity URL service',
  openid: 'Access unique user identifiers',
  profile: 'Access your basic information',
  email: 'Access your email address',
  web: 'Manage user data via Web browsers',
  full: 'Full access',
};

/** The authorize endpoint of the web server flow with its consent page (salesforce-platform.md section 2.1). */
export function registerAuthorize(app: FastifyInstance, deps: AuthorizeDeps): void {
  const { apps, grants, sessions } = deps;

  function refusePage(reply: FastifyReply, error: string, description: string): FastifyReply {
    return sendPage(
      reply,
      {
        title: 'OAuth error',
        product: 'Sandbox Salesforce',
        width: 'narrow',
        body: html`<h1 class="slds-text-heading_large slds-m-bottom_medium">We can't authorize you because of an OAuth error</h1>
          <p role="alert">error=${error}&error_description=${description}</p>`,
      },
      400,
    );
  }

  function toCallback(
    reply: FastifyReply,
    order: Pick<Order, 'redirectUri' | 'state'>,
    answer: Record<string, string>,
    status = 302,
  ): FastifyReply {
    const target = new URL(order.redirectUri);
    for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
    if (order.state !== undefined) target.searchParams.set('state', order.state);
    return reply.redirect(target.href, status);
  }

  function refuse(reply: FastifyReply, order: Pick<Order, 'redirectUri' | 'state'>, kind: AuthorizeErrorKind, status = 302): FastifyReply {
    const { error, description } = AUTHORIZE_ERRORS[kind];
    return toCallback(reply, order, { error, error_description: description }, status);
  }

  /** Checks the parameters. Answers the browser itself and gives undefined when they are not acceptable. */
  function readOrder(reply: FastifyReply, query: Query): Order | undefined {
    const oauthApp = apps.find(query.client_id);
    if (!oauthApp) {
      refusePage(reply, 'invalid_client_id', 'client identifier invalid');
      return undefined;
    }
    if (query.redirect_uri === undefined || !oauthApp.redirectUris.includes(query.redirect_uri)) {
      refusePage(reply, 'redirect_uri_mismatch', 'redirect_uri must match configuration');
      return undefined;
    }
    const base = { redirectUri: query.redirect_uri, state: query.state };
    const wrong = (kind: AuthorizeErrorKind): undefined => {
      refuse(reply, base, kind);
      return undefined;
    };
    if (query.response_type !== 'code') return wrong('badResponseType');
    const scopes = query.scope === undefined ? oauthApp.scopes : query.scope.split(/\s+/).filter(Boolean);
    if (
      scopes.some((scope) => !oauthApp.scopes.includes(scope) && !(scope === 'offline_access' && oauthApp.scopes.includes('refresh_token')))
    ) {
      return wrong('badScope');
    }
    if (query.code_challenge === undefined && oauthApp.pkceRequired) return wrong('missingChallenge');
    // The platform knows S256 only, so clients such as jsforce do not name the method at all.
    const isS256 = (query.code_challenge_method ?? 'S256') === 'S256' && /^[A-Za-z0-9_-]{43}$/.test(query.code_challenge ?? '');
    if (query.code_challenge !== undefined && !isS256) return wrong('badChallenge');
    return { ...base, app: oauthApp, scopes: scopes.join(' '), challenge: query.code_challenge };
  }

  function allow(reply: FastifyReply, order: Order, session: BrowserSession, status = 302): FastifyReply {
    const code = grants.createCode({
      clientId: order.app.clientId,
      userId: session.user.id,
      redirectUri: order.redirectUri,
      scopes: order.scopes,
      challenge: order.challenge,
    });
    return toCallback(reply, order, { code }, status);
  }

  function blocked(reply: FastifyReply, status = 302): FastifyReply {
    return reply.redirect(`${BLOCKED_PATH}?error=invalid_client&error_description=app+must+be+installed+into+org`, status);
  }

  app.get('/services/oauth2/authorize', async (request, reply) => {
    const query = single(request.query as Record<string, unknown>);
    const order = readOrder(reply, query);
    if (!order) return reply;
    const prompts = new Set((query.prompt ?? '').split(/\s+/).filter(Boolean));
    const silent = prompts.has('none') || query.immediate === 'true';
    const session = sessions.current(request);
    if (!session || prompts.has('login') || prompts.has('select_account')) {
      if (silent) return refuse(reply, order, 'needsLogin');
      const { prompt: _asked, ...rest } = query;
      const startURL = selfUrl(prompts.has('consent') ? { ...rest, prompt: 'consent' } : rest);
      const hint = query.login_hint ? { un: query.login_hint } : {};
      return reply.redirect(`/login?${new URLSearchParams({ startURL, ...hint }).toString()}`, 302);
    }
    if (!apps.isInstalled(order.app.clientId)) return blocked(reply);
    if (grants.hasGrant(session.user.id, order.app.clientId) && !prompts.has('consent')) return allow(reply, order, session);
    if (silent) return refuse(reply, order, 'needsLogin');
    return sendConsent(reply, order, query, session);
  });

  app.post<{ Body: ConsentForm | undefined }>(CONSENT_PATH, async (request, reply) => {
    const form = request.body ?? {};
    const query = single(form);
    const session = sessions.current(request);
    if (!session) return reply.redirect(`/login?startURL=${encodeURIComponent(selfUrl(query))}`, 303);
    if (typeof form.csrf !== 'string' || !sameText(form.csrf, session.csrf)) {
      return refusePage(reply.code(403), 'invalid_request', 'the form was not sent by this session');
    }
    const order = readOrder(reply, query);
    if (!order) return reply;
    if (!apps.isInstalled(order.app.clientId)) return blocked(reply, 303);
    return form.decision === 'allow' ? allow(reply, order, session, 303) : refuse(reply, order, 'denied', 303);
  });

  app.get<{ Querystring: { error?: string; error_description?: string } }>(BLOCKED_PATH, async (request, reply) =>
    sendPage(
      reply,
      {
        title: 'Authorization error',
        product: 'Sandbox Salesforce',
        width: 'narrow',
        body: html`<h1 class="slds-text-heading_large slds-m-bottom_medium">OAUTH_APPROVAL_ERROR_GENERIC</h1>
          <p role="alert">An unexpected error has occurred during authentication. Please try again.</p>
          <p class="slds-m-top_small">${request.query.error ?? ''}: ${request.query.error_description ?? ''}</p>`,
      },
      400,
    ),
  );
}

function sendConsent(reply: FastifyReply, order: Order, query: Query, session: BrowserSession): FastifyReply {
  const { prompt: _prompt, ...rest } = query;
  const hidden = Object.entries(rest).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
  return sendPage(reply, {
    title: 'Allow access?',
    product: 'Sandbox Salesforce',
    width: 'narrow',
    body: html`<h1 class="slds-text-heading_large slds-m-bottom_medium">Allow access?</h1>
      <form class="slds-box slds-theme_default" method="post" action="${CONSENT_PATH}">
        ${hidden}
        <input type="hidden" name="csrf" value="${session.csrf}" />
        <p><strong>${order.app.name}</strong> is asking to:</p>
        <ul class="slds-list_dotted slds-m-vertical_small">
          ${order.scopes.split(' ').map((scope) => html`<li>${SCOPE_WORDS[scope] ?? scope}</li>`)}
        </ul>
        <p class="slds-m-bottom_medium">
          Logged in as <strong>${session.user.username}</strong>.
          <a style="text-decoration: underline" href="/logout?startURL=${encodeURIComponent(selfUrl(rest))}">Not you?</a>
        </p>
        <div class="slds-grid slds-m-top_small">
          <button class="slds-button slds-button_neutral slds-col slds-m-right_x-small" type="submit" name="decision" value="deny">
            Deny
          </button>
          <button class="slds-button slds-button_brand slds-col" type="submit" name="decision" value="allow">Allow</button>
        </div>
      </form>`,
  });
}

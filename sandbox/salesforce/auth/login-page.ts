import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html } from '../../control/html.ts';
import { errorBox, field, sendPage } from '../../control/pages.ts';
import type { Org } from '../org.ts';
import type { AccountState, Accounts } from './accounts.ts';
import type { BrowserSessions } from './browser-session.ts';

const REFUSALS: Readonly<Record<Exclude<AccountState, 'active'>, string>> = {
  inactive: 'This user is deactivated. Ask your administrator for help.',
  locked: 'This user is locked out after too many attempts. Ask your administrator to unlock it.',
  'login-hours': 'You cannot log in at this time: it is outside of your login hours.',
};

export interface LoginPageDeps {
  readonly org: Org;
  readonly accounts: Accounts;
  readonly sessions: BrowserSessions;
}

type LoginForm = Partial<Record<'username' | 'password' | 'startURL' | 'csrf', string>>;

/** Only paths of this server are targets after a login; anything else would be an open redirect. */
export function localPath(target: string | undefined): string {
  return target !== undefined && /^\/(?![/\\])/.test(target) && !/[\r\n]/.test(target) ? target : '/';
}

/** `/login`, `/logout` and the org's home page: what a person sees of the org outside of Lightning. */
export function registerLoginPage(app: FastifyInstance, deps: LoginPageDeps): void {
  const { org, accounts, sessions } = deps;

  function show(request: FastifyRequest, reply: FastifyReply, form: LoginForm, error?: string): FastifyReply {
    const token = sessions.loginToken(request, reply);
    const hints = org.users.list().map((user) => ({ user, password: accounts.password(user.id) }));
    return sendPage(
      reply,
      {
        title: 'Log in',
        product: 'Sandbox Salesforce',
        width: 'narrow',
        body: html`<h1 class="slds-text-heading_large slds-m-bottom_medium">Log in to the sandbox org</h1>
          ${error ? errorBox(error) : ''}
          <form class="slds-box slds-theme_default" method="post" action="/login">
            <input type="hidden" name="csrf" value="${token}" />
            <input type="hidden" name="startURL" value="${localPath(form.startURL)}" />
            ${field({ id: 'username', label: 'Username', value: form.username ?? '', autocomplete: 'username' })}
            ${field({ id: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' })}
            <button class="slds-button slds-button_brand slds-button_stretch slds-m-top_small" type="submit">Log In</button>
          </form>
          <section class="slds-m-top_large" aria-labelledby="hints">
            <h2 class="slds-text-heading_small slds-m-bottom_x-small" id="hints">Users of this sandbox</h2>
            <ul class="slds-list_dotted">
              ${hints.map(({ user, password }) => html`<li>${user.username} – password <code>${password}</code></li>`)}
            </ul>
          </section>`,
      },
      error ? 401 : 200,
    );
  }

  app.get<{ Querystring: { startURL?: string; un?: string } }>('/login', async (request, reply) =>
    show(request, reply, { startURL: localPath(request.query.startURL), username: request.query.un ?? '' }),
  );

  app.post<{ Body: LoginForm | undefined }>('/login', async (request, reply) => {
    const form = request.body ?? {};
    if (!sessions.checksLoginToken(request, form.csrf)) return show(request, reply, form, 'The form had expired. Please log in again.');
    const user = org.users.byUsername((form.username ?? '').trim());
    if (!user || form.password !== accounts.password(user.id)) {
      return show(request, reply, form, 'Please check your username and password. If you still cannot log in, contact your administrator.');
    }
    const state = accounts.state(user);
    if (state !== 'active') return show(request, reply, form, REFUSALS[state]);
    if (!accounts.admitLogin(user.id)) return show(request, reply, form, 'Too many logins in the last hour. Try again later.');
    sessions.end(request, reply);
    sessions.start(reply, user);
    return reply.redirect(localPath(form.startURL), 303);
  });

  app.get<{ Querystring: { startURL?: string } }>('/logout', async (request, reply) => {
    sessions.end(request, reply);
    return reply.redirect(`/login?startURL=${encodeURIComponent(localPath(request.query.startURL))}`, 302);
  });

  app.get('/', async (request, reply) => {
    const session = sessions.current(request);
    if (!session) return reply.redirect('/login', 302);
    return sendPage(reply, {
      title: 'Home',
      product: 'Sandbox Salesforce',
      body: html`<h1 class="slds-text-heading_large slds-m-bottom_medium">Sandbox org</h1>
        <p>
          You are logged in as ${session.user.name} (${session.user.username}). The Lightning pages of this org are on their own address.
        </p>
        <p class="slds-m-top_medium"><a class="slds-button slds-button_neutral" href="/logout">Log out</a></p>`,
    });
  });
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Connections, SignIns, Visit } from '../../connections/index.ts';
import { HostRefusedError } from '../../gateways/salesforce/index.ts';
import { forbidden, Problem } from '../../platform/errors.ts';
import { showPage } from '../../platform/http/page.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { SESSION_MS, type PageSession, type PageSessions, type Tenancy } from '../../tenancy/index.ts';
import type { AcdConnections } from '../connection.ts';
import { disconnectPage, PORTAL_SCRIPT, portalPage, signInPage } from './pages.ts';

const COOKIE = 'sb_portal';
const PATH = '/portal';
/** Sign-ins that one address may begin in a quarter of an hour: each is a row until it ends. */
const BEGINNINGS = { max: 30, timeWindow: 15 * 60_000 };

export interface PortalOptions {
  sessions: PageSessions;
  tenancy: Pick<Tenancy, 'findOrg'>;
  orgs: Pick<Connections, 'beginSignIn' | 'loginOf'>;
  connections: AcdConnections;
}

/** Where the browser goes on after a sign-in: the portal, with a session. */
export function toPortal(sessions: PageSessions) {
  return async ({ org, userId, username }: Visit): ReturnType<NonNullable<SignIns['acd']>> => ({
    redirect: PATH,
    cookie: { name: COOKIE, value: await sessions.open({ orgId: org.id, userId, username }), path: PATH, maxAgeS: SESSION_MS / 1000 },
  });
}

/** The portal of telephone admins: server-rendered pages behind a sign-in at Salesforce. */
export function registerPortal(app: HttpServer, { sessions, tenancy, orgs, connections }: PortalOptions): void {
  const hidden = { hide: true } as const;
  const sessionOf = (request: FastifyRequest) => sessions.read(request.cookies[COOKIE]);

  async function view(session: PageSession, problem?: string): Promise<string> {
    const org = await tenancy.findOrg({ id: session.orgId });
    const status = await connections.status(session.orgId);
    const { username, csrf } = session;
    return portalPage({ orgId: org?.salesforceId ?? '', orgName: org?.name ?? '', username, csrf, status, ...(problem && { problem }) });
  }

  async function begin(reply: FastifyReply, kind: 'portal' | 'acd', login: string, loginHint?: string): Promise<FastifyReply> {
    const { authorizeUrl, cookie } = await orgs.beginSignIn({ kind, login, returnUrl: null, ...(loginHint && { loginHint }) });
    reply.setCookie(cookie.name, cookie.value, cookie.options);
    return reply.redirect(authorizeUrl, 303);
  }

  app.get(`${PATH}/assets/portal.js`, { schema: hidden }, (_request, reply) =>
    reply.header('content-type', 'text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(PORTAL_SCRIPT),
  );
  app.get(PATH, { schema: hidden }, async (request, reply) => {
    const session = await sessionOf(request);
    return showPage(reply, session ? await view(session) : signInPage('sign-in', 'production'));
  });

  const login = z.strictObject({ login: z.string().max(200).default('production') });
  app.get(`${PATH}/connect`, { schema: { ...hidden, querystring: login } }, (request, reply) =>
    showPage(reply, signInPage('connect', request.query.login)),
  );
  const loginBody = z.strictObject({ login: z.string().max(200).default(''), domain: z.string().max(200).default('') });
  for (const [action, kind] of [
    ['sign-in', 'portal'],
    ['connect', 'acd'],
  ] as const)
    app.post(`${PATH}/${action}`, { config: { rateLimit: BEGINNINGS }, schema: { ...hidden, body: loginBody } }, async (request, reply) => {
      // Another site must not begin it: whoever has allowed the app before would hold the connection unawares.
      const site = request.headers['sec-fetch-site'];
      if (site !== undefined && site !== 'same-origin' && site !== 'none')
        throw forbidden('This form was not sent from the portal’s own page.');
      const choice = request.body.login === 'domain' ? request.body.domain.trim() : request.body.login;
      try {
        return await begin(reply, kind, choice);
      } catch (error) {
        if (!(error instanceof HostRefusedError)) throw error;
        const problem = `${error.message}. Use the address that ends in my.salesforce.com.`;
        return showPage(reply, signInPage(action, choice || 'domain', problem), 400);
      }
    });

  /** A form of the portal's own page, by somebody who is signed in. */
  const form = z.strictObject({ csrf: z.string().max(200), sure: z.literal('yes').optional() });
  const own =
    (work: (session: PageSession, body: z.output<typeof form>, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const session = await sessionOf(request);
      if (!session) return reply.redirect(PATH, 303);
      const body = request.body as z.output<typeof form>;
      if (body.csrf !== session.csrf) throw forbidden('This form was not sent from the portal’s own page. Open the portal and try again.');
      try {
        return await work(session, body, request, reply);
      } catch (error) {
        if (!(error instanceof Problem) || error.status >= 500) throw error;
        return showPage(reply, await view(session, error.message), error.status);
      }
    };
  const options = { schema: { ...hidden, body: form } };
  app.post(
    `${PATH}/again`,
    options,
    own(async ({ orgId, username }, _body, _request, reply) => {
      const org = await tenancy.findOrg({ id: orgId });
      return org ? begin(reply, 'acd', orgs.loginOf(org), username) : reply.redirect(PATH, 303);
    }),
  );
  app.post(
    `${PATH}/disconnect`,
    options,
    own(async (session, { sure }, _request, reply) => {
      if (!sure)
        return showPage(reply, disconnectPage({ csrf: session.csrf, orgName: (await tenancy.findOrg({ id: session.orgId }))?.name ?? '' }));
      await connections.disconnect(session.orgId, session.username);
      return reply.redirect(PATH, 303);
    }),
  );
  app.post(
    `${PATH}/sign-out`,
    options,
    own(async (_session, _body, request, reply) => {
      await sessions.close(request.cookies[COOKIE]);
      reply.clearCookie(COOKIE, { path: PATH });
      return reply.redirect(PATH, 303);
    }),
  );
}

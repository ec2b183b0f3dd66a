import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HostRefusedError } from '../gateways/salesforce/index.ts';
import { Problem, tooManyRequests } from '../platform/errors.ts';
import { showPage } from '../platform/http/page.ts';
import type { HttpServer } from '../platform/http/server.ts';
import { readInvite, startInvite } from './accept.ts';
import { assignAfterSignIn, finishSignIn } from './callback.ts';
import { CONNECT_COOKIE, connectCookie } from './cookie.ts';
import type { Parts } from './deps.ts';
import { loginHostInvalid } from './errors.ts';
import { startFlow } from './flows.ts';
import { donePage, invitePage, problemPage, registerPage } from './pages.ts';
import { FLOW_MS, type FlowRow } from './types.ts';

/** Registrations that one address may begin in the time one of them stays open. */
export const BEGINNINGS = 30;
const CSS = readFileSync(join(import.meta.dirname, 'assets/connect.css'), 'utf8');
const text = (max: number): z.ZodDefault<z.ZodString> => z.string().max(max).default('');

/** The pages a person meets on the way to Salesforce and back. Server-rendered, without scripts. */
export function registerConnectPages(app: HttpServer, parts: Parts): void {
  const hidden = { hide: true } as const;
  const setCookie = (reply: FastifyReply, value: string): void => {
    const { name, options } = connectCookie(parts.publicUrl, value);
    reply.setCookie(name, value, options);
  };
  /** Problems of these pages are shown to a person; what nobody expected goes the way of all errors. */
  const pageOf = async (
    reply: FastifyReply,
    retry: () => string | null,
    work: () => Promise<string | { redirect: string }>,
  ): Promise<FastifyReply> => {
    try {
      const done = await work();
      return typeof done === 'string' ? await showPage(reply, done) : await reply.redirect(done.redirect, 303);
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return showPage(reply, problemPage(error, retry()), error.status);
      throw error;
    }
  };
  const safeReturn = (url: string): string | null => {
    try {
      parts.checkReturn(url);
      return new URL(url).href;
    } catch {
      return null;
    }
  };

  app.get('/connect/assets/connect.css', { schema: hidden }, (_request, reply) =>
    reply.header('content-type', 'text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(CSS),
  );

  const registerQuery = z.strictObject({ login: text(200), return: text(2000) });
  app.get('/connect/register', { schema: { ...hidden, querystring: registerQuery } }, (request, reply) =>
    showPage(reply, registerPage({ login: request.query.login || 'production', returnUrl: safeReturn(request.query.return) ?? '' })),
  );

  const registerBody = z.strictObject({ login: text(200), domain: text(200), return: text(2000) });
  // Anybody may begin a sign-in, and each is a row until it ends: nobody needs many.
  const tooMany = (_request: FastifyRequest, { ttl }: { ttl: number }): Error =>
    tooManyRequests(`Too many registrations were begun from your address. Try again in ${Math.ceil(ttl / 60_000)} minutes.`);
  const config = { rateLimit: { max: BEGINNINGS, timeWindow: FLOW_MS, errorResponseBuilder: tooMany } };
  app.post('/connect/register', { config, schema: { ...hidden, body: registerBody } }, async (request, reply) => {
    const { login, domain } = request.body;
    const returnUrl = safeReturn(request.body.return);
    const choice = login === 'domain' ? domain.trim() : login;
    try {
      const flow = await startFlow(parts, { kind: 'register', login: choice, returnUrl });
      setCookie(reply, flow.cookie);
      return await reply.redirect(flow.authorizeUrl, 303);
    } catch (error) {
      if (!(error instanceof HostRefusedError)) throw error;
      const problem = loginHostInvalid(`${error.message}. Use the address that ends in my.salesforce.com.`);
      return showPage(
        reply,
        registerPage({ login: choice || 'domain', returnUrl: returnUrl ?? '', error: problem.message }),
        problem.status,
      );
    }
  });

  const inviteParams = z.object({ token: z.string().min(10).max(100) });
  app.get('/connect/invite/:token', { schema: { ...hidden, params: inviteParams } }, (request, reply) =>
    pageOf(
      reply,
      () => null,
      async () => {
        const { user, org } = await readInvite(parts, request.params.token);
        return invitePage({
          token: request.params.token,
          username: user.username,
          orgName: org.name,
          expiresAt: user.inviteExpiresAt as Date,
        });
      },
    ),
  );
  app.post('/connect/invite/:token', { schema: { ...hidden, params: inviteParams } }, async (request, reply) => {
    try {
      const flow = await startInvite(parts, request.params.token);
      setCookie(reply, flow.cookie);
      return await reply.redirect(flow.authorizeUrl, 303);
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return showPage(reply, problemPage(error, null), error.status);
      throw error;
    }
  });

  const optional = z.string().max(4000).optional();
  // Not strict: Salesforce adds what it likes.
  const callbackQuery = z.object({ state: optional, code: optional, error: optional, error_description: optional });
  app.get('/connect/callback', { schema: { ...hidden, querystring: callbackQuery } }, (request, reply) => {
    let again: string | null = null; // the link of an invitation is known only to who got it
    const recognised = (flow: FlowRow): void => {
      if (flow.kind === 'portal' || flow.kind === 'acd') again = '/portal';
      if (flow.kind !== 'register') return;
      again = `/connect/register?${new URLSearchParams({ login: flow.login, return: flow.returnUrl ?? '' }).toString()}`;
    };
    return pageOf(
      reply,
      () => again,
      async () => {
        const done = await finishSignIn(parts, request.query, cookieOf(request), recognised);
        if ('page' in done) return donePage(done.page);
        const { redirect, cookie } = done;
        if (cookie) {
          const { name, value, path, maxAgeS } = cookie;
          reply.setCookie(name, value, {
            httpOnly: true,
            sameSite: 'lax',
            secure: parts.publicUrl.startsWith('https:'),
            path,
            maxAge: maxAgeS,
          });
        }
        return { redirect };
      },
    );
  });

  app.post('/connect/permissions', { schema: { ...hidden, body: z.strictObject({ flow: z.uuid() }) } }, (request, reply) =>
    pageOf(
      reply,
      () => null,
      async () => donePage(await assignAfterSignIn(parts, request.body.flow, cookieOf(request))),
    ),
  );
}

function cookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[CONNECT_COOKIE];
}

/** The Lightning page on the laptop: the real components of force-app in a page of our own, as any user of the sandbox org. */
import path from 'node:path';
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Progress } from '../../tools/lwc/vendor.ts';
import { createPeerApp, listenLocal } from '../control/peer.ts';
import { OrgError, createOrgClient } from './org/client.ts';
import { contextFor } from './org/model.ts';
import { openProject } from './project.ts';
import { registerAssets } from './server/assets.ts';
import { registerData } from './server/data.ts';
import { sendPage, sendTrouble } from './server/page.ts';
import { registerStreams } from './server/streams.ts';
import { createUsers, registerLogin } from './server/users.ts';

export interface LightningOptions {
  /** 0 takes any free port. Default 3000. */
  port?: number | undefined;
  /** Sandbox org, such as `http://localhost:8081`. */
  salesforceUrl: string;
  /** Switchboard service, such as `http://localhost:8080`; the sandbox bar links to it. */
  serviceUrl: string;
  /** Further links of the sandbox bar; default the phone page, the mailbox and the API's documentation on their usual ports. */
  links?: { label: string; url: string }[] | undefined;
  /** Rebuild and reload on change. */
  watch?: boolean | undefined;
  /** Told while the base components are built, which happens once per set of versions. */
  onProgress?: Progress | undefined;
  /** Answer of `GET /__sandbox/info`. */
  info?: (() => Promise<unknown>) | undefined;
  /** Repository root; default this repository. */
  root?: string | undefined;
  /** Told of errors that answered 500, without what they were about. */
  onError?: ((error: unknown) => void) | undefined;
}

export interface LightningPage {
  url: string;
  port: number;
  /** Cuts the event stream of every open page, as a lost network would. */
  dropStreams(): void;
  close(): Promise<void>;
}

/**
 * Builds what is missing and serves the page on 127.0.0.1.
 * @throws {ApexShapeError} when an Apex class has a method that the page could not follow, {AppBuildError} when a component does not compile
 *   (while watching, both are shown in the page instead)
 */
export async function startLightning(options: LightningOptions): Promise<LightningPage> {
  if (process.env['NODE_ENV'] === 'production') throw new Error('The Lightning page of the sandbox never runs in production');
  const org = createOrgClient(options.salesforceUrl);
  const users = createUsers(org);
  const app = createPeerApp();
  await app.register(cookie);
  refuseForeignPosts(app);

  const root = options.root ?? path.resolve(import.meta.dirname, '../..');
  const project = await openProject({
    root,
    watch: options.watch ?? false,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  const streams = registerStreams(app, { org, userOf: async (cookies) => (await users.current(cookies)).username });
  project.onChange((error) => (error ? streams.broadcast('build-error', { message: error }) : streams.broadcast('reload', {})));

  // A scope of its own: its errors are worded for the page, not as the peers' control surface words them.
  await app.register(async (scope) => {
    scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const status =
        error.statusCode ?? (error.name === 'ZodError' ? 400 : error instanceof OrgError && error.status !== 0 ? error.status : 500);
      if (status >= 500) options.onError?.(error);
      const page = request.method === 'GET' && request.url.startsWith('/lightning/');
      if (page)
        return sendTrouble(reply, 'The page cannot be shown', error instanceof OrgError ? error.message : 'Internal error of the sandbox');
      return reply
        .code(status)
        .send({ error: status >= 500 && !(error instanceof OrgError) ? 'internal error of the sandbox' : error.message });
    });

    registerAssets(scope, { root, vendor: project.vendor, files: project.files });
    registerLogin(scope, users);
    registerData(scope, { org, users, app: project.app, catalogue: project.catalogue, label: project.label });
    scope.get('/__sandbox/info', async () => (options.info ? options.info() : {}));
    scope.get('/', async (_request, reply) => reply.redirect('/lightning/page/home'));
    scope.get('/lightning/*', async (request, reply) => {
      const error = project.error();
      if (error && !project.files()) return sendTrouble(reply, 'The components do not compile', error);
      const facts = await users.facts();
      const user = await users.current(request.cookies);
      const context = await contextFor(user, { org, facts, app: project.app(), links: options.links ?? defaultLinks(options) });
      return sendPage(reply, { context: error ? { ...context, buildError: error } : context, imports: project.vendor.imports });
    });
  });

  const { port, url } = await listenLocal(app, options.port ?? 3000);
  return {
    port,
    url,
    dropStreams: () => streams.drop(),
    async close() {
      streams.close();
      await project.close();
      await app.close();
    },
  };
}

// Another site's page must not act as the agent: browsers tell where a request comes from, and JSON cannot be sent from elsewhere unasked.
function refuseForeignPosts(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    const site = request.headers['sec-fetch-site'];
    const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
    const json = request.headers['content-type']?.startsWith('application/json') ?? request.method === 'DELETE';
    return foreign || !json ? reply.code(403).send({ error: 'only this page itself may ask for that' }) : undefined;
  });
}

function defaultLinks({ serviceUrl }: LightningOptions): { label: string; url: string }[] {
  const { hostname } = new URL(serviceUrl);
  return [
    { label: 'Customer’s phone', url: `http://${hostname}:8082/` },
    { label: 'Mailbox', url: `http://${hostname}:8085/` },
    { label: 'API documentation', url: `http://${hostname}:9464/docs` },
  ];
}

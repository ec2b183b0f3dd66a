/** A bare server around the data routes, for tests of the data engine alone: the bearer token is the username. */
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { SalesforceError, openOrg, registerDataRoutes } from '../org.ts';
import type { OpenOrgOptions, Org } from '../org.ts';

export interface Reply<T = unknown> {
  status: number;
  body: T;
  headers: Headers;
}

export interface TestOrg {
  org: Org;
  app: FastifyInstance;
  url: string;
  /** Calls a path below `/services/data/v65.0` as a user. */
  call<T = unknown>(
    method: string,
    path: string,
    options?: { as?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Reply<T>>;
  /** Runs SOQL over HTTP and answers the records, or throws the status and body. */
  soql(query: string, as?: string): Promise<Record<string, unknown>[]>;
  userId(username: string): string;
  close(): Promise<void>;
}

export const ADMIN = 'admin@sandbox.test';
export const AGENT = 'agent@sandbox.test';
export const AGENT2 = 'agent2@sandbox.test';

/** Opens an org in memory and serves it on a free port of 127.0.0.1. */
export async function startTestOrg(options: Partial<OpenOrgOptions> = {}): Promise<TestOrg> {
  const org = openOrg({ file: ':memory:', ...options });
  org.settings.searchDelaySeconds = 0;
  const app = Fastify();
  registerDataRoutes(app, org, {
    requireSession(request) {
      const username = (request.headers.authorization ?? '').replace(/^(Bearer|OAuth) /, '');
      const user = org.users.byUsername(username);
      if (!user) throw new SalesforceError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
      return { userId: user.id, username: user.username, sessionId: `session of ${user.username}` };
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;

  async function call<T>(
    method: string,
    path: string,
    more: { as?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Reply<T>> {
    const response = await fetch(`${url}/services/data/v65.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${more.as ?? ADMIN}`,
        ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more.headers,
      },
      ...(more.body === undefined ? {} : { body: typeof more.body === 'string' ? more.body : JSON.stringify(more.body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  return {
    org,
    app,
    url,
    call,
    async soql(query, as = ADMIN) {
      const reply = await call<{ records: Record<string, unknown>[] }>('GET', `/query?q=${encodeURIComponent(query)}`, { as });
      if (reply.status !== 200) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`);
      return reply.body.records;
    },
    userId: (username) => org.users.byUsername(username)?.id ?? '',
    async close() {
      await app.close();
      org.close();
    },
  };
}

/** Mounts the data API below `/services/data` on a Fastify server. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Org } from '../../org.ts';

/** Who calls, as the OAuth side found out. */
export interface OrgSession {
  userId: string;
  username: string;
  sessionId: string;
}

export interface DataRouteOptions {
  /** Answers the caller's session or throws the platform's 401 (a SalesforceError). */
  requireSession(request: FastifyRequest): OrgSession | Promise<OrgSession>;
  /** Numbers for `/limits` when a composite part asks for it; the plain route belongs to the caller. */
  limits?: (session: OrgSession) => Record<string, { Max: number; Remaining: number }>;
  /** Told how many API calls a request was beyond the first (composite/batch counts each part). */
  countCalls?: (request: FastifyRequest, additional: number) => void;
}

/**
 * Registers `/services/data` (versions), `/services/data/vXX.0` and below it sobjects, query, queryAll, search,
 * parameterizedSearch, composite and recent. Other paths stay free for the caller's own routes.
 */
export function registerDataRoutes(app: FastifyInstance, org: Org, options: DataRouteOptions): void {
  void app.register((scope, _opts, done) => {
    mount(scope, org, options);
    done();
  });
}

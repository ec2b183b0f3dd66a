import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SalesforceError } from '../org.ts';
import type { ExternalCredentialMeta, Org, OrgSession } from '../org.ts';

/** Values of external-credential parameters per named principal. They can be written, never read back by clients. */
export interface CredentialStore {
  /** Value of a parameter; `credential` is the bare developer name. */
  value(credential: string, principal: string, parameter: string): string | undefined;
  write(credential: string, principal: string, parameter: string, value: string, encrypted: boolean): void;
  remove(credential: string, principal: string, parameter?: string): void;
  list(credential: string, principal: string): { parameter: string; encrypted: boolean; revision: number; value: string }[];
  clear(): void;
}

/** Opens the credential table in the org's database. */
export function openCredentials(org: Org): CredentialStore {
  const { db } = org;
  db.exec(`CREATE TABLE IF NOT EXISTS plat_credential (credential TEXT NOT NULL, principal TEXT NOT NULL, parameter TEXT NOT NULL,
    value TEXT NOT NULL, encrypted INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (credential, principal, parameter))`);
  const one = db.prepare('SELECT value FROM plat_credential WHERE credential = ? AND principal = ? AND parameter = ?');
  const all = db.prepare('SELECT * FROM plat_credential WHERE credential = ? AND principal = ? ORDER BY parameter');
  const put = db.prepare(`INSERT INTO plat_credential (credential, principal, parameter, value, encrypted) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET value = excluded.value, encrypted = excluded.encrypted, revision = revision + 1`);
  const dropOne = db.prepare('DELETE FROM plat_credential WHERE credential = ? AND principal = ? AND parameter = ?');
  const dropAll = db.prepare('DELETE FROM plat_credential WHERE credential = ? AND principal = ?');
  return {
    value: (...key) => one.get(...key)?.['value'] as string | undefined,
    write: (credential, principal, parameter, value, encrypted) => void put.run(credential, principal, parameter, value, encrypted ? 1 : 0),
    remove: (credential, principal, parameter) =>
      void (parameter === undefined ? dropAll.run(credential, principal) : dropOne.run(credential, principal, parameter)),
    list: (credential, principal) =>
      all.all(credential, principal).map((row) => ({
        parameter: String(row['parameter']),
        encrypted: row['encrypted'] === 1,
        revision: Number(row['revision']),
        value: String(row['value']),
      })),
    clear: () => db.exec('DELETE FROM plat_credential'),
  };
}

export interface CredentialRouteDeps {
  readonly org: Org;
  readonly store: CredentialStore;
  readonly requireSession: (request: FastifyRequest) => OrgSession;
}

interface Place {
  readonly credential: ExternalCredentialMeta;
  readonly principal: string;
}

const invalid = (message: string) => new SalesforceError(400, 'INVALID_INPUT', message);

/** The name under which clients know a packaged external credential: with the namespace where the org has one. */
export function qualified(org: Org, name: string): string {
  return org.namespace === '' ? name : `${org.namespace}__${name}`;
}

/**
 * Connect REST `named-credentials/credential` for named principals of external credentials with custom authentication: POST creates,
 * PUT replaces, PATCH changes single values, GET shows which values are set, DELETE forgets. POST where
 * values are set already is refused (assumed).
 */
export function registerCredentialRoutes(app: FastifyInstance, deps: CredentialRouteDeps): void {
  const { org, store, requireSession } = deps;
  const url = '/services/data/:version/named-credentials/credential';

  function authorise(request: FastifyRequest): void {
    const { systemPermissions } = org.users.rights(requireSession(request).userId);
    if (systemPermissions.has('CustomizeApplication') || systemPermissions.has('ManageNamedCredentials')) return;
    throw new SalesforceError(
      403,
      'INSUFFICIENT_ACCESS',
      'You do not have the level of access necessary to perform the operation you requested.',
    );
  }

  function locate(raw: unknown): Place {
    const input = (raw ?? {}) as Record<string, unknown>;
    const name = input['externalCredential'];
    if (typeof name !== 'string') throw invalid('externalCredential is required');
    if (input['principalType'] !== 'NamedPrincipal') throw invalid('principalType must be NamedPrincipal');
    if (typeof input['principalName'] !== 'string') throw invalid('principalName is required');
    const credential = org.metadata.externalCredentials.find((candidate) => qualified(org, candidate.name) === name);
    const principal = credential?.principals.find((candidate) => candidate.name === input['principalName']);
    if (!credential || !principal) throw new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return { credential, principal: principal.name };
  }

  function readValues(raw: unknown): Map<string, { value: string; encrypted: boolean }> {
    const credentials = (raw as { credentials?: unknown } | undefined)?.credentials;
    if (typeof credentials !== 'object' || credentials === null || Object.keys(credentials).length === 0)
      throw invalid('credentials is required');
    return new Map(
      Object.entries(credentials as Record<string, unknown>).map(([name, entry]) => {
        const { value, encrypted = true } = (entry ?? {}) as { value?: unknown; encrypted?: unknown };
        if (typeof value !== 'string' || value === '') throw invalid(`credentials.${name}.value is required`);
        return [name, { value, encrypted: encrypted !== false }];
      }),
    );
  }

  function show({ credential, principal }: Place): Record<string, unknown> {
    const rows = store.list(credential.name, principal);
    return {
      authenticationProtocol: credential.protocol,
      authenticationProtocolVariant: null,
      authenticationStatus: rows.length > 0 ? 'Configured' : 'Unconfigured',
      credentials: Object.fromEntries(
        rows.map((row) => [
          row.parameter,
          { encrypted: row.encrypted, revision: row.revision, ...(row.encrypted ? {} : { value: row.value }) },
        ]),
      ),
      externalCredential: qualified(org, credential.name),
      principalName: principal,
      principalType: 'NamedPrincipal',
    };
  }

  app.route({
    method: ['POST', 'PUT', 'PATCH'],
    url,
    handler: async (request, reply) => {
      authorise(request);
      const place = locate(request.body);
      const values = readValues(request.body);
      if (request.method === 'POST' && store.list(place.credential.name, place.principal).length > 0) {
        throw new SalesforceError(400, 'INVALID_INPUT', 'A credential exists already for this principal. Use PUT to replace it.');
      }
      org.tx(() => {
        const { credential, principal } = place;
        if (request.method !== 'PATCH')
          for (const row of store.list(credential.name, principal))
            if (!values.has(row.parameter)) store.remove(credential.name, principal, row.parameter);
        for (const [name, { value, encrypted }] of values) store.write(credential.name, principal, name, value, encrypted);
      });
      return reply.code(request.method === 'POST' ? 201 : 200).send(show(place));
    },
  });
  app.get(url, async (request) => {
    authorise(request);
    return show(locate(request.query));
  });
  app.delete(url, async (request, reply) => {
    authorise(request);
    const { credential, principal } = locate(request.query);
    store.remove(credential.name, principal);
    return reply.code(204).send();
  });
}

/** Puts the address of the named credential into its record, where pages read it. */
export function setEndpoint(org: Org, name: string, endpoint: string): void {
  org.db.prepare('UPDATE "NamedCredential" SET "Endpoint" = ? WHERE "DeveloperName" = ?').run(endpoint, name);
}

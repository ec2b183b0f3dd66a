import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';
import type { ApiKeyRow, KeyScope, Org } from './types.ts';

const ORG = sql`id, salesforce_id as "salesforceId", name, namespace, instance_url as "instanceUrl", login_url as "loginUrl",
  connection_mode as "connectionMode", notify_emails as "notifyEmails", registered_at as "registeredAt"`;

export function createTenancyStore(db: Db) {
  return {
    async findOrg(by: { id: string } | { salesforceId: string }): Promise<Org | undefined> {
      const where = 'id' in by ? sql`id = ${by.id}` : sql`salesforce_id = ${by.salesforceId}`;
      return (await sql<Org>`select ${ORG} from org where ${where}`.execute(db)).rows[0];
    },
    async listOrgs(): Promise<Org[]> {
      return (await sql<Org>`select ${ORG} from org order by registered_at`.execute(db)).rows;
    },
    /** Inserts the org, or brings name, namespace and addresses up to date when it registers again. */
    async saveOrg(tx: Db, org: Omit<Org, 'connectionMode' | 'notifyEmails' | 'registeredAt'>): Promise<Org> {
      const { rows } = await sql<Org>`
        insert into org (id, salesforce_id, name, namespace, instance_url, login_url)
        values (${org.id}, ${org.salesforceId}, ${org.name}, ${org.namespace}, ${org.instanceUrl}, ${org.loginUrl})
        on conflict (salesforce_id) do update set name = excluded.name, namespace = excluded.namespace,
          instance_url = excluded.instance_url, login_url = excluded.login_url
        returning ${ORG}`.execute(tx);
      return rows[0] as Org;
    },
    async updateOrg(
      tx: Db,
      id: string,
      change: { connectionMode?: boolean | undefined; notifyEmails?: string[] | undefined },
    ): Promise<void> {
      await sql`update org set connection_mode = coalesce(${change.connectionMode ?? null}, connection_mode),
        notify_emails = coalesce(${change.notifyEmails ?? null}::text[], notify_emails) where id = ${id}`.execute(tx);
    },
    async addKey(tx: Db, key: { orgId: string; id: string; scope: KeyScope; usedFor: string; hash: string }): Promise<void> {
      await sql`insert into api_key (org_id, id, scope, used_for, hash)
        values (${key.orgId}, ${key.id}, ${key.scope}, ${key.usedFor}, ${key.hash})`.execute(tx);
    },
    async removeKeys(tx: Db, orgId: string, scope: KeyScope, usedFor: string): Promise<void> {
      await sql`delete from api_key where org_id = ${orgId} and scope = ${scope} and used_for = ${usedFor}`.execute(tx);
    },
    /** Gives the keys that this one replaces (same org, scope and use, made earlier) their end, unless they have one. */
    async expireOlder(id: string, at: Date): Promise<void> {
      await sql`update api_key o set expires_at = ${at} from api_key k where k.id = ${id} and o.org_id = k.org_id and o.scope = k.scope
        and o.used_for = k.used_for and o.created_at < k.created_at and o.expires_at is null`.execute(db);
    },
    async findKey(hash: string): Promise<ApiKeyRow | undefined> {
      const { rows } = await sql<ApiKeyRow>`
        select k.id, k.org_id as "orgId", k.scope, k.used_for as "usedFor", k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", o.salesforce_id as "salesforceOrgId"
        from api_key k join org o on o.id = k.org_id where k.hash = ${hash}`.execute(db);
      return rows[0];
    },
    async touchKey(id: string, at: Date): Promise<void> {
      await sql`update api_key set last_used_at = ${at} where id = ${id}`.execute(db);
    },
  };
}

export type TenancyStore = ReturnType<typeof createTenancyStore>;

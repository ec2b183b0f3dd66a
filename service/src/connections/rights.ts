import { escapeSoql, SalesforceError, type DescribeResult, type SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Org } from '../tenancy/index.ts';
import { PACKAGE_NEEDS, type ObjectNeed } from './package-needs.ts';
import type { Sessions } from './sessions.ts';
import type { Store } from './store.ts';
import type { UserRow } from './types.ts';

/** The rights that make somebody an administrator for us, whatever the profile is called: they are needed to put the package's access in order. */
export const ADMIN_RIGHTS = ['PermissionsModifyAllData', 'PermissionsCustomizeApplication', 'PermissionsManageUsers'] as const;
export const INTEGRATION_SET = 'SwitchboardIntegration';

/** The administrator rights that the signed-in user lacks, in words; empty for an administrator. */
export async function ownMissingRights(client: SalesforceClient): Promise<string[]> {
  const page = await client.query<Record<string, boolean>>(`SELECT ${ADMIN_RIGHTS.join(', ')} FROM UserPermissionAccess LIMIT 1`);
  const rights = page.records[0] ?? {};
  return ADMIN_RIGHTS.filter((name) => rights[name] !== true).map(rightLabel);
}

type Rights = Record<string, boolean>;

/**
 * Which of these users (at most some dozens) have all administrator rights, from the profile and all permission sets together: one composite call.
 * Orgs differ in whether a profile's own permission set shows up as an assignment, so the profile is asked as well.
 */
export async function administrators(client: SalesforceClient, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const ids = userIds.map((id) => `'${escapeSoql(id)}'`).join(', ');
  const sets = ADMIN_RIGHTS.map((name) => `PermissionSet.${name}`);
  const results = await client.composite([
    client.steps.query('profiles', `SELECT Id, ${ADMIN_RIGHTS.map((name) => `Profile.${name}`).join(', ')} FROM User WHERE Id IN (${ids})`),
    client.steps.query(
      'sets',
      `SELECT AssigneeId, ${sets.join(', ')} FROM PermissionSetAssignment WHERE AssigneeId IN (${ids}) AND (${sets.map((name) => `${name} = true`).join(' OR ')})`,
    ),
  ]);
  const granted = new Map<string, Set<string>>();
  const add = (userId: unknown, rights: unknown): void => {
    const known = granted.get(String(userId)) ?? new Set();
    for (const name of ADMIN_RIGHTS) if ((rights as Rights | null)?.[name]) known.add(name);
    granted.set(String(userId), known);
  };
  for (const result of results) {
    if (!result.ok)
      throw new SalesforceError({ message: 'a query was refused', status: result.status, errors: result.errors, sent: 'yes' });
    for (const row of result.page?.records ?? []) {
      if (result.referenceId === 'profiles') add(row['Id'], row['Profile']);
      else add(row['AssigneeId'], row['PermissionSet']);
    }
  }
  return new Set([...granted].filter(([, rights]) => ADMIN_RIGHTS.every((name) => rights.has(name))).map(([id]) => id));
}

function rightLabel(name: string): string {
  return name.replace('Permissions', '').replace(/([a-z])([A-Z])/g, '$1 $2');
}

/** The package as installed in the org, found by its permission set: its id and namespace. Undefined: not installed. */
export async function findPackage(client: SalesforceClient): Promise<{ permissionSetId: string; namespace: string | null } | undefined> {
  const page = await client.query<{ Id: string; NamespacePrefix: string | null }>(
    `SELECT Id, NamespacePrefix FROM PermissionSet WHERE Name = '${INTEGRATION_SET}' ORDER BY NamespacePrefix NULLS LAST LIMIT 1`,
  );
  const row = page.records[0];
  return row && { permissionSetId: row.Id, namespace: row.NamespacePrefix || null };
}

export async function hasPermissionSet(client: SalesforceClient, userId: string, permissionSetId: string): Promise<boolean> {
  const page = await client.query(
    `SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '${escapeSoql(userId)}' AND PermissionSetId = '${escapeSoql(permissionSetId)}' LIMIT 1`,
  );
  return page.records.length > 0;
}

/** Assigns the integration permission set; a set that is assigned already is success. */
export async function assignPermissionSet(client: SalesforceClient, userId: string): Promise<void> {
  const found = await findPackage(client);
  if (!found || (await hasPermissionSet(client, userId, found.permissionSetId))) return;
  const result = await client.create('PermissionSetAssignment', { AssigneeId: userId, PermissionSetId: found.permissionSetId });
  if (!result.success)
    throw new SalesforceError({ message: 'the permission set was not assigned', status: 200, errors: result.errors, sent: 'yes' });
}

/** What the signed-in user lacks of the package's objects and fields, in words such as "Message__c: field Body__c cannot be written". */
export async function missingAccess(client: SalesforceClient): Promise<string[]> {
  const missing: string[] = [];
  for (const need of PACKAGE_NEEDS) {
    try {
      missing.push(...compare(need, await client.describe(need.object)));
    } catch (error) {
      // An object that cannot be seen answers 404 or INVALID_TYPE; anything else is not about rights.
      if (!(error instanceof SalesforceError) || !error.errors.some(({ code }) => code === 'NOT_FOUND' || code === 'INVALID_TYPE'))
        throw error;
      missing.push(`${need.object} cannot be seen`);
    }
  }
  return missing;
}

function compare(need: ObjectNeed, seen: DescribeResult): string[] {
  const missing: string[] = [];
  if (need.createable && !seen.createable) missing.push(`${need.object} cannot be created`);
  const fields = new Map(seen.fields.map((field) => [field.name, field]));
  for (const name of [...(need.reads ?? []), ...need.writes]) {
    const field = fields.get(name);
    if (!field) missing.push(`${need.object}: field ${name} cannot be seen`);
    else if (need.writes.includes(name) && !field.createable && !field.updateable)
      missing.push(`${need.object}: field ${name} cannot be written`);
  }
  return missing;
}

/** What somebody else knows of this user's rights may be out of date. */
export type RightsSeen = (org: { orgId: string }) => Promise<void>;

export type RightsProber = ReturnType<typeof createRightsProber>;

/** Probes a connected user's access with its own eyes, and keeps the answer with the user. `seen` is told of each that could be probed. */
export function createRightsProber(options: { store: Store; sessions: Sessions; seen?: RightsSeen | undefined }) {
  const { store, sessions, seen } = options;
  return {
    /** The missing parts; undefined when the user could not be asked. */
    async probe(org: Org, user: UserRow): Promise<string[] | undefined> {
      const result = await sessions.run(org, user, { timeoutMs: 15_000 }, async (client) => {
        const missing = await missingAccess(client);
        const found = await findPackage(client);
        const assigned = found ? await hasPermissionSet(client, user.userId, found.permissionSetId) : null;
        return { missing, assigned };
      });
      if (!result.ok) return undefined;
      await store.users.setRights(org.id, user.id, result.value);
      if ((await store.links.find(org.id))?.mainId === user.id) await seen?.({ orgId: org.id });
      return result.value.missing;
    },
  };
}

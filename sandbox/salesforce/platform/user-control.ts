import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Org, OrgUser } from '../org.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { BrowserSessions } from '../auth/browser-session.ts';
import type { Grants } from '../auth/grants.ts';
import { randomText } from '../auth/secrets.ts';
import { UnknownTargetError } from './errors.ts';
import type { FieldOverrides } from './field-rights.ts';

export interface UserControlDeps {
  readonly org: Org;
  readonly accounts: Accounts;
  readonly grants: Grants;
  readonly sessions: BrowserSessions;
  readonly fieldOverrides: FieldOverrides;
}

const permissionSetsBody = z
  .strictObject({ add: z.array(z.string()).default([]), remove: z.array(z.string()).default([]) })
  .refine((body) => body.add.length + body.remove.length > 0, 'add or remove at least one permission set');
const fieldsBody = z
  .strictObject({ object: z.string(), field: z.string(), read: z.boolean().optional(), edit: z.boolean().optional() })
  .refine((body) => body.read !== undefined || body.edit !== undefined, 'read or edit is required');
const passwordBody = z.strictObject({ password: z.string().min(1).optional() }).default({});
const hoursBody = z.strictObject({ closed: z.boolean().default(true) }).default({ closed: true });

/** The user of that name. Throws {@link UnknownTargetError}. */
export function requireUser(org: Org, username: string): OrgUser {
  const user = org.users.byUsername(username);
  if (!user) throw new UnknownTargetError(`no user ${username}`);
  return user;
}

/** What `/__sandbox/users/{username}/…` does to a user, as an administrator of the org could. */
export function registerUserControl(app: FastifyInstance, deps: UserControlDeps): void {
  const { org, accounts, grants, sessions, fieldOverrides } = deps;
  const show = (username: string) => {
    const user = requireUser(org, username);
    return { id: user.id, username: user.username, active: user.isActive, state: accounts.state(user) };
  };

  function verb(name: string, work: (user: OrgUser, body: unknown) => Record<string, unknown> | undefined): void {
    app.post<{ Params: { username: string } }>(`/__sandbox/users/:username/${name}`, async (request) => {
      const user = requireUser(org, request.params.username);
      const more = org.tx(() => work(user, request.body ?? undefined));
      return { ...show(user.username), ...more };
    });
  }

  const signOut = (user: OrgUser): void => {
    grants.expireSessions(user.id);
    sessions.endUser(user.id);
  };

  verb('revoke', (user) => {
    grants.revokeUser(user.id, 'revoked');
    return undefined;
  });
  verb('expire-session', (user) => {
    signOut(user);
    return undefined;
  });
  verb('deactivate', (user) => {
    org.users.setActive(user.id, false);
    signOut(user);
    return undefined;
  });
  verb('activate', (user) => {
    org.users.setActive(user.id, true);
    return undefined;
  });
  verb('lock', (user) => {
    accounts.setLocked(user.id, true);
    return undefined;
  });
  verb('unlock', (user) => {
    accounts.setLocked(user.id, false);
    return undefined;
  });
  verb('login-hours', (user, body) => {
    accounts.setLoginHours(user.id, hoursBody.parse(body).closed);
    return undefined;
  });
  // That a changed password ends the grants is how a third party describes it (salesforce-platform.md section 2.4, "authentication failure").
  verb('change-password', (user, body) => {
    const password = passwordBody.parse(body).password ?? `sandbox-${randomText(6)}`;
    accounts.setPassword(user.id, password);
    grants.revokeUser(user.id, 'password');
    sessions.endUser(user.id);
    return { password };
  });
  verb('permission-sets', (user, body) => {
    const { add, remove } = permissionSetsBody.parse(body);
    for (const name of remove) {
      org.db
        .prepare('DELETE FROM "PermissionSetAssignment" WHERE "AssigneeId" = ? AND "PermissionSetId" = ?')
        .run(user.id, permissionSetId(name));
    }
    org.users.forgetRights();
    const held = new Set(org.users.rights(user.id).permissionSets.map((set) => set.id));
    for (const name of add) {
      const id = permissionSetId(name);
      if (!held.has(id)) org.insert('PermissionSetAssignment', { AssigneeId: user.id, PermissionSetId: id });
    }
    org.users.forgetRights();
    return { permissionSets: org.users.rights(user.id).permissionSets.map((set) => set.name) };
  });
  verb('fields', (user, body) => {
    const { object, field, read, edit } = fieldsBody.parse(body);
    const definition = org.schema.object(org.own(object));
    const known = definition?.fields.get(org.own(field).toLowerCase());
    if (!definition || !known) throw new UnknownTargetError(`no field ${object}.${field}`);
    fieldOverrides.set(user.id, object, field, { read, edit });
    return { field: { object: definition.name, name: known.name, ...org.users.rights(user.id).field(definition, known) } };
  });

  function permissionSetId(name: string): string {
    const row = org.db
      .prepare('SELECT "Id" AS id FROM "PermissionSet" WHERE "Name" = ? COLLATE NOCASE AND "IsOwnedByProfile" = 0 AND "IsDeleted" = 0')
      .get(name);
    if (!row) throw new UnknownTargetError(`no permission set ${name}`);
    return String(row['id']);
  }
}

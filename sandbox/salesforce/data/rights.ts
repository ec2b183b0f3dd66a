/** What one user may do: the union of the profile and all assigned permission sets, read from the permission tables. */
import type { DatabaseSync } from 'node:sqlite';
import type { OrgMetadata } from './metadata/read.ts';
import type { FieldDef, ObjectDef } from './model.ts';

export interface ObjectRights {
  read: boolean;
  create: boolean;
  edit: boolean;
  delete: boolean;
  viewAll: boolean;
  modifyAll: boolean;
}

export interface FieldRights {
  read: boolean;
  edit: boolean;
}

export interface UserRights {
  userId: string;
  profileId: string;
  profileName: string;
  modifyAllData: boolean;
  viewAllData: boolean;
  apiEnabled: boolean;
  /** Names as in `Permissions<Name>` fields, for example `ModifyAllData`. */
  systemPermissions: ReadonlySet<string>;
  /** Bare developer names, without namespace. */
  customPermissions: ReadonlySet<string>;
  /** Assigned permission sets (not the profile's own). */
  permissionSets: { id: string; name: string; label: string }[];
  /** External-credential principals granted, `<credential>-<principal>` as in the permission-set XML. */
  principals: ReadonlySet<string>;
  object(object: ObjectDef): ObjectRights;
  field(object: ObjectDef, field: FieldDef): FieldRights;
}

const NONE: ObjectRights = { read: false, create: false, edit: false, delete: false, viewAll: false, modifyAll: false };
const ALL: ObjectRights = { read: true, create: true, edit: true, delete: true, viewAll: true, modifyAll: true };

/** System permissions that exist as `Permissions…` columns of Profile, PermissionSet and UserPermissionAccess. */
export const SYSTEM_PERMISSIONS = [
  'ApiEnabled',
  'ModifyAllData',
  'ViewAllData',
  'ManageUsers',
  'CustomizeApplication',
  'AuthorApex',
  'ViewSetup',
  'ModifyMetadata',
  'AssignPermissionSets',
  'ManageNamedCredentials',
  'SendCustomNotifications',
  'LightningExperienceUser',
] as const;

/** Reads the rights of one user. The result is a snapshot; `Users.rights` keeps and renews it. */
export function readRights(db: DatabaseSync, metadata: OrgMetadata, userId: string): UserRights {
  const profile = db
    .prepare('SELECT p."Id" AS id, p."Name" AS name FROM "User" u JOIN "Profile" p ON p."Id" = u."ProfileId" WHERE u."Id" = ?')
    .get(userId) as { id: string; name: string } | undefined;
  const sets = db
    .prepare(
      `SELECT s.* FROM "PermissionSet" s WHERE s."IsDeleted" = 0 AND (s."Id" IN (SELECT "PermissionSetId" FROM "PermissionSetAssignment" WHERE "AssigneeId" = ? AND "IsDeleted" = 0)
       OR (s."IsOwnedByProfile" = 1 AND s."ProfileId" = ?))`,
    )
    .all(userId, profile?.id ?? '') as Record<string, string | number | null>[];
  const ids = sets.map((set) => String(set['Id']));
  const marks = ids.map(() => '?').join(', ') || "''";

  const objects = new Map<string, ObjectRights>();
  for (const row of db.prepare(`SELECT * FROM "ObjectPermissions" WHERE "IsDeleted" = 0 AND "ParentId" IN (${marks})`).all(...ids)) {
    const name = String(row['SobjectType']).toLowerCase();
    const had = objects.get(name) ?? NONE;
    objects.set(name, {
      read: had.read || row['PermissionsRead'] === 1,
      create: had.create || row['PermissionsCreate'] === 1,
      edit: had.edit || row['PermissionsEdit'] === 1,
      delete: had.delete || row['PermissionsDelete'] === 1,
      viewAll: had.viewAll || row['PermissionsViewAllRecords'] === 1,
      modifyAll: had.modifyAll || row['PermissionsModifyAllRecords'] === 1,
    });
  }
  const fields = new Map<string, FieldRights>();
  for (const row of db.prepare(`SELECT * FROM "FieldPermissions" WHERE "IsDeleted" = 0 AND "ParentId" IN (${marks})`).all(...ids)) {
    const name = String(row['Field']).toLowerCase();
    const had = fields.get(name);
    fields.set(name, {
      read: (had?.read ?? false) || row['PermissionsRead'] === 1,
      edit: (had?.edit ?? false) || row['PermissionsEdit'] === 1,
    });
  }
  const systemPermissions = new Set<string>();
  for (const set of sets) for (const name of SYSTEM_PERMISSIONS) if (set[`Permissions${name}`] === 1) systemPermissions.add(name);
  const known = new Map<FieldDef, FieldRights>();
  const modifyAllData = systemPermissions.has('ModifyAllData');
  const viewAllData = modifyAllData || systemPermissions.has('ViewAllData');
  const setNames = new Set(sets.map((set) => String(set['Name']).toLowerCase()));
  const granted = metadata.permissionSets.filter((set) => setNames.has(set.name.toLowerCase()));

  return {
    userId,
    profileId: profile?.id ?? '',
    profileName: profile?.name ?? '',
    modifyAllData,
    viewAllData,
    apiEnabled: systemPermissions.has('ApiEnabled'),
    systemPermissions,
    customPermissions: new Set(granted.flatMap((set) => set.customPermissions)),
    permissionSets: sets
      .filter((set) => set['IsOwnedByProfile'] !== 1)
      .map((set) => ({ id: String(set['Id']), name: String(set['Name']), label: String(set['Label']) })),
    principals: new Set(granted.flatMap((set) => set.principals)),
    object(object) {
      // "Modify All Data" implies every right on every object and event, also on those deployed later.
      if (modifyAllData && object.kind !== 'setup') return ALL;
      const own = objects.get(object.name.toLowerCase()) ?? NONE;
      if (object.kind === 'setup') return setupRights(object, systemPermissions);
      return viewAllData && object.kind === 'object' ? { ...own, read: true, viewAll: true } : own;
    },
    field(object, field) {
      const found = known.get(field) ?? fieldRights(object, field);
      known.set(field, found);
      return found;
    },
  };

  function fieldRights(object: ObjectDef, field: FieldDef): FieldRights {
    if (object.kind !== 'object' || field.alwaysVisible) return { read: true, edit: true };
    return fields.get(`${object.name}.${field.name}`.toLowerCase()) ?? { read: false, edit: false };
  }

  function setupRights(object: ObjectDef, permissions: ReadonlySet<string>): ObjectRights {
    const write =
      object.name === 'PermissionSetAssignment'
        ? permissions.has('AssignPermissionSets')
        : permissions.has('ManageUsers') && !READ_ONLY.has(object.name);
    const canDelete = write && object.name !== 'User';
    return { read: true, create: write, edit: write, delete: canDelete, viewAll: true, modifyAll: write };
  }
}

/** Setup objects that the REST API never writes. */
const READ_ONLY = new Set(['Organization', 'Profile', 'NamedCredential', 'CustomNotificationType', 'UserPermissionAccess']);

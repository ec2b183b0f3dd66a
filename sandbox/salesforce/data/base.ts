/** Rows that every org has: organisation, profiles, permission sets, users, queues, credentials. Written once per natural key. */
import type { Row } from './org-types.ts';
import { stamp } from './clock.ts';
import type { Engine } from './engine.ts';
import { withNamespace } from './metadata/objects.ts';
import type { PermissionSetMeta } from './metadata/read.ts';
import type { ObjectDef } from './model.ts';
import { SYSTEM_PERMISSIONS } from './rights.ts';

const ADMIN = 'System Administrator';
const STANDARD = 'Standard User';
const STANDARD_PERMISSIONS = ['ApiEnabled', 'ViewSetup', 'LightningExperienceUser'];
const STANDARD_OBJECTS = ['Account', 'Contact', 'Lead', 'Case', 'Task', 'Event'];

interface BaseUser {
  first: string;
  last: string;
  profile: string;
  sets: string[];
  /** Where they work; default London. */
  region?: { timeZone: string; locale: string };
}

const USERS: Record<string, BaseUser> = {
  'admin@sandbox.test': {
    first: 'Ada',
    last: 'Admin',
    profile: ADMIN,
    sets: ['SwitchboardAdmin', 'SwitchboardIntegration', 'SwitchboardAcd'],
  },
  'standby@sandbox.test': {
    first: 'Stan',
    last: 'Standby',
    profile: ADMIN,
    sets: ['SwitchboardAdmin', 'SwitchboardIntegration', 'SwitchboardAcd'],
  },
  'spare@sandbox.test': { first: 'Sam', last: 'Spare', profile: ADMIN, sets: ['SwitchboardAdmin', 'SwitchboardIntegration'] },
  'agent@sandbox.test': { first: 'Alex', last: 'Agent', profile: STANDARD, sets: ['SwitchboardAgent'] },
  'agent2@sandbox.test': {
    first: 'Toni',
    last: 'Agent',
    profile: STANDARD,
    sets: ['SwitchboardAgent'],
    region: { timeZone: 'Pacific/Auckland', locale: 'en_NZ' },
  },
};

/** Fills what is missing. Idempotent, so that an older file gets what newer metadata declares. */
export function ensureBase(engine: Engine, orgId: string): void {
  const { store, schema, metadata, namespace } = engine;
  const object = (name: string) => schema.object(name) as ObjectDef;
  const now = stamp(engine.clock.now());
  const adminId = () => (store.prepare('SELECT "Id" FROM "User" ORDER BY "Id" LIMIT 1').get() as { Id: string } | undefined)?.Id ?? null;
  const put = (name: string, key: Row, values: Row = {}): string => {
    const target = object(name);
    const where = Object.keys(key)
      .map((column) => `"${column}" = ?`)
      .join(' AND ');
    const found = store.prepare(`SELECT "Id" FROM "${name}" WHERE "IsDeleted" = 0 AND ${where}`).get(...Object.values(key)) as
      { Id: string } | undefined;
    if (found) return found.Id;
    const id = typeof values['Id'] === 'string' ? values['Id'] : store.nextId(target);
    const who = adminId() ?? id;
    const audit = { IsDeleted: 0, CreatedDate: now, CreatedById: who, LastModifiedDate: now, LastModifiedById: who, SystemModstamp: now };
    store.insertRow(target, { ...audit, ...key, ...values, Id: id });
    return id;
  };

  const profiles = new Map([ADMIN, STANDARD].map((name) => [name, putProfile(put, name)]));
  putUsers(put, profiles);
  put('Organization', { Id: orgId }, organization(namespace));
  const adminSet = profileSet(put, profiles.get(ADMIN) as string, 'X00eAdmin', 'Admin', ADMIN);
  const standardSet = profileSet(put, profiles.get(STANDARD) as string, 'X00eStandard', 'Standard', STANDARD);
  for (const name of STANDARD_OBJECTS) {
    put('ObjectPermissions', { ParentId: adminSet, SobjectType: name }, objectRights(true));
    put('ObjectPermissions', { ParentId: standardSet, SobjectType: name }, objectRights(false));
    for (const field of object(name).fields.values()) {
      if (field.alwaysVisible || field.custom) continue;
      const row = { SobjectType: name, PermissionsRead: 1, PermissionsEdit: field.updateable || field.createable ? 1 : 0 };
      for (const parent of [adminSet, standardSet]) put('FieldPermissions', { ParentId: parent, Field: `${name}.${field.name}` }, row);
    }
  }
  // Deploying a permission set replaces what it granted before.
  const clear = (set: string) => {
    for (const table of ['ObjectPermissions', 'FieldPermissions', 'SetupEntityAccess'])
      store.prepare(`DELETE FROM "${table}" WHERE "ParentId" = ?`).run(set);
  };
  const prefix = namespace === '' ? null : namespace;
  for (const { name, label } of metadata.customPermissions)
    put('CustomPermission', { DeveloperName: name }, { MasterLabel: label, NamespacePrefix: prefix });
  const sets = new Map(metadata.permissionSets.map((set) => [set.name, putPermissionSet(put, clear, set, namespace)]));
  for (const [username, user] of Object.entries(USERS)) {
    const assignee = put('User', { Username: username });
    for (const name of user.sets) {
      const set = sets.get(name);
      // An assignment that somebody took away stays away when the org is opened again.
      const had = store
        .prepare('SELECT 1 FROM "PermissionSetAssignment" WHERE "AssigneeId" = ? AND "PermissionSetId" = ?')
        .get(assignee, set ?? '');
      if (set && !had) put('PermissionSetAssignment', { AssigneeId: assignee, PermissionSetId: set }, { IsActive: 1 });
    }
  }
  for (const queue of metadata.queues) {
    const id = put('Group', { DeveloperName: queue.name, Type: 'Queue' }, { Name: queue.label });
    for (const target of queue.objects) put('QueueSobject', { QueueId: id, SobjectType: withNamespace(namespace, target) });
  }
  for (const credential of metadata.namedCredentials) {
    const more = {
      MasterLabel: credential.label,
      Endpoint: credential.endpoint,
      Language: 'en_US',
      PrincipalType: 'Anonymous',
      NamespacePrefix: prefix,
    };
    put('NamedCredential', { DeveloperName: credential.name }, more);
  }
  for (const type of metadata.notificationTypes) {
    const more = { MasterLabel: type.label, CustomNotifTypeName: type.name, Language: 'en_US', NamespacePrefix: prefix };
    put('CustomNotificationType', { DeveloperName: type.name }, { ...more, Desktop: type.desktop ? 1 : 0, Mobile: type.mobile ? 1 : 0 });
  }
}

type Put = (name: string, key: Row, values?: Row) => string;

function putProfile(put: Put, name: string): string {
  const licence = put('UserLicense', { LicenseDefinitionKey: 'SFDC' }, { Name: 'Salesforce', MasterLabel: 'Salesforce' });
  return put('Profile', { Name: name }, { UserType: 'Standard', UserLicenseId: licence, ...systemColumns(permissionsOf(name)) });
}

function permissionsOf(profile: string): readonly string[] {
  return profile === ADMIN ? SYSTEM_PERMISSIONS : STANDARD_PERMISSIONS;
}

function systemColumns(granted: readonly string[]): Row {
  return Object.fromEntries(SYSTEM_PERMISSIONS.map((name) => [`Permissions${name}`, granted.includes(name) ? 1 : 0]));
}

function putUsers(put: Put, profiles: Map<string, string>): void {
  for (const [username, user] of Object.entries(USERS)) {
    put(
      'User',
      { Username: username },
      {
        FirstName: user.first,
        LastName: user.last,
        Name: `${user.first} ${user.last}`,
        Email: username,
        Alias: username.split('@')[0]?.slice(0, 8) ?? '',
        CommunityNickname: username.split('@')[0] ?? '',
        IsActive: 1,
        ProfileId: profiles.get(user.profile) ?? null,
        UserType: 'Standard',
        TimeZoneSidKey: user.region?.timeZone ?? 'Europe/London',
        LocaleSidKey: user.region?.locale ?? 'en_GB',
        LanguageLocaleKey: 'en_US',
        EmailEncodingKey: 'UTF-8',
      },
    );
  }
}

function organization(namespace: string): Row {
  return {
    Name: 'Sandbox Company',
    InstanceName: 'LOCAL',
    IsSandbox: 0,
    OrganizationType: 'Developer Edition',
    NamespacePrefix: namespace === '' ? null : namespace,
    Country: 'GB',
    TimeZoneSidKey: 'Europe/London',
    DefaultLocaleSidKey: 'en_GB',
    LanguageLocaleKey: 'en_US',
  };
}

/** Every profile owns a hidden permission set that holds its rights; that is how the real tables read, too. */
function profileSet(put: Put, profileId: string, name: string, type: string, profile: string): string {
  return put(
    'PermissionSet',
    { Name: name, IsOwnedByProfile: 1 },
    { Label: type, ProfileId: profileId, Type: 'Profile', IsCustom: 0, ...systemColumns(permissionsOf(profile)) },
  );
}

function putPermissionSet(put: Put, clear: (id: string) => void, set: PermissionSetMeta, namespace: string): string {
  const id = put(
    'PermissionSet',
    { Name: set.name, IsOwnedByProfile: 0 },
    {
      Label: set.label,
      Description: set.description.slice(0, 255),
      Type: 'Regular',
      IsCustom: 1,
      NamespacePrefix: namespace === '' ? null : namespace,
      ...systemColumns(set.userPermissions),
    },
  );
  clear(id);
  for (const entry of set.objects) {
    put(
      'ObjectPermissions',
      { ParentId: id, SobjectType: withNamespace(namespace, entry.object) },
      {
        PermissionsCreate: Number(entry.create),
        PermissionsRead: Number(entry.read),
        PermissionsEdit: Number(entry.edit),
        PermissionsDelete: Number(entry.delete),
        PermissionsViewAllRecords: Number(entry.viewAll),
        PermissionsModifyAllRecords: Number(entry.modifyAll),
      },
    );
  }
  for (const entry of set.fields) {
    const [target = '', name = ''] = entry.field.split('.');
    const full = `${withNamespace(namespace, target)}.${withNamespace(namespace, name)}`;
    const row = {
      SobjectType: withNamespace(namespace, target),
      PermissionsRead: Number(entry.readable),
      PermissionsEdit: Number(entry.editable),
    };
    put('FieldPermissions', { ParentId: id, Field: full }, row);
  }
  for (const name of set.customPermissions) {
    const granted = put('CustomPermission', { DeveloperName: name });
    put('SetupEntityAccess', { ParentId: id, SetupEntityId: granted }, { SetupEntityType: 'CustomPermission' });
  }
  return id;
}

function objectRights(all: boolean): Row {
  const full = all ? 1 : 0;
  return {
    PermissionsCreate: 1,
    PermissionsRead: 1,
    PermissionsEdit: 1,
    PermissionsDelete: 1,
    PermissionsViewAllRecords: full,
    PermissionsModifyAllRecords: full,
  };
}

/** Setup objects: users, profiles, permission sets, groups, credentials. Their rows are data, their rights are not per record. */
import { field } from '../model.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { SYSTEM_PERMISSIONS } from '../rights.ts';
import { standardObject } from './standard-object.ts';

const ro = { createable: false, updateable: false } as const;
const text = (name: string, length = 255, more: Partial<FieldDef> = {}) => field(name, 'string', { length, ...more });
const lookup = (name: string, to: string[], children?: string, more: Partial<FieldDef> = {}) =>
  field(name, 'reference', {
    referenceTo: to,
    relationshipName: name.replace(/Id$/, ''),
    ...(children === undefined ? {} : { childRelationshipName: children }),
    ...more,
  });
const bool = (name: string, preset = false, more: Partial<FieldDef> = {}) => field(name, 'boolean', { defaultValue: preset, ...more });
const permissions = () => SYSTEM_PERMISSIONS.map((name) => bool(`Permissions${name}`));
const setup = (name: string, prefix: string, fields: FieldDef[], more: Partial<ObjectDef> = {}) =>
  standardObject(name, prefix, fields, { kind: 'setup', sharing: 'ReadWrite', ...more });

/** All setup objects. */
export function setupObjects(): ObjectDef[] {
  return [user(), profile(), permissionSet(), ...assignments(), ...permissionRows(), ...groups(), organization(), ...credentials()];
}

function user(): ObjectDef {
  return setup(
    'User',
    '005',
    [
      text('Username', 80, { required: true, unique: true }),
      text('LastName', 80, { required: true }),
      text('FirstName', 40),
      text('Name', 121, { nameField: true, ...ro }),
      text('CompanyName', 80),
      text('Title', 80),
      text('Department', 80),
      field('Email', 'email', { length: 128, required: true }),
      field('Phone', 'phone'),
      field('MobilePhone', 'phone'),
      text('Alias', 8, { required: true }),
      text('CommunityNickname', 40),
      bool('IsActive', true),
      field('TimeZoneSidKey', 'picklist', { length: 40, defaultValue: 'Europe/London' }),
      field('LocaleSidKey', 'picklist', { length: 40, defaultValue: 'en_GB' }),
      field('LanguageLocaleKey', 'picklist', { length: 40, defaultValue: 'en_US' }),
      field('EmailEncodingKey', 'picklist', { length: 40, defaultValue: 'UTF-8' }),
      lookup('ProfileId', ['Profile'], 'Users', { required: true }),
      lookup('UserRoleId', ['UserRole']),
      lookup('ManagerId', ['User'], 'ManagedUsers'),
      field('UserType', 'picklist', { length: 40, defaultValue: 'Standard', ...ro }),
      field('LastLoginDate', 'datetime', ro),
      field('Extension', 'phone'),
    ],
    { searchable: true },
  );
}

function profile(): ObjectDef {
  return setup('Profile', '00e', [
    text('Name', 255, { nameField: true }),
    text('UserType', 40),
    text('Description'),
    lookup('UserLicenseId', ['UserLicense'], 'Profiles'),
    ...permissions(),
  ]);
}

function permissionSet(): ObjectDef {
  return setup('PermissionSet', '0PS', [
    text('Name', 80, { nameField: true }),
    text('Label', 80),
    text('Description'),
    text('NamespacePrefix', 15),
    bool('IsOwnedByProfile'),
    bool('IsCustom', true),
    text('Type', 40),
    lookup('ProfileId', ['Profile']),
    ...permissions(),
  ]);
}

function assignments(): ObjectDef[] {
  return [
    setup('PermissionSetAssignment', '0Pa', [
      lookup('PermissionSetId', ['PermissionSet'], 'Assignments', { required: true, updateable: false }),
      lookup('AssigneeId', ['User'], 'PermissionSetAssignments', { required: true, updateable: false }),
      bool('IsActive', true, ro),
    ]),
    setup('UserRole', '00E', [text('Name', 80, { nameField: true }), text('DeveloperName', 80)]),
  ];
}

function permissionRows(): ObjectDef[] {
  return [
    setup('ObjectPermissions', '110', [
      lookup('ParentId', ['PermissionSet'], 'ObjectPerms', { required: true }),
      text('SobjectType', 80, { required: true }),
      ...['Create', 'Read', 'Edit', 'Delete', 'ViewAllRecords', 'ModifyAllRecords'].map((name) => bool(`Permissions${name}`)),
    ]),
    setup('FieldPermissions', '01k', [
      lookup('ParentId', ['PermissionSet'], 'FieldPerms', { required: true }),
      text('SobjectType', 80, { required: true }),
      text('Field', 160, { required: true }),
      bool('PermissionsRead'),
      bool('PermissionsEdit'),
    ]),
    setup('UserLicense', '100', [text('Name', 40, { nameField: true }), text('LicenseDefinitionKey', 40), text('MasterLabel', 40)]),
    setup('CustomPermission', '0CP', [
      text('DeveloperName', 80, { nameField: true }),
      text('MasterLabel', 80),
      text('NamespacePrefix', 15),
    ]),
    setup('SetupEntityAccess', '0J0', [
      lookup('ParentId', ['PermissionSet'], 'SetupEntityAccessItems', { required: true }),
      field('SetupEntityId', 'reference', { referenceTo: ['CustomPermission'], required: true }),
      text('SetupEntityType', 40),
    ]),
    setup('UserPermissionAccess', '', [field('LastCacheUpdate', 'datetime', ro), ...permissions()]),
  ];
}

function groups(): ObjectDef[] {
  return [
    setup('Group', '00G', [
      text('Name', 80, { nameField: true }),
      text('DeveloperName', 80),
      text('Type', 40, { defaultValue: 'Regular' }),
      field('Email', 'email'),
    ]),
    setup('GroupMember', '011', [
      lookup('GroupId', ['Group'], 'GroupMembers', { required: true }),
      field('UserOrGroupId', 'reference', { referenceTo: ['Group', 'User'], required: true }),
    ]),
    setup('QueueSobject', '03g', [
      lookup('QueueId', ['Group'], 'QueueSobjects', { required: true }),
      text('SobjectType', 80, { required: true }),
    ]),
  ];
}

function organization(): ObjectDef {
  return setup('Organization', '00D', [
    text('Name', 80, { nameField: true }),
    text('InstanceName', 5),
    bool('IsSandbox', false),
    text('OrganizationType', 40),
    text('NamespacePrefix', 15),
    field('TrialExpirationDate', 'datetime'),
    text('PrimaryContact', 80),
    text('Country', 80),
    text('TimeZoneSidKey', 40),
    text('DefaultLocaleSidKey', 40),
    text('LanguageLocaleKey', 40),
  ]);
}

function credentials(): ObjectDef[] {
  return [
    setup('NamedCredential', '0XA', [
      text('DeveloperName', 80),
      text('MasterLabel', 80, { nameField: true }),
      text('Language', 40),
      text('NamespacePrefix', 15),
      field('Endpoint', 'url'),
      text('PrincipalType', 40),
    ]),
    setup('CustomNotificationType', '0ML', [
      text('DeveloperName', 80),
      text('MasterLabel', 80, { nameField: true }),
      text('CustomNotifTypeName', 80),
      text('Language', 40),
      text('NamespacePrefix', 15),
      bool('Desktop', true),
      bool('Mobile', true),
    ]),
  ];
}

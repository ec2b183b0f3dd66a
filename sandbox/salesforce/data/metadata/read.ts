/** Reads the deployable metadata of force-app (source format), so that the sandbox org and what is deployed cannot drift apart. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { channelMember } from './channels.ts';
import type { ChannelMemberMeta } from './channels.ts';
import { flag, list, text } from './xml.ts';
import type { Xml } from './xml.ts';

export interface ObjectFile {
  /** Bare API name, for example `Message__c`. */
  name: string;
  /** The `.object-meta.xml`; empty when a folder holds only fields (fields added to a standard object). */
  object: Xml;
  fields: Xml[];
}

export interface PermissionSetMeta {
  name: string;
  label: string;
  description: string;
  objects: { object: string; create: boolean; read: boolean; edit: boolean; delete: boolean; viewAll: boolean; modifyAll: boolean }[];
  fields: { field: string; readable: boolean; editable: boolean }[];
  /** Bare developer names of enabled custom permissions. */
  customPermissions: string[];
  /** Bare names of enabled user (system) permissions, for example `SendCustomNotifications`. */
  userPermissions: string[];
  /** Enabled external-credential principals, `<credential>-<principal>`. */
  principals: string[];
}

export interface CredentialParameter {
  name: string;
  type: string;
  value: string;
  externalCredential: string;
  sequence: number;
}

export interface ExternalCredentialMeta {
  name: string;
  label: string;
  protocol: string;
  /** As in the XML: principals have type `NamedPrincipal`, headers `AuthHeader`. */
  parameters: CredentialParameter[];
  /** Named principals, lowest sequence number (the one that wins) first. */
  principals: { name: string; sequence: number }[];
}

export interface NamedCredentialMeta {
  name: string;
  label: string;
  type: string;
  /** From the `Url` parameter. */
  endpoint: string;
  /** Developer name of the external credential; empty without one. */
  externalCredential: string;
  parameters: CredentialParameter[];
}

export interface NotificationTypeMeta {
  /** Developer name. */
  name: string;
  label: string;
  desktop: boolean;
  mobile: boolean;
}

export interface QueueMeta {
  name: string;
  label: string;
  objects: string[];
}

export interface OrgMetadata {
  objects: ObjectFile[];
  permissionSets: PermissionSetMeta[];
  customPermissions: { name: string; label: string }[];
  externalCredentials: ExternalCredentialMeta[];
  namedCredentials: NamedCredentialMeta[];
  notificationTypes: NotificationTypeMeta[];
  queues: QueueMeta[];
  /** Bare names of custom channels (`Name__chn`). */
  eventChannels: string[];
  channelMembers: ChannelMemberMeta[];
}

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });

/** Reads every metadata file below a folder; a folder that is not there gives an org with standard objects only. */
export function readMetadata(sourceDir: string): OrgMetadata {
  const objects = new Map<string, ObjectFile>();
  const out: OrgMetadata = {
    objects: [],
    permissionSets: [],
    customPermissions: [],
    externalCredentials: [],
    namedCredentials: [],
    notificationTypes: [],
    queues: [],
    eventChannels: [],
    channelMembers: [],
  };
  const objectFile = (name: string) => {
    const file = objects.get(name) ?? { name, object: {}, fields: [] };
    objects.set(name, file);
    return file;
  };
  for (const path of walk(sourceDir)) {
    const match = /^(.+)\.([A-Za-z]+)-meta\.xml$/.exec(basename(path));
    if (!match) continue;
    const name = match[1] as string;
    switch (match[2]) {
      case 'object':
        objectFile(name).object = load(path, 'CustomObject');
        break;
      case 'field':
        objectFile(basename(join(path, '..', '..'))).fields.push(load(path, 'CustomField'));
        break;
      case 'permissionset':
        out.permissionSets.push(permissionSet(name, load(path, 'PermissionSet')));
        break;
      case 'customPermission':
        out.customPermissions.push({ name, label: text(load(path, 'CustomPermission'), 'label', name) });
        break;
      case 'externalCredential':
        out.externalCredentials.push(externalCredential(name, load(path, 'ExternalCredential')));
        break;
      case 'namedCredential':
        out.namedCredentials.push(namedCredential(name, load(path, 'NamedCredential')));
        break;
      case 'notiftype':
        out.notificationTypes.push(notificationType(name, load(path, 'CustomNotificationType')));
        break;
      case 'queue':
        out.queues.push(queue(name, load(path, 'Queue')));
        break;
      case 'platformEventChannel':
        out.eventChannels.push(name);
        break;
      case 'platformEventChannelMember':
        out.channelMembers.push(channelMember(load(path, 'PlatformEventChannelMember')));
        break;
    }
  }
  out.objects = [...objects.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const file of out.objects) file.fields.sort((a, b) => (text(a, 'fullName') < text(b, 'fullName') ? -1 : 1));
  return out;
}

function walk(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('-meta.xml'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function load(path: string, root: string): Xml {
  const parsed = parser.parse(readFileSync(path, 'utf8')) as Xml;
  const body = parsed[root];
  if (body === undefined) throw new Error(`${path}: expected a <${root}> element`);
  return typeof body === 'object' && body !== null ? (body as Xml) : {};
}

function permissionSet(name: string, xml: Xml): PermissionSetMeta {
  return {
    name,
    label: text(xml, 'label', name),
    description: text(xml, 'description'),
    objects: list(xml, 'objectPermissions').map((entry) => ({
      object: text(entry, 'object'),
      create: flag(entry, 'allowCreate'),
      read: flag(entry, 'allowRead'),
      edit: flag(entry, 'allowEdit'),
      delete: flag(entry, 'allowDelete'),
      viewAll: flag(entry, 'viewAllRecords'),
      modifyAll: flag(entry, 'modifyAllRecords'),
    })),
    fields: list(xml, 'fieldPermissions').map((entry) => ({
      field: text(entry, 'field'),
      readable: flag(entry, 'readable'),
      editable: flag(entry, 'editable'),
    })),
    customPermissions: enabled(xml, 'customPermissions', 'name'),
    userPermissions: enabled(xml, 'userPermissions', 'name'),
    principals: enabled(xml, 'externalCredentialPrincipalAccesses', 'externalCredentialPrincipal'),
  };
}

function enabled(xml: Xml, element: string, key: string): string[] {
  return list(xml, element)
    .filter((entry) => flag(entry, 'enabled'))
    .map((entry) => text(entry, key));
}

function parameters(xml: Xml, element: string): CredentialParameter[] {
  return list(xml, element).map((entry) => ({
    name: text(entry, 'parameterName'),
    type: text(entry, 'parameterType'),
    value: text(entry, 'parameterValue'),
    externalCredential: text(entry, 'externalCredential'),
    sequence: Number(text(entry, 'sequenceNumber', '0')),
  }));
}

function externalCredential(name: string, xml: Xml): ExternalCredentialMeta {
  const all = parameters(xml, 'externalCredentialParameters');
  const principals = all.filter((entry) => entry.type === 'NamedPrincipal' || entry.type === 'PerUserPrincipal');
  return {
    name,
    label: text(xml, 'label', name),
    protocol: text(xml, 'authenticationProtocol'),
    parameters: all,
    principals: principals.map((entry) => ({ name: entry.name, sequence: entry.sequence })).sort((a, b) => a.sequence - b.sequence),
  };
}

function namedCredential(name: string, xml: Xml): NamedCredentialMeta {
  const all = parameters(xml, 'namedCredentialParameters');
  return {
    name,
    label: text(xml, 'label', name),
    type: text(xml, 'namedCredentialType'),
    endpoint: all.find((entry) => entry.type === 'Url')?.value ?? text(xml, 'endpoint'),
    externalCredential: all.find((entry) => entry.type === 'Authentication')?.externalCredential ?? '',
    parameters: all,
  };
}

function notificationType(name: string, xml: Xml): NotificationTypeMeta {
  return {
    name,
    label: text(xml, 'masterLabel', text(xml, 'customNotifTypeName', name)),
    desktop: flag(xml, 'desktop'),
    mobile: flag(xml, 'mobile'),
  };
}

function queue(name: string, xml: Xml): QueueMeta {
  return {
    name,
    label: text(xml, 'name', name),
    objects: list(xml, 'queueSobject').map((entry) => text(entry, 'sobjectType')),
  };
}

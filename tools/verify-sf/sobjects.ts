/** Names of objects, fields and relationships: the standard ones we touch, and our own as force-app declares them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from './check.ts';
import { childText, parseXml, type Element } from './xml.ts';

/** Keys in lower case. A field is a type name, a parent relationship is `@Object`, a child relationship is its object. */
export interface ObjectSchema {
  fields: Record<string, string>;
  children: Record<string, string>;
}

/** One of our own fields. */
export interface OwnField {
  file: string;
  object: string;
  name: string;
  element: Element;
}

export interface Schema {
  object(name: string): ObjectSchema | undefined;
  ownFields: readonly OwnField[];
  /** Standard objects by name, for lists that are part of them. */
  standard: Readonly<Record<string, ObjectSchema>>;
}

const SYSTEM_FIELDS = {
  id: 'Id',
  name: 'String',
  createddate: 'Datetime',
  createdbyid: 'Id',
  createdby: '@User',
  lastmodifieddate: 'Datetime',
  lastmodifiedbyid: 'Id',
  lastmodifiedby: '@User',
  systemmodstamp: 'Datetime',
  isdeleted: 'Boolean',
};
const OWNED = {
  ownerid: 'Id',
  owner: '@Name',
  lastvieweddate: 'Datetime',
  lastreferenceddate: 'Datetime',
  recordtypeid: 'Id',
  currencyisocode: 'String',
};
const EVENT_FIELDS = { replayid: 'String', eventuuid: 'String', createddate: 'Datetime', createdbyid: 'Id' };
const METADATA_FIELDS = {
  developername: 'String',
  masterlabel: 'String',
  label: 'String',
  qualifiedapiname: 'String',
  namespaceprefix: 'String',
  language: 'String',
};

/** Reads both; fields after all objects, so that the order of files does not matter. */
export function loadSchema(project: Project): Schema {
  const standard = JSON.parse(readFileSync(path.join(import.meta.dirname, 'schema/standard.json'), 'utf8')) as Record<string, ObjectSchema>;
  const objects = new Map<string, ObjectSchema>();
  for (const [name, schema] of Object.entries(standard))
    objects.set(name.toLowerCase(), { fields: { ...schema.fields }, children: { ...schema.children } });

  const ownFields = project.files.flatMap((file) => readField(file, project));
  const names = new Set([
    ...project.files.flatMap((file) => /\/objects\/(\w+)\//.exec(file)?.[1] ?? []),
    ...ownFields.map(({ object }) => object),
  ]);
  for (const name of names)
    if (!objects.has(name.toLowerCase())) objects.set(name.toLowerCase(), { fields: systemFields(name, ownFields), children: {} });
  for (const field of ownFields) addField(field, objects);
  return { object: (name) => objects.get(name.toLowerCase()), ownFields, standard };
}

function systemFields(object: string, fields: readonly OwnField[]): Record<string, string> {
  if (object.endsWith('__e')) return { ...EVENT_FIELDS };
  if (object.endsWith('__mdt')) return { ...SYSTEM_FIELDS, ...METADATA_FIELDS };
  // A detail has no owner of its own.
  const isDetail = fields.some((field) => field.object === object && childText(field.element, 'type') === 'MasterDetail');
  return { ...SYSTEM_FIELDS, ...(isDetail ? {} : OWNED) };
}

function readField(file: string, project: Project): OwnField[] {
  const match = /\/objects\/(\w+)\/fields\/(\w+)\.field-meta\.xml$/.exec(file);
  const element = match ? parseXml(project.read(file)) : undefined;
  return match?.[1] && match[2] && element && 'name' in element ? [{ file, object: match[1], name: match[2], element }] : [];
}

function addField(field: OwnField, objects: Map<string, ObjectSchema>): void {
  // The platform keeps the custom fields of tasks and events in one place.
  for (const object of field.object === 'Activity' ? ['Task', 'Event'] : [field.object]) addFieldTo(object, field, objects);
}

function addFieldTo(object: string, { name, element }: OwnField, objects: Map<string, ObjectSchema>): void {
  const owner = objects.get(object.toLowerCase());
  if (!owner) return;
  owner.fields[name.toLowerCase()] = childText(element, 'type') ?? '';
  const target = childText(element, 'referenceTo');
  if (!target) return;
  owner.fields[name.replace(/__c$/, '__r').toLowerCase()] = `@${target}`;
  const relationship = childText(element, 'relationshipName');
  const parent = objects.get(target.toLowerCase());
  if (relationship && parent) parent.children[`${relationship}__r`.toLowerCase()] = object;
}

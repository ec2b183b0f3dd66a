/** Turns the object and field files of force-app into definitions, under the org's namespace. */
import { field } from '../model.ts';
import type { FieldDef, FieldType, ObjectDef, PicklistValue, SharingModel } from '../model.ts';
import { auditFields, eventFields, idField, ownerField } from './system-fields.ts';
import type { ObjectFile } from './read.ts';
import { flag, list, text } from './xml.ts';
import type { Xml } from './xml.ts';

const TYPES: Record<string, FieldType> = {
  Text: 'string',
  TextArea: 'textarea',
  LongTextArea: 'longtextarea',
  Html: 'longtextarea',
  Checkbox: 'boolean',
  Number: 'double',
  Currency: 'currency',
  Percent: 'percent',
  Date: 'date',
  DateTime: 'datetime',
  Phone: 'phone',
  Email: 'email',
  Url: 'url',
  Picklist: 'picklist',
  MultiselectPicklist: 'multipicklist',
  Lookup: 'reference',
  MasterDetail: 'reference',
  AutoNumber: 'string',
};

/** `Name__c` → `ns__Name__c`; names of the platform and names that carry a namespace already stay. */
export function withNamespace(namespace: string, name: string): string {
  if (namespace === '') return name;
  return /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*__(?:c|e|r|mdt)$/.test(name) && name.split('__').length === 2
    ? `${namespace}__${name}`
    : name;
}

/** A custom object or platform event from its files. `keyPrefix` is given out by the org. */
export function objectFromFile(file: ObjectFile, namespace: string, keyPrefix: string): ObjectDef {
  const isEvent = file.name.endsWith('__e');
  const fields = file.fields.map((xml) => customField(xml, namespace, isEvent));
  const detail = fields.some((entry) => entry.masterDetail);
  const system = isEvent
    ? eventFields()
    : [idField(), ...(detail ? [] : [ownerField(['Group', 'User'])]), nameField(file.object), ...auditFields()];
  const label = text(file.object, 'label', file.name.replace(/__[ce]$/, ''));
  return {
    name: withNamespace(namespace, file.name),
    label,
    labelPlural: text(file.object, 'pluralLabel', `${label}s`),
    keyPrefix,
    custom: true,
    kind: isEvent ? 'event' : 'object',
    sharing: sharing(file.object, detail),
    owned: !isEvent && !detail,
    searchable: flag(file.object, 'enableSearch'),
    publishBehavior: text(file.object, 'publishBehavior') === 'PublishImmediately' ? 'PublishImmediately' : 'PublishAfterCommit',
    fields: new Map([...system, ...fields].map((entry) => [entry.name.toLowerCase(), entry])),
  };
}

function sharing(xml: Xml, detail: boolean): SharingModel {
  if (detail) return 'ControlledByParent';
  const model = text(xml, 'sharingModel', 'ReadWrite');
  return model === 'Private' || model === 'Read' || model === 'ControlledByParent' ? model : 'ReadWrite';
}

function nameField(xml: Xml): FieldDef {
  const name = list(xml, 'nameField')[0] ?? {};
  const auto = text(name, 'type') === 'AutoNumber' ? text(name, 'displayFormat', '{0}') : undefined;
  return field('Name', 'string', {
    label: text(name, 'label', 'Name'),
    length: 80,
    nameField: true,
    alwaysVisible: true,
    ...(auto === undefined ? {} : { autoNumber: auto, createable: false, updateable: false }),
  });
}

/** One field file. Source of the rules: the Metadata API's CustomField type. */
export function customField(xml: Xml, namespace: string, isEvent: boolean): FieldDef {
  const kind = text(xml, 'type');
  const type = TYPES[kind];
  const bare = text(xml, 'fullName');
  if (!type) throw new Error(`field ${bare}: type ${kind} is not known to the sandbox org`);
  const masterDetail = kind === 'MasterDetail';
  const required = masterDetail || flag(xml, 'required');
  const values = picklistValues(xml);
  const out: Partial<FieldDef> = {
    label: text(xml, 'label', bare),
    custom: true,
    required,
    unique: flag(xml, 'unique'),
    caseSensitive: flag(xml, 'caseSensitive'),
    externalId: flag(xml, 'externalId'),
    values,
    restricted: list(xml, 'valueSet').some((set) => flag(set, 'restricted')),
    masterDetail,
    writeNeedsParentRead: flag(xml, 'writeRequiresMasterRead'),
    alwaysVisible: isEvent || required,
  };
  if (text(xml, 'length') !== '') out.length = Number(text(xml, 'length'));
  if (text(xml, 'precision') !== '') out.precision = Number(text(xml, 'precision'));
  if (text(xml, 'scale') !== '') out.scale = Number(text(xml, 'scale'));
  const preset = defaultValue(xml, type, values);
  if (preset !== undefined) out.defaultValue = preset;
  if (kind === 'AutoNumber')
    Object.assign(out, { autoNumber: text(xml, 'displayFormat', '{0}'), createable: false, updateable: false, length: 30 });
  if (type === 'reference') {
    out.referenceTo = references(xml, namespace);
    out.relationshipName = withNamespace(namespace, bare.replace(/__c$/, '__r'));
    const child = text(xml, 'relationshipName');
    if (child !== '') out.childRelationshipName = withNamespace(namespace, `${child}__r`);
    const constraint = text(xml, 'deleteConstraint');
    out.deleteConstraint = masterDetail || constraint === 'Cascade' ? 'Cascade' : constraint === 'Restrict' ? 'Restrict' : 'SetNull';
    out.reparentable = masterDetail ? flag(xml, 'reparentableMasterDetail') : true;
    if (masterDetail && !out.reparentable) out.updateable = false;
  }
  return field(withNamespace(namespace, bare), type, out);
}

function references(xml: Xml, namespace: string): string[] {
  const target = xml['referenceTo'];
  const names = Array.isArray(target) ? target.map(String) : [text(xml, 'referenceTo')];
  return names.filter((name) => name !== '').map((name) => withNamespace(namespace, name));
}

function picklistValues(xml: Xml): PicklistValue[] {
  return list(xml, 'valueSet')
    .flatMap((set) => list(set, 'valueSetDefinition'))
    .flatMap((definition) => list(definition, 'value'))
    .filter((value) => text(value, 'isActive', 'true') === 'true')
    .map((value) => {
      const name = text(value, 'fullName');
      return { value: name, label: text(value, 'label', name), isDefault: flag(value, 'default') };
    });
}

/** Literal defaults only; a formula that computes something is left to the client, as no field of ours has one. */
function defaultValue(xml: Xml, type: FieldType, values: PicklistValue[]): string | number | boolean | undefined {
  const preset = values.find((value) => value.isDefault);
  if (preset) return preset.value;
  if (type === 'boolean') return text(xml, 'defaultValue').toLowerCase() === 'true';
  const raw = text(xml, 'defaultValue');
  if (raw === '') return undefined;
  if (/^-?\d+(\.\d+)?$/.test(raw)) return type === 'string' ? raw : Number(raw);
  const quoted = /^"(.*)"$/s.exec(raw) ?? /^'(.*)'$/s.exec(raw);
  return quoted ? quoted[1] : undefined;
}

/** Global describe and object describe, cut to what the caller may see. */
import { canSeeObject } from '../engine.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { urlBase } from './call.ts';
import type { ApiCall } from './call.ts';
import { recentItems } from './recent.ts';

const SOAP: Record<string, string> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
};

/** Body of `GET /sobjects`. */
export function describeGlobal(call: ApiCall): unknown {
  const visible = call.engine.schema.objects.filter((object) => canSeeObject(call.actor, object));
  return { encoding: 'UTF-8', maxBatchSize: 200, sobjects: visible.map((object) => summary(call, object)) };
}

/** Body of `GET /sobjects/T`. */
export function describeShort(call: ApiCall, object: ObjectDef): unknown {
  return {
    objectDescribe: summary(call, object),
    recentItems: object.kind === 'event' ? [] : recentItems(call, object, 20).map(({ at: _at, ...item }) => item),
  };
}

function summary(call: ApiCall, object: ObjectDef): Record<string, unknown> {
  const rights = call.actor.rights?.object(object) ?? { read: true, create: true, edit: true, delete: true };
  const isEvent = object.kind === 'event';
  const base = `${urlBase(call)}/sobjects/${object.name}`;
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable: rights.create,
    custom: object.custom,
    customSetting: false,
    deepCloneable: false,
    deletable: rights.delete && !isEvent,
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix: object.keyPrefix === '' ? null : object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    layoutable: !isEvent,
    mergeable: ['Account', 'Contact', 'Lead'].includes(object.name) && rights.edit && rights.delete,
    mruEnabled: !isEvent,
    name: object.name,
    queryable: !isEvent && rights.read,
    replicateable: !isEvent,
    retrieveable: !isEvent,
    searchable: object.searchable,
    triggerable: true,
    undeletable: rights.delete && !isEvent,
    updateable: rights.edit && !isEvent,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

/** Body of `GET /sobjects/T/describe`. Fields without read access are absent. */
export function describeObject(call: ApiCall, object: ObjectDef): unknown {
  const rights = call.actor.rights;
  const fields = [...object.fields.values()].filter((field) => !rights || rights.field(object, field).read);
  const children = call.engine.schema.children(object).filter((entry) => canSeeObject(call.actor, entry.childObject));
  return {
    ...summary(call, object),
    actionOverrides: [],
    childRelationships: children.map((entry) => ({
      cascadeDelete: entry.field.deleteConstraint === 'Cascade',
      childSObject: entry.childObject.name,
      deprecatedAndHidden: false,
      field: entry.field.name,
      junctionIdListNames: [],
      junctionReferenceTo: [],
      relationshipName: entry.relationshipName ?? null,
      restrictedDelete: entry.field.deleteConstraint === 'Restrict',
    })),
    compactLayoutable: object.kind === 'object',
    fields: fields.map((field) => describeField(field, rights ? rights.field(object, field).edit : true)),
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: [],
    searchLayoutable: object.searchable,
    supportedScopes: [{ label: 'All', name: 'everything' }, ...(object.owned ? [{ label: 'My', name: 'mine' }] : [])],
  };
}

function describeField(field: FieldDef, editable: boolean): Record<string, unknown> {
  const long = field.type === 'longtextarea';
  const number = ['int', 'double', 'currency', 'percent'].includes(field.type);
  const system = field.defaultValue !== undefined || field.name === 'OwnerId' || field.type === 'boolean' || field.autoNumber !== undefined;
  return {
    aggregatable: !long,
    autoNumber: field.autoNumber !== undefined,
    byteLength: field.length * 3,
    calculated: false,
    calculatedFormula: null,
    cascadeDelete: field.type === 'reference' && field.deleteConstraint === 'Cascade',
    caseSensitive: field.caseSensitive,
    compoundFieldName: null,
    controllerName: null,
    createable: field.createable && editable,
    custom: field.custom,
    defaultValue: field.defaultValue ?? null,
    defaultedOnCreate: system,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? field.precision : 0,
    externalId: field.externalId,
    extraTypeInfo: long ? 'plaintextarea' : null,
    filterable: !long,
    groupable: !long && !number && field.type !== 'datetime',
    htmlFormatted: false,
    idLookup: field.type === 'id' || field.externalId || (field.nameField && field.autoNumber === undefined),
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    mask: null,
    maskType: null,
    name: field.name,
    nameField: field.nameField,
    namePointing: field.referenceTo.length > 1,
    nillable: !field.required && !system && field.type !== 'id',
    permissionable: !field.alwaysVisible,
    picklistValues: field.values.map((value) => ({
      active: true,
      defaultValue: value.isDefault,
      label: value.label,
      validFor: null,
      value: value.value,
    })),
    polymorphicForeignKey: field.referenceTo.length > 1,
    precision: number && field.type !== 'int' ? field.precision : 0,
    queryByDistance: false,
    referenceTargetField: null,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName ?? null,
    relationshipOrder: field.masterDetail ? 0 : null,
    restrictedDelete: field.type === 'reference' && field.deleteConstraint === 'Restrict',
    restrictedPicklist: field.restricted,
    scale: number ? field.scale : 0,
    soapType: SOAP[field.type] ?? 'xsd:string',
    sortable: !long,
    type: long ? 'textarea' : field.type,
    unique: field.unique,
    updateable: field.updateable && editable,
    writeRequiresMasterRead: field.writeNeedsParentRead,
  };
}

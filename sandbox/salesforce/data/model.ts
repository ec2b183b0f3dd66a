/** The shape of objects and fields, whatever they were read from (standard list or metadata of force-app). */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'longtextarea'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'phone'
  | 'email'
  | 'url'
  | 'picklist'
  | 'multipicklist'
  | 'reference'
  | 'combobox';

export interface PicklistValue {
  value: string;
  label: string;
  isDefault: boolean;
}

export interface FieldDef {
  /** API name, with namespace where the org has one. */
  name: string;
  label: string;
  type: FieldType;
  custom: boolean;
  /** Characters, for text types. */
  length: number;
  precision: number;
  scale: number;
  /** A value must be present (and stay). */
  required: boolean;
  unique: boolean;
  caseSensitive: boolean;
  externalId: boolean;
  /** Values a picklist offers; enforced only when `restricted`. */
  values: PicklistValue[];
  restricted: boolean;
  referenceTo: string[];
  /** Name used upwards in a query, for example `Contact__r`. */
  relationshipName?: string;
  /** Name used downwards from the parent, for example `Messages__r`. */
  childRelationshipName?: string;
  masterDetail: boolean;
  /** For a master-detail: who may read the parent may write the detail; otherwise edit access to the parent is needed. */
  writeNeedsParentRead: boolean;
  deleteConstraint: 'SetNull' | 'Cascade' | 'Restrict';
  reparentable: boolean;
  autoNumber?: string;
  defaultValue?: string | number | boolean | null;
  createable: boolean;
  updateable: boolean;
  nameField: boolean;
  /** Always readable, no field-level security applies (system fields, names, universally required fields). */
  alwaysVisible: boolean;
}

export type SharingModel = 'Private' | 'Read' | 'ReadWrite' | 'ControlledByParent';

export interface ObjectDef {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  custom: boolean;
  kind: 'object' | 'event' | 'setup';
  sharing: SharingModel;
  /** Has an OwnerId. */
  owned: boolean;
  searchable: boolean;
  /** For events: published at once, or only when the transaction commits. */
  publishBehavior: 'PublishImmediately' | 'PublishAfterCommit';
  /** By lower-case API name, in definition order. */
  fields: Map<string, FieldDef>;
}

export interface ChildRelationship {
  childObject: ObjectDef;
  field: FieldDef;
  relationshipName?: string;
}

/** A field with every property set; callers give what differs from a plain optional text. */
export function field(name: string, type: FieldType, more: Partial<FieldDef> = {}): FieldDef {
  const required = more.required ?? false;
  return {
    name,
    label: more.label ?? name.replace(/__c$/, '').replace(/([a-z])([A-Z])/g, '$1 $2'),
    type,
    custom: false,
    length: defaultLength(type),
    precision: 18,
    scale: 0,
    required,
    unique: false,
    caseSensitive: false,
    externalId: false,
    values: [],
    restricted: false,
    referenceTo: [],
    masterDetail: false,
    writeNeedsParentRead: false,
    deleteConstraint: 'SetNull',
    reparentable: false,
    createable: true,
    updateable: true,
    nameField: false,
    alwaysVisible: false,
    ...more,
  };
}

function defaultLength(type: FieldType): number {
  const lengths: Partial<Record<FieldType, number>> = {
    id: 18,
    reference: 18,
    phone: 40,
    email: 80,
    url: 255,
    textarea: 255,
    longtextarea: 32768,
  };
  return lengths[type] ?? (type === 'string' || type === 'picklist' || type === 'combobox' || type === 'multipicklist' ? 255 : 0);
}

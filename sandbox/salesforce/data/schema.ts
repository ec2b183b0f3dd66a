/** All objects of an org, found by name (letter case does not matter), key prefix or relationship. */
import type { ChildRelationship, FieldDef, ObjectDef } from './model.ts';

export interface Schema {
  readonly namespace: string;
  /** In alphabetical order of the API name. */
  readonly objects: readonly ObjectDef[];
  object(name: string): ObjectDef | undefined;
  byPrefix(prefix: string): ObjectDef | undefined;
  /** A field by API name; relationship names do not count. */
  field(object: ObjectDef, name: string): FieldDef | undefined;
  /** The reference field behind a relationship name such as `Owner` or `Contact__r`. */
  relationship(object: ObjectDef, name: string): FieldDef | undefined;
  children(object: ObjectDef): readonly ChildRelationship[];
  nameField(object: ObjectDef): FieldDef | undefined;
}

/** Builds the look-ups over a finished list of objects. */
export function makeSchema(namespace: string, objects: ObjectDef[]): Schema {
  const sorted = [...objects].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(sorted.map((object) => [object.name.toLowerCase(), object]));
  const byPrefix = new Map(sorted.filter((object) => object.keyPrefix !== '').map((object) => [object.keyPrefix, object]));
  const relationships = new Map<string, FieldDef>();
  const children = new Map<string, ChildRelationship[]>();
  for (const object of sorted) {
    for (const field of object.fields.values()) {
      if (field.relationshipName) relationships.set(`${object.name}.${field.relationshipName}`.toLowerCase(), field);
      for (const target of field.referenceTo) {
        const list = children.get(target.toLowerCase()) ?? [];
        children.set(target.toLowerCase(), list);
        list.push({
          childObject: object,
          field,
          ...(field.childRelationshipName ? { relationshipName: field.childRelationshipName } : {}),
        });
      }
    }
  }
  const names = new Map(sorted.map((object) => [object.name, [...object.fields.values()].find((field) => field.nameField)]));
  return {
    namespace,
    objects: sorted,
    object: (name) => byName.get(name.toLowerCase()),
    byPrefix: (prefix) => byPrefix.get(prefix),
    field: (object, name) => object.fields.get(name.toLowerCase()),
    relationship: (object, name) => relationships.get(`${object.name}.${name}`.toLowerCase()),
    children: (object) => children.get(object.name.toLowerCase()) ?? [],
    nameField: (object) => names.get(object.name),
  };
}

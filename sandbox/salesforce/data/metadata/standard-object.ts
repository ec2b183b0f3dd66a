/** Assembles a standard object. */
import type { FieldDef, ObjectDef } from '../model.ts';
import { auditFields, idField, ownerField } from './system-fields.ts';

/** One standard object with the system fields around its own. */
export function standardObject(
  name: string,
  keyPrefix: string,
  fields: FieldDef[],
  more: Partial<Omit<ObjectDef, 'fields'>> & { owners?: string[] } = {},
): ObjectDef {
  const { owners, ...rest } = more;
  const all = [idField(), ...(owners ? [ownerField(owners)] : []), ...fields, ...auditFields()];
  const label = name.replace(/([a-z])([A-Z])/g, '$1 $2');
  return {
    name,
    label,
    labelPlural: label.endsWith('y') ? `${label.slice(0, -1)}ies` : `${label}s`,
    keyPrefix,
    custom: false,
    kind: 'object',
    sharing: 'Private',
    owned: owners !== undefined,
    searchable: false,
    publishBehavior: 'PublishAfterCommit',
    ...rest,
    fields: new Map(all.map((entry) => [entry.name.toLowerCase(), entry])),
  };
}

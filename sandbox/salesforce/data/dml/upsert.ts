/** Upsert by an external id field. */
import type { Values } from '../org-types.ts';
import { toStored } from '../convert.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { quote } from '../tables.ts';
import { createRecord } from './create.ts';
import { updateRecord } from './update.ts';

/** The field that an upsert goes by: an external id, a unique field or Id. */
export function keyField(engine: Engine, actor: Actor, object: ObjectDef, name: string): FieldDef {
  const field = engine.schema.field(object, name);
  const usable = field && (field.externalId || field.type === 'id') && (!actor.rights || actor.rights.field(object, field).read);
  if (usable) return field;
  throw new SalesforceError(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${name}`);
}

/** Ids of the live records with this key; sharing does not hide a match. */
export function matches(engine: Engine, object: ObjectDef, key: FieldDef, value: unknown): string[] {
  if (key.type === 'id') {
    const id = normaliseId(String(value));
    if (!id) throw new SalesforceError(400, 'MALFORMED_ID', `malformed id ${String(value).slice(0, 40)}`);
    return engine.store.row(object, id)?.['IsDeleted'] === 0 ? [id] : [];
  }
  const stored = toStored(key, value);
  const rows = engine.store.rows(`SELECT "Id" FROM ${quote(object.name)} WHERE ${quote(key.name)} = ? AND "IsDeleted" = 0`, [stored]);
  return rows.map((row) => String(row['Id']));
}

/** Creates or updates. Several matches throw DUPLICATE_EXTERNAL_ID (the plain route turns that into 300 beforehand). */
export function upsertRecord(
  engine: Engine,
  actor: Actor,
  object: ObjectDef,
  key: FieldDef,
  value: unknown,
  values: Values,
): { id: string; created: boolean } {
  const found = matches(engine, object, key, value);
  if (found.length > 1) {
    throw new SalesforceError(
      400,
      'DUPLICATE_EXTERNAL_ID',
      `${key.label}: more than one record found for external id field: [${found.map((id) => id.slice(0, 15)).join(', ')}]`,
    );
  }
  const [id] = found;
  if (id !== undefined) {
    updateRecord(engine, actor, object, id, values);
    return { id, created: false };
  }
  if (key.type === 'id') throw new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return { id: createRecord(engine, actor, object, { ...values, [key.name]: value }), created: true };
}

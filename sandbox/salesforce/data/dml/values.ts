/** From what a client sent to columns of a row: names, rights on fields, references, owners. */
import type { Row, Values } from '../org-types.ts';
import { toStored } from '../convert.ts';
import type { Stored } from '../convert.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { normaliseId, prefixOf } from '../ids.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { reaches } from '../sharing.ts';
import { quote } from '../tables.ts';

/** The field under that name if the actor may read it; otherwise the same answer as for a name that does not exist. */
export function readableField(engine: Engine, actor: Actor, object: ObjectDef, name: string): FieldDef {
  const field = engine.schema.field(object, name);
  if (field && (!actor.rights || actor.rights.field(object, field).read)) return field;
  throw new SalesforceError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
}

function cannotWrite(name: string): SalesforceError {
  return new SalesforceError(
    400,
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    [name],
  );
}

/** Columns to write; `before` is the row as it stands when this is an update. Errors are the platform's per-record errors. */
export function toColumns(engine: Engine, actor: Actor, object: ObjectDef, values: Values, before?: Row): Row {
  const row: Row = {};
  for (const [name, value] of Object.entries(values)) {
    if (name === 'attributes') continue;
    const related = typeof value === 'object' && value !== null ? engine.schema.relationship(object, name) : undefined;
    const field = readableField(engine, actor, object, related ? related.name : name);
    const stays = before !== undefined && field.masterDetail && !field.reparentable;
    const allowed = before ? field.updateable || stays : field.createable;
    if (!allowed || (actor.rights && !actor.rights.field(object, field).edit)) throw cannotWrite(field.name);
    if (related) row[field.name] = byExternalId(engine, actor, field, value as Values);
    else row[field.name] = field.type === 'reference' ? toReference(engine, actor, object, field, value) : toStored(field, value);
    // A detail that may not change its master may name it again, as an upsert does.
    if (stays && row[field.name] !== before[field.name]) throw cannotWrite(field.name);
  }
  return row;
}

/** `{"Conversation__r": {"ExternalId__c": "…"}}`: the parent found by its own key. */
function byExternalId(engine: Engine, actor: Actor, field: FieldDef, value: Values): Stored {
  const target = engine.schema.object(referenceTarget(field, value));
  const keys = Object.entries(value).filter(([name]) => name !== 'attributes');
  const [entry] = keys;
  if (!target || !entry || keys.length !== 1) {
    throw new SalesforceError(
      400,
      'INVALID_FIELD',
      `A relationship must name exactly one external id field of the related record: ${field.relationshipName ?? field.name}`,
    );
  }
  const key = readableField(engine, actor, target, entry[0]);
  if (!key.externalId && !key.unique && key.type !== 'id') {
    throw new SalesforceError(
      400,
      'INVALID_FIELD',
      `Field name provided, ${key.name} is not an External ID or indexed field for ${target.name}`,
    );
  }
  const wanted = key.type === 'id' ? (normaliseId(String(entry[1])) ?? '') : toStored(key, entry[1]);
  const found = engine.store.rows(`SELECT "Id" FROM ${quote(target.name)} WHERE ${quote(key.name)} = ? AND "IsDeleted" = 0 LIMIT 2`, [
    wanted,
  ]);
  if (found.length === 0) {
    throw new SalesforceError(
      400,
      'INVALID_FIELD',
      `Foreign key external ID: ${String(entry[1]).toLowerCase()} not found for field ${key.name} in entity ${target.name}`,
    );
  }
  if (found.length > 1)
    throw new SalesforceError(400, 'DUPLICATE_EXTERNAL_ID', `Foreign key external ID: ${String(entry[1])} matches more than one record`);
  return checkTarget(engine, actor, field, target, String(found[0]?.['Id']));
}

function referenceTarget(field: FieldDef, value: Values): string {
  const attributes = value['attributes'];
  const named = typeof attributes === 'object' && attributes !== null ? (attributes as Values)['type'] : undefined;
  return typeof named === 'string' && field.referenceTo.includes(named) ? named : (field.referenceTo[0] ?? '');
}

function toReference(engine: Engine, actor: Actor, object: ObjectDef, field: FieldDef, value: unknown): Stored {
  if (value === null || value === undefined || value === '') return null;
  const id = typeof value === 'string' ? normaliseId(value) : undefined;
  if (!id)
    throw new SalesforceError(400, 'MALFORMED_ID', `${field.label}: id value of incorrect type: ${String(value).slice(0, 40)}`, [
      field.name,
    ]);
  const target = engine.schema.byPrefix(prefixOf(id));
  if (!target || !field.referenceTo.includes(target.name)) {
    throw new SalesforceError(400, 'FIELD_INTEGRITY_EXCEPTION', `${field.label}: id value of incorrect type: ${id}`, [field.name]);
  }
  if (field.name === 'OwnerId') return checkOwner(engine, object, id, target);
  return checkTarget(engine, actor, field, target, id);
}

function checkTarget(engine: Engine, actor: Actor, field: FieldDef, target: ObjectDef, id: string): string {
  const row = engine.store.prepare(`SELECT "IsDeleted" FROM ${quote(target.name)} WHERE "Id" = ?`).get(id);
  if (!row) throw new SalesforceError(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
  if (row['IsDeleted'] === 1) throw new SalesforceError(400, 'ENTITY_IS_DELETED', 'entity is deleted', [field.name]);
  const access = field.masterDetail && !field.writeNeedsParentRead ? 'edit' : 'read';
  if (!reaches(engine, actor, target, id, access)) {
    throw new SalesforceError(
      400,
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      `insufficient access rights on cross-reference id: ${id.slice(0, 15)}`,
    );
  }
  return id;
}

function checkOwner(engine: Engine, object: ObjectDef, id: string, target: ObjectDef): string {
  if (target.name === 'User') {
    const user = engine.users.byId(id);
    if (!user) throw new SalesforceError(400, 'INVALID_CROSS_REFERENCE_KEY', 'Owner ID: owner cannot be blank', ['OwnerId']);
    if (!user.isActive) {
      throw new SalesforceError(
        400,
        'INACTIVE_OWNER_OR_USER',
        `operation performed with inactive user [${id}] as owner of ${object.label.toLowerCase()}`,
      );
    }
    return id;
  }
  const supports = engine.store
    .prepare('SELECT 1 AS ok FROM "QueueSobject" WHERE "QueueId" = ? AND "SobjectType" = ? AND "IsDeleted" = 0')
    .get(id, object.name);
  if (!supports) throw new SalesforceError(400, 'FIELD_INTEGRITY_EXCEPTION', 'Queue not associated with this SObject type', ['OwnerId']);
  return id;
}

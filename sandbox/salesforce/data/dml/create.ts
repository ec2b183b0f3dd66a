/** Inserting one record, or publishing one event. */
import { randomUUID } from 'node:crypto';
import type { Row, Values } from '../org-types.ts';
import { stamp } from '../clock.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { afterWrite, checkRequired, checkUnique, derive } from './checks.ts';
import { toColumns } from './values.ts';

/** Inserts and answers the new 18-character id. Throws the platform's error for this record. */
export function createRecord(engine: Engine, actor: Actor, object: ObjectDef, values: Values): string {
  if (actor.rights && !actor.rights.object(object).create) throw noCreate(object);
  if (actor.rights) engine.refusals.check(object.name);
  if (Object.keys(values).some((name) => name.toLowerCase() === 'id')) {
    throw new SalesforceError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
  }
  const sent = toColumns(engine, actor, object, values);
  const row: Row = { ...defaults(object), ...sent };
  if (object.owned && (row['OwnerId'] === null || row['OwnerId'] === undefined)) row['OwnerId'] = actor.userId;
  checkRequired(object, row);
  checkUnique(engine, object, '', row);
  Object.assign(row, derive(engine, object, row));
  for (const field of object.fields.values()) if (field.autoNumber !== undefined) row[field.name] = autoNumber(engine, object, field);
  const id = engine.store.nextId(object);
  // A custom record without a name shows its id as its name.
  if (object.custom && (row['Name'] === null || row['Name'] === undefined)) row['Name'] = id.slice(0, 15);
  const now = stamp(engine.clock.now());
  const audit = {
    CreatedDate: now,
    CreatedById: actor.userId,
    LastModifiedDate: now,
    LastModifiedById: actor.userId,
    SystemModstamp: now,
    IsDeleted: 0,
  };
  engine.store.insertRow(object, { Id: id, ...row, ...audit });
  engine.capture.note(object, undefined, { Id: id, ...row, ...audit }, actor);
  afterWrite(engine, object, id);
  return id;
}

function noCreate(object: ObjectDef): SalesforceError {
  if (object.kind === 'setup')
    return new SalesforceError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type cannot be inserted: ${object.label}`);
  return new SalesforceError(403, 'INSUFFICIENT_ACCESS_OR_READONLY', `insufficient access rights on object: ${object.name}`);
}

function defaults(object: ObjectDef): Row {
  const row: Row = {};
  for (const field of object.fields.values()) {
    if (field.defaultValue === undefined || field.defaultValue === null) continue;
    row[field.name] = typeof field.defaultValue === 'boolean' ? Number(field.defaultValue) : field.defaultValue;
  }
  return row;
}

/** `M-{00000000}` → `M-00000017`. */
function autoNumber(engine: Engine, object: ObjectDef, field: FieldDef): string {
  const value = String(engine.store.next(`auto:${object.name}.${field.name}`));
  return (field.autoNumber ?? '{0}').replace(/\{(0+)\}/, (_match, zeros: string) => value.padStart(zeros.length, '0'));
}

/**
 * Publishes a platform event. With PublishImmediately it goes out even if the transaction around it is rolled back.
 * Answers the id that the API reports and the uuid by which subscribers see the event.
 */
export function publishEvent(engine: Engine, actor: Actor, object: ObjectDef, values: Values): { id: string; uuid: string } {
  if (actor.rights && !actor.rights.object(object).create) throw noCreate(object);
  if (actor.rights) engine.refusals.check(object.name);
  const row = toColumns(engine, actor, object, values);
  checkRequired(object, row);
  const payload: Record<string, unknown> = { CreatedDate: engine.clock.now().toISOString(), CreatedById: actor.userId };
  for (const field of object.fields.values()) if (field.custom) payload[field.name] = row[field.name] ?? null;
  const uuid = randomUUID();
  const publish = () => void engine.events.publish(`/event/${object.name}`, payload, uuid);
  engine.store.afterTx(publish, object.publishBehavior === 'PublishImmediately');
  return { id: engine.store.nextId(object), uuid };
}

/** Changing one record. */
import type { Row, Values } from '../org-types.ts';
import { stamp } from '../clock.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { ObjectDef } from '../model.ts';
import { reaches } from '../sharing.ts';
import { afterWrite, checkRequired, checkUnique, derive } from './checks.ts';
import { toColumns } from './values.ts';

/** The live row that the actor may read; 404 NOT_FOUND when absent or out of reach, ENTITY_IS_DELETED when in the recycle bin. */
export function reachableRow(engine: Engine, actor: Actor, object: ObjectDef, rawId: string): Row {
  const id = normaliseId(rawId);
  if (!id)
    throw new SalesforceError(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${rawId.slice(0, 40)}`);
  const row = engine.store.row(object, id);
  if (!row || !reaches(engine, actor, object, id, 'read'))
    throw new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (row['IsDeleted'] === 1) throw new SalesforceError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  return row;
}

function noEdit(): SalesforceError {
  return new SalesforceError(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
}

/** Updates a record by id. Throws the platform's error for this record. */
export function updateRecord(engine: Engine, actor: Actor, object: ObjectDef, rawId: string, values: Values): void {
  const before = reachableRow(engine, actor, object, rawId);
  const id = String(before['Id']);
  if (actor.rights && !actor.rights.object(object).edit) throw noEdit();
  if (actor.rights) engine.refusals.check(object.name);
  const changes = toColumns(engine, actor, object, values, before);
  if (!reaches(engine, actor, object, id, 'edit')) throw noEdit();
  if (object.name === 'Lead' && before['IsConverted'] === 1 && actor.rights) {
    throw new SalesforceError(400, 'CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  }
  if (object.owned && 'OwnerId' in changes && changes['OwnerId'] === null) {
    throw new SalesforceError(400, 'INVALID_CROSS_REFERENCE_KEY', 'Owner ID: owner cannot be blank', ['OwnerId']);
  }
  applyChanges(engine, actor, object, before, changes);
}

/** Writes finished columns: required and unique checks, derived columns, time stamps, search index. */
export function applyChanges(engine: Engine, actor: Actor, object: ObjectDef, before: Row, changes: Row): void {
  const id = String(before['Id']);
  const merged = { ...before, ...changes };
  checkRequired(object, merged);
  if (object.name !== 'PermissionSetAssignment') checkUnique(engine, object, id, changes);
  const now = stamp(engine.clock.now());
  const derived = derive(engine, object, merged);
  const written = { ...changes, ...derived, LastModifiedDate: now, LastModifiedById: actor.userId, SystemModstamp: now };
  engine.store.updateRow(object, id, written);
  engine.capture.note(object, before, { ...before, ...written }, actor);
  afterWrite(engine, object, id);
}

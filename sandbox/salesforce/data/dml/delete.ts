/** Deleting into the recycle bin, with what hangs on the record. */
import type { Row } from '../org-types.ts';
import { stamp } from '../clock.ts';
import type { Actor, Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import type { ObjectDef } from '../model.ts';
import { reaches } from '../sharing.ts';
import { quote } from '../tables.ts';
import { afterWrite } from './checks.ts';
import { reachableRow } from './update.ts';

/** Deletes a record by id: details follow, lookups are emptied, restricting lookups refuse. */
export function deleteRecord(engine: Engine, actor: Actor, object: ObjectDef, rawId: string): void {
  const row = reachableRow(engine, actor, object, rawId);
  const id = String(row['Id']);
  if (actor.rights && (!actor.rights.object(object).delete || !reaches(engine, actor, object, id, 'edit'))) {
    throw new SalesforceError(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
  }
  remove(engine, actor, object, row);
}

/** Moves a row to the recycle bin without asking for rights. */
export function remove(engine: Engine, actor: Actor, object: ObjectDef, row: Row): void {
  const id = String(row['Id']);
  for (const { childObject, field } of engine.schema.children(object)) {
    if (childObject.kind !== 'object' || field.name.endsWith('ById') || field.name === 'OwnerId') continue;
    const children = engine.store.rows(`SELECT * FROM ${quote(childObject.name)} WHERE ${quote(field.name)} = ? AND "IsDeleted" = 0`, [id]);
    if (children.length === 0) continue;
    if (field.deleteConstraint === 'Restrict') {
      throw new SalesforceError(
        400,
        'DELETE_FAILED',
        `Your attempt to delete ${String(row[engine.schema.nameField(object)?.name ?? 'Id'])} could not be completed because it is associated with the following ${childObject.labelPlural.toLowerCase()}.`,
      );
    }
    for (const child of children) {
      if (field.deleteConstraint === 'Cascade') remove(engine, actor, childObject, child);
      else touch(engine, actor, childObject, child, { [field.name]: null });
    }
  }
  touch(engine, actor, object, row, { IsDeleted: 1 });
}

/** Writes columns and time stamps, past all checks. */
export function touch(engine: Engine, actor: Actor, object: ObjectDef, row: Row, changes: Row): void {
  const now = stamp(engine.clock.now());
  const id = String(row['Id']);
  const written = { ...changes, LastModifiedDate: now, LastModifiedById: actor.userId, SystemModstamp: now };
  engine.store.updateRow(object, id, written);
  engine.capture.note(object, row, { ...row, ...written }, actor);
  afterWrite(engine, object, id);
}

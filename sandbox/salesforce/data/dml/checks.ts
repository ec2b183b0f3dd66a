/** Checks of a whole row and what the platform derives from it. */
import type { Row } from '../org-types.ts';
import type { Engine } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import type { ObjectDef } from '../model.ts';
import { quote } from '../tables.ts';
import { noteActivity } from './activity.ts';

/** REQUIRED_FIELD_MISSING for every required field that the finished row leaves empty. */
export function checkRequired(object: ObjectDef, row: Row): void {
  const missing: string[] = [];
  for (const field of object.fields.values()) {
    if (field.required && field.type !== 'boolean' && (row[field.name] === null || row[field.name] === undefined)) missing.push(field.name);
  }
  if (missing.length > 0)
    throw new SalesforceError(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
}

/** DUPLICATE_VALUE when a unique field of the changed columns is taken by another live record. */
export function checkUnique(engine: Engine, object: ObjectDef, id: string, changes: Row): void {
  for (const field of object.fields.values()) {
    if (!field.unique) continue;
    const value = changes[field.name];
    if (value === null || value === undefined) continue;
    const other = engine.store
      .prepare(`SELECT "Id" FROM ${quote(object.name)} WHERE ${quote(field.name)} = ? AND "IsDeleted" = 0 AND "Id" <> ?`)
      .get(value, id);
    if (other) throw duplicate(field.name, String(other['Id']));
  }
  if (object.name === 'PermissionSetAssignment') checkAssignment(engine, changes);
}

function duplicate(name: string, id: string): SalesforceError {
  return new SalesforceError(
    400,
    'DUPLICATE_VALUE',
    `duplicate value found: ${name} duplicates value on record with id: ${id.slice(0, 15)}`,
  );
}

function checkAssignment(engine: Engine, row: Row): void {
  const taken = engine.store
    .prepare('SELECT 1 AS ok FROM "PermissionSetAssignment" WHERE "AssigneeId" = ? AND "PermissionSetId" = ? AND "IsDeleted" = 0')
    .get(row['AssigneeId'] ?? null, row['PermissionSetId'] ?? null);
  if (!taken) return;
  const text = `Duplicate PermissionSetAssignment. Assignee: ${row['AssigneeId'] ?? ''}; Permission Set: ${row['PermissionSetId'] ?? ''}`;
  throw new SalesforceError(400, 'DUPLICATE_VALUE', text, ['AssigneeId', 'PermissionSetId']);
}

const PEOPLE = new Set(['Contact', 'Lead', 'User']);

/** Columns that follow from others: compound names, closed flags. `row` is the row as it will be. */
export function derive(engine: Engine, object: ObjectDef, row: Row): Row {
  if (PEOPLE.has(object.name)) {
    return { Name: [row['FirstName'], row['LastName']].filter((part) => part !== null && part !== undefined && part !== '').join(' ') };
  }
  if (object.name === 'Case') {
    const closed = row['Status'] === 'Closed';
    return { IsClosed: closed ? 1 : 0, ClosedDate: closed ? (row['ClosedDate'] ?? engine.clock.now().toISOString()) : null };
  }
  if (object.name === 'Task') return { IsClosed: row['Status'] === 'Completed' ? 1 : 0 };
  return {};
}

const RIGHTS = new Set(['User', 'Profile', 'PermissionSet', 'PermissionSetAssignment', 'ObjectPermissions', 'FieldPermissions']);

/** After a write: rights may have changed, and the search index will have to follow. */
export function afterWrite(engine: Engine, object: ObjectDef, id: string): void {
  if (RIGHTS.has(object.name)) {
    engine.users.forgetRights();
    engine.store.afterTx(() => engine.users.forgetRights(), true);
  }
  if (object.name === 'Task' || object.name === 'Event') noteActivity(engine, object.name, id);
  if (object.searchable) {
    const due = engine.clock.now().getTime() + engine.settings.searchDelaySeconds * 1000;
    engine.store.prepare('INSERT INTO sys_search_due (record_id, object, due_ms) VALUES (?, ?, ?)').run(id, object.name, due);
  }
}

/** Which records a user reaches: private by owner or queue, public, or controlled by the parent. Rendered as SQL conditions. */
import type { SQLInputValue } from 'node:sqlite';
import type { Actor, Engine } from './engine.ts';
import type { FieldDef, ObjectDef } from './model.ts';
import { quote } from './tables.ts';

/** The user and every group or queue the user belongs to: all owners whose records are the user's own. */
function ownersOf(engine: Engine, actor: Actor): string[] {
  const rows = engine.store.rows('SELECT "GroupId" AS id FROM "GroupMember" WHERE "UserOrGroupId" = ? AND "IsDeleted" = 0', [actor.userId]);
  return [actor.userId, ...rows.map((row) => String(row['id']))];
}

function masters(object: ObjectDef): FieldDef[] {
  return [...object.fields.values()].filter((field) => field.masterDetail);
}

/**
 * SQL condition that a row under `alias` is readable, or undefined when every row is.
 * Parameters are appended to `params` in order of appearance.
 */
export function readableSql(engine: Engine, actor: Actor, object: ObjectDef, alias: string, params: SQLInputValue[]): string | undefined {
  if (!actor.rights || object.kind !== 'object') return undefined;
  if (actor.rights.object(object).viewAll) return undefined;
  if (object.sharing === 'ReadWrite' || object.sharing === 'Read') return undefined;
  if (object.sharing === 'ControlledByParent') return byParent(engine, actor, object, alias, params, readableSql);
  const owners = ownersOf(engine, actor);
  const own = ownerSql(alias, owners, params);
  if (object.name !== 'Account') return own;
  // Access to a contact carries read access to its account.
  const contact = ownerSql('c', owners, params);
  return `(${own} OR EXISTS (SELECT 1 FROM "Contact" c WHERE c."AccountId" = ${alias}."Id" AND c."IsDeleted" = 0 AND ${contact}))`;
}

/** SQL condition that a row may be changed by the user, or undefined when every row may. */
export function editableSql(engine: Engine, actor: Actor, object: ObjectDef, alias: string, params: SQLInputValue[]): string | undefined {
  if (!actor.rights || object.kind !== 'object') return undefined;
  if (actor.rights.object(object).modifyAll) return undefined;
  if (object.sharing === 'ReadWrite') return undefined;
  if (object.sharing === 'ControlledByParent') return byParent(engine, actor, object, alias, params, editableSql);
  return ownerSql(alias, ownersOf(engine, actor), params);
}

function ownerSql(alias: string, owners: string[], params: SQLInputValue[]): string {
  params.push(...owners);
  // The plus keeps SQLite from starting with the owner's index, which is seldom the narrowest.
  return `+${alias}."OwnerId" IN (${owners.map(() => '?').join(', ')})`;
}

function byParent(
  engine: Engine,
  actor: Actor,
  object: ObjectDef,
  alias: string,
  params: SQLInputValue[],
  rule: typeof readableSql,
): string | undefined {
  const parts: string[] = [];
  for (const field of masters(object)) {
    const parent = engine.schema.object(field.referenceTo[0] ?? '');
    if (!parent) continue;
    const inner = `${alias}_p`;
    const check = rule === editableSql && field.writeNeedsParentRead ? readableSql : rule;
    const condition = check(engine, actor, parent, inner, params);
    if (condition === undefined) continue;
    parts.push(
      `EXISTS (SELECT 1 FROM ${quote(parent.name)} ${inner} WHERE ${inner}."Id" = ${alias}.${quote(field.name)} AND ${condition})`,
    );
  }
  return parts.length === 0 ? undefined : parts.join(' AND ');
}

/** Whether one record may be read or changed. */
export function reaches(engine: Engine, actor: Actor, object: ObjectDef, id: string, access: 'read' | 'edit'): boolean {
  const params: SQLInputValue[] = [id];
  const condition = (access === 'read' ? readableSql : editableSql)(engine, actor, object, 't', params);
  if (condition === undefined) return true;
  return engine.store.prepare(`SELECT 1 AS ok FROM ${quote(object.name)} t WHERE t."Id" = ? AND ${condition}`).get(...params) !== undefined;
}

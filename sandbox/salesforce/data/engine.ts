/** What the parts of the data engine share. */
import type { JobRunner } from './bulk/runner.ts';
import type { Org } from './org-types.ts';
import type { ObjectDef } from './model.ts';
import type { UserRights } from './rights.ts';
import { SalesforceError } from './errors.ts';
import type { Store } from './store.ts';

/** The org plus its row store and its bulk jobs; only the data engine sees them. */
export interface Engine extends Org {
  readonly store: Store;
  readonly jobs: JobRunner;
}

/** On whose behalf something happens. Without rights it is the platform itself. */
export interface Actor {
  userId: string;
  rights?: UserRights;
}

/** The user as an actor with rights. */
export function userActor(engine: Engine, userId: string): Actor {
  return { userId, rights: engine.users.rights(userId) };
}

/** The platform itself; records carry the first administrator as creator. */
export function systemActor(engine: Engine): Actor {
  const row = engine.store.prepare('SELECT "Id" FROM "User" ORDER BY "Id" LIMIT 1').get() as { Id: string };
  return { userId: row.Id };
}

/** True when the actor may see that the object exists. */
export function canSeeObject(actor: Actor, object: ObjectDef): boolean {
  if (!actor.rights) return true;
  if (object.name === 'NamedCredential') return actor.rights.systemPermissions.has('ViewSetup');
  const rights = actor.rights.object(object);
  return rights.read || (object.kind === 'event' && rights.create);
}

/** The object of that name if the actor may see it; otherwise INVALID_TYPE as in a query. */
export function visibleObject(engine: Engine, actor: Actor, name: string): ObjectDef {
  const object = engine.schema.object(name);
  if (object && canSeeObject(actor, object)) return object;
  throw new SalesforceError(
    400,
    'INVALID_TYPE',
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

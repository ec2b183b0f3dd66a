/** Merging duplicates, as the merge page or Apex `merge` does. */
import type { Org } from '../org-types.ts';
import type { Engine } from '../engine.ts';
import { systemActor } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { normaliseId, prefixOf } from '../ids.ts';
import { touch } from '../dml/delete.ts';
import { quote } from '../tables.ts';

const MERGEABLE = ['Account', 'Contact', 'Lead'];

/**
 * Children of the losers move to the master; the losers go to the recycle bin with MasterRecordId set.
 * Throws SalesforceError for other objects, unknown ids or a master among the losers.
 */
export function mergeRecords(
  org: Org,
  masterId: string,
  loserIds: readonly string[],
): { masterId: string; mergedIds: string[]; movedChildren: number } {
  const engine = org as Engine;
  const actor = systemActor(engine);
  const master = normaliseId(masterId) ?? '';
  const object = engine.schema.byPrefix(prefixOf(master));
  if (!object || !MERGEABLE.includes(object.name))
    throw new SalesforceError(400, 'INVALID_TYPE_FOR_OPERATION', `merge works on ${MERGEABLE.join(', ')} only`);
  const live = (id: string) => {
    const row = engine.store.row(object, id);
    if (row?.['IsDeleted'] !== 0) throw new SalesforceError(404, 'NOT_FOUND', `no live ${object.name} with id ${id}`);
    return row;
  };
  return engine.store.tx(() => {
    live(master);
    let movedChildren = 0;
    const mergedIds = loserIds.map((raw) => {
      const loser = live(normaliseId(raw) ?? raw);
      const id = String(loser['Id']);
      if (id === master) throw new SalesforceError(400, 'INVALID_INPUT', 'a record cannot be merged into itself');
      for (const { childObject, field } of engine.schema.children(object)) {
        if (childObject.kind !== 'object' || field.name === 'MasterRecordId') continue;
        const children = engine.store.rows(`SELECT * FROM ${quote(childObject.name)} WHERE ${quote(field.name)} = ? AND "IsDeleted" = 0`, [
          id,
        ]);
        for (const child of children) touch(engine, actor, childObject, child, { [field.name]: master });
        movedChildren += children.length;
      }
      touch(engine, actor, object, loser, { IsDeleted: 1, MasterRecordId: master });
      return id;
    });
    touch(engine, actor, object, live(master), {});
    return { masterId: master, mergedIds, movedChildren };
  });
}

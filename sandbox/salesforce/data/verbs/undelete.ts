/** Taking a record out of the recycle bin, as its page or Apex `undelete` does. */
import type { Org } from '../org-types.ts';
import type { Engine } from '../engine.ts';
import { systemActor } from '../engine.ts';
import { SalesforceError } from '../errors.ts';
import { normaliseId, prefixOf } from '../ids.ts';
import { touch } from '../dml/delete.ts';

/** Brings one record back, without what was deleted along with it. Throws SalesforceError when no such record is in the bin. */
export function undeleteRecord(org: Org, rawId: string): { id: string } {
  const engine = org as Engine;
  const id = normaliseId(rawId) ?? '';
  const object = engine.schema.byPrefix(prefixOf(id));
  const row = object && engine.store.row(object, id);
  if (!object || row?.['IsDeleted'] !== 1) throw new SalesforceError(404, 'UNDELETE_FAILED', 'Entity is not in the recycle bin');
  engine.store.tx(() => touch(engine, systemActor(engine), object, row, { IsDeleted: 0 }));
  return { id };
}

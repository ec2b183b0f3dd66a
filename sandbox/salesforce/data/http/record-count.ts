/** `/limits/recordCount?sObjects=Contact,Account`: how many records objects hold, whoever may see them. */
import { canSeeObject } from '../engine.ts';
import { quote } from '../tables.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

/** Without names every object that has records. Objects that the caller does not know are left out. Exact here, "approximate" in a real org. */
export function recordCount(call: ApiCall): ApiAnswer {
  const wanted = (call.query.get('sObjects') ?? '').toLowerCase().split(',').filter(Boolean);
  const sObjects = call.engine.schema.objects
    .filter((object) => object.kind === 'object' && canSeeObject(call.actor, object))
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name.toLowerCase()))
    .map(({ name }) => {
      const row = call.engine.store.prepare(`SELECT count(*) AS count FROM ${quote(name)} WHERE "IsDeleted" = 0`).get();
      return { count: Number(row?.['count'] ?? 0), name };
    })
    .filter(({ count }) => wanted.length > 0 || count > 0);
  return { status: 200, body: { sObjects } };
}

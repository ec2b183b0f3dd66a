/** `/recent`: what the user last changed. */
import { canSeeObject } from '../engine.ts';
import type { ObjectDef } from '../model.ts';
import { quote } from '../tables.ts';
import { urlBase } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

interface Recent {
  attributes: { type: string; url: string };
  Id: string;
  Name: string | null;
}

/** Records of one object that the user changed last, newest first. */
export function recentItems(call: ApiCall, object: ObjectDef, limit: number): (Recent & { at: string })[] {
  const name = call.engine.schema.nameField(object)?.name ?? 'Id';
  const rows = call.engine.store.rows(
    `SELECT "Id", ${quote(name)} AS name, "LastModifiedDate" AS at FROM ${quote(object.name)} WHERE "LastModifiedById" = ? AND "IsDeleted" = 0 ORDER BY "SystemModstamp" DESC LIMIT ?`,
    [call.actor.userId, limit],
  );
  return rows.map((row) => ({
    attributes: { type: object.name, url: `${urlBase(call)}/sobjects/${object.name}/${String(row['Id'])}` },
    Id: String(row['Id']),
    Name: row['name'] as string | null,
    at: String(row['at']),
  }));
}

/** Body of `/recent?limit=`. */
export function recent(call: ApiCall): ApiAnswer {
  const limit = Math.min(Number(call.query.get('limit') ?? 200) || 200, 2000);
  const items = call.engine.schema.objects
    .filter((object) => object.kind === 'object' && canSeeObject(call.actor, object))
    .flatMap((object) => recentItems(call, object, limit))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, limit);
  return { status: 200, body: items.map(({ at: _at, ...item }) => item) };
}

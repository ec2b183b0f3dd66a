/** `/sobjects/**`: describe, single records, upsert by external id, change lists. */
import { parseInstant } from '../convert.ts';
import { createRecord, publishEvent } from '../dml/create.ts';
import { deleteRecord } from '../dml/delete.ts';
import { reachableRow, updateRecord } from '../dml/update.ts';
import { keyField, matches, upsertRecord } from '../dml/upsert.ts';
import { canSeeObject } from '../engine.ts';
import { SalesforceError, notFound } from '../errors.ts';
import { normaliseId, prefixOf } from '../ids.ts';
import type { ObjectDef } from '../model.ts';
import { quote } from '../tables.ts';
import { stamp } from '../clock.ts';
import { objectBody, urlBase, wrongMethod } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';
import { describeGlobal, describeObject, describeShort } from './describe.ts';
import { renderRecord } from './record.ts';

/** Routes below `/sobjects`. A hidden object is as unknown as one that does not exist. */
export function sobjects(call: ApiCall): ApiAnswer {
  const [name, second, ...rest] = call.segments;
  if (name === undefined) return { status: 200, body: describeGlobal(call) };
  const object = call.engine.schema.object(name);
  if (!object || !canSeeObject(call.actor, object)) throw notFound();
  if (second === undefined) return objectRoot(call, object);
  if (second === 'describe') return { status: 200, body: describeObject(call, object) };
  if (second === 'updated' || second === 'deleted') return changes(call, object, second);
  if (rest.length === 0) return single(call, object, second);
  if (rest.length === 1) return byKey(call, object, second, rest[0] as string);
  throw notFound();
}

function objectRoot(call: ApiCall, object: ObjectDef): ApiAnswer {
  if (call.method === 'GET') return { status: 200, body: describeShort(call, object) };
  if (call.method !== 'POST') throw wrongMethod(call, 'GET,HEAD,POST');
  const values = objectBody(call);
  if (object.kind === 'event') {
    const published = publishEvent(call.engine, call.actor, object, values);
    return { status: 201, body: { id: published.id, success: true, errors: [enqueued(published.uuid)] } };
  }
  const id = createRecord(call.engine, call.actor, object, values);
  return { status: 201, body: { id, success: true, errors: [] }, headers: { location: `${urlBase(call)}/sobjects/${object.name}/${id}` } };
}

/** Publishing answers success together with this entry; clients must not read it as a failure. */
export function enqueued(uuid: string): { statusCode: string; message: string; fields: string[] } {
  return { statusCode: 'OPERATION_ENQUEUED', message: uuid, fields: [] };
}

function single(call: ApiCall, object: ObjectDef, rawId: string): ApiAnswer {
  if (object.kind === 'event') throw notFound();
  const id = normaliseId(rawId);
  if (!id || prefixOf(id) !== object.keyPrefix) {
    throw new SalesforceError(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${rawId.slice(0, 40)}`);
  }
  switch (call.method) {
    case 'GET':
      return { status: 200, body: renderRecord(call, object, reachableRow(call.engine, call.actor, object, id), fieldList(call)) };
    case 'PATCH':
      updateRecord(call.engine, call.actor, object, id, objectBody(call));
      return { status: 204 };
    case 'DELETE':
      deleteRecord(call.engine, call.actor, object, id);
      return { status: 204 };
    default:
      throw wrongMethod(call, 'DELETE,GET,HEAD,PATCH');
  }
}

function fieldList(call: ApiCall): string[] | undefined {
  const fields = call.query.get('fields');
  return fields === null || fields === '' ? undefined : fields.split(',').map((name) => name.trim());
}

function byKey(call: ApiCall, object: ObjectDef, fieldName: string, value: string): ApiAnswer {
  const { engine, actor } = call;
  const key = keyField(engine, actor, object, fieldName);
  const found = matches(engine, object, key, value);
  if (found.length > 1) return { status: 300, body: found.map((id) => `${urlBase(call)}/sobjects/${object.name}/${id}`) };
  if (call.method === 'PATCH') {
    const values = objectBody(call);
    refuseKeyInBody(values, key.name);
    const result = upsertRecord(engine, actor, object, key, value, values);
    return { status: result.created ? 201 : 200, body: { id: result.id, success: true, errors: [], created: result.created } };
  }
  const [id] = found;
  if (id === undefined) throw notFound();
  return single(call, object, id);
}

function refuseKeyInBody(values: Record<string, unknown>, key: string): void {
  const name = Object.keys(values).find((entry) => entry.toLowerCase() === key.toLowerCase());
  if (name) throw new SalesforceError(400, 'INVALID_FIELD', `The ${key} field should not be specified in the sobject data.`, [key]);
}

/** `/updated` and `/deleted?start=&end=`: at most 30 days back, times to the minute are enough for clients. */
function changes(call: ApiCall, object: ObjectDef, kind: 'updated' | 'deleted'): ApiAnswer {
  const time = (name: string) => {
    const parsed = parseInstant((call.query.get(name) ?? '').replace(' ', '+'));
    if (!parsed) throw new SalesforceError(400, 'INVALID_REPLICATION_DATE', `${name} is not a valid date: ${call.query.get(name) ?? ''}`);
    return parsed;
  };
  const [start, end] = [time('start'), time('end')];
  const now = call.engine.clock.now();
  if (end <= start) throw new SalesforceError(400, 'INVALID_REPLICATION_DATE', 'endDate must be after startDate');
  if (start.getTime() < now.getTime() - 30 * 86_400_000)
    throw new SalesforceError(400, 'INVALID_REPLICATION_DATE', 'startDate before org replication enabled date');
  const rows = call.engine.store.rows(
    `SELECT "Id", "SystemModstamp" FROM ${quote(object.name)} WHERE "IsDeleted" = ? AND "SystemModstamp" >= ? AND "SystemModstamp" <= ? ORDER BY "SystemModstamp"`,
    [kind === 'deleted' ? 1 : 0, stamp(start), stamp(end)],
  );
  const covered = stamp(end < now ? end : now).replace('Z', '+0000');
  if (kind === 'updated') return { status: 200, body: { ids: rows.map((row) => row['Id']), latestDateCovered: covered } };
  const deletedRecords = rows.map((row) => ({ id: row['Id'], deletedDate: String(row['SystemModstamp']).replace('Z', '+0000') }));
  const earliest = stamp(new Date(now.getTime() - 30 * 86_400_000)).replace('Z', '+0000');
  return { status: 200, body: { deletedRecords, earliestDateAvailable: earliest, latestDateCovered: covered } };
}

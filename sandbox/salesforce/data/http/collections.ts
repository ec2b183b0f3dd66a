/** `/composite/sobjects`: up to 200 records in one call, each with its own result. */
import type { Values } from '../org-types.ts';
import { createRecord, publishEvent } from '../dml/create.ts';
import { deleteRecord } from '../dml/delete.ts';
import { reachableRow, updateRecord } from '../dml/update.ts';
import { keyField, upsertRecord } from '../dml/upsert.ts';
import { canSeeObject, visibleObject } from '../engine.ts';
import { SalesforceError, asSalesforceError, inCollection, notFound, resultError } from '../errors.ts';
import type { ResultError } from '../errors.ts';
import { normaliseId, prefixOf } from '../ids.ts';
import type { FieldDef, ObjectDef } from '../model.ts';
import { objectBody, wrongMethod } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';
import { renderRecord } from './record.ts';
import { enqueued } from './sobjects.ts';

/** Most records in one call. Source: REST collections documentation. */
const MAX_RECORDS = 200;
/** Most object types in one call. */
const MAX_TYPES = 10;
const MAX_RETRIEVE = 2000;

interface Result {
  id?: string;
  success: boolean;
  created?: boolean;
  errors: ResultError[];
}

/** Carries the results of a call whose writes have to be undone. */
class RolledBack extends Error {
  readonly results: Result[];
  constructor(results: Result[]) {
    super('allOrNone');
    this.results = results;
  }
}

/** Routes below `/composite/sobjects`. */
export function collections(call: ApiCall): ApiAnswer {
  const [type, key, ...more] = call.segments;
  if (more.length > 0) throw notFound();
  if (key !== undefined) {
    if (call.method !== 'PATCH') throw wrongMethod(call, 'PATCH');
    return upsertAll(call, type as string, key);
  }
  if (type !== undefined) return retrieve(call, type);
  switch (call.method) {
    case 'POST':
      return writeAll(call, (record) => createOne(call, record));
    case 'PATCH':
      return writeAll(call, (record) => updateOne(call, record));
    case 'DELETE':
      return deleteAll(call);
    default:
      throw wrongMethod(call, 'DELETE,PATCH,POST');
  }
}

function records(call: ApiCall): { list: Values[]; allOrNone: boolean } {
  const body = objectBody(call);
  const list = body['records'];
  if (!Array.isArray(list) || list.some((entry) => typeof entry !== 'object' || entry === null)) {
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'The request needs a list of records at [line:1, column:1]');
  }
  if (list.length > MAX_RECORDS)
    throw new SalesforceError(
      400,
      'EXCEEDED_MAX_SIZE_REQUEST',
      `record limit reached. cannot submit more than ${MAX_RECORDS} records into this call`,
    );
  return { list: list as Values[], allOrNone: body['allOrNone'] === true };
}

function typeName(record: Values): string {
  const attributes = record['attributes'];
  const type = typeof attributes === 'object' && attributes !== null ? (attributes as Values)['type'] : undefined;
  if (typeof type === 'string' && type !== '') return type;
  throw new SalesforceError(400, 'INVALID_FIELD', 'Object type is required in the attributes of each record');
}

/**
 * Runs one write per record; failures stay with their record unless allOrNone undoes all. Only then there is something to undo together: a
 * savepoint around all of them would have SQLite keep every page that any of them touches, and make each record dearer than the one before.
 */
function each(call: ApiCall, list: readonly Values[], allOrNone: boolean, work: (record: Values, index: number) => Result): ApiAnswer {
  const { store } = call.engine;
  const together = <T>(work: () => T): T => (allOrNone ? store.tx(work) : work());
  try {
    const results = together(() => {
      const out = list.map((record, index): Result => {
        try {
          return store.tx(() => work(record, index));
        } catch (error) {
          return { success: false, errors: [resultError(asSalesforceError(error))] };
        }
      });
      if (allOrNone && out.some((result) => !result.success)) throw new RolledBack(out);
      return out;
    });
    return { status: 200, body: results };
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    const text = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
    const undone: Result = { success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message: text, fields: [] }] };
    return { status: 200, body: error.results.map((result) => (result.success ? undone : result)) };
  }
}

function writeAll(call: ApiCall, work: (record: Values) => Result): ApiAnswer {
  const { list, allOrNone } = records(call);
  const types = new Set(list.map((record) => typeName(record).toLowerCase()));
  if (types.size > MAX_TYPES)
    throw new SalesforceError(
      400,
      'EXCEEDED_MAX_TYPES_LIMIT',
      `The request holds ${types.size} object types; at most ${MAX_TYPES} are allowed`,
    );
  return each(call, list, allOrNone, work);
}

function createOne(call: ApiCall, record: Values): Result {
  const object = visibleObject(call.engine, call.actor, typeName(record));
  if (object.kind === 'event') {
    const { id, uuid } = publishEvent(call.engine, call.actor, object, record);
    return { id, success: true, errors: [enqueued(uuid)] };
  }
  return { id: createRecord(call.engine, call.actor, object, record), success: true, errors: [] };
}

function updateOne(call: ApiCall, record: Values): Result {
  const object = visibleObject(call.engine, call.actor, typeName(record));
  const { id, rest } = takeId(record);
  if (id === undefined) throw new SalesforceError(400, 'MISSING_ARGUMENT', 'Id not specified in an update call');
  inCollection(() => updateRecord(call.engine, call.actor, object, checkedId(id, object), rest));
  return { id: normaliseId(id) as string, success: true, errors: [] };
}

function takeId(record: Values): { id: string | undefined; rest: Values } {
  const rest: Values = {};
  let id: string | undefined;
  for (const [name, value] of Object.entries(record)) {
    if (name.toLowerCase() === 'id') id = typeof value === 'string' ? value : undefined;
    else rest[name] = value;
  }
  return { id, rest };
}

function checkedId(raw: string, object?: ObjectDef): string {
  const id = normaliseId(raw);
  if (!id) throw new SalesforceError(400, 'MALFORMED_ID', `malformed id ${raw.slice(0, 40)}`);
  if (object && prefixOf(id) !== object.keyPrefix) throw new SalesforceError(400, 'MALFORMED_ID', `id value of incorrect type: ${id}`);
  return id;
}

function deleteAll(call: ApiCall): ApiAnswer {
  const ids = (call.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0) throw new SalesforceError(400, 'MISSING_ARGUMENT', 'The ids parameter is required');
  if (ids.length > MAX_RECORDS)
    throw new SalesforceError(
      400,
      'EXCEEDED_MAX_SIZE_REQUEST',
      `record limit reached. cannot submit more than ${MAX_RECORDS} records into this call`,
    );
  const list = ids.map((id) => ({ id }));
  return each(call, list, call.query.get('allOrNone') === 'true', (record) => {
    const id = checkedId(String(record['id']));
    const object = call.engine.schema.byPrefix(prefixOf(id));
    if (!object || !canSeeObject(call.actor, object))
      throw new SalesforceError(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    inCollection(() => deleteRecord(call.engine, call.actor, object, id));
    return { id, success: true, errors: [] };
  });
}

/** GET `?ids=&fields=` or POST `{ids, fields}`: an id that is unknown or out of reach reads as null. */
function retrieve(call: ApiCall, type: string): ApiAnswer {
  if (call.method !== 'GET' && call.method !== 'POST') throw wrongMethod(call, 'GET,POST');
  const object = visibleObject(call.engine, call.actor, type);
  const body = call.method === 'POST' ? objectBody(call) : {};
  const strings = (name: string) =>
    call.method === 'POST'
      ? Array.isArray(body[name])
        ? (body[name] as unknown[]).map(String)
        : []
      : (call.query.get(name) ?? '').split(',').filter((part) => part !== '');
  const [ids, fields] = [strings('ids'), strings('fields')];
  if (ids.length > MAX_RETRIEVE)
    throw new SalesforceError(400, 'EXCEEDED_MAX_SIZE_REQUEST', `cannot retrieve more than ${MAX_RETRIEVE} records`);
  const found = ids.map((id) => {
    try {
      return renderRecord(call, object, reachableRow(call.engine, call.actor, object, checkedId(id, object)), fields);
    } catch (error) {
      if (error instanceof SalesforceError && ['NOT_FOUND', 'ENTITY_IS_DELETED'].includes(error.errorCode)) return null;
      throw error;
    }
  });
  return { status: 200, body: found };
}

/** PATCH `/composite/sobjects/T/ExtField`. The same key twice in one call is refused for the later ones. */
function upsertAll(call: ApiCall, type: string, keyName: string): ApiAnswer {
  const { engine, actor } = call;
  const object = visibleObject(engine, actor, type);
  const key = keyField(engine, actor, object, keyName);
  const { list, allOrNone } = records(call);
  const seen = new Set<string>();
  const answer = each(call, list, allOrNone, (record) => {
    if (typeName(record).toLowerCase() !== object.name.toLowerCase())
      throw new SalesforceError(400, 'INVALID_TYPE', `Object type in the record (${typeName(record)}) does not match the one in the URL`);
    const { value, rest } = takeKey(record, key);
    if (key.type !== 'id' && (value === undefined || value === null || value === ''))
      throw new SalesforceError(400, 'MISSING_ARGUMENT', `${key.name} not specified`);
    if (key.type === 'id' && value === undefined)
      return { id: createRecord(engine, actor, object, rest), success: true, created: true, errors: [] };
    const spelled = key.caseSensitive ? String(value) : String(value).toLowerCase();
    if (seen.has(spelled))
      throw new SalesforceError(400, 'DUPLICATE_VALUE', `Duplicate external id specified: ${String(value)}`, [key.name]);
    seen.add(spelled);
    const { id, created } = inCollection(() => upsertRecord(engine, actor, object, key, value, rest));
    return { id, success: true, created, errors: [] };
  });
  return { ...answer, body: (answer.body as Result[]).map((result) => ({ ...result, created: result.created ?? false })) };
}

function takeKey(record: Values, key: FieldDef): { value: unknown; rest: Values } {
  const rest: Values = {};
  let value: unknown;
  for (const [name, entry] of Object.entries(record)) {
    if (name.toLowerCase() === key.name.toLowerCase()) value = entry;
    else rest[name] = entry;
  }
  return { value, rest };
}

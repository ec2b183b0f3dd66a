import { SalesforceError } from './errors.ts';
import type { NameMapper } from './namespace.ts';
import type { QueryPage, RecordError, SaveResult, SObjectRecord, SubResult, Subrequest } from './types.ts';

/** Most records in one collection, and most steps in one composite call (Salesforce REST limits). */
export const MAX_COLLECTION = 200;
export const MAX_SUBREQUESTS = 25;
/** Of the steps of one composite call at most this many may be queries or collections. */
export const MAX_HEAVY_SUBREQUESTS = 5;

/** Builds the steps of a composite call. Names are bare; record keys and object names are namespaced here. */
export interface SubrequestBuilder {
  /** Upsert of up to 200 records by an external id field. Each external id may occur once in a call. */
  upsert(referenceId: string, object: string, externalIdField: string, records: readonly SObjectRecord[], allOrNone?: boolean): Subrequest;
  /** Insert of up to 200 records; also publishes platform events when `object` ends in `__e`. */
  create(referenceId: string, object: string, records: readonly SObjectRecord[], allOrNone?: boolean): Subrequest;
  /** Update of up to 200 records; each carries `Id`. */
  update(referenceId: string, object: string, records: readonly SObjectRecord[], allOrNone?: boolean): Subrequest;
  /** `deleted`: records in the recycle bin too. */
  query(referenceId: string, soql: string, options?: { deleted?: boolean }): Subrequest;
  retrieve(referenceId: string, object: string, id: string, fields: readonly string[]): Subrequest;
}

export function createSubrequestBuilder(names: NameMapper): SubrequestBuilder {
  const collection = (object: string, records: readonly SObjectRecord[], allOrNone: boolean): unknown => ({
    allOrNone,
    records: collectionRecords(names, object, records),
  });
  return {
    upsert: (referenceId, object, externalIdField, records, allOrNone = false) => ({
      method: 'PATCH',
      path: `/composite/sobjects/${names.object(object)}/${names.field(object, externalIdField)}`,
      referenceId,
      body: collection(object, records, allOrNone),
      answer: 'saves',
    }),
    create: (referenceId, object, records, allOrNone = false) => ({
      method: 'POST',
      path: '/composite/sobjects',
      referenceId,
      body: collection(object, records, allOrNone),
      answer: 'saves',
    }),
    update: (referenceId, object, records, allOrNone = false) => ({
      method: 'PATCH',
      path: '/composite/sobjects',
      referenceId,
      body: collection(object, records, allOrNone),
      answer: 'saves',
    }),
    query: (referenceId, soql, { deleted = false } = {}) => ({
      method: 'GET',
      path: `/${deleted ? 'queryAll' : 'query'}?q=${encodeURIComponent(names.soql(soql))}`,
      referenceId,
      answer: 'page',
    }),
    retrieve: (referenceId, object, id, fields) => ({
      method: 'GET',
      path: `/sobjects/${names.object(object)}/${encodeURIComponent(id)}?fields=${fields.map((field) => names.field(object, field)).join(',')}`,
      referenceId,
      answer: 'record',
    }),
  };
}

/** Records of a collection, with their type named and at most 200 of them. */
export function collectionRecords(names: NameMapper, object: string, records: readonly SObjectRecord[]): SObjectRecord[] {
  if (records.length === 0 || records.length > MAX_COLLECTION) throw new RangeError(`a collection holds 1 to ${MAX_COLLECTION} records`);
  const type = names.object(object);
  return records.map((record) => ({ attributes: { type }, ...names.record(object, record) }));
}

/** Brings the answer of a collection to its typed shape: bare names, and `OPERATION_ENQUEUED` of a published event counted as the success it is. */
export function saveResults(names: NameMapper, body: unknown): SaveResult[] {
  if (!Array.isArray(body))
    throw new SalesforceError({ message: 'a collection answered without a list', status: 200, sent: 'maybe', plainText: '' });
  return body.map((item: unknown) => {
    const result = (item ?? {}) as { id?: string; success?: boolean; created?: boolean; errors?: unknown };
    const success = result.success === true;
    return {
      id: result.id ?? null,
      success,
      created: result.created === true,
      errors: success ? [] : recordErrors(result.errors).map(names.bareError),
    };
  });
}

/** Reads `[{statusCode|errorCode, message, fields}]` (both spellings occur) into one shape. */
export function recordErrors(body: unknown): RecordError[] {
  const list = Array.isArray(body) ? body : [body];
  return list
    .filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
    .filter((item) => 'errorCode' in item || 'statusCode' in item)
    .map((item) => ({
      code: String(item['errorCode'] ?? item['statusCode']),
      message: typeof item['message'] === 'string' ? item['message'] : '',
      fields: Array.isArray(item['fields']) ? item['fields'].map(String) : [],
    }));
}

export function queryPage<T>(names: NameMapper, body: unknown): QueryPage<T> {
  const page = body as { totalSize: number; done: boolean; records: unknown[]; nextRecordsUrl?: string };
  const locator = page.nextRecordsUrl?.split('/').pop();
  return {
    totalSize: page.totalSize,
    done: page.done,
    records: page.records.map((item) => names.bareRecord(item) as T),
    ...(locator ? { locator } : {}),
  };
}

/** Brings the answer of one composite step to its typed shape. */
export function subResult(names: NameMapper, step: Subrequest, raw: unknown): SubResult {
  const part = (raw ?? {}) as { body?: unknown; httpStatusCode?: number };
  const status = part.httpStatusCode ?? 0;
  const ok = status >= 200 && status < 300;
  const result: SubResult = {
    referenceId: step.referenceId,
    status,
    ok,
    saves: [],
    errors: ok ? [] : recordErrors(part.body).map(names.bareError),
  };
  if (!ok) return result;
  if (step.answer === 'saves') result.saves = saveResults(names, part.body);
  if (step.answer === 'page') result.page = queryPage(names, part.body);
  if (step.answer === 'record') result.record = names.bareRecord(part.body as SObjectRecord);
  return result;
}

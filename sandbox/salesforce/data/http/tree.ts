/** `/composite/tree/T`: records with nested children, all or none. */
import type { Values } from '../org-types.ts';
import { createRecord } from '../dml/create.ts';
import { visibleObject } from '../engine.ts';
import { SalesforceError, asSalesforceError, resultError } from '../errors.ts';
import type { ResultError } from '../errors.ts';
import type { ObjectDef } from '../model.ts';
import { objectBody, wrongMethod } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

const MAX_RECORDS = 200;
const MAX_DEPTH = 5;

class Failed extends Error {}

interface Progress {
  count: number;
  created: { referenceId: string; id: string }[];
  failed: { referenceId: string; errors: ResultError[] }[];
}

/** POST only. 201 with ids by referenceId, or 400 with the errors and nothing created. */
export function tree(call: ApiCall): ApiAnswer {
  if (call.method !== 'POST') throw wrongMethod(call, 'POST');
  const object = visibleObject(call.engine, call.actor, call.segments[0] ?? '');
  const progress: Progress = { count: 0, created: [], failed: [] };
  try {
    call.engine.store.tx(() => {
      insertList(call, object, objectBody(call)['records'], {}, progress, 1);
      if (progress.failed.length > 0) throw new Failed();
    });
    return { status: 201, body: { hasErrors: false, results: progress.created } };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { status: 400, body: { hasErrors: true, results: progress.failed } };
  }
}

function insertList(call: ApiCall, object: ObjectDef, raw: unknown, parent: Values, progress: Progress, depth: number): void {
  if (!Array.isArray(raw)) throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'records must be a list');
  if (depth > MAX_DEPTH) throw new SalesforceError(400, 'LIMIT_EXCEEDED', `A tree may be at most ${MAX_DEPTH} levels deep`);
  for (const entry of raw as Values[]) {
    progress.count += 1;
    if (progress.count > MAX_RECORDS)
      throw new SalesforceError(400, 'EXCEEDED_MAX_SIZE_REQUEST', `A tree may hold at most ${MAX_RECORDS} records`);
    insertOne(call, object, entry, parent, progress, depth);
  }
}

function insertOne(call: ApiCall, object: ObjectDef, entry: Values, parent: Values, progress: Progress, depth: number): void {
  const attributes = (entry['attributes'] ?? {}) as Values;
  const referenceId = typeof attributes['referenceId'] === 'string' ? attributes['referenceId'] : '';
  const values: Values = { ...parent };
  const children: { object: ObjectDef; field: string; records: unknown }[] = [];
  for (const [name, value] of Object.entries(entry)) {
    const relation = isList(value)
      ? call.engine.schema.children(object).find((child) => child.relationshipName?.toLowerCase() === name.toLowerCase())
      : undefined;
    if (relation) children.push({ object: relation.childObject, field: relation.field.name, records: (value as Values)['records'] });
    else values[name] = value;
  }
  let id: string;
  try {
    if (referenceId === '') throw new SalesforceError(400, 'INVALID_INPUT', 'Include a unique reference ID for each record.');
    id = call.engine.store.tx(() => createRecord(call.engine, call.actor, object, values));
  } catch (error) {
    progress.failed.push({ referenceId, errors: [resultError(asSalesforceError(error))] });
    return;
  }
  progress.created.push({ referenceId, id });
  for (const child of children) insertList(call, child.object, child.records, { [child.field]: id }, progress, depth + 1);
}

function isList(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'records' in value;
}

/** A stored row as the JSON of `/sobjects/T/{id}`. */
import type { Row } from '../org-types.ts';
import { fromStored } from '../convert.ts';
import { readableField } from '../dml/values.ts';
import type { ObjectDef } from '../model.ts';
import { urlBase } from './call.ts';
import type { ApiCall } from './call.ts';

/** All readable fields, or the named ones (INVALID_FIELD for one that may not be read); Id is always there. */
export function renderRecord(call: ApiCall, object: ObjectDef, row: Row, names?: string[]): Record<string, unknown> {
  const { engine, actor } = call;
  const fields = names
    ? names.map((name) => readableField(engine, actor, object, name))
    : [...object.fields.values()].filter((field) => !actor.rights || actor.rights.field(object, field).read);
  const record: Record<string, unknown> = {
    attributes: { type: object.name, url: `${urlBase(call)}/sobjects/${object.name}/${String(row['Id'])}` },
  };
  for (const field of fields) record[field.name] = fromStored(field, row[field.name]);
  record['Id'] = row['Id'];
  return record;
}

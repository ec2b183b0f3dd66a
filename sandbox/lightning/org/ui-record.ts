/** `getRecord` of `lightning/uiRecordApi`, answered as the User Interface API does (developer.salesforce.com, "Get a Record"). */
import { OrgError } from './client.ts';
import { describe, type DescribeField } from './describe.ts';
import type { RecordSource } from './records.ts';

export interface UiRecord {
  apiName: string;
  id: string;
  fields: Record<string, { value: unknown; displayValue: string | null }>;
}

export interface UiRecordRequest {
  recordId: string;
  /** Qualified: `Contact.Name`, `Contact.Account.Name`. One that the user may not see fails the request. */
  fields: string[];
  /** One that the user may not see is left out of the answer. */
  optionalFields: string[];
}

/** As the org would say it. */
export class UiRecordError extends OrgError {}

/** @throws {UiRecordError} 400 for a field that the user may not see, 404 for a record that does not exist for them */
export async function readUiRecord(source: RecordSource, { recordId, fields, optionalFields }: UiRecordRequest): Promise<UiRecord> {
  const object = (fields[0] ?? optionalFields[0] ?? '').split('.')[0] ?? '';
  const required = await visible(source, object, fields);
  const hidden = fields.find((field) => !required.includes(unqualified(field)));
  if (hidden) throw new UiRecordError(400, 'INVALID_FIELD', `No such column '${unqualified(hidden)}' on entity '${object}'.`);
  const paths = [...new Set([...required, ...(await visible(source, object, optionalFields))])];

  const soql = `SELECT Id${paths.map((name) => `, ${name}`).join('')} FROM ${object} WHERE Id = '${recordId}'`;
  const { records } = await source.org.rest<{ records: Record<string, unknown>[] }>(
    source.username,
    `/query?q=${encodeURIComponent(soql)}`,
  );
  const row = records[0];
  if (!row) throw new UiRecordError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const meta = await describe(source.org, source.username, object);
  const labelOf = (name: string, value: unknown): string | null =>
    meta.fields.find((field) => same(field.name, name))?.picklistValues?.find((choice) => choice.value === value)?.label ?? null;
  return toRecord(object, String(row['Id']), row, paths, labelOf);
}

/** `labelOf` gives what a value is called where it is one of a picklist; records further down have none that anybody reads. */
function toRecord(
  apiName: string,
  id: string,
  row: Record<string, unknown>,
  paths: string[],
  labelOf: (name: string, value: unknown) => string | null = () => null,
): UiRecord {
  const fields: UiRecord['fields'] = {};
  for (const path of paths) {
    const [name = '', ...deeper] = path.split('.');
    const value = row[name] ?? null;
    const child = value as Record<string, unknown> | null;
    if (deeper.length === 0) fields[name] = { value, displayValue: labelOf(name, value) };
    else if (child) fields[name] = { value: toRecord(name, String(child['Id'] ?? ''), child, [deeper.join('.')]), displayValue: null };
    else fields[name] = { value: null, displayValue: null };
  }
  return { apiName, id, fields };
}

/** Those of the fields that the user may see, without the object's name. A name that spans two objects must be visible on both. */
async function visible(source: RecordSource, object: string, names: string[]): Promise<string[]> {
  const found = await Promise.all(names.map(unqualified).map(async (path) => ((await isVisible(source, object, path)) ? [path] : [])));
  return found.flat();
}

async function isVisible(source: RecordSource, object: string, path: string): Promise<boolean> {
  const [name = '', ...deeper] = path.split('.');
  const { fields } = await describe(source.org, source.username, object);
  if (deeper.length === 0) return fields.some((field) => same(field.name, name));
  const lookup: DescribeField | undefined = fields.find(({ relationshipName }) => relationshipName && same(relationshipName, name));
  // A look-up at several objects (an owner is a user or a queue) gives what all of them have; the last one, the user, stands for them.
  const target = lookup?.referenceTo.at(-1);
  return target !== undefined && isVisible(source, target, deeper.join('.'));
}

function unqualified(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

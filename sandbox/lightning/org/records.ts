/** Records for the shell's own components (highlights, details, lists, search), read as the signed-in user. */
import type { ObjectLayout } from '../metadata/objects.ts';
import { withNamespace } from '../apex/query.ts';
import type { OrgClient } from './client.ts';
import { OrgError } from './client.ts';
import { describe, type Describe, type DescribeField } from './describe.ts';

export interface FieldValue {
  name: string;
  label: string;
  /** Describe's type: `string`, `phone`, `email`, `url`, `datetime`, `boolean`, `reference`, … */
  type: string;
  value: string | number | boolean | null;
  /** For references: the name of the record that `value` names. For picklists: the label of the value. */
  display?: string | undefined;
}

export interface RecordView {
  id: string;
  object: string;
  label: string;
  name: string;
  highlights: FieldValue[];
  sections: { label: string; fields: FieldValue[] }[];
  related: { label: string; object: string; rows: { id: string; name: string }[] }[];
}

export interface ListView {
  columns: { name: string; label: string; type: string }[];
  rows: { id: string; cells: FieldValue[] }[];
}

type Row = Record<string, unknown> & { Id?: string };
const LIST_SIZE = 100;
const RELATED_SIZE = 10;

export interface RecordSource {
  org: OrgClient;
  username: string;
  namespace: string;
  layouts: ObjectLayout[];
}

/** The record, or undefined where it does not exist for that user. `object` is spelled as the org spells it. */
export async function readRecord(source: RecordSource, object: string, id: string): Promise<RecordView | undefined> {
  const layout = layoutOf(source, object);
  if (!layout || !/^[a-zA-Z0-9]{15,18}$/.test(id)) return undefined;
  const meta = await describe(source.org, source.username, object);
  const compact = known(meta, layout.compact, source.namespace);
  const sections = layout.sections.map(({ label, fields }) => ({ label, fields: known(meta, fields, source.namespace) }));
  const row = (
    await query(source, select([...compact, ...sections.flatMap(({ fields }) => fields)], meta.name, `WHERE Id = '${id}' LIMIT 1`))
  )[0];
  if (!row) return undefined;
  return {
    id: row.Id ?? id,
    object: meta.name,
    label: meta.label,
    name: String(row['Name'] ?? row.Id ?? ''),
    highlights: compact.filter(({ name }) => name !== 'Name').map((field) => valueOf(field, row)),
    sections: sections
      .map(({ label, fields }) => ({ label, fields: fields.map((field) => valueOf(field, row)) }))
      .filter(({ fields }) => fields.length > 0),
    related: await related(source, meta, id),
  };
}

/** Up to 100 records, by the list's order; with a term those whose name, phone or e-mail contains it. */
export async function readList(source: RecordSource, object: string, term: string): Promise<ListView | undefined> {
  const layout = layoutOf(source, object);
  if (!layout) return undefined;
  const meta = await describe(source.org, source.username, object);
  const columns = layout.list.flatMap((path) => known(meta, [path.includes('.') ? idOf(path) : path], source.namespace));
  const order = withNamespace(layout.order, source.namespace);
  const where = term.trim() === '' ? '' : `WHERE ${filter(columns, term)}`;
  const rows = await query(source, select(columns, meta.name, `${where} ORDER BY ${order} LIMIT ${LIST_SIZE}`));
  return {
    columns: columns.map((field) => ({ name: field.name, label: labelOf(field), type: field.type })),
    rows: rows.map((row) => ({ id: row.Id ?? '', cells: columns.map((field) => valueOf(field, row)) })),
  };
}

/** Records of every object of the app whose name, phone or e-mail contains the term, a few of each. */
export async function searchRecords(
  source: RecordSource,
  objects: string[],
  term: string,
): Promise<{ object: string; rows: { id: string; name: string }[] }[]> {
  const found = await Promise.all(
    objects.map(async (object) => ({
      object,
      rows: ((await readList(source, object, term))?.rows ?? []).slice(0, RELATED_SIZE).map(nameRow),
    })),
  );
  return found.filter(({ rows }) => rows.length > 0);
}

function nameRow({ id, cells }: ListView['rows'][number]): { id: string; name: string } {
  return { id, name: String(cells.find(({ name }) => name === 'Name')?.value ?? id) };
}

async function related(source: RecordSource, meta: Describe, id: string): Promise<RecordView['related']> {
  const children = (meta.childRelationships ?? []).filter(
    ({ childSObject, relationshipName }) => relationshipName && layoutOf(source, childSObject)?.name.endsWith('__c'),
  );
  return Promise.all(
    children.map(async ({ childSObject, field }) => {
      const child = await describe(source.org, source.username, childSObject);
      const rows = await query(
        source,
        `SELECT Id, Name FROM ${child.name} WHERE ${field} = '${id}' ORDER BY CreatedDate DESC LIMIT ${RELATED_SIZE}`,
      );
      return {
        label: child.labelPlural,
        object: child.name,
        rows: rows.map((row) => ({ id: row.Id ?? '', name: String(row['Name'] ?? '') })),
      };
    }),
  ).catch((error: unknown) => {
    if (error instanceof OrgError && error.status < 500 && error.status !== 0) return []; // a child that the user may not read
    throw error;
  });
}

function layoutOf({ layouts, namespace }: RecordSource, object: string): ObjectLayout | undefined {
  return layouts.find(({ name }) => withNamespace(name, namespace).toLowerCase() === object.toLowerCase());
}

// Field-level security: what describe does not show, the user does not see.
function known(meta: Describe, names: string[], namespace: string): DescribeField[] {
  return names.flatMap(
    (name) => meta.fields.find((field) => field.name.toLowerCase() === withNamespace(name, namespace).toLowerCase()) ?? [],
  );
}

function idOf(path: string): string {
  const [relationship = ''] = path.split('.');
  return relationship.endsWith('__r') ? relationship.replace(/__r$/, '__c') : `${relationship}Id`;
}

function select(fields: DescribeField[], object: string, rest: string): string {
  const names = new Set([
    'Id',
    ...fields.flatMap((field) => (field.relationshipName ? [field.name, `${field.relationshipName}.Name`] : [field.name])),
  ]);
  return `SELECT ${[...names].join(', ')} FROM ${object} ${rest}`;
}

function filter(columns: DescribeField[], term: string): string {
  const pattern = `'%${term.trim().replace(/[\\']/g, '\\$&').replace(/[%_]/g, '\\$&')}%'`;
  const searched = columns.filter(({ type }) => ['string', 'phone', 'email'].includes(type));
  return `(${searched.map(({ name }) => `${name} LIKE ${pattern}`).join(' OR ')})`;
}

async function query({ org, username }: RecordSource, soql: string): Promise<Row[]> {
  const { records } = await org.rest<{ records: Row[] }>(username, `/query?q=${encodeURIComponent(soql)}`);
  return records;
}

function valueOf(field: DescribeField, row: Row): FieldValue {
  const value = (row[field.name] ?? null) as FieldValue['value'];
  const parent = field.relationshipName ? (row[field.relationshipName] as { Name?: string } | null) : undefined;
  return {
    name: field.name,
    label: labelOf(field),
    type: field.type,
    value,
    display: parent?.Name ?? field.picklistValues?.find((choice) => choice.value === value)?.label,
  };
}

// A reference shows its record's name, so its label names the record too.
function labelOf({ label, type }: DescribeField): string {
  return type === 'reference' ? label.replace(/ ID$/i, '') : label;
}

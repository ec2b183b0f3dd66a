/** Change events in Avro: the schema of an object's events, and events written by it with bitmaps for lists of fields. */
import { createHash } from 'node:crypto';
import avro from 'avsc';
import type { ChangeEvent } from '../data/changes/log.ts';
import type { FieldDef, ObjectDef } from '../org.ts';

export interface EventSchema {
  id: string;
  json: string;
  /** The event as it goes over the wire. */
  encode(event: ChangeEvent): Buffer;
}

/** A field of the event: one column of the record, or several in a record of their own (names, addresses). */
interface Slot {
  name: string;
  type: unknown;
  /** Column of the record, or columns by the name of the part. */
  column?: FieldDef;
  parts?: Map<string, FieldDef>;
}

const HEADER = {
  type: 'record',
  name: 'ChangeEventHeader',
  fields: [
    { name: 'entityName', type: 'string' },
    { name: 'recordIds', type: { type: 'array', items: 'string' } },
    {
      name: 'changeType',
      type: {
        type: 'enum',
        name: 'ChangeType',
        symbols: [
          ...['CREATE', 'UPDATE', 'DELETE', 'UNDELETE', 'GAP_CREATE', 'GAP_UPDATE', 'GAP_DELETE', 'GAP_UNDELETE', 'GAP_OVERFLOW'],
          'SNAPSHOT',
        ],
      },
    },
    { name: 'changeOrigin', type: 'string' },
    { name: 'transactionKey', type: 'string' },
    { name: 'sequenceNumber', type: 'int' },
    { name: 'commitTimestamp', type: 'long' },
    { name: 'commitNumber', type: 'long' },
    { name: 'commitUser', type: 'string' },
    ...['nulledFields', 'diffFields', 'changedFields'].map((name) => ({ name, type: { type: 'array', items: 'string' } })),
  ],
};

/** System fields that are no part of a change event, or stand in its header. */
const LEFT_OUT = new Set(['Id', 'IsDeleted', 'SystemModstamp']);
const NAME_PARTS = ['Salutation', 'FirstName', 'LastName'];
const ADDRESS_PARTS = ['Street', 'City', 'State', 'PostalCode', 'Country'];

/** The schema of an object's change events; its id is a hash, so that the same schema has the same id in every process. */
export function eventSchema(object: ObjectDef): EventSchema {
  const slots = slotsOf(object);
  const schema = {
    type: 'record',
    name: `${object.name.replace(/__c$/, '__')}ChangeEvent`,
    namespace: 'com.sforce.eventbus',
    fields: [
      { name: 'ChangeEventHeader', type: HEADER },
      ...slots.map(({ name, type }) => ({ name, type: ['null', type], default: null })),
    ],
  };
  const json = JSON.stringify(schema);
  const type = avro.Type.forSchema(schema as avro.Schema);
  return {
    id: createHash('sha256').update(json).digest('base64url').slice(0, 22),
    json,
    encode({ header, fields }) {
      const payload: Record<string, unknown> = {
        ChangeEventHeader: {
          ...header,
          nulledFields: bitmaps(slots, header.nulledFields),
          diffFields: bitmaps(slots, header.diffFields),
          changedFields: bitmaps(slots, header.changedFields),
        },
      };
      for (const slot of slots) payload[slot.name] = slot.column ? valueOf(slot.column, fields[slot.column.name]) : partsOf(slot, fields);
      return type.toBuffer(payload);
    },
  };
}

function slotsOf(object: ObjectDef): Slot[] {
  const columns = new Map([...object.fields.values()].filter(({ name }) => !LEFT_OUT.has(name)).map((field) => [field.name, field]));
  const slots: Slot[] = [];
  const compound = (name: string, record: string, prefix: string, parts: readonly string[], known: boolean): void => {
    const own = new Map<string, FieldDef>();
    for (const part of parts) {
      const field = columns.get(prefix + part);
      if (field) own.set(part, field);
      columns.delete(prefix + part);
    }
    const fields = parts.map((part) => ({ name: part, type: ['null', 'string'], default: null }));
    slots.push({ name, type: known ? record : { type: 'record', name: record, fields }, parts: own });
  };
  if (columns.has('LastName')) {
    columns.delete('Name');
    compound('Name', 'PersonName', '', NAME_PARTS, false);
  }
  const prefixes = [...columns.keys()].flatMap((name) => (/^(.*)Street$/.exec(name) ?? []).slice(1));
  for (const [index, prefix] of prefixes.entries()) compound(`${prefix}Address`, 'Address', prefix, ADDRESS_PARTS, index > 0);
  for (const column of columns.values()) slots.push({ name: column.name, type: avroType(column), column });
  return slots;
}

function avroType({ type }: FieldDef): string {
  if (type === 'boolean') return 'boolean';
  if (type === 'int') return 'int';
  if (type === 'double' || type === 'currency' || type === 'percent') return 'double';
  return type === 'date' || type === 'datetime' ? 'long' : 'string';
}

function valueOf(field: FieldDef, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (field.type === 'boolean') return value === 1;
  if (field.type === 'date' || field.type === 'datetime') return Date.parse(String(value));
  return typeof value === 'number' ? value : String(value);
}

function partsOf({ parts = new Map<string, FieldDef>() }: Slot, fields: Record<string, unknown>): Record<string, unknown> | null {
  const values = [...parts].map(([part, field]) => [part, valueOf(field, fields[field.name])] as const);
  return values.some(([, value]) => value !== null) ? Object.fromEntries(values) : null;
}

/**
 * Names of columns as Salesforce packs them: `0x…` in upper case, bit n for field n of the schema; for parts of a compound field
 * `<position of the field>-0x…` behind it, bit n for its part n. Source: Change Data Capture guide, "Deserialize … bitmap fields".
 */
function bitmaps(slots: readonly Slot[], columns: readonly string[]): string[] {
  const wanted = new Set(columns);
  let whole = 0n;
  const nested: string[] = [];
  for (const [index, slot] of slots.entries()) {
    const position = BigInt(index + 1); // the header is field 0
    if (slot.column) {
      if (wanted.has(slot.column.name)) whole |= 1n << position;
      continue;
    }
    const names = slot.name === 'Name' ? NAME_PARTS : ADDRESS_PARTS;
    const bits = [...(slot.parts ?? [])].reduce(
      (sum, [part, field]) => (wanted.has(field.name) ? sum | (1n << BigInt(names.indexOf(part))) : sum),
      0n,
    );
    if (bits > 0n) nested.push(`${position}-${hex(bits)}`);
  }
  return whole === 0n && nested.length === 0 ? [] : [hex(whole), ...nested];
}

const hex = (bits: bigint): string => `0x${bits.toString(16).toUpperCase()}`;

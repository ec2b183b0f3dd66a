/** Values between JSON and storage, with the platform's checks of form and size. */
import { SalesforceError } from './errors.ts';
import type { FieldDef } from './model.ts';
import { stamp } from './clock.ts';

export type Stored = string | number | null;

const EMAIL = /^[^\s@<>(),;:"\\[\]]+@[^\s@.,;:<>()"\\[\]]+(\.[^\s@.,;:<>()"\\[\]]+)+$/;

/** Stored form of a client's value for a field; everything but references is decided here. */
export function toStored(field: FieldDef, value: unknown): Stored {
  if (value === null || value === undefined || value === '') return emptyOf(field);
  switch (field.type) {
    case 'boolean':
      return toBoolean(field, value);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return toNumber(field, value);
    case 'date':
      return toDate(field, value);
    case 'datetime':
      return toDateTime(field, value);
    default:
      return toText(field, value);
  }
}

function emptyOf(field: FieldDef): Stored {
  // A checkbox is never null in the database, and the API refuses to make it so.
  if (field.type === 'boolean') throw cannotRead('boolean', 'null');
  return null;
}

function cannotRead(type: string, value: unknown): SalesforceError {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  const kind = typeof value === 'string' ? 'VALUE_STRING' : typeof value === 'object' ? 'START_OBJECT' : 'VALUE';
  return new SalesforceError(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from ${kind} value ${shown.slice(0, 80)} or request may be missing a required field at [line:1, column:1]`,
  );
}

function toBoolean(field: FieldDef, value: unknown): Stored {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === 'true' || value === 'false') return value === 'true' ? 1 : 0;
  throw cannotRead('boolean', value ?? field.name);
}

function toNumber(field: FieldDef, value: unknown): Stored {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(value)
        ? Number(value)
        : Number.NaN;
  if (!Number.isFinite(number)) throw cannotRead(field.type === 'int' ? 'int' : 'double', value);
  const factor = 10 ** field.scale;
  const rounded = Math.round(number * factor) / factor;
  if (Math.abs(rounded) >= 10 ** (field.precision - field.scale)) {
    throw new SalesforceError(
      400,
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.label}: value outside of valid range on numeric field: ${number}`,
      [field.name],
    );
  }
  return rounded;
}

function toDate(field: FieldDef, value: unknown): Stored {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)) {
    const day = value.slice(0, 10);
    const parsed = new Date(`${day}T00:00:00Z`);
    if (!Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(day)) return day;
  }
  throw cannotRead('date', value ?? field.name);
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Parses the platform's forms of an instant (`…Z`, `…+0000`, `…+00:00`); undefined when it is none. */
export function parseInstant(value: string): Date | undefined {
  const match = INSTANT.exec(value);
  if (!match) return undefined;
  const zone = match[4] ?? 'Z';
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const parsed = new Date(`${match[1]}${match[2] ?? ':00'}${offset}`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}

function toDateTime(field: FieldDef, value: unknown): Stored {
  const parsed = typeof value === 'string' ? (parseInstant(value) ?? parseInstant(`${value}T00:00:00Z`)) : undefined;
  if (!parsed) throw cannotRead('datetime', value ?? field.name);
  return stamp(parsed);
}

function toText(field: FieldDef, value: unknown): Stored {
  if (typeof value === 'object') throw cannotRead('string', value);
  const text = typeof value === 'string' ? value : String(value);
  if (text.trim() === '') return null;
  if (field.type === 'picklist' && field.restricted && !field.values.some((entry) => entry.value.toLowerCase() === text.toLowerCase())) {
    throw new SalesforceError(
      400,
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${field.label}: bad value for restricted picklist field: ${text.slice(0, 80)}`,
      [field.name],
    );
  }
  if (field.length > 0 && text.length > field.length) {
    const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text;
    throw new SalesforceError(400, 'STRING_TOO_LONG', `${field.label}: data value too large: ${shown} (max length=${field.length})`, [
      field.name,
    ]);
  }
  if (field.type === 'email' && !EMAIL.test(text)) {
    throw new SalesforceError(400, 'INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text.slice(0, 80)}`, [field.name]);
  }
  if (field.type === 'picklist' && field.restricted)
    return field.values.find((entry) => entry.value.toLowerCase() === text.toLowerCase())?.value ?? text;
  return text;
}

/** JSON form of a stored value: booleans, numbers, instants with `+0000`. */
export function fromStored(field: FieldDef, value: Stored | undefined): unknown {
  if (value === null || value === undefined) return field.type === 'boolean' ? false : null;
  if (field.type === 'boolean') return value === 1;
  if (field.type === 'datetime') return String(value).replace('Z', '+0000');
  return value;
}

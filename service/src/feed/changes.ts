import { MAX_HEAVY_SUBREQUESTS, type RecordError, type SalesforceClient } from '../gateways/salesforce/index.ts';

/** An object of the org and the fields that are read of it, besides those of `ChangedRow`. */
export interface Source {
  object: string;
  fields: readonly string[];
}

/** Up to where an object was read: all that changed before `at` (SystemModstamp as the org writes it), and at that moment up to `id`. */
export interface Place {
  at: string;
  id: string;
}

export interface ChangedRow extends Record<string, unknown> {
  Id: string;
  SystemModstamp: string;
  /** Missing where records of the object are never deleted. */
  IsDeleted?: boolean;
}

export interface Changes<S extends Source = Source> {
  source: S;
  /** Oldest change first. */
  rows: ChangedRow[];
  /** Where the next reading goes on. */
  place: Place | null;
  /** There may be more behind it. */
  more: boolean;
  /** Why this object could not be read; the others of the call were. */
  errors: RecordError[];
}

/** Objects that one call reads. */
export const OBJECTS_AT_ONCE = MAX_HEAVY_SUBREQUESTS;
/** Most rows of one object in one answer (Salesforce, query batch size). */
const PAGE = 2_000;
/** A record that was saved in a long transaction (ten minutes at most) appears after records with a later stamp. */
const OVERLAP_MS = 15 * 60_000;

/** Reads what changed in up to five objects since a place of each, deleted records too: one API call. Objects without users' deletion have none. */
export async function readChanges<S extends Source>(
  sf: SalesforceClient,
  asked: readonly { source: S; after: Place | null }[],
): Promise<Changes<S>[]> {
  const results = await sf.composite(
    asked.map(({ source, after }, index) => sf.steps.query(`changes${index}`, soqlOf(source, after), { deleted: hasDeleted(source) })),
  );
  return asked.map(({ source, after }, index) => {
    const { page, errors } = results[index] ?? { page: undefined, errors: [] };
    const rows = (page?.records ?? []) as ChangedRow[];
    const last = rows.at(-1);
    return {
      source,
      rows,
      place: last ? { at: last.SystemModstamp, id: last.Id } : after,
      more: rows.length === PAGE || page?.done === false,
      errors,
    };
  });
}

/** Before everything. */
export const FIRST_PLACE: Place = { at: '1970-01-01T00:00:00.000Z', id: '' };

/** SOQL for all records of an object that are there, in no order, with the fields of `ChangedRow`. */
export function wholeSoql(source: Source): string {
  return selectOf(source);
}

/** A place from which a later reading misses nothing that was under way. */
export function withOverlap(place: Place): Place {
  return { at: new Date(Date.parse(place.at) - OVERLAP_MS).toISOString(), id: '' };
}

/** Users are deactivated, never deleted, and have no such field. */
export const hasDeleted = ({ object }: Source): boolean => object !== 'User';

export function selectOf(source: Source): string {
  const columns = [...new Set(['Id', 'SystemModstamp', ...(hasDeleted(source) ? ['IsDeleted'] : []), ...source.fields])].join(', ');
  return `SELECT ${columns} FROM ${source.object}`;
}

function soqlOf(source: Source, after: Place | null): string {
  const at = after && literal(after.at);
  const where = !after
    ? ''
    : after.id
      ? ` WHERE SystemModstamp > ${at} OR (SystemModstamp = ${at} AND Id > '${after.id}')`
      : ` WHERE SystemModstamp >= ${at}`;
  return `${selectOf(source)}${where} ORDER BY SystemModstamp, Id LIMIT ${PAGE}`;
}

/** SOQL takes ISO 8601 with a Z; the org writes +0000. */
function literal(at: string): string {
  return new Date(at).toISOString();
}

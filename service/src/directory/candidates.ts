import { digitForms, toE164 } from '../platform/phone.ts';
import type { PhoneFieldInfo, PhoneObject } from './phone-fields.ts';
import type { VisibleObject } from './visible-fields.ts';

/** A number to look up; `country` is what stored numbers without a prefix belong to. */
export interface PhoneQuery {
  e164: string;
  country: string;
}

/** A record that may be behind a number. Features rank candidates. */
export interface Candidate<O extends string = PhoneObject> {
  object: O;
  id: string;
  name: string;
  ownerId: string | null;
  /** The Account of a Contact. */
  accountId: string | null;
  /** The field that held the number, by its API name and by the name that people in the org see. */
  field: PhoneFieldInfo;
  /** Day of the last completed task or event, where there is one. */
  activityAt: Date | null;
  changedAt: Date;
  /** Found in the local directory: the org was not asked. */
  isKept?: true;
}

/** SOSL drops its operators beyond 4,000 characters (vendor documentation), so a search stays well below. */
const SEARCH_LENGTH = 3_500;

/** An object that can be searched, with the phone fields that count and what is asked of a record. */
export interface Searched<O extends string> {
  object: O;
  phones: PhoneFieldInfo[];
  columns: string[];
}

/** What a candidate is told by, besides its numbers. Details have no owner of their own, and not every object has activities. */
const COLUMNS = new Set(['Id', 'Name', 'OwnerId', 'LastActivityDate', 'LastModifiedDate', 'AccountId']);

export const columnsOf = ({ fields }: VisibleObject): string[] => fields.map(({ name }) => name).filter((name) => COLUMNS.has(name));

export interface Row extends Record<string, unknown> {
  attributes: { type: string };
  Id: string;
  Name?: string | null;
  OwnerId?: string | null;
  AccountId?: string | null;
  LastActivityDate?: string | null;
  LastModifiedDate: string;
}

export function returningOf({ object, phones, columns }: Searched<string>): string {
  const asked = [...columns, ...phones.map(({ name }) => name)].join(', ');
  return `${object}(${asked}${object === 'Lead' ? ' WHERE IsConverted = false' : ''} LIMIT 2000)`;
}

/**
 * The index only says that the digits occur somewhere; a candidate's stored number must be this very number. Each stored number is read once
 * for each country that it may belong to, however many numbers are looked for.
 */
export function addCandidates<O extends string>(
  found: Map<string, Candidate<O>[]>,
  { wanted }: Chunk,
  searched: readonly Searched<O>[],
  row: Row,
): void {
  const of = searched.find(({ object }) => object === row.attributes.type);
  if (!of) return;
  const added = new Set<string>();
  for (const field of of.phones) {
    const stored = row[field.name];
    if (typeof stored !== 'string') continue;
    for (const [country, numbers] of wanted) {
      const e164 = toE164(stored, country);
      if (e164 === undefined || !numbers.has(e164) || added.has(e164)) continue;
      added.add(e164);
      found.get(e164)?.push(toCandidate(of.object, row, field));
    }
  }
}

function toCandidate<O extends string>(object: O, row: Row, field: PhoneFieldInfo): Candidate<O> {
  return {
    object,
    id: row.Id,
    name: row.Name ?? '',
    ownerId: row.OwnerId ?? null,
    accountId: row.AccountId ?? null,
    field,
    activityAt: row.LastActivityDate ? new Date(row.LastActivityDate) : null,
    changedAt: new Date(row.LastModifiedDate),
  };
}

/** Some of the numbers, by the country that stored numbers without a prefix belong to, and the digits under which they may be stored. */
interface Chunk {
  wanted: Map<string, Set<string>>;
  terms: Set<string>;
}

/** What a carrier hands over as a sender may be anything. One without digits would spoil the question for all others in it. */
const PHONE = /^\+[1-9]\d{4,14}$/;

export function* chunks(queries: PhoneQuery[]): Generator<Chunk> {
  let chunk: Chunk = { wanted: new Map(), terms: new Set() };
  let length = 0;
  for (const { e164, country } of queries) {
    if (!PHONE.test(e164)) continue;
    const forms = digitForms(e164);
    const size = forms.join(' OR ').length + 4;
    if (length > 0 && length + size > SEARCH_LENGTH) {
      yield chunk;
      [chunk, length] = [{ wanted: new Map(), terms: new Set() }, 0];
    }
    chunk.wanted.set(country, (chunk.wanted.get(country) ?? new Set()).add(e164));
    for (const form of forms) chunk.terms.add(form);
    length += size;
  }
  if (length > 0) yield chunk;
}

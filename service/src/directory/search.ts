import { LRUCache } from 'lru-cache';
import { classifyFailure, refusedCode, type SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { digitForms, toE164 } from '../platform/phone.ts';
import {
  createPhoneFields,
  DEFAULT_PHONE_FIELDS,
  PHONE_OBJECTS,
  type ChosenFields,
  type PhoneFieldInfo,
  type PhoneObject,
} from './phone-fields.ts';
import { createVisibleFields, keyOf, type Viewer } from './visible-fields.ts';

/** A number to look up; `country` is what stored numbers without a prefix belong to. */
export interface PhoneQuery {
  e164: string;
  country: string;
}

/** A record that may be behind a number. Features rank candidates. */
export interface Candidate {
  object: PhoneObject;
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
}

export type Directory = ReturnType<typeof createDirectory>;

/** The org refuses to search for this user. `code` is Salesforce's. */
export class SearchRefusedError extends Error {
  readonly code: string;
  /** The user may not see what is searched. Otherwise the question itself was refused, and rights are not to blame. */
  readonly lacksRights: boolean;
  constructor(code: string, lacksRights: boolean, cause: unknown) {
    super('the org refused the search', { cause });
    this.name = 'SearchRefusedError';
    this.code = code;
    this.lacksRights = lacksRights;
  }
}

/** An admin puts rights in order in minutes; to ask more often only spends calls. */
const REFUSED_FOR_MS = 10 * 60_000;

/** SOSL drops its operators beyond 4,000 characters (vendor documentation), so a search stays well below. */
const SEARCH_LENGTH = 3_500;

/** Who is behind a number: by live search in the org, many numbers in one call. */
export function createDirectory({ clock, logger }: { clock: Clock; logger: Logger }) {
  const visibleFields = createVisibleFields();
  const phoneFields = createPhoneFields(visibleFields);
  const refusals = new LRUCache<string, { error: SearchRefusedError; until: number }>({ max: 1_000 });

  /**
   * Finds the candidates of each number, by E.164 number. `chosen` are the admin's phone fields per object; without them the defaults
   * count. Fields that the connected user may not see are left out. Costs one API call per some hundred numbers. Throws SearchRefusedError
   * where the org refuses although the fields were just described, and for ten minutes after that without a call, unless rights were looked at or
   * other fields chosen meanwhile, or where it refuses the
   * question as such; other failures pass through.
   */
  async function findByNumbers(
    viewer: Viewer,
    sf: SalesforceClient,
    queries: PhoneQuery[],
    chosen: ChosenFields,
  ): Promise<Map<string, Candidate[]>> {
    const known = refusals.get(keyOf(viewer, chosen));
    if (known && known.until > clock.now().getTime()) throw known.error;
    const attempt = () => search(viewer, sf, queries, chosen).catch((error: unknown) => judge(viewer, error));
    try {
      return await attempt();
    } catch (error) {
      if (!isAboutRights(error)) throw error;
    }
    // A field was deleted, or the user may not see it any more: what is known of the fields is out of date.
    phoneFields.forget(viewer, chosen);
    try {
      return await attempt();
    } catch (error) {
      if (isAboutRights(error)) refusals.set(keyOf(viewer, chosen), { error, until: clock.now().getTime() + REFUSED_FOR_MS });
      throw error;
    }
  }

  /**
   * Throws a refusal as a SearchRefusedError, all else as it is. One that rights do not explain is a fault of ours or news from Salesforce, so
   * the log shows it; it may be about these very numbers, so it is not kept.
   */
  function judge({ orgId }: Viewer, error: unknown): never {
    const code = refusedCode(error);
    if (!code) throw error;
    const lacksRights = UNSEEN.has(code) || classifyFailure(error).class === 'permission';
    if (!lacksRights) logger.error({ org: orgId, refusal: code }, 'the org refused a search for a reason other than rights');
    throw new SearchRefusedError(code, lacksRights, error);
  }

  async function search(
    viewer: Viewer,
    sf: SalesforceClient,
    queries: PhoneQuery[],
    chosen: ChosenFields,
  ): Promise<Map<string, Candidate[]>> {
    const found = new Map<string, Candidate[]>(queries.map((query) => [query.e164, []]));
    const fields = await searchable(viewer, sf, chosen);
    const returning = PHONE_OBJECTS.filter((object) => fields[object].length > 0).map((object) => returningOf(object, fields[object]));
    if (returning.length === 0) return found;
    for (const chunk of chunks(queries)) {
      const records = await sf.search<Row>(`FIND {${[...chunk.terms].join(' OR ')}} IN PHONE FIELDS RETURNING ${returning.join(', ')}`);
      for (const record of records) addCandidates(found, chunk, fields, record);
    }
    return found;
  }

  async function searchable(viewer: Viewer, sf: SalesforceClient, chosen: ChosenFields): Promise<PhoneFieldsOf> {
    const readable = await phoneFields.readable(viewer, sf, chosen);
    const wanted = (object: PhoneObject) =>
      chosen.length > 0 ? (chosen.find((entry) => entry.object === object)?.fields ?? []) : DEFAULT_PHONE_FIELDS[object];
    return Object.fromEntries(
      PHONE_OBJECTS.map((object) => [
        object,
        wanted(object).flatMap((name) => readable[object].find((field) => field.name === name) ?? []),
      ]),
    ) as PhoneFieldsOf;
  }

  /** An admin who chooses fields, or looks at them, may just have changed them or the rights to them: the next question is asked anew. */
  function forget(viewer: Viewer, chosen: ChosenFields): void {
    phoneFields.forget(viewer, chosen);
    refusals.delete(keyOf(viewer, chosen));
  }

  return { findByNumbers, phoneFields, visibleFields, forget };
}

/** What the org says of a field or an object that does not exist or that the user may not see; it tells no difference. */
const UNSEEN: ReadonlySet<string> = new Set(['INVALID_FIELD', 'INVALID_TYPE']);

function isAboutRights(error: unknown): error is SearchRefusedError {
  return error instanceof SearchRefusedError && error.lacksRights;
}

/** In the order in which they are looked at. */
type PhoneFieldsOf = Record<PhoneObject, PhoneFieldInfo[]>;

interface Row extends Record<string, unknown> {
  attributes: { type: string };
  Id: string;
  Name: string;
  OwnerId: string | null;
  AccountId?: string | null;
  LastActivityDate: string | null;
  LastModifiedDate: string;
}

function returningOf(object: PhoneObject, fields: PhoneFieldInfo[]): string {
  const columns = [
    'Id',
    'Name',
    'OwnerId',
    'LastActivityDate',
    'LastModifiedDate',
    ...(object === 'Contact' ? ['AccountId'] : []),
    ...fields.map(({ name }) => name),
  ];
  return `${object}(${columns.join(', ')}${object === 'Lead' ? ' WHERE IsConverted = false' : ''} LIMIT 2000)`;
}

/**
 * The index only says that the digits occur somewhere; a candidate's stored number must be this very number. Each stored number is read once
 * for each country that it may belong to, however many numbers are looked for.
 */
function addCandidates(found: Map<string, Candidate[]>, { wanted }: Chunk, fields: PhoneFieldsOf, row: Row): void {
  const object = row.attributes.type as PhoneObject;
  const added = new Set<string>();
  for (const field of fields[object]) {
    const stored = row[field.name];
    if (typeof stored !== 'string') continue;
    for (const [country, numbers] of wanted) {
      const e164 = toE164(stored, country);
      if (e164 === undefined || !numbers.has(e164) || added.has(e164)) continue;
      added.add(e164);
      found.get(e164)?.push(toCandidate(object, row, field));
    }
  }
}

function toCandidate(object: PhoneObject, row: Row, field: PhoneFieldInfo): Candidate {
  const activityAt = row.LastActivityDate ? new Date(row.LastActivityDate) : null;
  const changedAt = new Date(row.LastModifiedDate);
  return { object, id: row.Id, name: row.Name, ownerId: row.OwnerId, accountId: row.AccountId ?? null, field, activityAt, changedAt };
}

/** Some of the numbers, by the country that stored numbers without a prefix belong to, and the digits under which they may be stored. */
interface Chunk {
  wanted: Map<string, Set<string>>;
  terms: Set<string>;
}

/** What a carrier hands over as a sender may be anything. One without digits would spoil the question for all others in it. */
const PHONE = /^\+[1-9]\d{4,14}$/;

function* chunks(queries: PhoneQuery[]): Generator<Chunk> {
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

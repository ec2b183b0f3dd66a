import { LRUCache } from 'lru-cache';
import { classifyFailure, refusedCode, type SalesforceClient } from '../gateways/salesforce/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { addCandidates, chunks, columnsOf, returningOf, type Candidate, type PhoneQuery, type Row, type Searched } from './candidates.ts';
import { chosenOf, createPhoneFields, PHONE_OBJECTS, phonesOf, type ChosenFields } from './phone-fields.ts';
import { createVisibleFields, keyOf, type Viewer, type VisibleObject } from './visible-fields.ts';

export type Directory = ReturnType<typeof createDirectory>;

/** The org refuses to search for this user. `code` is Salesforce's. */
export class SearchRefusedError extends Error {
  readonly code: string;
  /** The user may not see what is searched. Otherwise the question itself was refused, and rights are not to blame. */
  readonly lacksRights: boolean;
  /** Numbers that needed no search, with their candidates. */
  readonly known: ReadonlyMap<string, Candidate[]>;
  constructor(code: string, lacksRights: boolean, cause: unknown, known: ReadonlyMap<string, Candidate[]> = new Map()) {
    super('the org refused the search', { cause });
    this.name = 'SearchRefusedError';
    this.code = code;
    this.lacksRights = lacksRights;
    this.known = known;
  }
  /** The same for a question of which these numbers are answered. */
  butFor(known: ReadonlyMap<string, Candidate[]>): SearchRefusedError {
    return new SearchRefusedError(this.code, this.lacksRights, this.cause, known);
  }
}

/** An admin puts rights in order in minutes; to ask more often only spends calls. */
const REFUSED_FOR_MS = 10 * 60_000;

/** Who is behind a number: by live search in the org, many numbers in one call. */
export function createDirectory({ clock, logger }: { clock: Clock; logger: Logger }) {
  const visibleFields = createVisibleFields();
  const phoneFields = createPhoneFields(visibleFields);
  /** By what was asked through whose eyes. */
  const refusals = new LRUCache<string, { error: SearchRefusedError; until: number }>({ max: 1_000 });

  /**
   * Finds the candidates of each number, by E.164 number. `chosen` are the admin's phone fields per object; without them the defaults
   * count. Fields that the connected user may not see are left out. Costs one API call per some hundred numbers. Throws SearchRefusedError
   * where the org refuses although the fields were just described, and for ten minutes after that without a call, unless rights were looked at or
   * other fields chosen meanwhile, or where it refuses the question as such; other failures pass through.
   */
  const findByNumbers = (viewer: Viewer, sf: SalesforceClient, queries: PhoneQuery[], chosen: ChosenFields) =>
    find(viewer, sf, queries, {
      viewed: keyOf(viewer, chosen),
      of: PHONE_OBJECTS.map((object) => ({ object, fields: chosenOf(chosen, object) })),
    });

  /** As `findByNumbers`, by every phone field of these objects that the connected user can see. */
  const findInAll = (viewer: Viewer, sf: SalesforceClient, queries: PhoneQuery[], objects: readonly string[]) =>
    find<string>(viewer, sf, queries, { viewed: keyOf(viewer, []), of: objects.map((object) => ({ object, fields: null })) });

  async function find<O extends string>(
    viewer: Viewer,
    sf: SalesforceClient,
    queries: PhoneQuery[],
    choice: Choice<O>,
  ): Promise<Map<string, Candidate<O>[]>> {
    const question = refusalKey(choice);
    const known = refusals.get(question);
    if (known && known.until > clock.now().getTime()) throw known.error;
    const attempt = () => search(sf, queries, choice).catch((error: unknown) => judge(viewer, error));
    try {
      return await attempt();
    } catch (error) {
      if (!isAboutRights(error)) throw error;
    }
    // A field was deleted, or the user may not see it any more: what is known of the fields is out of date.
    visibleFields.forget(choice.viewed);
    try {
      return await attempt();
    } catch (error) {
      if (isAboutRights(error)) refusals.set(question, { error, until: clock.now().getTime() + REFUSED_FOR_MS });
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

  async function search<O extends string>(
    sf: SalesforceClient,
    queries: PhoneQuery[],
    choice: Choice<O>,
  ): Promise<Map<string, Candidate<O>[]>> {
    const found = new Map<string, Candidate<O>[]>(queries.map((query) => [query.e164, []]));
    const searched = await searchedOf(sf, choice);
    if (searched.length === 0) return found;
    const returning = searched.map(returningOf).join(', ');
    for (const chunk of chunks(queries)) {
      const records = await sf.search<Row>(`FIND {${[...chunk.terms].join(' OR ')}} IN PHONE FIELDS RETURNING ${returning}`);
      for (const record of records) addCandidates(found, chunk, searched, record);
    }
    return found;
  }

  async function searchedOf<O extends string>(sf: SalesforceClient, { viewed, of }: Choice<O>): Promise<Searched<O>[]> {
    const searched: Searched<O>[] = [];
    for (const { object, fields } of of) {
      const visible = await visibleFields.of(viewed, sf, object);
      const phones = phonesOf(visible.fields);
      const wanted = fields?.flatMap((name) => phones.find((field) => field.name === name) ?? []) ?? phones;
      if (visible.searchable && wanted.length > 0) searched.push({ object, phones: wanted, columns: columnsOf(visible) });
    }
    return searched;
  }

  /** An admin who chooses fields, or looks at them, may just have changed them or the rights to them: the next question is asked anew. */
  function forget(viewer: Viewer, chosen: ChosenFields): void {
    const viewed = keyOf(viewer, chosen);
    visibleFields.forget(viewed);
    for (const question of [...refusals.keys()]) if (question.startsWith(viewed)) refusals.delete(question);
  }

  /** An object as it is now: asked anew, since somebody may have just made it. */
  function describe(viewer: Viewer, sf: SalesforceClient, object: string): Promise<VisibleObject> {
    forget(viewer, []);
    return visibleFields.of(keyOf(viewer, []), sf, object);
  }

  return { findByNumbers, findInAll, phoneFields, visibleFields, forget, describe };
}

/** What the org says of a field or an object that does not exist or that the user may not see; it tells no difference. */
const UNSEEN: ReadonlySet<string> = new Set(['INVALID_FIELD', 'INVALID_TYPE']);

function isAboutRights(error: unknown): error is SearchRefusedError {
  return error instanceof SearchRefusedError && error.lacksRights;
}

/** What is searched: objects in the order in which they are looked at; `fields` null: every phone field. `viewed`: a `keyOf`. */
interface Choice<O extends string> {
  viewed: string;
  of: { object: O; fields: readonly string[] | null }[];
}

const refusalKey = ({ viewed, of }: Choice<string>): string => `${viewed} ${JSON.stringify(of)}`;

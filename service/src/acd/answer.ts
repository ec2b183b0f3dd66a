import type { Found } from '../directory/index.ts';
import type { Definition } from './definition.ts';

/** Where an answer comes from: the local directory, a search in the org, or neither in time. */
export type Source = 'index' | 'live' | 'fallback';

export interface AnswerRecord {
  id: string;
  object: string;
  name: string;
  owner?: { name: string; extension?: string };
}

export interface Answer {
  matched: boolean;
  source: Source;
  /** True: the org or the database could not be asked lately, so this may be out of date. */
  stale: boolean;
  records: AnswerRecord[];
  extension?: string;
  /** Everything once more as a flat map of texts, as IVRs take it. */
  variables: Record<string, string>;
  /** Why these records, and why this extension. */
  why: string;
}

/** A match before it is ranked. */
export type Match = Pick<Found, 'id' | 'object' | 'name' | 'ownerId' | 'activityAt' | 'changedAt' | 'field'> & {
  owner: { name: string; extension: string | null } | undefined;
};

/** Objects in the order of the definition, then the newest activity, then the newest change. Each record once. */
export function rank(matches: readonly Match[], { objects }: Definition): Match[] {
  const place = (match: Match) => objects.indexOf(match.object as (typeof objects)[number]);
  const wanted = [...new Map(matches.map((match) => [match.id, match])).values()].filter((match) => place(match) >= 0);
  return wanted.sort(
    (a, b) =>
      place(a) - place(b) ||
      (b.activityAt?.getTime() ?? 0) - (a.activityAt?.getTime() ?? 0) ||
      b.changedAt.getTime() - a.changedAt.getTime() ||
      (a.id < b.id ? -1 : 1),
  );
}

/** The answer of a look-up whose search is over. `matches` are ranked. */
export function answerOf(
  matches: readonly Match[],
  { several, defaultRoute }: Definition,
  how: { source: Source; stale: boolean; otherwise: string },
): Answer {
  const shown = several === 'first' ? matches.slice(0, 1) : matches;
  const [best] = matches;
  const asks = several === 'ask' && matches.length > 1;
  const owners = best && !asks ? best.owner?.extension : undefined;
  const extension = owners ?? defaultRoute;
  const records = shown.map(({ id, object, name, owner }): AnswerRecord => ({
    id,
    object,
    name,
    ...(owner && { owner: { name: owner.name, ...(owner.extension && { extension: owner.extension }) } }),
  }));
  const [first] = records;
  const variables: Record<string, string> = {
    Matched: String(matches.length > 0),
    Count: String(matches.length),
    ...(first && { RecordId: first.id, Object: first.object, Name: first.name }),
    ...(first?.owner && { OwnerName: first.owner.name }),
    ...(extension !== undefined && { Extension: extension }),
  };
  return {
    matched: matches.length > 0,
    source: how.source,
    stale: how.stale,
    records,
    ...(extension !== undefined && { extension }),
    variables,
    why: best ? whyOf(best, matches.length, { asks, owners, defaultRoute }) : `${how.otherwise} ${routeOf(defaultRoute)}`,
  };
}

function whyOf(
  best: Match,
  count: number,
  { asks, owners, defaultRoute }: { asks: boolean; owners: string | null | undefined; defaultRoute: string | undefined },
): string {
  const found = `${best.object} found by ${best.field}${count > 1 ? `, best of ${count}: object order, then newest activity` : ''}.`;
  if (asks) return `${found} Several match, so nobody is chosen. ${routeOf(defaultRoute)}`;
  if (owners) return `${found} The extension is the owner’s.`;
  return `${found} ${best.owner ? 'The owner has no extension.' : 'The owner is not known here.'} ${routeOf(defaultRoute)}`;
}

const routeOf = (route: string | undefined): string =>
  route === undefined ? 'There is no default route.' : 'The default route is answered.';

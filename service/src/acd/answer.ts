import type { Definition, Ring } from './definition.ts';
import { isVip, textOf, type Match, type Owner } from './match.ts';
import { whyBefore } from './rank.ts';

/** Where an answer comes from: the local directory, a search in the org, or neither in time. */
export type Source = 'index' | 'live' | 'fallback';

export interface AnswerRecord {
  id: string;
  object: string;
  name: string;
  /** Opens the record in the agent's browser. */
  url: string;
  owner?: { name: string; extension?: string };
  openCase?: { id: string; number: string; priority?: string };
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
  /** The best match. Not for phone systems. */
  best?: Match | undefined;
  /** The user (id) to whom work about this caller belongs, whether or not there is an extension. Not for phone systems. */
  assignTo?: string | undefined;
}

export interface How {
  source: Source;
  stale: boolean;
  /** Why nobody was found, where nobody was. */
  otherwise: string;
  /** Why it is closed, where it is. */
  closed: string | undefined;
  /** Origin of the org's pages. */
  orgUrl: string;
}

/** The answer of a look-up whose search is over. `matches` are ranked. */
export function answerOf(matches: readonly Match[], definition: Definition, how: How): Answer {
  const { several, defaultRoute, hours } = definition;
  const shown = several === 'first' ? matches.slice(0, 1) : matches;
  const [best] = matches;
  const isMatched = best !== undefined;
  const asks = several === 'ask' && matches.length > 1;
  const rung = best && !asks && how.closed === undefined ? whomToRing(best, definition.ring) : undefined;
  const route = how.closed === undefined ? defaultRoute : (hours?.closedRoute ?? defaultRoute);
  const extension = rung?.extension ?? route;
  const records = shown.map((match) => recordOf(match, how.orgUrl));
  return {
    best,
    assignTo: best && !asks ? ownersOf(best, definition.ring).find(({ owner }) => owner.isActive)?.owner.id : undefined,
    matched: isMatched,
    source: how.source,
    stale: how.stale,
    records,
    ...(extension !== undefined && { extension }),
    variables: {
      Matched: String(isMatched),
      Count: String(matches.length),
      Open: String(how.closed === undefined),
      Source: how.source,
      ...(best && variablesOf(best, records[0] as AnswerRecord, definition)),
      ...(extension !== undefined && { Extension: extension }),
    },
    why: [
      ...(best ? [foundBy(matches, definition)] : [how.otherwise]),
      ...(asks ? ['Several match, so nobody is chosen.'] : []),
      ...(how.closed === undefined ? [] : [how.closed]),
      rung ? `The extension is ${WHOSE[rung.ring]}.` : `${best && !asks && !how.closed ? `${noOwner(best)} ` : ''}${routeText(route, how)}`,
    ].join(' '),
  };
}

const WHOSE: Record<Ring, string> = {
  caseOwner: 'that of the open case’s owner',
  recordOwner: 'the owner’s',
  accountOwner: 'that of the account’s owner',
};

function whomToRing(match: Match, rings: readonly Ring[]): { ring: Ring; extension: string } | undefined {
  for (const { ring, owner } of ownersOf(match, rings)) if (owner.extension) return { ring, extension: owner.extension };
  return undefined;
}

/** In the order in which they are to be rung. */
function ownersOf(match: Match, rings: readonly Ring[]): { ring: Ring; owner: Owner }[] {
  const owners: Record<Ring, Owner | undefined> = {
    caseOwner: match.openCase?.owner,
    recordOwner: match.owner,
    accountOwner: match.accountOwner,
  };
  return rings.flatMap((ring) => {
    const owner = owners[ring];
    return owner ? [{ ring, owner }] : [];
  });
}

function foundBy(matches: readonly Match[], definition: Definition): string {
  const [best, second] = matches as [Match, Match | undefined];
  const before = second ? `, best of ${matches.length} by ${whyBefore(best, second, definition)}` : '';
  return `${best.object} found by ${best.field}${before}.`;
}

const noOwner = (match: Match): string => (match.owner ? 'No owner has an extension.' : 'The owner is not known here.');

function routeText(route: string | undefined, { closed }: How): string {
  if (route === undefined) return 'There is no default route.';
  return closed === undefined ? 'The default route is answered.' : 'The route for that time is answered.';
}

/** Lightning opens any record by its id. */
const urlOf = (orgUrl: string, id: string): string => `${orgUrl}/lightning/r/${id}/view`;

function recordOf({ id, object, name, owner, openCase }: Match, orgUrl: string): AnswerRecord {
  return {
    id,
    object,
    name,
    url: urlOf(orgUrl, id),
    ...(owner && { owner: { name: owner.name, ...(owner.extension && { extension: owner.extension }) } }),
    ...(openCase && {
      openCase: { id: openCase.id, number: openCase.number, ...(openCase.priority && { priority: openCase.priority }) },
    }),
  };
}

/** Of the best match. What it does not have is left out, so that an IVR's own defaults count. */
function variablesOf(best: Match, { url }: AnswerRecord, definition: Definition): Record<string, string> {
  const { fields, variables } = definition;
  const named: Record<string, string> = {};
  const say = (name: string, value: string | null | undefined) => void (value && (named[name] = value));
  const sayField = (name: string, field: string | undefined) => void (field !== undefined && say(name, textOf(best.fields[field])));
  say('RecordId', best.id);
  say('Object', best.object);
  say('Name', best.name);
  say('ScreenPopUrl', url);
  say('OwnerName', best.owner?.name);
  say('CaseId', best.openCase?.id);
  say('CaseNumber', best.openCase?.number);
  say('CasePriority', best.openCase?.priority);
  if (fields.vip !== undefined) say('Vip', String(isVip(best, definition)));
  sayField('Priority', fields.priority);
  sayField('Language', fields.language);
  sayField('Skill', fields.skill);
  sayField('DoNotCall', fields.doNotCall);
  for (const { name, field } of variables) sayField(name, field);
  return named;
}

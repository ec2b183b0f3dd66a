import type { Definition, Ranking } from './definition.ts';
import { isVip, meets, type Match } from './match.ts';

/** Smaller comes first. */
type Compare = (a: Match, b: Match, definition: Definition) => number;

const newest = (a: Date | null | undefined, b: Date | null | undefined) => (b?.getTime() ?? 0) - (a?.getTime() ?? 0);
const yesFirst = (a: boolean, b: boolean) => Number(b) - Number(a);
const place = ({ object }: Match, { objects }: Definition) => (objects as readonly string[]).indexOf(object);

const RULES: Record<Ranking, { compare: Compare; why: string }> = {
  openCase: {
    compare: (a, b) => yesFirst(!!a.openCase, !!b.openCase) || newest(a.openCase?.openedAt, b.openCase?.openedAt),
    why: 'the most recent open case',
  },
  vip: { compare: (a, b, definition) => yesFirst(isVip(a, definition), isVip(b, definition)), why: 'VIP' },
  ownerAvailable: { compare: (a, b) => yesFirst(!!a.owner?.extension, !!b.owner?.extension), why: 'an owner who can be rung' },
  newestActivity: { compare: (a, b) => newest(a.activityAt, b.activityAt), why: 'the newest activity' },
};

/** After what the admin chose. */
const LAST: { compare: Compare; why: string }[] = [
  { compare: (a, b, definition) => place(a, definition) - place(b, definition), why: 'the order of objects' },
  RULES.newestActivity,
  { compare: (a, b) => newest(a.changedAt, b.changedAt), why: 'the newest change' },
  { compare: (a, b) => (a.id < b.id ? -1 : 1), why: 'the record id, all else being equal' },
];

/** What counts of these matches, best first, each record once. */
export function rank(matches: readonly Match[], definition: Definition): Match[] {
  const unique = matches.length < 2 ? matches : [...new Map(matches.map((match) => [match.id, match])).values()];
  const wanted = unique.filter((match) => place(match, definition) >= 0 && meets(match, definition.filters));
  if (wanted.length < 2) return wanted;
  const rules = rulesOf(definition);
  return wanted.sort((a, b) => rules.reduce((decided, { compare }) => decided || compare(a, b, definition), 0));
}

/** By what the first of two ranked matches comes before the second. */
export function whyBefore(first: Match, second: Match, definition: Definition): string {
  return rulesOf(definition).find(({ compare }) => compare(first, second, definition) !== 0)?.why ?? '';
}

const rulesOf = ({ ranking }: Definition) => [...ranking.map((name) => RULES[name]), ...LAST];

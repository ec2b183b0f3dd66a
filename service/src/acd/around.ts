import { keyOfParent, type Found, type LocalDirectory, type LocalRecord } from '../directory/index.ts';
import { isDestination } from './destination.ts';
import { textOf, type Match, type Owner } from './match.ts';

/** What a search finds, before it is known what belongs to it. */
export type Hit = Pick<Found, 'id' | 'object' | 'name' | 'ownerId' | 'accountId' | 'activityAt' | 'changedAt' | 'field' | 'fields'>;

export type LookAround = ReturnType<typeof createLookAround>;

/** Adds to what was found its owner, its account's owner and its newest open case, as far as they are kept here. */
export function createLookAround(local: Pick<LocalDirectory, 'find' | 'findByKeys' | 'known'>) {
  const find = (orgId: string, id: string | null): Promise<LocalRecord | undefined> =>
    id === null ? Promise.resolve(undefined) : local.find(orgId, id).catch(() => undefined);
  const casesOf = async (orgId: string, hit: Hit): Promise<readonly Hit[]> =>
    isCase(hit) ? [hit] : (await local.findByKeys(orgId, [keyOfParent(hit.id)]).catch(() => ({ value: [] }))).value;

  async function matchOf(orgId: string, hit: Hit): Promise<Match> {
    const [owner, account, cases] = await Promise.all([find(orgId, hit.ownerId), find(orgId, accountIdOf(hit)), casesOf(orgId, hit)]);
    const openCase = newest(cases);
    const [accountOwner, caseOwner] = await Promise.all([find(orgId, account?.ownerId ?? null), find(orgId, openCase?.ownerId ?? null)]);
    return toMatch(hit, { owner, accountOwner, openCase, caseOwner });
  }

  /** The same without waiting; undefined where something is not in memory. */
  function knownMatchOf(orgId: string, hit: Hit): Match | undefined {
    const { byId, byKeys } = local.known;
    const record = (id: string | null) => (id === null ? null : byId(orgId, id));
    const [owner, account] = [record(hit.ownerId), record(accountIdOf(hit))];
    const cases = isCase(hit) ? [hit] : byKeys(orgId, [keyOfParent(hit.id)])?.value;
    if (owner === undefined || account === undefined || cases === undefined) return undefined;
    const openCase = newest(cases);
    const [accountOwner, caseOwner] = [record(account?.ownerId ?? null), record(openCase?.ownerId ?? null)];
    if (accountOwner === undefined || caseOwner === undefined) return undefined;
    return toMatch(hit, { owner, accountOwner, openCase, caseOwner });
  }

  return {
    /** Never throws: who calls is worth more than whom to ring. */
    of: (orgId: string, hits: readonly Hit[]): Promise<Match[]> => Promise.all(hits.map((hit) => matchOf(orgId, hit))),
    /** Undefined where something is not in memory. */
    known(orgId: string, hits: readonly Hit[]): Match[] | undefined {
      const matches: Match[] = [];
      for (const hit of hits) {
        const match = knownMatchOf(orgId, hit);
        if (!match) return undefined;
        matches.push(match);
      }
      return matches;
    },
  };
}

const isCase = ({ object }: Hit): boolean => object === 'Case';
const accountIdOf = ({ object, accountId }: Hit): string | null => (object === 'Account' ? null : accountId);

function newest(cases: readonly Hit[]): Hit | undefined {
  return cases.toSorted((a, b) => (b.activityAt?.getTime() ?? 0) - (a.activityAt?.getTime() ?? 0) || (a.id < b.id ? 1 : -1))[0];
}

interface Around {
  owner: LocalRecord | null | undefined;
  accountOwner: LocalRecord | null | undefined;
  openCase: Hit | undefined;
  caseOwner: LocalRecord | null | undefined;
}

function toMatch(hit: Hit, { owner, accountOwner, openCase, caseOwner }: Around): Match {
  return {
    ...hit,
    owner: toOwner(owner),
    accountOwner: toOwner(accountOwner),
    openCase: openCase && {
      id: openCase.id,
      number: openCase.name,
      priority: textOf(openCase.fields['Priority']) || null,
      openedAt: openCase.activityAt,
      owner: toOwner(caseOwner),
    },
  };
}

const toOwner = (user: LocalRecord | null | undefined): Owner | undefined =>
  user?.object === 'User'
    ? { id: user.id, name: user.name, isActive: user.fields['IsActive'] !== false, extension: extensionOf(user.fields) }
    : undefined;

/** Of users who work here, and only what a dial plan can take: users may write into this field what they like. */
function extensionOf({ Extension, IsActive }: LocalRecord['fields']): string | null {
  return IsActive !== false && isDestination(Extension) ? Extension : null;
}

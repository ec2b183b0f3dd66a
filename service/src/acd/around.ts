import { keyOfParent, type Found, type LocalDirectory, type LocalRecord } from '../directory/index.ts';
import { destination } from './destination.ts';
import { textOf, type Match, type OpenCase, type Owner } from './match.ts';

/** What a search finds, before it is known what belongs to it. */
export type Hit = Pick<Found, 'id' | 'object' | 'name' | 'ownerId' | 'accountId' | 'activityAt' | 'changedAt' | 'field' | 'fields'>;

export type LookAround = ReturnType<typeof createLookAround>;

/** Adds to what was found its owner, its account's owner and its newest open case, as far as they are kept here. Never throws: who calls is worth more than whom to ring. */
export function createLookAround(local: Pick<LocalDirectory, 'find' | 'findByKeys'>) {
  const find = (orgId: string, id: string | null): Promise<LocalRecord | undefined> =>
    id === null ? Promise.resolve(undefined) : local.find(orgId, id).catch(() => undefined);

  async function ownerOf(orgId: string, ownerId: string | null): Promise<Owner | undefined> {
    const user = await find(orgId, ownerId);
    return user?.object === 'User'
      ? { id: user.id, name: user.name, isActive: user.fields['IsActive'] !== false, extension: extensionOf(user.fields) }
      : undefined;
  }

  async function openCaseOf(orgId: string, hit: Hit): Promise<OpenCase | undefined> {
    if (hit.object === 'Case') return toOpenCase(orgId, hit);
    const cases = await local.findByKeys(orgId, [keyOfParent(hit.id)]).catch(() => ({ value: [] }));
    const newest = cases.value.toSorted(
      (a, b) => (b.activityAt?.getTime() ?? 0) - (a.activityAt?.getTime() ?? 0) || (a.id < b.id ? 1 : -1),
    )[0];
    return newest && toOpenCase(orgId, newest);
  }

  async function toOpenCase(orgId: string, one: Hit): Promise<OpenCase> {
    const priority = textOf(one.fields['Priority']);
    return { id: one.id, number: one.name, priority: priority || null, openedAt: one.activityAt, owner: await ownerOf(orgId, one.ownerId) };
  }

  async function accountOwnerOf(orgId: string, { object, accountId }: Hit): Promise<Owner | undefined> {
    const account = object === 'Account' ? undefined : await find(orgId, accountId);
    return account && ownerOf(orgId, account.ownerId);
  }

  return async (orgId: string, hits: readonly Hit[]): Promise<Match[]> =>
    Promise.all(
      hits.map(async (hit) => {
        const [owner, accountOwner, openCase] = await Promise.all([
          ownerOf(orgId, hit.ownerId),
          accountOwnerOf(orgId, hit),
          openCaseOf(orgId, hit),
        ]);
        return { ...hit, owner, accountOwner, openCase };
      }),
    );
}

/** Of users who work here, and only what a dial plan can take: users may write into this field what they like. */
function extensionOf({ Extension, IsActive }: LocalRecord['fields']): string | null {
  return IsActive !== false && destination.safeParse(Extension).success ? (Extension as string) : null;
}

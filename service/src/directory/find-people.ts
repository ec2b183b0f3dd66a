import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import type { LocalDirectory } from './local/index.ts';
import type { Found } from './local/store.ts';
import { chosenOf, type ChosenFields, type PhoneFieldInfo, type PhoneObject } from './phone-fields.ts';
import type { Candidate, PhoneQuery } from './candidates.ts';
import { SearchRefusedError, type Directory } from './search.ts';
import type { Viewer } from './visible-fields.ts';

interface FindPeopleOptions {
  directory: Pick<Directory, 'findByNumbers'> & { phoneFields: Pick<Directory['phoneFields'], 'readable'> };
  local: Pick<LocalDirectory, 'findByKeys' | 'isBehind' | 'countryOf'>;
}

/**
 * `findByNumbers` that asks the org only for what the local directory does not settle. It settles a number that exactly one Contact or Lead has, in
 * an org whose people are kept and were read in the last minutes: that is who is meant. Everybody else may be in the org and not here yet, of
 * several the org knows best who was active last, and an account may be a person's, which has a Contact in the org that is not kept here. Where the org
 * refuses the search, the SearchRefusedError tells what is settled all the same.
 */
export function createFindPeople({ directory, local }: FindPeopleOptions): Directory['findByNumbers'] {
  async function settled(
    viewer: Viewer,
    sf: SalesforceClient,
    queries: readonly PhoneQuery[],
    chosen: ChosenFields,
  ): Promise<Map<string, Candidate[]>> {
    const { orgId } = viewer;
    // Stored numbers without a prefix were read as numbers of the directory's country.
    const asked = queries.filter(({ country }) => country === local.countryOf(orgId)).map(({ e164 }) => e164);
    if (asked.length === 0 || local.isBehind(orgId)) return new Map();
    const { value, stale } = await local.findByKeys(orgId, asked);
    if (stale || value.length === 0) return new Map();
    const readable = await directory.phoneFields.readable(viewer, sf, chosen);
    const byNumber = Map.groupBy(value, ({ key }) => key);
    return new Map(
      [...byNumber].flatMap(([e164, found]) => {
        const candidate = onlyOne(found, readable, chosen);
        return candidate ? [[e164, [candidate]] as const] : [];
      }),
    );
  }

  return async (viewer, sf, queries, chosen) => {
    const known = await settled(viewer, sf, queries, chosen);
    const open = queries.filter(({ e164 }) => !known.has(e164));
    if (open.length === 0) return known;
    const asked = await directory.findByNumbers(viewer, sf, open, chosen).catch((error: unknown) => {
      throw error instanceof SearchRefusedError ? error.butFor(known) : error;
    });
    return new Map([...known, ...asked]);
  };
}

/** The Contact or Lead that alone has the number, in a field that counts and that the connected user can see. */
function onlyOne(found: readonly Found[], readable: Record<PhoneObject, PhoneFieldInfo[]>, chosen: ChosenFields): Candidate | undefined {
  if (found.some(({ object }) => object === 'Account')) return undefined;
  const candidates = new Map<string, Candidate>();
  for (const record of found) {
    const object = record.object as PhoneObject;
    const rank = (name: string) => chosenOf(chosen, object).indexOf(name);
    const field = readable[object]?.find(({ name }) => name === record.field && rank(name) >= 0);
    const before = candidates.get(record.id);
    if (!field || (before && rank(before.field.name) <= rank(field.name))) continue;
    const { id, name, ownerId, accountId, activityAt, changedAt } = record;
    candidates.set(id, { object, id, name, ownerId, accountId, field, activityAt, changedAt, isKept: true });
  }
  const [only] = candidates.values();
  return candidates.size === 1 ? only : undefined;
}

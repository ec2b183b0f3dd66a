import { LRUCache } from 'lru-cache';
import { SalesforceError, type SalesforceClient } from '../gateways/salesforce/index.ts';
import { createSingleFlight } from '../platform/single-flight.ts';

/** Objects whose people can be found by a number. Leads that were converted are left to their Contact. */
export const PHONE_OBJECTS = ['Contact', 'Lead', 'Account'] as const;
export type PhoneObject = (typeof PHONE_OBJECTS)[number];

/** Searched unless an admin chose others. */
export const DEFAULT_PHONE_FIELDS: Record<PhoneObject, string[]> = {
  Contact: ['MobilePhone', 'Phone', 'HomePhone', 'OtherPhone', 'AssistantPhone'],
  Lead: ['MobilePhone', 'Phone'],
  Account: ['Phone'],
};

export interface PhoneFieldInfo {
  name: string;
  label: string;
}

/** Through whose eyes the org is seen: what can be searched depends on the user's rights. */
export interface Viewer {
  orgId: string;
  connectionId: string;
}

/** Names a viewer in a cache. */
export const keyOf = ({ orgId, connectionId }: Viewer): string => `${orgId}/${connectionId}`;

const DESCRIBE_TTL_MS = 6 * 3600_000;

/** The phone fields that a connected user can see, by describe; asked once in some hours, since a describe costs an API call. */
export function createPhoneFields() {
  const known = new LRUCache<string, Record<PhoneObject, PhoneFieldInfo[]>>({ max: 1_000, ttl: DESCRIBE_TTL_MS });
  // The lanes of an org look at the same time.
  const once = createSingleFlight<Record<PhoneObject, PhoneFieldInfo[]>>();
  const ask = async (viewer: Viewer, sf: SalesforceClient) => {
    const entries: [PhoneObject, PhoneFieldInfo[]][] = [];
    for (const object of PHONE_OBJECTS) entries.push([object, await phoneFieldsOf(sf, object)]);
    const found = Object.fromEntries(entries) as Record<PhoneObject, PhoneFieldInfo[]>;
    known.set(keyOf(viewer), found);
    return found;
  };
  return {
    readable: async (viewer: Viewer, sf: SalesforceClient): Promise<Record<PhoneObject, PhoneFieldInfo[]>> =>
      known.get(keyOf(viewer)) ?? once(keyOf(viewer), () => ask(viewer, sf)),
    /** The next question describes anew. */
    forget: (viewer: Viewer) => void known.delete(keyOf(viewer)),
  };
}

export type PhoneFields = ReturnType<typeof createPhoneFields>;

/** An object that the user may not see has no fields to search in, and does not keep the others from being searched. */
async function phoneFieldsOf(sf: SalesforceClient, object: PhoneObject): Promise<PhoneFieldInfo[]> {
  try {
    const { fields } = await sf.describe(object);
    return fields.filter((field) => field.type === 'phone').map(({ name, label }) => ({ name, label }));
  } catch (error) {
    if (error instanceof SalesforceError && error.errors.some(({ code }) => code === 'NOT_FOUND' || code === 'INVALID_TYPE')) return [];
    throw error;
  }
}

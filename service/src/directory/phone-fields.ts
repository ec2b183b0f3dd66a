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
  /** Changes when the user's rights were looked at, in whichever process: what was learned before may be out of date. */
  rightsVersion: number;
}

/** The phone fields that an admin chose, per object. */
export type ChosenFields = { object: string; fields: string[] }[];

/** What is known through a viewer's eyes, for a choice of fields, until rights or choice change. */
export const keyOf = ({ orgId, connectionId, rightsVersion }: Viewer, chosen: ChosenFields): string =>
  JSON.stringify([orgId, connectionId, rightsVersion, chosen]);

const DESCRIBE_TTL_MS = 6 * 3600_000;

/** The phone fields that a connected user can see, by describe; asked once in some hours, since a describe costs an API call. */
export function createPhoneFields() {
  const known = new LRUCache<string, Record<PhoneObject, PhoneFieldInfo[]>>({ max: 1_000, ttl: DESCRIBE_TTL_MS });
  // The lanes of an org look at the same time.
  const once = createSingleFlight<Record<PhoneObject, PhoneFieldInfo[]>>();
  const ask = async (key: string, sf: SalesforceClient) => {
    const entries: [PhoneObject, PhoneFieldInfo[]][] = [];
    for (const object of PHONE_OBJECTS) entries.push([object, await phoneFieldsOf(sf, object)]);
    const found = Object.fromEntries(entries) as Record<PhoneObject, PhoneFieldInfo[]>;
    known.set(key, found);
    return found;
  };
  return {
    async readable(viewer: Viewer, sf: SalesforceClient, chosen: ChosenFields): Promise<Record<PhoneObject, PhoneFieldInfo[]>> {
      const key = keyOf(viewer, chosen);
      return known.get(key) ?? once(key, () => ask(key, sf));
    },
    /** The next question describes anew. */
    forget: (viewer: Viewer, chosen: ChosenFields) => void known.delete(keyOf(viewer, chosen)),
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

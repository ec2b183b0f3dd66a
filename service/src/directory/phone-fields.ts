import { LRUCache } from 'lru-cache';
import type { SalesforceClient } from '../gateways/salesforce/index.ts';

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

const DESCRIBE_TTL_MS = 6 * 3600_000;

/** The phone fields that the connected user can see, by describe; asked once in some hours, since a describe costs an API call. */
export function createPhoneFields() {
  const known = new LRUCache<string, Record<PhoneObject, PhoneFieldInfo[]>>({ max: 1_000, ttl: DESCRIBE_TTL_MS });
  return {
    async readable(orgId: string, sf: SalesforceClient): Promise<Record<PhoneObject, PhoneFieldInfo[]>> {
      const cached = known.get(orgId);
      if (cached) return cached;
      const entries: [PhoneObject, PhoneFieldInfo[]][] = [];
      for (const object of PHONE_OBJECTS) {
        const { fields } = await sf.describe(object);
        entries.push([object, fields.filter((field) => field.type === 'phone').map(({ name, label }) => ({ name, label }))]);
      }
      const found = Object.fromEntries(entries) as Record<PhoneObject, PhoneFieldInfo[]>;
      known.set(orgId, found);
      return found;
    },
    forget: (orgId: string) => void known.delete(orgId),
  };
}

export type PhoneFields = ReturnType<typeof createPhoneFields>;

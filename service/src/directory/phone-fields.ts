import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import { keyOf, type Viewer, type VisibleFields } from './visible-fields.ts';

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

/** The phone fields that an admin chose, per object. */
export type ChosenFields = { object: string; fields: string[] }[];

/** The phone fields that a connected user can see. */
export function createPhoneFields(visible: VisibleFields) {
  return {
    async readable(viewer: Viewer, sf: SalesforceClient, chosen: ChosenFields): Promise<Record<PhoneObject, PhoneFieldInfo[]>> {
      const entries: [PhoneObject, PhoneFieldInfo[]][] = [];
      for (const object of PHONE_OBJECTS) {
        const fields = await visible.of(keyOf(viewer, chosen), sf, object);
        entries.push([object, fields.filter(({ type }) => type === 'phone').map(({ name, label }) => ({ name, label }))]);
      }
      return Object.fromEntries(entries) as Record<PhoneObject, PhoneFieldInfo[]>;
    },
    /** The next question describes anew. */
    forget: (viewer: Viewer, chosen: ChosenFields) => visible.forget(keyOf(viewer, chosen)),
  };
}

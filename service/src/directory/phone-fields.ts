import type { SalesforceClient } from '../gateways/salesforce/index.ts';
import { keyOf, type VisibleField, type Viewer, type VisibleFields } from './visible-fields.ts';

/** Objects whose people can be found by a number, besides custom objects that a feature asks for. Leads that were converted are left to their Contact. */
export const PHONE_OBJECTS = ['Contact', 'Lead', 'Account'] as const;
export type PhoneObject = (typeof PHONE_OBJECTS)[number];

/** API name of a custom object, with the prefix of a package or without. */
export const CUSTOM_OBJECT = /^[A-Za-z](?:\w*\w)?__c$/;

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

/** What counts of an object: the fields that an admin chose, the defaults where none were chosen of any object. */
export const chosenOf = (chosen: ChosenFields, object: PhoneObject): readonly string[] =>
  chosen.length > 0 ? (chosen.find((entry) => entry.object === object)?.fields ?? []) : DEFAULT_PHONE_FIELDS[object];

/** Of the fields of an object those that hold phone numbers. */
export const phonesOf = (fields: readonly VisibleField[]): PhoneFieldInfo[] =>
  fields.filter(({ type }) => type === 'phone').map(({ name, label }) => ({ name, label }));

/** The phone fields that a connected user can see. */
export function createPhoneFields(visible: VisibleFields) {
  return {
    async readable(viewer: Viewer, sf: SalesforceClient, chosen: ChosenFields): Promise<Record<PhoneObject, PhoneFieldInfo[]>> {
      const entries: [PhoneObject, PhoneFieldInfo[]][] = [];
      for (const object of PHONE_OBJECTS) {
        entries.push([object, phonesOf((await visible.of(keyOf(viewer, chosen), sf, object)).fields)]);
      }
      return Object.fromEntries(entries) as Record<PhoneObject, PhoneFieldInfo[]>;
    },
  };
}

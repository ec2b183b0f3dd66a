import ACCOUNT_INDUSTRY from '@salesforce/schema/Account.Industry';
import ACCOUNT_NAME from '@salesforce/schema/Account.Name';
import ACCOUNT_OWNER from '@salesforce/schema/Account.Owner.Name';
import ACCOUNT_PHONE from '@salesforce/schema/Account.Phone';
import CONTACT_ACCOUNT from '@salesforce/schema/Contact.Account.Name';
import CONTACT_EMAIL from '@salesforce/schema/Contact.Email';
import CONTACT_HOME from '@salesforce/schema/Contact.HomePhone';
import CONTACT_MOBILE from '@salesforce/schema/Contact.MobilePhone';
import CONTACT_NAME from '@salesforce/schema/Contact.Name';
import CONTACT_OTHER from '@salesforce/schema/Contact.OtherPhone';
import CONTACT_OWNER from '@salesforce/schema/Contact.Owner.Name';
import CONTACT_PHONE from '@salesforce/schema/Contact.Phone';
import CONTACT_TITLE from '@salesforce/schema/Contact.Title';
import LEAD_COMPANY from '@salesforce/schema/Lead.Company';
import LEAD_EMAIL from '@salesforce/schema/Lead.Email';
import LEAD_MOBILE from '@salesforce/schema/Lead.MobilePhone';
import LEAD_NAME from '@salesforce/schema/Lead.Name';
import LEAD_OWNER from '@salesforce/schema/Lead.Owner.Name';
import LEAD_PHONE from '@salesforce/schema/Lead.Phone';
import LEAD_STATUS from '@salesforce/schema/Lead.Status';
import LEAD_TITLE from '@salesforce/schema/Lead.Title';
import type { RecordLink } from './conversations';
import { cardLabels as labels } from './labels';
import type { FieldToken } from './rows';

export interface Fact {
  label: string;
  value: string;
  kind: 'text' | 'phone' | 'email';
}

/** The person or company behind a conversation. */
export interface RecordCard {
  id: string;
  object: RecordLink['object'];
  name: string;
  /** Filled fields only, in reading order. */
  facts: Fact[];
}

/** A record as `getRecord` of `lightning/uiRecordApi` gives it. */
export interface UiRecord {
  id: string;
  fields: Record<string, { value: unknown; displayValue?: string | null }>;
}

/** What `@wire(getRecord)` hands over; both are empty before the first answer. */
export interface WiredRecord {
  data?: UiRecord;
  error?: unknown;
}

const fact = (label: string, token: FieldToken, kind: Fact['kind'] = 'text') => ({ label, token, kind });

const CARDS = {
  Contact: {
    name: CONTACT_NAME,
    facts: [
      fact(labels.account, CONTACT_ACCOUNT),
      fact(labels.title, CONTACT_TITLE),
      fact(labels.mobile, CONTACT_MOBILE, 'phone'),
      fact(labels.phone, CONTACT_PHONE, 'phone'),
      fact(labels.homePhone, CONTACT_HOME, 'phone'),
      fact(labels.otherPhone, CONTACT_OTHER, 'phone'),
      fact(labels.email, CONTACT_EMAIL, 'email'),
      fact(labels.owner, CONTACT_OWNER),
    ],
  },
  Lead: {
    name: LEAD_NAME,
    facts: [
      fact(labels.company, LEAD_COMPANY),
      fact(labels.title, LEAD_TITLE),
      fact(labels.status, LEAD_STATUS),
      fact(labels.mobile, LEAD_MOBILE, 'phone'),
      fact(labels.phone, LEAD_PHONE, 'phone'),
      fact(labels.email, LEAD_EMAIL, 'email'),
      fact(labels.owner, LEAD_OWNER),
    ],
  },
  Account: {
    name: ACCOUNT_NAME,
    facts: [fact(labels.industry, ACCOUNT_INDUSTRY), fact(labels.phone, ACCOUNT_PHONE, 'phone'), fact(labels.owner, ACCOUNT_OWNER)],
  },
};

/** What to ask `getRecord` for. */
export interface CardRequest {
  id: string;
  object: RecordLink['object'];
  fields: FieldToken[];
  /** Those that the org hides from the user are left out of the answer; as plain `fields` one of them would fail the whole read. */
  optional: FieldToken[];
}

/** The request for a record's card; undefined for an object that has none, or without a record. */
export function cardRequest(object: string, id: string): CardRequest | undefined {
  if (!id || !(object in CARDS)) return undefined;
  const known = object as RecordLink['object'];
  return { id, object: known, fields: [CARDS[known].name], optional: CARDS[known].facts.map(({ token }) => token) };
}

export function toCard(object: RecordLink['object'], record: UiRecord): RecordCard {
  const { name, facts } = CARDS[object];
  return {
    id: record.id,
    object,
    name: fieldText(record, name),
    facts: facts.map(({ label, token, kind }) => ({ label, kind, value: fieldText(record, token) })).filter(({ value }) => value !== ''),
  };
}

/** True where the record does not exist for the user: it is gone, or not shared with them. */
export function isOutOfSight(error: unknown): boolean {
  const status = (error as { status?: unknown } | undefined)?.status;
  return status === 403 || status === 404;
}

/** As the user's language shows it where that differs, as for a picklist. `Account.Name` lies one record deeper. */
function fieldText(record: UiRecord, { fieldApiName }: FieldToken): string {
  const [name = '', ...deeper] = fieldApiName.split('.');
  const field = record.fields[name];
  if (deeper.length === 0) return field?.displayValue ?? (typeof field?.value === 'string' ? field.value : '');
  const parent = field?.value as UiRecord | null | undefined;
  return parent ? fieldText(parent, { fieldApiName: deeper.join('.') }) : '';
}

/** The card's phone numbers as they are written in the record. */
export function phonesOf(card: RecordCard | undefined): { label: string; number: string }[] {
  return (card?.facts ?? []).filter(({ kind }) => kind === 'phone').map(({ label, value }) => ({ label, number: value }));
}

import ACCOUNT_INDUSTRY from '@salesforce/schema/Account.Industry';
import ACCOUNT_PHONE from '@salesforce/schema/Account.Phone';
import CONTACT_EMAIL from '@salesforce/schema/Contact.Email';
import CONTACT_HOME from '@salesforce/schema/Contact.HomePhone';
import CONTACT_MOBILE from '@salesforce/schema/Contact.MobilePhone';
import CONTACT_OTHER from '@salesforce/schema/Contact.OtherPhone';
import CONTACT_PHONE from '@salesforce/schema/Contact.Phone';
import CONTACT_TITLE from '@salesforce/schema/Contact.Title';
import LEAD_COMPANY from '@salesforce/schema/Lead.Company';
import LEAD_EMAIL from '@salesforce/schema/Lead.Email';
import LEAD_MOBILE from '@salesforce/schema/Lead.MobilePhone';
import LEAD_PHONE from '@salesforce/schema/Lead.Phone';
import LEAD_STATUS from '@salesforce/schema/Lead.Status';
import LEAD_TITLE from '@salesforce/schema/Lead.Title';
import type { RecordLink } from './conversations';
import { cardLabels as labels } from './labels';
import { parent, text } from './rows';
import type { FieldToken, Row } from './rows';

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

const fact = (label: string, token: FieldToken, kind: Fact['kind'] = 'text') => ({ label, token, kind });

const FIELDS = {
  Contact: [
    fact(labels.title, CONTACT_TITLE),
    fact(labels.mobile, CONTACT_MOBILE, 'phone'),
    fact(labels.phone, CONTACT_PHONE, 'phone'),
    fact(labels.homePhone, CONTACT_HOME, 'phone'),
    fact(labels.otherPhone, CONTACT_OTHER, 'phone'),
    fact(labels.email, CONTACT_EMAIL, 'email'),
  ],
  Lead: [
    fact(labels.company, LEAD_COMPANY),
    fact(labels.title, LEAD_TITLE),
    fact(labels.status, LEAD_STATUS),
    fact(labels.mobile, LEAD_MOBILE, 'phone'),
    fact(labels.phone, LEAD_PHONE, 'phone'),
    fact(labels.email, LEAD_EMAIL, 'email'),
  ],
  Account: [fact(labels.industry, ACCOUNT_INDUSTRY), fact(labels.phone, ACCOUNT_PHONE, 'phone')],
};

/** A row of contactCard, leadCard or accountCard; fields the user may not see are simply absent. */
export function toCard(object: RecordLink['object'], row: Row): RecordCard {
  const company = String(parent(row, 'Account')?.['Name'] ?? '');
  const owner = String(parent(row, 'Owner')?.['Name'] ?? '');
  const own = FIELDS[object].map(({ label, token, kind }) => ({ label, kind, value: text(row, token) }));
  const facts: Fact[] = [
    { label: labels.account, value: company, kind: 'text' },
    ...own,
    { label: labels.owner, value: owner, kind: 'text' },
  ];
  return { id: String(row['Id'] ?? ''), object, name: String(row['Name'] ?? ''), facts: facts.filter(({ value }) => value !== '') };
}

/** The card's phone numbers as they are written in the record. */
export function phonesOf(card: RecordCard | undefined): { label: string; number: string }[] {
  return (card?.facts ?? []).filter(({ kind }) => kind === 'phone').map(({ label, value }) => ({ label, number: value }));
}

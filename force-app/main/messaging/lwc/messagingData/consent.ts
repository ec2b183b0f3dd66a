import CHANGED_AT from '@salesforce/schema/OptOut__c.ChangedAt__c';
import CHANGED_BY from '@salesforce/schema/OptOut__c.ChangedBy__c';
import KEYWORD from '@salesforce/schema/OptOut__c.Keyword__c';
import KIND from '@salesforce/schema/OptOut__c.Kind__c';
import REASON from '@salesforce/schema/OptOut__c.Reason__c';
import STATE from '@salesforce/schema/OptOut__c.State__c';
import { related, text } from './rows';
import type { Row } from './rows';

/** What a phone number chose, or what was recorded for it, about being texted. */
export interface Consent {
  optedOut: boolean;
  kind: string;
  keyword: string;
  reason: string;
  /** ISO 8601. */
  changedAt: string;
  changedByName: string;
}

export function toConsent(row: Row): Consent {
  return {
    optedOut: text(row, STATE) === 'OptedOut',
    kind: text(row, KIND),
    keyword: text(row, KEYWORD),
    reason: text(row, REASON),
    changedAt: text(row, CHANGED_AT),
    changedByName: String(related(row, CHANGED_BY)?.['Name'] ?? ''),
  };
}

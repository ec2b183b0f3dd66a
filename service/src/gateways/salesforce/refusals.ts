import type { Failure } from './classify.ts';
import type { RecordError } from './types.ts';

/** Said when a record names another one that was deleted or merged, or that the user does not see (SOAP API, `StatusCode`). */
const BROKEN_LINKS = ['INVALID_CROSS_REFERENCE_KEY', 'ENTITY_IS_DELETED', 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', 'MALFORMED_ID'];

/** Also said of much else; about a link only where its field is named: the record is of an object that cannot stand there. */
const WRONG_KIND = 'FIELD_INTEGRITY_EXCEPTION';

/** Our sentence and Salesforce's own, at most 1,000 characters. May quote record values: for the admin's eyes, never for a log. */
export function explainFailure({ text, detail }: Pick<Failure, 'text' | 'detail'>): string {
  return detail ? `${text} Salesforce says: ${detail}`.slice(0, 1_000) : text;
}

/** The record was refused for its owner, who left or cannot own it. */
export function refusesOwner(error: RecordError): boolean {
  return error.code === 'INACTIVE_OWNER_OR_USER' || error.fields.includes('OwnerId');
}

/** The record was refused for what one of `links`, its look-up fields, names; Salesforce does not always say which field. */
export function refusesLink(error: RecordError, links: readonly string[]): boolean {
  const names = error.fields.some((field) => links.includes(field));
  return error.code === WRONG_KIND ? names : BROKEN_LINKS.includes(error.code) && (error.fields.length === 0 || names);
}

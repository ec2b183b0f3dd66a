import BODY from '@salesforce/schema/Message__c.Body__c';
import CONVERSATION from '@salesforce/schema/Message__c.Conversation__c';
import OCCURRED_AT from '@salesforce/schema/Message__c.OccurredAt__c';
import { toConversation } from './conversations';
import type { ConversationView } from './conversations';
import { related, text } from './rows';
import type { Row } from './rows';

/** SOSL wants two characters at least (a platform rule). */
export const SHORTEST_TERM = 2;

/**
 * Makes a SOSL search term of what was typed: reserved characters are escaped
 * (https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_find.htm), each word may go on, and a
 * phone number is searched by its digits however it is grouped. Empty when there is too little to search for.
 */
export function searchTerm(typed: string): string {
  const trimmed = typed.trim();
  const digits = trimmed.replace(/\D/g, '');
  if (/^[+(\d][\d\s().\-/]*$/.test(trimmed) && digits.length >= SHORTEST_TERM) return `${digits}*`;
  if (trimmed.replace(/[^\p{L}\p{N}]/gu, '').length < SHORTEST_TERM) return '';
  const words = trimmed.split(/\s+/).map((word) => `${word.replace(/[?&|!{}[\]()^~*:\\"'+-]/g, '\\$&')}*`);
  return words.join(' ');
}

/** Fewer digits than these are in too many numbers. */
const SHORTEST_DIGITS = 4;
/** So many digits are a whole number, where zeros in front are a trunk or international prefix that no stored number has. */
const WHOLE_NUMBER = 8;

/** A LIKE pattern for numbers that hold the typed digits; empty when what was typed is no number or too little of one. */
export function numberPattern(typed: string): string {
  const trimmed = typed.trim();
  const digits = trimmed.replace(/\D/g, '');
  if (!/^[+(\d][\d\s().\-/]*$/.test(trimmed) || digits.length < SHORTEST_DIGITS) return '';
  return `%${digits.length < WHOLE_NUMBER ? digits : digits.replace(/^0+/, '')}%`;
}

/** Hits of all kinds as conversations, each once, those by number first; a hit inside a message shows that message as preview. */
export function toSearchHits(found: Row[][], byNumber: Row[] = []): ConversationView[] {
  const [conversations = [], messages = []] = found;
  const hits = new Map([...byNumber, ...conversations].map(toConversation).map((hit) => [hit.id, hit]));
  for (const message of messages) {
    const row = related(message, CONVERSATION);
    const hit = row && toConversation(row);
    if (!hit?.id || hits.has(hit.id)) continue;
    hits.set(hit.id, { ...hit, recordId: text(message, CONVERSATION), preview: text(message, BODY), lastAt: text(message, OCCURRED_AT) });
  }
  return [...hits.values()];
}

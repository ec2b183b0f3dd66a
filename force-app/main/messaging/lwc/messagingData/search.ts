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
  if (/^[+\d][\d\s().\-/]*$/.test(trimmed) && digits.length >= SHORTEST_TERM) return `${digits}*`;
  if (trimmed.replace(/[^\p{L}\p{N}]/gu, '').length < SHORTEST_TERM) return '';
  const words = trimmed.split(/\s+/).map((word) => `${word.replace(/[?&|!{}[\]()^~*:\\"'+-]/g, '\\$&')}*`);
  return words.join(' ');
}

/** Hits of both kinds as conversations, each once; a hit inside a message shows that message as preview. */
export function toSearchHits(found: Row[][]): ConversationView[] {
  const [conversations = [], messages = []] = found;
  const hits = new Map(conversations.map(toConversation).map((hit) => [hit.id, hit]));
  for (const message of messages) {
    const row = related(message, CONVERSATION);
    const hit = row && toConversation(row);
    if (!hit?.id || hits.has(hit.id)) continue;
    hits.set(hit.id, { ...hit, recordId: text(message, CONVERSATION), preview: text(message, BODY), lastAt: text(message, OCCURRED_AT) });
  }
  return [...hits.values()];
}

import CONVERSATION from '@salesforce/schema/Conversation__c';
import ACCOUNT from '@salesforce/schema/Conversation__c.Account__c';
import CONTACT from '@salesforce/schema/Conversation__c.Contact__c';
import CUSTOMER_NUMBER from '@salesforce/schema/Conversation__c.CustomerNumber__c';
import EXTERNAL_ID from '@salesforce/schema/Conversation__c.ExternalId__c';
import LAST_DIRECTION from '@salesforce/schema/Conversation__c.LastDirection__c';
import LAST_AT from '@salesforce/schema/Conversation__c.LastMessageAt__c';
import LAST_TEXT from '@salesforce/schema/Conversation__c.LastMessageText__c';
import LEAD from '@salesforce/schema/Conversation__c.Lead__c';
import MATCH_NOTE from '@salesforce/schema/Conversation__c.MatchNote__c';
import OPTED_OUT from '@salesforce/schema/Conversation__c.OptedOut__c';
import OUR_NUMBER from '@salesforce/schema/Conversation__c.OurNumber__c';
import UNREAD from '@salesforce/schema/Conversation__c.UnreadCount__c';
import { number, parent, related, text } from './rows';
import type { Row } from './rows';

/** The record a conversation was matched with. */
export interface RecordLink {
  id: string;
  object: 'Contact' | 'Lead' | 'Account';
  /** Empty where the user may not see the record's name. */
  name: string;
}

export interface ConversationView {
  /** External id: the service's key of the conversation, used in the address and in events. */
  id: string;
  /** Salesforce id; empty for a search hit that came through a message. */
  recordId: string;
  name: string;
  customerNumber: string;
  ourNumber: string;
  /** ISO 8601, empty before the first message. */
  lastAt: string;
  preview: string;
  lastWasOurs: boolean;
  unread: number;
  optedOut: boolean;
  matchNote: string;
  record: RecordLink | undefined;
  ownerId: string;
  ownerName: string;
}

/** Namespace with its two underscores (`acme__`), or empty: what stands before our own names in this org. */
export const namespacePrefix: string = CONVERSATION.objectApiName.replace(/Conversation__c$/, '');

/** Upper bound that takes in every conversation: the reads want `LastMessageAt__c <= before`. */
export const NO_LIMIT_TIME = '2999-12-31T23:59:59.000Z';

export function toConversation(row: Row): ConversationView {
  return {
    id: text(row, EXTERNAL_ID),
    recordId: String(row['Id'] ?? ''),
    name: String(row['Name'] ?? '') || text(row, CUSTOMER_NUMBER),
    customerNumber: text(row, CUSTOMER_NUMBER),
    ourNumber: text(row, OUR_NUMBER),
    lastAt: text(row, LAST_AT),
    preview: text(row, LAST_TEXT),
    lastWasOurs: text(row, LAST_DIRECTION) === 'Outbound',
    unread: number(row, UNREAD) ?? 0,
    optedOut: row[OPTED_OUT.fieldApiName] === true,
    matchNote: text(row, MATCH_NOTE),
    record: linkOf(row),
    ownerId: String(row['OwnerId'] ?? ''),
    ownerName: String(parent(row, 'Owner')?.['Name'] ?? ''),
  };
}

/** A converted lead leaves both look-ups filled: the contact is the living record. */
function linkOf(row: Row): RecordLink | undefined {
  const choices = [
    { object: 'Contact', token: CONTACT },
    { object: 'Lead', token: LEAD },
    { object: 'Account', token: ACCOUNT },
  ] as const;
  const found = choices.find(({ token }) => text(row, token) !== '');
  return found && { id: text(row, found.token), object: found.object, name: String(related(row, found.token)?.['Name'] ?? '') };
}

/**
 * Puts a fresh first page over what a list already shows: moved rows move, vanished rows vanish, older pages that were loaded stay.
 * Both are newest first; a page shorter than `size` is the whole list.
 */
export function applyFirstPage(known: ConversationView[], page: ConversationView[], size: number): ConversationView[] {
  const oldest = page.at(-1);
  if (!oldest || page.length < size) return page;
  const fresh = new Set(page.map(({ id }) => id));
  return [...page, ...known.filter(({ id, lastAt }) => !fresh.has(id) && Date.parse(lastAt) <= Date.parse(oldest.lastAt))];
}

/** Adds an older page. Pages overlap in rows of the same second, because Salesforce times have no finer grain: doubles are dropped. */
export function appendPage(known: ConversationView[], page: ConversationView[]): ConversationView[] {
  const seen = new Set(known.map(({ id }) => id));
  return [...known, ...page.filter(({ id }) => !seen.has(id))];
}

/** The bound for the page after `known`; the reads take in rows of that very second again (`<=`). */
export function nextBefore(known: ConversationView[]): string {
  return known.at(-1)?.lastAt || NO_LIMIT_TIME;
}

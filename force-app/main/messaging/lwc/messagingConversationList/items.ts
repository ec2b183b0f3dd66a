import { fill } from 'c/coreText';
import { formatAge, formatDateTime } from 'c/coreTime';
import { isNamedByNumber, showNumber } from 'c/messagingData';
import type { ConversationView } from 'c/messagingData';
import { labels } from './labels';

/** A conversation as a row shows it. */
export interface ListItem {
  id: string;
  title: string;
  number: string;
  preview: string;
  age: string;
  fullTime: string;
  unread: string;
  unreadText: string;
  optedOut: boolean;
  selected: 'true' | 'false';
  tabIndex: '0' | '-1';
  rowClass: string;
}

const MOST_SHOWN = 99;

/** `focusedId` is the one row that the tab key reaches. The row on screen counts as read. */
export function toItems(conversations: ConversationView[], selectedId: string, focusedId: string, now: number = Date.now()): ListItem[] {
  return conversations.map((conversation) => {
    const { id, name, customerNumber, lastAt, optedOut } = conversation;
    const selected = id === selectedId;
    const count = selected ? 0 : conversation.unread;
    return {
      id,
      title: showNumber(name),
      number: isNamedByNumber(name, customerNumber) ? '' : showNumber(customerNumber),
      preview: previewOf(conversation),
      age: formatAge(lastAt, now),
      fullTime: formatDateTime(lastAt),
      unread: count === 0 ? '' : count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count),
      unreadText: count === 0 ? '' : count === 1 ? labels.unreadOne : fill(labels.unreadMany, count),
      optedOut,
      selected: selected ? 'true' : 'false',
      tabIndex: id === focusedId ? '0' : '-1',
      rowClass: `row slds-p-around_small slds-border_bottom${selected ? ' row_selected' : ''}${count > 0 ? ' row_unread' : ''}`,
    };
  });
}

function previewOf({ preview, lastWasOurs, lastAt }: ConversationView): string {
  const text = preview || (lastAt ? labels.noText : '');
  return lastWasOurs && text ? fill(labels.you, text) : text;
}

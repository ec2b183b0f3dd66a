import mineRead from '@salesforce/apex/ConversationReads.myConversations';
import allRead from '@salesforce/apex/ConversationReads.recentConversations';
import unreadRead from '@salesforce/apex/ConversationReads.unreadConversations';
import type { Row } from 'c/messagingData';
import { labels } from './labels';

export type Filter = 'all' | 'mine' | 'unread';

export const filterOptions: { label: string; value: Filter }[] = [
  { label: labels.all, value: 'all' },
  { label: labels.mine, value: 'mine' },
  { label: labels.unread, value: 'unread' },
];

const READS = { all: allRead, mine: mineRead, unread: unreadRead };

const EMPTY: Record<Filter, { heading: string; message: string }> = {
  all: { heading: labels.emptyAll, message: labels.emptyAllText },
  mine: { heading: labels.emptyMine, message: labels.emptyMineText },
  unread: { heading: labels.emptyUnread, message: labels.emptyUnreadText },
};

/** One page of a filter, newest first. */
export function readPage(filter: Filter, size: number, before: string): Promise<Row[]> {
  return READS[filter]<Row[]>({ size, before });
}

export function emptyTexts(filter: Filter): { heading: string; message: string } {
  return EMPTY[filter];
}

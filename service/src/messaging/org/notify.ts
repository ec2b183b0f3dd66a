import { formatNumber } from '../../platform/phone.ts';
import type { Conversation, Message } from '../types.ts';
import type { OrgAccess } from './deliver.ts';

const TYPE = 'Switchboard_Message';

/**
 * Rings the bell of each conversation's owner (a user, or the members of the inbox queue), never of the integration user.
 * It rings once until the conversation is read, and once per owner and batch, all in one call: a backlog does not become a flood.
 */
export async function notifyOwners(orgId: string, access: OrgAccess, queueId: string | undefined, news: News[]): Promise<void> {
  const byRecipient = new Map<string, News[]>();
  for (const item of news) {
    const recipient = item.conversation.ownerId ?? queueId;
    const isFirstUnread = item.conversation.unread <= item.messages.length;
    if (recipient && isFirstUnread && item.conversation.salesforceId)
      byRecipient.set(recipient, [...(byRecipient.get(recipient) ?? []), item]);
  }
  const notifications = [...byRecipient].map(([recipient, items]) => toNotification(recipient, items));
  if (notifications.length > 0) await access.call(orgId, (sf) => sf.sendNotifications(TYPE, notifications));
}

function toNotification(recipient: string, items: News[]) {
  const newest = items.reduce((a, b) => (a.conversation.lastMessageAt >= b.conversation.lastMessageAt ? a : b));
  const count = items.reduce((sum, item) => sum + item.messages.length, 0);
  const others = items.length > 1 ? ` and ${items.length - 1} more` : '';
  return {
    title: `${count === 1 ? 'New message' : `${count} new messages`} from ${nameOf(newest.conversation)}${others}`,
    body: newest.conversation.lastText || 'Picture',
    recipientIds: [recipient],
    targetId: newest.conversation.salesforceId as string,
  };
}

export interface News {
  conversation: Conversation;
  messages: Message[];
}

function nameOf(conversation: Conversation): string {
  return conversation.recordName ?? formatNumber(conversation.customerNumber);
}

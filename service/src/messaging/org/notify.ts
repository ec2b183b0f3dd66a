import { formatNumber } from '../../platform/phone.ts';
import type { Conversation } from '../types.ts';
import type { OrgAccess } from './access.ts';

const TYPE = 'Switchboard_Message';

/**
 * Rings the bell of each conversation's owner (a user, or the members of the inbox queue), never of the integration user: once per owner,
 * all in one call, so that a backlog does not become a flood. Who is to be told is claimed before (`claimBells`). After a lost answer the
 * bell may ring a second time: a text that nobody hears of would be worse.
 */
export async function notifyOwners(
  orgId: string,
  access: OrgAccess,
  queueId: string | undefined,
  conversations: Conversation[],
): Promise<void> {
  const byRecipient = new Map<string, Conversation[]>();
  for (const conversation of conversations) {
    const recipient = conversation.ownerId ?? queueId;
    if (recipient) byRecipient.set(recipient, [...(byRecipient.get(recipient) ?? []), conversation]);
  }
  const notifications = [...byRecipient].map(([recipient, items]) => toNotification(recipient, items));
  if (notifications.length > 0) await access.call(orgId, (sf) => sf.sendNotifications(TYPE, notifications));
}

function toNotification(recipient: string, conversations: Conversation[]) {
  const newest = conversations.reduce((a, b) => (a.lastMessageAt >= b.lastMessageAt ? a : b));
  const count = conversations.reduce((sum, { unread }) => sum + unread, 0);
  const others = conversations.length > 1 ? ` and ${conversations.length - 1} more` : '';
  return {
    title: `${count === 1 ? 'New message' : `${count} new messages`} from ${nameOf(newest)}${others}`,
    body: newest.lastText || 'Picture',
    recipientIds: [recipient],
    targetId: newest.salesforceId as string,
  };
}

function nameOf(conversation: Conversation): string {
  return conversation.recordName ?? formatNumber(conversation.customerNumber);
}

import markRead from '@salesforce/apex/MessagingController.markRead';
import { fill } from 'c/coreText';
import { showNumber } from 'c/messagingData';
import type { ConversationView, SendingNumber } from 'c/messagingData';
import type { ThreadView } from './thread';
import { labels } from './labels';

/** What decides whether something can be written. */
interface Facts {
  maySend: boolean;
  conversation: ConversationView;
  /** Undefined while they load. */
  numbers: SendingNumber[] | undefined;
}

/** Why nothing can be sent, the reason nobody here can change first; empty when it can. */
export function blockedReason({ maySend, conversation, numbers }: Facts): string {
  if (conversation.optedOut) return fill(labels.optedOut, showNumber(conversation.name));
  if (!maySend) return labels.noPermission;
  return numbers?.length === 0 ? labels.noNumber : '';
}

/** A conversation started a moment ago has no row yet: it is shown by what was sent in it. */
export function placeholderOf(id: string, { waiting }: ThreadView): ConversationView | undefined {
  const first = waiting[0];
  if (!first) return undefined;
  return {
    id,
    recordId: '',
    name: first.toName || first.to || '',
    customerNumber: first.to ?? '',
    ourNumber: first.from,
    lastAt: '',
    preview: '',
    lastWasOurs: true,
    unread: 0,
    optedOut: false,
    matchNote: '',
    record: undefined,
    ownerId: '',
    ownerName: '',
  };
}

/** Tells the service that the agent saw the unread messages: once per newest message; a failure is made good by the next reading. */
export function readNoter(): (conversation: ConversationView | undefined) => void {
  let noted = '';
  return (conversation) => {
    if (!conversation || conversation.unread === 0) return;
    const mark = `${conversation.id} ${conversation.lastAt} ${conversation.unread}`;
    if (mark === noted) return;
    noted = mark;
    markRead({ id: conversation.id }).catch(() => (noted = ''));
  };
}

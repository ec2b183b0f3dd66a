import { dayKey, formatDay } from 'c/coreTime';
import type { MessageView } from 'c/messagingData';

/** A message as the list shows it, with the day above the first one of each day. */
export interface ThreadItem {
  key: string;
  dayKey: string;
  day: string;
  rowClass: string;
  message: MessageView;
}

export function toItems(messages: MessageView[], now: number = Date.now()): ThreadItem[] {
  let previous = '';
  return messages.map((message) => {
    const day = dayKey(message.at);
    const first = day !== previous;
    previous = day;
    const side = message.inbound ? 'slds-chat-listitem_inbound' : 'slds-chat-listitem_outbound';
    return {
      key: message.key,
      dayKey: `day-${message.key}`,
      day: first ? formatDay(message.at, now) : '',
      rowClass: `slds-chat-listitem ${side}`,
      message,
    };
  });
}

/** How the next list differs from the one shown: decides where the view stays and what is announced. */
export interface Change {
  /** Nothing in common: another conversation, or the first load. */
  fresh: boolean;
  /** Older messages were put in front. */
  prepended: boolean;
  /** Messages from the customer that were added at the end. */
  arrived: MessageView[];
  /** A message written here was added at the end. */
  written: boolean;
}

export function compare(before: MessageView[], after: MessageView[]): Change {
  const known = new Set(before.map(({ key }) => key));
  const overlap = after.findIndex(({ key }) => known.has(key));
  if (overlap < 0) return { fresh: true, prepended: false, arrived: [], written: false };
  const lastKnown = after.findLastIndex(({ key }) => known.has(key));
  const added = after.slice(lastKnown + 1);
  return {
    fresh: false,
    prepended: overlap > 0,
    arrived: added.filter(({ inbound }) => inbound),
    written: added.some(({ sent }) => sent === 'Posting'),
  };
}

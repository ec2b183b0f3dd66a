import { person } from '../../sandbox/control/people.ts';
import type { Org } from '../../sandbox/salesforce/org.ts';

export interface SeedOrder {
  total: number;
  /** The newest this many have messages; the others have their row only, as the list shows them. */
  opened: number;
  /** Of each opened one. */
  messages: number;
  /** One of the opened ones has another number of messages. */
  long: { index: number; messages: number };
}

export interface Seeded {
  /** External id. */
  id: string;
  newestText: string;
  /** How its message begins that is as many back as a page shows at first. */
  oldestShown: string;
}

/** Messages that an opened conversation shows. */
export const SHOWN = 50;

const MINUTE = 60_000;

/** Conversations of the sample agent, written as the service writes them, newest first; answers those that have messages. */
export function seedConversations(org: Org, { total, opened, messages, long }: SeedOrder): Seeded[] {
  const owner = org.users.byUsername('agent@sandbox.test')?.id;
  const now = org.clock.now().getTime();
  return org.tx(() => {
    const seeded: Seeded[] = [];
    for (let index = 0; index < total; index += 1) {
      const { firstName, lastName, phone } = person('bench', index);
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const newestText = `The newest text of conversation ${index}, from ${firstName}.`;
      const lastAt = now - index * MINUTE;
      const recordId = org.insert(org.own('Conversation__c'), {
        Name: `${firstName} ${lastName}`,
        [org.own('ExternalId__c')]: id,
        [org.own('CustomerNumber__c')]: phone,
        [org.own('OurNumber__c')]: '+14155550100',
        [org.own('LastMessageAt__c')]: new Date(lastAt).toISOString(),
        [org.own('LastMessageText__c')]: newestText,
        [org.own('LastDirection__c')]: 'Inbound',
        [org.own('UnreadCount__c')]: 0,
        OwnerId: owner,
      });
      if (index >= opened) continue;
      const count = index === long.index ? long.messages : messages;
      for (let sequence = 1; sequence <= count; sequence += 1)
        insertMessage(org, recordId, {
          id: `00000000-0000-4000-8001-${String(index * 10_000 + sequence).padStart(12, '0')}`,
          sequence,
          at: lastAt - (count - sequence) * MINUTE,
          body:
            sequence === count ? newestText : `${nameOf(sequence, index)}: the van is on its way, it should be with you within the hour.`,
        });
      seeded.push({ id, newestText, oldestShown: nameOf(count - SHOWN + 1, index) });
    }
    return seeded;
  });
}

const nameOf = (sequence: number, conversation: number) => `Text ${sequence} of conversation ${conversation}`;

function insertMessage(org: Org, conversation: string, message: { id: string; sequence: number; at: number; body: string }): void {
  const inbound = message.sequence % 2 === 0 || message.body.startsWith('The newest');
  org.insert(org.own('Message__c'), {
    [org.own('Conversation__c')]: conversation,
    [org.own('ExternalId__c')]: message.id,
    [org.own('Direction__c')]: inbound ? 'Inbound' : 'Outbound',
    [org.own('Body__c')]: message.body,
    [org.own('SentStatus__c')]: inbound ? 'Received' : 'Sent',
    ...(!inbound && { [org.own('DeliveryStatus__c')]: 'Delivered' }),
    [org.own('Segments__c')]: 1,
    [org.own('Sequence__c')]: message.sequence,
    [org.own('OccurredAt__c')]: new Date(message.at).toISOString(),
  });
}

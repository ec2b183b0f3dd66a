import type { SObjectRecord } from '../../gateways/salesforce/index.ts';
import { formatNumber } from '../../platform/phone.ts';
import { deliveryStatus, sentStatus } from '../status.ts';
import type { MediaItem } from '../store/media.ts';
import type { Conversation, Message, OptOut } from '../types.ts';

/** `Conversation__c` as the service owns it. The owner is written once; agents may give the conversation to somebody else afterwards. */
export function conversationRecord(conversation: Conversation, queueId: string | undefined): SObjectRecord {
  const ownerId = conversation.ownerId ?? queueId;
  return {
    ExternalId__c: conversation.id,
    Name: (conversation.recordName ?? formatNumber(conversation.customerNumber)).slice(0, 80),
    CustomerNumber__c: conversation.customerNumber,
    OurNumber__c: conversation.ourNumber,
    Contact__c: conversation.recordObject === 'Contact' ? conversation.recordId : null,
    Lead__c: conversation.recordObject === 'Lead' ? conversation.recordId : null,
    Account__c: conversation.recordObject === 'Account' ? conversation.recordId : conversation.accountRecordId,
    LastMessageAt__c: conversation.lastMessageAt.toISOString(),
    // Empty also when it was erased here: the org keeps what it has.
    ...(conversation.lastText !== '' && { LastMessageText__c: conversation.lastText }),
    LastDirection__c: conversation.lastDirection === 'inbound' ? 'Inbound' : 'Outbound',
    UnreadCount__c: Math.min(conversation.unread, 99_999),
    OptedOut__c: conversation.optedOut,
    MatchNote__c: conversation.matchNote?.slice(0, 255) ?? null,
    ...(!conversation.ownerWritten && ownerId && { OwnerId: ownerId }),
  };
}

/** `Message__c`, the detail of its conversation. */
export function messageRecord(message: Message, media: MediaItem[]): SObjectRecord {
  return {
    ExternalId__c: message.id,
    Conversation__r: { ExternalId__c: message.conversationId },
    Direction__c: message.direction === 'inbound' ? 'Inbound' : 'Outbound',
    ...(!message.erased && { Body__c: message.body || null }),
    SentStatus__c: sentStatus(message),
    DeliveryStatus__c: deliveryStatus(message),
    ErrorCode__c: message.errorCode?.slice(0, 80) ?? null,
    ErrorText__c: message.errorText?.slice(0, 255) ?? null,
    Segments__c: message.segments,
    Sequence__c: message.sequence,
    OccurredAt__c: message.occurredAt.toISOString(),
    SentBy__c: message.senderUserId,
    Media__c: media.length > 0 ? JSON.stringify(media.map(mediaEntry)) : null,
  };
}

function mediaEntry(item: MediaItem) {
  return { id: item.id, contentType: item.contentType, bytes: item.size ?? 0, fileName: item.fileName, state: item.state };
}

/** `OptOut__c`: one per phone number. */
export function optOutRecord(optOut: OptOut): SObjectRecord {
  const kinds = { keyword: 'Keyword', manual: 'Manual', carrier: 'Carrier', help: 'Keyword' } as const;
  return {
    ExternalId__c: optOut.number,
    Name: optOut.number,
    PhoneNumber__c: optOut.number,
    State__c: optOut.state === 'opted_out' ? 'OptedOut' : 'OptedIn',
    Kind__c: kinds[optOut.kind],
    Keyword__c: optOut.keyword?.slice(0, 20) ?? null,
    Reason__c: optOut.reason.slice(0, 255),
    ChangedAt__c: optOut.changedAt.toISOString(),
    ChangedBy__c: optOut.changedBy,
  };
}

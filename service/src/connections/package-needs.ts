/** What a connected user must be able to see and write for the service to do its work. Bare names of the package's own objects and fields. */
export interface ObjectNeed {
  object: string;
  createable: boolean;
  /** Fields that must be visible and writable. */
  writes: readonly string[];
  /** Fields that must be visible. */
  reads?: readonly string[];
}

export const PACKAGE_NEEDS: readonly ObjectNeed[] = [
  {
    object: 'Conversation__c',
    createable: true,
    writes: [
      'ExternalId__c',
      'CustomerNumber__c',
      'OurNumber__c',
      'Contact__c',
      'Lead__c',
      'Account__c',
      'LastMessageAt__c',
      'LastMessageText__c',
      'LastDirection__c',
      'UnreadCount__c',
      'OptedOut__c',
      'MatchNote__c',
    ],
  },
  {
    object: 'Message__c',
    createable: true,
    writes: [
      'ExternalId__c',
      'Direction__c',
      'Body__c',
      'SentStatus__c',
      'DeliveryStatus__c',
      'ErrorCode__c',
      'ErrorText__c',
      'Segments__c',
      'Sequence__c',
      'OccurredAt__c',
      'SentBy__c',
      'Media__c',
    ],
  },
  {
    object: 'MessageOutbox__c',
    createable: false,
    writes: ['Status__c', 'ErrorText__c', 'MessageKey__c'],
    reads: ['ClientKey__c', 'ToNumber__c', 'Body__c'],
  },
  {
    object: 'OptOut__c',
    createable: true,
    writes: ['ExternalId__c', 'PhoneNumber__c', 'State__c', 'Kind__c', 'Keyword__c', 'Reason__c', 'ChangedAt__c', 'ChangedBy__c'],
  },
  { object: 'ConversationChanged__e', createable: true, writes: ['ConversationIds__c'] },
];

/**
 * Which names of the org are the package's own. Only these get the package's namespace; a customer's `Region__c` on Contact keeps its name.
 * A test compares the objects with the folders of force-app, so a new object cannot be forgotten here.
 */
export const PACKAGE_OBJECTS: readonly string[] = [
  'Conversation__c',
  'Message__c',
  'MessageOutbox__c',
  'OptOut__c',
  'ConversationChanged__e',
  'CallTaken__e',
];

/** Fields of the package on standard objects. A field of Activity is one of Task and of Event. */
export const PACKAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: ['SwitchboardCallId__c'],
  Event: ['SwitchboardCallId__c'],
};

/** Relationship names (parent and child) that lead from a package object to a package object: names after them are the package's again. */
export const PACKAGE_RELATIONSHIPS: Readonly<Record<string, string>> = {
  Conversation__r: 'Conversation__c',
  Messages__r: 'Message__c',
};

/** Child relationships on *standard* objects (`Contact.Conversations__r`) that the package's look-ups define. */
export const PACKAGE_CHILD_RELATIONSHIPS: Readonly<Record<string, string>> = { Conversations__r: 'Conversation__c' };

/** External ids that the service itself gives: a duplicate of one of them is a resend, not a fault of the data. */
export const OWN_EXTERNAL_IDS: readonly string[] = ['ExternalId__c', 'ClientKey__c', 'SwitchboardCallId__c'];

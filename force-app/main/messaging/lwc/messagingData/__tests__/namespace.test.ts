/** In a packaged org every name of ours carries the namespace; only schema imports know it. */
jest.mock('@salesforce/schema/Conversation__c', () => ({ default: { objectApiName: 'acme__Conversation__c' } }), { virtual: true });
jest.mock(
  '@salesforce/schema/Conversation__c.Contact__c',
  () => ({ default: { objectApiName: 'acme__Conversation__c', fieldApiName: 'acme__Contact__c' } }),
  { virtual: true },
);

import { changeChannel, namespacePrefix, toConversation } from 'c/messagingData';

describe('with a namespace', () => {
  it('listens to the packaged event', () => {
    expect(namespacePrefix).toBe('acme__');
    expect(changeChannel).toBe('/event/acme__ConversationChanged__e');
  });

  it('reads look-ups and their records under packaged names', () => {
    const row = { acme__Contact__c: '003', acme__Contact__r: { Name: 'Rosa' } };
    expect(toConversation(row).record).toEqual({ id: '003', object: 'Contact', name: 'Rosa' });
  });
});

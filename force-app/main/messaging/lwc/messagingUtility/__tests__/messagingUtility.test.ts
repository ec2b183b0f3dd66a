import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import myConversations from '@salesforce/apex/ConversationReads.myConversations';
import myUnreadConversations from '@salesforce/apex/ConversationReads.myUnreadConversations';
import { deliver } from 'lightning/empApi';
import { lastNavigation } from 'lightning/navigation';
import { EnclosingUtilityId, updateUtility } from 'lightning/platformUtilityBarApi';
import MessagingUtility from 'c/messagingUtility';
import { conversationRow, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.myConversations',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.myUnreadConversations',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/label/c.Msg_Utility_Unread_Many', () => ({ default: '{0} unread' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Utility_Count', () => ({ default: 'Messages ({0})' }), { virtual: true });

type Wire = { emit(value: unknown): void; error(body?: unknown): void };
const [mine, unread, utility] = [myConversations, myUnreadConversations, EnclosingUtilityId] as unknown as [Wire, Wire, Wire];

async function show() {
  const element = createElement('c-messaging-utility', { is: MessagingUtility });
  document.body.append(element);
  utility.emit('utility-1');
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  return { element, find };
}

describe('c-messaging-utility', () => {
  it('lists my conversations and counts my unread messages, in the panel and on its button', async () => {
    const { element, find } = await show();
    expect(find('c-core-stencil')).not.toBeNull();
    mine.emit([conversationRow(1), conversationRow(2)]);
    unread.emit([
      { Id: 'a1', UnreadCount__c: 2 },
      { Id: 'a2', UnreadCount__c: 1 },
    ]);
    await settle();
    expect(find('.unread').textContent).toBe('3 unread');
    expect(find('c-messaging-conversation-list')['conversations']).toHaveLength(2);
    expect(updateUtility).toHaveBeenLastCalledWith('utility-1', { label: 'Messages (3)', highlighted: true });
    await expect(element).toBeAccessible();
    unread.emit([]);
    await settle();
    expect(find('.unread').textContent).toBe('c.Msg_Utility_Unread_None');
    expect(updateUtility).toHaveBeenLastCalledWith('utility-1', { label: 'c.Msg_Utility_Title', highlighted: false });
  });

  it('works where there is no utility bar', async () => {
    const { find } = await show();
    (updateUtility as jest.Mock).mockClear();
    utility.emit(undefined as never);
    unread.emit([conversationRow(1, { UnreadCount__c: 1 })]);
    mine.emit([conversationRow(1)]);
    await settle();
    expect(find('.unread').textContent).toBe('c.Msg_Utility_Unread_One');
    expect(updateUtility).not.toHaveBeenCalled();
  });

  it('says that there is nothing, or why nothing could be loaded', async () => {
    const { element, find } = await show();
    mine.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Utility_Failed');
    await expect(element).toBeAccessible();
    mine.emit([]);
    await settle();
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Utility_Empty');
    await expect(element).toBeAccessible();
  });

  it('opens a conversation, or all of them, in the console', async () => {
    const { find } = await show();
    mine.emit([conversationRow(1)]);
    await settle();
    find('c-messaging-conversation-list').dispatchEvent(new CustomEvent('choose', { detail: { id: 'c-1' } }));
    const page = { type: 'standard__navItemPage', attributes: { apiName: 'Switchboard_Console' } };
    expect(lastNavigation()).toEqual({ page: { ...page, state: { c__conversation: 'c-1' } }, replace: false });
    find('.open').click();
    expect(lastNavigation()).toEqual({ page: { ...page, state: {} }, replace: false });
  });

  it('reads again when the org announces a change', async () => {
    jest.useFakeTimers();
    await show();
    await jest.advanceTimersByTimeAsync(1550);
    (refreshApex as jest.Mock).mockClear();
    deliver('/event/ConversationChanged__e', { ConversationIds__c: 'c-1' });
    expect(refreshApex).toHaveBeenCalledTimes(2);
    jest.useRealTimers();
  });
});

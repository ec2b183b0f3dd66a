// First: it puts the mocks in the place of what the others import.
import { conversationWire, HELLO, messagesWire, read, send, show } from './rig';
import { refreshApex } from '@salesforce/apex';
import { deliver } from 'lightning/empApi';
import { conversationRow, messagePage, messageRow, settle } from '../../messagingData/__tests__/samples';

describe('c-messaging-conversation: reading', () => {
  it('loads earlier pages and keeps them', async () => {
    const { find, shown, fire } = await show({ rows: messagePage(51, 100) });
    expect(find('c-messaging-thread')['hasOlder']).toBe(true);
    messagesWire.mockResolvedValue(messagePage(21, 50));
    await fire('c-messaging-thread', 'older');
    expect(messagesWire).toHaveBeenCalledWith(expect.objectContaining({ beforeSequence: 51, size: 50 }));
    expect(shown()).toHaveLength(80);
    expect(find('c-messaging-thread')['hasOlder']).toBe(false);
    messagesWire.emit(messagePage(52, 101));
    await settle();
    expect(shown()).toHaveLength(81);
    expect(find('c-messaging-thread')['hasOlder']).toBe(false);
  });

  it('says when earlier messages could not be loaded', async () => {
    const { find, fire } = await show({ rows: messagePage(51, 100) });
    messagesWire.mockRejectedValue({ body: { message: 'Timeout' } });
    await fire('c-messaging-thread', 'older');
    expect(find('.notice c-core-error-panel')['heading']).toBe('c.Msg_Older_Failed');
    expect(find('c-messaging-thread')['loadingOlder']).toBe(false);
  });

  it('reads again for its own conversation only', async () => {
    jest.useFakeTimers();
    const { id } = await show();
    await jest.advanceTimersByTimeAsync(350);
    (refreshApex as jest.Mock).mockClear();
    deliver('/event/ConversationChanged__e', { ConversationIds__c: 'c-999' });
    expect(refreshApex).not.toHaveBeenCalled();
    deliver('/event/ConversationChanged__e', { ConversationIds__c: `c-999,${id}` });
    expect(refreshApex).toHaveBeenCalledTimes(2);
    jest.useRealTimers();
  });

  it('marks as read what is on screen, once', async () => {
    const { id, row } = await show({ fields: { UnreadCount__c: 2 } });
    conversationWire.emit([{ ...row }]);
    await settle();
    expect(read.mock.calls).toEqual([[{ id }]]);
    conversationWire.emit([{ ...row, UnreadCount__c: 3, LastMessageAt__c: '2026-11-22T13:00:00.000Z' }]);
    await settle();
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('leaves unread what nobody sees, and tells as soon as somebody does', async () => {
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    const { id, find } = await show({ fields: { UnreadCount__c: 2 } });
    expect(find('c-messaging-thread')).not.toBeNull();
    expect(read).not.toHaveBeenCalled();
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(read.mock.calls).toEqual([[{ id }]]);
    hidden.mockRestore();
  });

  it('leaves unread what lies behind another pane or on a page that Lightning keeps in the background', async () => {
    let look: (entries: { isIntersecting: boolean }[]) => void = () => undefined;
    const disconnect = jest.fn();
    class Observer {
      disconnect = disconnect;
      observe = jest.fn();
      constructor(callback: typeof look) {
        look = callback;
      }
    }
    Object.assign(globalThis, { IntersectionObserver: Observer });
    const { id, element } = await show({ fields: { UnreadCount__c: 2 } });
    expect(read).not.toHaveBeenCalled();
    look([{ isIntersecting: true }]);
    expect(read.mock.calls).toEqual([[{ id }]]);
    element.remove();
    expect(disconnect).toHaveBeenCalled();
    Reflect.deleteProperty(globalThis, 'IntersectionObserver');
  });

  it('is where it was when somebody comes back to a conversation while a message is on its way', async () => {
    let answer: (value: unknown) => void = () => undefined;
    send.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const { id, element, fire, shown } = await show();
    await fire('c-messaging-composer', 'send', HELLO);
    const turnTo = async (other: string) => {
      element['conversationId'] = other;
      await settle();
      conversationWire.emit([conversationRow(1)]);
      messagesWire.emit(messagePage(1, 2));
      await settle();
    };
    await turnTo('c-elsewhere');
    await turnTo(id);
    expect(shown().at(-1)).toEqual(['key-1', 'Posting']);
    answer({ id: 'm-6', conversationId: id, sequence: 6 });
    await settle();
    expect(shown().at(-1)).toEqual(['key-1', 'Queued']);
    messagesWire.emit([messageRow(6, { Direction__c: 'Outbound', SentStatus__c: 'Sent' }), ...messagePage(1, 2)]);
    await settle();
    expect(shown().map(([key]) => key)).toEqual(['m-1', 'm-2', 'key-1']);
  });

  it('starts anew with another conversation', async () => {
    const { element, find } = await show();
    element['conversationId'] = 'c-another';
    await settle();
    expect(find('c-core-stencil')).not.toBeNull();
    expect(messagesWire.getLastConfig()['externalId']).toBe('c-another');
  });
});

// First: it puts the mocks in the place of what the others import.
import { conversationWire, HELLO, lastConversation, messagesWire, numbers, read, send, show } from './rig';
import { refreshApex } from '@salesforce/apex';
import { deliver } from 'lightning/empApi';
import { keepStarted, toConversation } from 'c/messagingData';
import MessagingSettle from 'c/messagingSettle';
import { messagePage, messageRow, NUMBERS, refusal, settle } from '../../messagingData/__tests__/samples';

describe('c-messaging-conversation: states', () => {
  it('loads, then shows head, thread and composer', async () => {
    const { element, find, row } = await show({ emit: false });
    expect(find('c-core-stencil')).not.toBeNull();
    await expect(element).toBeAccessible();
    conversationWire.emit([row]);
    messagesWire.emit(messagePage(1, 4));
    await settle();
    expect(find('c-messaging-header')['conversation'].name).toBe(row['Name']);
    expect(find('c-messaging-thread')['messages']).toHaveLength(4);
    expect(find('c-messaging-composer')['numbers']).toEqual(NUMBERS);
    await expect(element).toBeAccessible();
  });

  it('shows head and composer at once where its container knows the conversation', async () => {
    const { element, find, row, id } = await show({ emit: false });
    element['known'] = toConversation({ ...row, ExternalId__c: id });
    await settle();
    expect(find('c-messaging-header')['conversation'].name).toBe(row['Name']);
    expect(find('c-core-stencil.thread')).not.toBeNull();
    expect(find('c-messaging-thread')).toBeNull();
    expect(find('.adding')).toBeNull();
    await expect(element).toBeAccessible();
    const composer = find('c-messaging-composer');
    conversationWire.emit([{ ...row, Name: 'Renamed' }]);
    messagesWire.emit(messagePage(1, 4));
    await settle();
    expect(find('c-messaging-header')['conversation'].name).toBe('Renamed');
    expect(find('c-messaging-thread')['messages']).toHaveLength(4);
    expect(find('c-messaging-composer')).toBe(composer);
  });

  it('believes the org that a conversation has gone, whatever its container knows', async () => {
    const { element, find, row } = await show({ emit: false });
    element['known'] = toConversation(row);
    conversationWire.emit([]);
    messagesWire.emit([]);
    await settle();
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Conversation_Missing');
  });

  it('puts the keyboard on the head as soon as there is one', async () => {
    const { element, find, row } = await show({ emit: false });
    element.focus();
    conversationWire.emit([row]);
    messagesWire.emit(messagePage(1, 4));
    await settle();
    expect(find('c-messaging-header').shadowRoot!.activeElement?.textContent).toBe(row['Name']);
  });

  it.each([
    ['first', 'Msg_Conversation_Failed'],
    ['later', 'Msg_Refresh_Failed'],
  ])('does not let one reading hide that the other failed (%s reading)', async (when, heading) => {
    const { find, row } = await show({ emit: when === 'later' });
    messagesWire.error({ message: 'Timeout' });
    conversationWire.emit([{ ...row }]);
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe(`c.${heading}`);
    messagesWire.emit(messagePage(1, 4));
    await settle();
    expect(find('c-core-error-panel')).toBeNull();
  });

  it('goes on when it is taken out of the page and put back', async () => {
    jest.useFakeTimers();
    const { id, element, find, shown } = await show();
    element.remove();
    document.body.append(element);
    await jest.advanceTimersByTimeAsync(700);
    (refreshApex as jest.Mock).mockClear();
    deliver('/event/ConversationChanged__e', { ConversationIds__c: id });
    expect(refreshApex).toHaveBeenCalledTimes(2);
    jest.useRealTimers();
    let answer: (value: unknown) => void = () => undefined;
    send.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    find('c-messaging-composer').dispatchEvent(new CustomEvent('send', { detail: HELLO }));
    await settle();
    element.remove();
    answer({ id: 'm-6', conversationId: id, sequence: 6 });
    await settle();
    document.body.append(element);
    await settle();
    expect(shown().at(-1)).toEqual(['key-1', 'Queued']);
  });

  it('asks to choose while nothing is chosen', async () => {
    const { element, find } = await show({ emit: false });
    element['conversationId'] = '';
    await settle();
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Conversation_None');
  });

  it('says why it could not be loaded', async () => {
    const { element, find, fire } = await show({ emit: false });
    conversationWire.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Conversation_Failed');
    (refreshApex as jest.Mock).mockClear();
    await fire('c-core-error-panel', 'retry');
    expect(refreshApex).toHaveBeenCalledTimes(2);
    await expect(element).toBeAccessible();
  });

  it('says when a conversation is gone or not shared', async () => {
    const { find } = await show({ emit: false });
    conversationWire.emit([]);
    messagesWire.emit([]);
    await settle();
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Conversation_Missing');
  });

  it('keeps thread and composer when a later reading fails', async () => {
    const { find } = await show();
    messagesWire.error({ message: 'Timeout' });
    await settle();
    expect(find('c-messaging-thread')['messages']).toHaveLength(4);
    expect(find('.notice c-core-error-panel')['heading']).toBe('c.Msg_Refresh_Failed');
  });

  it('shows what was just sent in a conversation whose row is still on the way', async () => {
    const id = `c-${lastConversation + 1}`;
    const to = '+14155550150';
    keepStarted(id, { key: 'k', id: 'm-1', body: 'First', from: '+14155550199', to, createdAt: Date.now(), state: 'accepted' });
    const { find, shown, row } = await show({ emit: false });
    conversationWire.emit([]);
    messagesWire.emit([]);
    await settle();
    expect(find('.adding').textContent).toBe('c.Msg_Conversation_Adding');
    expect(find('c-messaging-header')['conversation'].name).toBe(to);
    expect(shown()).toEqual([['k', 'Queued']]);
    conversationWire.emit([row]);
    messagesWire.emit([messageRow(1, { Direction__c: 'Outbound', SentStatus__c: 'Sent' })]);
    await settle();
    expect(find('.adding')).toBeNull();
    expect(shown()).toEqual([['k', 'Sent']]);
  });

  it('says when messages exist but could not be written to the org', async () => {
    const { find } = await show({ rows: [] });
    expect(find('c-messaging-thread')['unwritten']).toBe(true);
    const empty = await show({ rows: [], fields: { LastMessageAt__c: undefined } });
    expect(empty.find('c-messaging-thread')['unwritten']).toBe(false);
  });

  it('says when the org does not show what was sent for long, until it does', async () => {
    jest.useFakeTimers();
    send.mockResolvedValue({ id: 'm-6', conversationId: `c-${lastConversation + 1}`, sequence: 6 });
    const { element, find, fire } = await show();
    await fire('c-messaging-composer', 'send', HELLO);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(find('.late')).toBeNull();
    await jest.advanceTimersByTimeAsync(15_000);
    expect(find('.late').textContent).toBe('c.Msg_Conversation_Late');
    messagesWire.emit([messageRow(6), ...messagePage(1, 4)]);
    await settle();
    expect(find('.late')).toBeNull();
    jest.useRealTimers();
    await expect(element).toBeAccessible();
  });

  it('tells its container what it read', async () => {
    const heard = jest.fn();
    const { element, row } = await show({ emit: false });
    element.addEventListener('conversationloaded', (event) => heard((event as CustomEvent).detail.id));
    conversationWire.emit([row]);
    await settle();
    expect(heard).toHaveBeenCalledWith(row['ExternalId__c']);
  });
});

describe('c-messaging-conversation: sending', () => {
  it('shows the bubble before any answer, then the answer, then the row, under one key', async () => {
    let answer: (value: unknown) => void = () => undefined;
    send.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const { id, find, shown } = await show();
    find('c-messaging-composer').dispatchEvent(new CustomEvent('send', { detail: HELLO }));
    await Promise.resolve();
    expect(shown().at(-1)).toEqual(['key-1', 'Posting']);
    await settle();
    expect(send).toHaveBeenCalledWith({ message: { conversationId: id, body: 'Hello', from: '+14155550199' }, key: 'key-1' });
    answer({ id: 'm-6', conversationId: id, sequence: 6 });
    await settle();
    expect(shown().at(-1)).toEqual(['key-1', 'Queued']);
    messagesWire.emit([...messagePage(5, 6), ...messagePage(1, 4)].sort((a, b) => Number(b['Sequence__c']) - Number(a['Sequence__c'])));
    await settle();
    expect(shown().at(-1)).toEqual(['key-1', 'Sent']);
    expect(shown()).toHaveLength(6);
  });

  it('keeps a refused message, retries under the same key, or discards it', async () => {
    send.mockRejectedValueOnce(refusal('no_number', 'No number.')).mockRejectedValue(refusal('no_number', 'No number.'));
    const { shown, fire } = await show();
    await fire('c-messaging-composer', 'send', HELLO);
    expect(shown().at(-1)).toEqual(['key-1', 'NotSent']);
    await fire('c-messaging-thread', 'retry', { key: 'key-1' });
    expect(send.mock.calls.map(([{ key }]) => key)).toEqual(['key-1', 'key-1']);
    await fire('c-messaging-thread', 'discard', { key: 'key-1' });
    expect(shown()).toHaveLength(4);
  });

  it('hands a failed text back to the composer', async () => {
    const { find, fire } = await show();
    await fire('c-messaging-thread', 'writeagain', { body: 'Body 2' });
    expect(find('c-messaging-composer').shadowRoot!.querySelector<HTMLElement & { value: string }>('.text')!.value).toBe('Body 2');
  });

  it.each([
    [{ outcome: 'sent' }, ['c.Msg_Settle_Done_Sent'], true],
    [{ outcome: 'failed' }, ['c.Msg_Settle_Done_Failed'], true],
    [{ outcome: 'resend' }, ['c.Msg_Settle_Done_Resend'], true],
    [undefined, [], false],
  ])('asks what became of a message, and reads again when it was settled as %j', async (answer, titles, rereads) => {
    jest.useFakeTimers();
    const { element, fire } = await show();
    await jest.advanceTimersByTimeAsync(350);
    (refreshApex as jest.Mock).mockClear();
    const open = jest.spyOn(MessagingSettle, 'open').mockResolvedValue(answer);
    const toasts: string[] = [];
    element.addEventListener('lightning__showtoast', (event) => toasts.push((event as CustomEvent).detail.title));
    await fire('c-messaging-thread', 'settle', { id: 'm-2', body: 'Body 2' });
    expect(open).toHaveBeenCalledWith({ label: 'c.Msg_Settle_Title', messageId: 'm-2', text: 'Body 2', size: 'small' });
    await jest.advanceTimersByTimeAsync(350);
    expect(toasts).toEqual(titles);
    expect((refreshApex as jest.Mock).mock.calls.length > 0).toBe(rereads);
    jest.useRealTimers();
  });

  it('tells when the service filed the message elsewhere', async () => {
    const moved = jest.fn();
    send.mockResolvedValue({ id: 'm-1', conversationId: 'c-other' });
    const { element, fire } = await show();
    element.addEventListener('moved', (event) => moved((event as CustomEvent).detail));
    await fire('c-messaging-composer', 'send', HELLO);
    expect(moved).toHaveBeenCalledWith({ id: 'c-other' });
  });

  it.each([
    [{ OptedOut__c: true }, NUMBERS, 'c.Msg_Composer_Opted_Out'],
    [{}, [], 'c.Msg_Composer_No_Number'],
    [{}, NUMBERS, ''],
  ])('with %j and %j numbers the composer is blocked by %j', async (fields, items, reason) => {
    numbers.mockResolvedValue({ items });
    const { find } = await show({ fields });
    expect(find('c-messaging-composer')['blockedReason']).toBe(reason);
  });

  it('says when the numbers could not be loaded, and loads them again', async () => {
    numbers.mockRejectedValueOnce(refusal('service_unreachable', 'Nothing came back.', 503));
    const { find, fire } = await show();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Composer_Numbers_Failed');
    await fire('c-core-error-panel', 'retry');
    expect(find('c-core-error-panel')).toBeNull();
  });
});

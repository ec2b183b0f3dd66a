import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import readConversation from '@salesforce/apex/ConversationReads.conversation';
import readMessages from '@salesforce/apex/ConversationReads.messages';
import markRead from '@salesforce/apex/MessagingController.markRead';
import loadNumbers from '@salesforce/apex/MessagingController.myNumbers';
import sendMessage from '@salesforce/apex/MessagingController.send';
import { deliver } from 'lightning/empApi';
import { forgetNumbers, keepStarted } from 'c/messagingData';
import MessagingSettle from 'c/messagingSettle';
import MessagingConversation from 'c/messagingConversation';
import { conversationRow, messagePage, messageRow, NUMBERS, refusal, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.conversation',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.messages',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/apex/MessagingController.markRead', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.media', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.myNumbers', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/customPermission/SwitchboardSend', () => ({ default: true }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.resolveUnknown', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.send', () => ({ default: jest.fn() }), { virtual: true });

type Wire = { emit(value: unknown): void; error(body?: unknown): void; getLastConfig(): Record<string, unknown> } & jest.Mock;
const [conversationWire, messagesWire, send, read, numbers] = [
  readConversation,
  readMessages,
  sendMessage,
  markRead,
  loadNumbers,
] as unknown as [Wire, Wire, jest.Mock, jest.Mock, jest.Mock];

beforeEach(() => {
  localStorage.clear();
  forgetNumbers();
  numbers.mockResolvedValue({ items: NUMBERS });
  read.mockResolvedValue({});
});

let lastConversation = 0;
/** A conversation of its own for each test, because the page remembers what was opened before. */
async function show({ rows = messagePage(1, 4), fields = {}, emit = true } = {}) {
  lastConversation += 1;
  const id = `c-${lastConversation}`;
  const element = createElement('c-messaging-conversation', { is: MessagingConversation }) as HTMLElement & Record<string, unknown>;
  element['conversationId'] = id;
  document.body.append(element);
  await settle();
  const row = conversationRow(lastConversation, fields);
  if (emit) {
    conversationWire.emit([row]);
    messagesWire.emit(rows);
    await settle();
  }
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const shown = () => find('c-messaging-thread')['messages'].map((message: { key: string; sent: string }) => [message.key, message.sent]);
  const fire = async (selector: string, type: string, detail?: object) => {
    find(selector).dispatchEvent(new CustomEvent(type, { detail }));
    await settle();
  };
  return { id, element, row, find, shown, fire };
}
const HELLO = { body: 'Hello', from: '+14155550199', key: 'key-1' };

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

  it('starts anew with another conversation', async () => {
    const { element, find } = await show();
    element['conversationId'] = 'c-another';
    await settle();
    expect(find('c-core-stencil')).not.toBeNull();
    expect(messagesWire.getLastConfig()['externalId']).toBe('c-another');
  });
});

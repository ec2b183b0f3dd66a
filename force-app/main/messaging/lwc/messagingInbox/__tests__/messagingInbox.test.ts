import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import mine from '@salesforce/apex/ConversationReads.myConversations';
import recent from '@salesforce/apex/ConversationReads.recentConversations';
import search from '@salesforce/apex/ConversationReads.search';
import byNumber from '@salesforce/apex/ConversationSearch.byNumber';
import unread from '@salesforce/apex/ConversationReads.unreadConversations';
import { deliver } from 'lightning/empApi';
import MessagingInbox from 'c/messagingInbox';
import { change, conversationRow, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.myConversations',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.recentConversations',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/ConversationReads.unreadConversations',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/apex/ConversationReads.search', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConversationSearch.byNumber', () => ({ default: jest.fn() }), { virtual: true });

type Wire = {
  emit(value: unknown): void;
  error(body?: unknown, status?: number): void;
  getLastConfig(): Record<string, unknown>;
} & jest.Mock;
const [recentWire, mineWire, unreadWire, searchRead] = [recent, mine, unread, search] as unknown as Wire[];
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => conversationRow(from + index));

async function show() {
  const element = createElement('c-messaging-inbox', { is: MessagingInbox }) as HTMLElement & Record<string, unknown>;
  document.body.append(element);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const listed = () => (find('c-messaging-conversation-list')?.['conversations'] ?? []).map(({ id }: { id: string }) => id);
  const emit = async (wire: Wire | undefined, value: unknown) => {
    wire!.emit(value);
    await settle();
  };
  const type = async (text: string) => {
    jest.useFakeTimers();
    change(find('.search'), text);
    await jest.advanceTimersByTimeAsync(320);
    jest.useRealTimers();
    await settle();
  };
  return { element, find, listed, emit, type };
}

describe('c-messaging-inbox', () => {
  it('loads, then lists the conversations', async () => {
    const { element, find, listed, emit } = await show();
    expect(find('c-core-stencil')).not.toBeNull();
    await expect(element).toBeAccessible();
    await emit(recentWire, rows(1, 3));
    expect(listed()).toEqual(['c-1', 'c-2', 'c-3']);
    expect(find('.more')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('shows why the list could not be loaded and tries again', async () => {
    const { element, find } = await show();
    recentWire!.error({ message: 'No access' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Inbox_Failed');
    (refreshApex as jest.Mock).mockClear();
    find('c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
  });

  it('keeps the list when a later reading fails', async () => {
    const { find, listed, emit } = await show();
    await emit(recentWire, rows(1, 2));
    recentWire!.error({ message: 'Timeout' });
    await settle();
    expect(listed()).toEqual(['c-1', 'c-2']);
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Inbox_Refresh_Failed');
  });

  it('says what an empty list means', async () => {
    const { element, find, emit } = await show();
    await emit(recentWire, []);
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Inbox_Empty_All');
    await expect(element).toBeAccessible();
  });

  it('reads the filter that is chosen, and only that', async () => {
    const { find, listed, emit } = await show();
    await emit(recentWire, rows(1, 3));
    change(find('.filter'), 'mine');
    await settle();
    expect(find('c-core-stencil')).not.toBeNull();
    expect(mineWire!.getLastConfig()['size']).toBe(50);
    expect(recentWire!.getLastConfig()['size']).toBeUndefined();
    await emit(recentWire, rows(7, 9));
    expect(find('c-core-stencil')).not.toBeNull();
    await emit(mineWire, rows(2, 2));
    expect(listed()).toEqual(['c-2']);
    change(find('.filter'), 'unread');
    await settle();
    await emit(unreadWire, []);
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Inbox_Empty_Unread');
  });

  it('loads older pages behind the first and keeps them when that is read again', async () => {
    const { find, listed, emit } = await show();
    await emit(recentWire, rows(1, 50));
    recentWire!.mockResolvedValue(rows(50, 60));
    find('.more').click();
    await settle();
    expect(recentWire).toHaveBeenCalledWith({ size: 50, before: '2026-11-22T11:10:00.000Z' });
    expect(listed()).toHaveLength(60);
    expect(find('.more')).toBeNull();
    await emit(recentWire, rows(1, 50));
    expect(listed()).toHaveLength(60);
  });

  it('says so when an older page cannot be loaded, and keeps what there is', async () => {
    const { find, listed, emit } = await show();
    await emit(recentWire, rows(1, 50));
    recentWire!.mockRejectedValue({ body: { message: 'Timeout' } });
    find('.more').click();
    await settle();
    expect(listed()).toHaveLength(50);
    expect(find('c-core-error-panel')).not.toBeNull();
    expect(find('.more')['disabled']).toBe(false);
  });

  it('searches while typing, newest wish only, and says how many', async () => {
    const { element, find, listed, emit, type } = await show();
    await emit(recentWire, rows(1, 3));
    searchRead!.mockResolvedValue([rows(8, 9), []]);
    change(find('.search'), 'ros');
    await type('rosa');
    expect(searchRead!.mock.calls).toEqual([[{ term: 'rosa*' }]]);
    expect(listed()).toEqual(['c-8', 'c-9']);
    expect(find('.filter')).toBeNull();
    expect(find('.found').textContent).toContain('c.Msg_Inbox_Found');
    await expect(element).toBeAccessible();
    await type('');
    expect(listed()).toEqual(['c-1', 'c-2', 'c-3']);
  });

  it.each([
    ['(415) 555-0142', '%4155550142%'],
    ['07700 900321', '%7700900321%'],
    ['0142', '%0142%'],
    ['142', ''],
  ])('searches the number %s by any part of it, too', async (typed, pattern) => {
    const { listed, type } = await show();
    searchRead!.mockResolvedValue([rows(8, 8), []]);
    (byNumber as unknown as jest.Mock).mockResolvedValue(rows(7, 8));
    await type(typed);
    expect((byNumber as unknown as jest.Mock).mock.calls).toEqual(pattern ? [[{ pattern }]] : []);
    expect(listed()).toEqual(pattern ? ['c-7', 'c-8'] : ['c-8']);
  });

  it('explains a search that is too short, finds nothing or fails', async () => {
    const { find, type } = await show();
    await type('r');
    expect(find('.too-short').textContent).toBe('c.Msg_Inbox_Search_Short');
    expect(searchRead).not.toHaveBeenCalled();
    searchRead!
      .mockResolvedValueOnce([[], []])
      .mockRejectedValueOnce({ body: { message: 'no' } })
      .mockResolvedValue([rows(1, 1), []]);
    await type('rosa');
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Inbox_Empty_Search');
    await type('rosab');
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Inbox_Search_Failed');
    find('c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await settle();
    expect(find('c-messaging-conversation-list')).not.toBeNull();
  });

  it('drops an answer to a search that was given up', async () => {
    const { listed, type } = await show();
    let answer: (value: unknown) => void = () => undefined;
    searchRead!.mockReturnValueOnce(new Promise((resolve) => (answer = resolve))).mockResolvedValue([rows(2, 2), []]);
    await type('rosa');
    await type('rosalind');
    answer([rows(1, 1), []]);
    await settle();
    expect(listed()).toEqual(['c-2']);
  });

  it('reads again when the org announces a change', async () => {
    jest.useFakeTimers();
    const { emit } = await show();
    await emit(recentWire, rows(1, 1));
    (refreshApex as jest.Mock).mockClear();
    await jest.advanceTimersByTimeAsync(1600);
    deliver('/event/ConversationChanged__e', { ConversationIds__c: 'c-77' });
    await settle();
    expect(refreshApex).toHaveBeenCalled();
    jest.useRealTimers();
  });

  it('passes on the choice and the wish to write', async () => {
    const heard = jest.fn();
    const { element, find, emit } = await show();
    await emit(recentWire, rows(1, 1));
    element.addEventListener('choose', (event) => heard((event as CustomEvent).detail));
    element.addEventListener('start', () => heard('start'));
    find('c-messaging-conversation-list').dispatchEvent(new CustomEvent('choose', { detail: { id: 'c-1' } }));
    find('.start').click();
    expect(heard.mock.calls).toEqual([
      [{ id: 'c-1', conversation: expect.objectContaining({ id: 'c-1', name: 'Customer 1' }) }],
      ['start'],
    ]);
  });
});

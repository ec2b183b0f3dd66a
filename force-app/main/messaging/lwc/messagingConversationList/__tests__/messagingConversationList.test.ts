import { createElement } from 'lwc';
import MessagingConversationList from 'c/messagingConversationList';
import { toConversation } from 'c/messagingData';
import { conversationRow, settle } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/label/c.Msg_List_You', () => ({ default: 'You: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_List_Unread_Many', () => ({ default: '{0} unread' }), { virtual: true });

function show(rows: object[], selectedId = '') {
  const element = createElement('c-messaging-conversation-list', { is: MessagingConversationList }) as HTMLElement &
    Record<string, unknown>;
  Object.assign(element, { conversations: rows.map((row) => toConversation(row as Record<string, unknown>)), selectedId });
  const chosen = jest.fn();
  element.addEventListener('choose', (event) => chosen((event as CustomEvent).detail.id));
  document.body.append(element);
  const rowsOf = () => Array.from(element.shadowRoot!.querySelectorAll<HTMLElement>('[role="option"]'));
  const press = async (key: string) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    element.shadowRoot!.querySelector('[role="listbox"]')!.dispatchEvent(event);
    await settle();
    return event;
  };
  const reachable = () =>
    rowsOf()
      .filter((row) => row.getAttribute('tabindex') === '0')
      .map((row) => row.dataset['id']);
  return { element, chosen, rowsOf, press, reachable };
}
const textOf = (row: HTMLElement | undefined, selector: string) => row?.querySelector(selector)?.textContent;

describe('c-messaging-conversation-list', () => {
  it('shows name, number, preview and unread messages in words', async () => {
    const { element, rowsOf } = show([
      conversationRow(1, { UnreadCount__c: 3 }),
      conversationRow(2, { Name: '+14155550102', LastDirection__c: 'Outbound', OptedOut__c: true }),
      conversationRow(3, { LastMessageText__c: undefined, UnreadCount__c: 150 }),
    ]);
    const [first, second, third] = rowsOf();
    expect(textOf(first, '.title')).toBe('Customer 1');
    expect(textOf(first, '.number')).toBe('+1 415 555 0101');
    expect(textOf(first, '.unread .slds-assistive-text')).toBe('3 unread');
    expect(textOf(second, '.title')).toBe('+1 415 555 0102');
    expect(textOf(second, '.number')).toBeUndefined();
    expect(textOf(second, '.preview')).toBe('You: Text 2');
    expect(textOf(second, '.opted-out')).toBe('c.Msg_List_Opted_Out');
    expect(textOf(second, '.unread')).toBeUndefined();
    expect(textOf(third, '.preview')).toBe('c.Msg_List_No_Text');
    expect(textOf(third, '.unread [aria-hidden]')).toBe('99+');
    await expect(element).toBeAccessible();
  });

  it('marks the chosen row, which counts as read', () => {
    const { rowsOf } = show([conversationRow(1, { UnreadCount__c: 3 }), conversationRow(2)], 'c-1');
    expect(rowsOf().map((row) => row.getAttribute('aria-selected'))).toEqual(['true', 'false']);
    expect(textOf(rowsOf()[0], '.unread')).toBeUndefined();
  });

  it('is one stop of the tab key: the chosen row, else the first', () => {
    expect(show([conversationRow(1), conversationRow(2)], 'c-2').reachable()).toEqual(['c-2']);
    expect(show([conversationRow(1), conversationRow(2)], 'gone').reachable()).toEqual(['c-1']);
  });

  it('is walked with arrows, Home and End, without choosing and without leaving', async () => {
    const { press, reachable, chosen } = show(
      [1, 2, 3].map((number) => conversationRow(number)),
      'c-1',
    );
    const walked: (string | undefined)[] = [];
    for (const key of ['ArrowUp', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Home', 'End']) {
      expect((await press(key)).defaultPrevented).toBe(true);
      walked.push(reachable()[0]);
    }
    expect(walked).toEqual(['c-1', 'c-2', 'c-3', 'c-3', 'c-1', 'c-3']);
    expect(chosen).not.toHaveBeenCalled();
    expect((await press('a')).defaultPrevented).toBe(false);
  });

  it.each(['Enter', ' '])('chooses with %j and by click', async (key) => {
    const { press, rowsOf, chosen } = show([1, 2, 3].map((number) => conversationRow(number)));
    await press('ArrowDown');
    await press(key);
    rowsOf()[2]!.click();
    expect(chosen.mock.calls).toEqual([['c-2'], ['c-3']]);
  });

  it('keeps the keyboard’s place when the list moves', async () => {
    const { element, press, reachable } = show([1, 2, 3].map((number) => conversationRow(number)));
    await press('End');
    element['conversations'] = [3, 1, 2].map((number) => toConversation(conversationRow(number)));
    await settle();
    expect(reachable()).toEqual(['c-3']);
    element['conversations'] = [1, 2].map((number) => toConversation(conversationRow(number)));
    await settle();
    expect(reachable()).toEqual(['c-1']);
  });
});

import { createElement } from 'lwc';
import { CurrentPageReference, lastNavigation } from 'lightning/navigation';
import { toConversation } from 'c/messagingData';
import MessagingConsole from 'c/messagingConsole';
import MessagingStart from 'c/messagingStart';
import { conversationRow, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.media', () => ({ default: jest.fn() }), { virtual: true });

const PAGE = { type: 'standard__navItemPage', attributes: { apiName: 'Switchboard_Console' }, state: { other: 'kept' } };
const pageWire = CurrentPageReference as unknown as { emit(page: object): void };

async function show(state: object = {}) {
  lastNavigation();
  const element = createElement('c-messaging-console', { is: MessagingConsole });
  document.body.append(element);
  pageWire.emit({ ...PAGE, state: { ...PAGE.state, ...state } });
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const fire = async (selector: string, type: string, detail?: unknown) => {
    find(selector).dispatchEvent(new CustomEvent(type, { detail }));
    await settle();
  };
  const layout = () => find('.layout').className;
  return { element, find, fire, layout };
}

describe('c-messaging-console', () => {
  it('opens with the list and nothing chosen', async () => {
    const { element, find, layout } = await show();
    expect(find('c-messaging-conversation')['conversationId']).toBe('');
    expect(find('c-messaging-record-panel')['conversation']).toBeUndefined();
    expect(layout()).toContain('layout_list');
    await expect(element).toBeAccessible();
  });

  it('opens the conversation of its address, as after a reload or from a link', async () => {
    const { find, layout } = await show({ c__conversation: 'c-7' });
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-7');
    expect(find('c-messaging-inbox')['selectedId']).toBe('c-7');
    expect(layout()).toContain('layout_thread');
    expect(lastNavigation()).toBeUndefined();
  });

  it('puts a chosen conversation into the address without a new step in the history', async () => {
    const { find, fire } = await show();
    await fire('c-messaging-inbox', 'choose', { id: 'c-2' });
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-2');
    expect(lastNavigation()).toEqual({ page: { ...PAGE, state: { other: 'kept', c__conversation: 'c-2' } }, replace: true });
  });

  it('shows the details of the conversation that is open, not of the one before', async () => {
    const { find, fire } = await show({ c__conversation: 'c-1' });
    await fire('c-messaging-conversation', 'conversationloaded', toConversation(conversationRow(1)));
    expect(find('c-messaging-record-panel')['conversation'].id).toBe('c-1');
    await fire('c-messaging-inbox', 'choose', { id: 'c-2' });
    expect(find('c-messaging-record-panel')['conversation']).toBeUndefined();
    await fire('c-messaging-conversation', 'conversationloaded', toConversation(conversationRow(1)));
    expect(find('c-messaging-record-panel')['conversation']).toBeUndefined();
  });

  it('walks between the panes where only one has room', async () => {
    const { find, fire, layout } = await show({ c__conversation: 'c-1' });
    await fire('c-messaging-conversation', 'details');
    expect(layout()).toContain('layout_record');
    await fire('c-messaging-record-panel', 'back');
    expect(layout()).toContain('layout_thread');
    await fire('c-messaging-conversation', 'back');
    expect(layout()).toContain('layout_list');
    expect(find('c-messaging-conversation')['conversationId']).toBe('');
    expect(lastNavigation()).toMatchObject({ page: { state: { other: 'kept' } } });
  });

  it('moves the keyboard into the thread only when the list has gone', async () => {
    const { find, fire } = await show();
    const focus = jest.spyOn(find('c-messaging-conversation'), 'focus');
    await fire('c-messaging-inbox', 'choose', { id: 'c-1' });
    expect(focus).not.toHaveBeenCalled();
    find('.pane_list').style.display = 'none';
    await fire('c-messaging-inbox', 'choose', { id: 'c-2' });
    expect(focus).toHaveBeenCalledTimes(1);
    find('.pane_list').style.display = '';
    const back = jest.spyOn(find('c-messaging-inbox'), 'focus');
    await fire('c-messaging-conversation', 'back');
    expect(back).toHaveBeenCalledTimes(1);
  });

  it('opens a conversation that was just started, or that a message was moved to', async () => {
    const open = jest.spyOn(MessagingStart, 'open').mockResolvedValueOnce({ conversationId: 'c-9' }).mockResolvedValueOnce(undefined);
    const { find, fire } = await show();
    await fire('c-messaging-inbox', 'start');
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-9');
    await fire('c-messaging-inbox', 'start');
    expect(open).toHaveBeenCalledTimes(2);
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-9');
    await fire('c-messaging-conversation', 'moved', { id: 'c-10' });
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-10');
  });
});

import { createElement } from 'lwc';
import MessagingComposer from 'c/messagingComposer';
import { change, NUMBERS, settle } from '../../messagingData/__tests__/samples';

beforeEach(() => localStorage.clear());

async function show(props: object = {}) {
  const element = createElement('c-messaging-composer', { is: MessagingComposer }) as HTMLElement & Record<string, unknown>;
  Object.assign(element, { conversationId: 'c-1', numbers: NUMBERS, ourNumber: '+447700900199', customerName: 'Rosa', ...props });
  const sent = jest.fn();
  element.addEventListener('send', (event) => sent((event as CustomEvent).detail));
  document.body.append(element);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<HTMLElement & Record<string, unknown>>(selector)!;
  const write = async (text: string) => {
    change(find('.text'), text);
    await settle();
  };
  return { element, sent, find, write };
}
const key = (init: KeyboardEventInit) => new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, ...init });

describe('c-messaging-composer', () => {
  it('sends from the number the customer knows, once per click, with a key of its own each time', async () => {
    const { sent, find, write, element } = await show();
    await write('  Hello  ');
    find('.send').click();
    find('.send').click();
    expect(sent).toHaveBeenCalledTimes(1);
    expect(sent).toHaveBeenCalledWith({ body: 'Hello', from: '+447700900199', key: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    await settle();
    expect(find('.text')['value']).toBe('');
    await write('Again');
    find('.send').click();
    expect(sent.mock.calls[1][0].key).not.toBe(sent.mock.calls[0][0].key);
    await expect(element).toBeAccessible();
  });

  it.each([
    ['Ctrl + Enter', { ctrlKey: true }, 1],
    ['Cmd + Enter', { metaKey: true }, 1],
    ['Enter alone', {}, 0],
    ['Enter that ends an input method’s word', { ctrlKey: true, isComposing: true }, 0],
  ])('on %s sends %#', async (_name, init, times) => {
    const { sent, find, write } = await show();
    await write('Hello');
    const event = key(init);
    find('.text').dispatchEvent(event);
    expect(sent).toHaveBeenCalledTimes(times);
    expect(event.defaultPrevented).toBe(times === 1);
  });

  it('sends nothing that is empty or too long', async () => {
    const { sent, find, write } = await show();
    for (const text of ['', '   \n ', 'x'.repeat(1601)]) {
      await write(text);
      expect(find('.send')['disabled']).toBe(true);
      find('.text').dispatchEvent(key({ ctrlKey: true }));
    }
    expect(sent).not.toHaveBeenCalled();
    await write('x'.repeat(1600));
    expect(find('.send')['disabled']).toBe(false);
  });

  it('keeps a draft per conversation, over a reload, until it is sent', async () => {
    const first = await show();
    await first.write('half a thou');
    first.element['conversationId'] = 'c-2';
    await settle();
    expect(first.find('.text')['value']).toBe('');
    await first.write('other');
    first.element['conversationId'] = 'c-1';
    await settle();
    expect(first.find('.text')['value']).toBe('half a thou');

    const reloaded = await show();
    expect(reloaded.find('.text')['value']).toBe('half a thou');
    reloaded.find('.send').click();
    expect((await show()).find('.text')['value']).toBe('');
    expect((await show({ conversationId: 'c-2' })).find('.text')['value']).toBe('other');
  });

  it('lets choose among several numbers and hides the choice of one', async () => {
    const { sent, find, write } = await show();
    expect(find('.from')['value']).toBe('+447700900199');
    expect(find('.from')['options']).toEqual([
      { label: 'Main (+1 415 555 0199)', value: '+14155550199' },
      { label: '+44 7700 900199', value: '+447700900199' },
    ]);
    change(find('.from'), '+14155550199');
    await write('Hello');
    find('.send').click();
    expect(sent.mock.calls[0][0].from).toBe('+14155550199');
    expect((await show({ numbers: [NUMBERS[0]] })).find('.from')).toBeNull();
  });

  it('says why nothing can be sent', async () => {
    const { element, find } = await show({ blockedReason: 'Rosa does not want texts.' });
    expect(find('.blocked-reason').textContent).toBe('Rosa does not want texts.');
    expect(find('.text')).toBeNull();
    expect(find('.send')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('takes a text over, behind what is being written', async () => {
    const { element, find, write } = await show();
    const insert = (body: string) => (element as unknown as { insert(body: string): void }).insert(body);
    insert('first');
    await settle();
    expect(find('.text')['value']).toBe('first');
    await write('mine ');
    insert('theirs');
    await settle();
    expect(find('.text')['value']).toBe('mine\ntheirs');
  });
});

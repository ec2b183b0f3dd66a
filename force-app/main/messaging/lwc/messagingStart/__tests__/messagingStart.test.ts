import { createElement } from 'lwc';
import loadNumbers from '@salesforce/apex/MessagingController.myNumbers';
import sendMessage from '@salesforce/apex/MessagingController.send';
import { forgetNumbers, readStored, writeStored } from 'c/messagingData';
import MessagingStart from 'c/messagingStart';
import { change, NUMBERS, refusal, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.myNumbers', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingController.send', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Start_Number_Country', () => ({ default: '{0} is a number of {1}.' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Start_Number_Help', () => ({ default: 'Or as in {0}' }), { virtual: true });
const [load, send] = [loadNumbers, sendMessage] as unknown as [jest.Mock, jest.Mock];
const ACCEPTED = { id: 'm-1', conversationId: 'c-9', sequence: 1 };
const PHONES = [
  { label: 'Mobile', number: '+1 (415) 555-0101' },
  { label: 'Phone', number: '020 7946 0001' },
];

beforeEach(() => {
  localStorage.clear();
  forgetNumbers();
  load.mockResolvedValue({ items: NUMBERS });
  send.mockReset().mockResolvedValue(ACCEPTED);
});

async function show(props: object = {}) {
  const element = createElement('c-messaging-start', { is: MessagingStart }) as HTMLElement & Record<string, unknown>;
  Object.assign(element, { label: 'New message', ...props });
  const closed = jest.fn();
  element.addEventListener('modalclose', (event) => closed((event as CustomEvent).detail));
  document.body.append(element);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const fill = async (selector: string, value: string) => {
    change(find(selector), value);
    await settle();
    for (const field of element.shadowRoot!.querySelectorAll<Found>('.number, .text')) {
      if (jest.isMockFunction(field['setCustomValidity'])) continue;
      field['setCustomValidity'] = jest.fn();
      field['reportValidity'] = jest.fn(() => true);
    }
  };
  const press = async () => {
    find('.send').click();
    await settle();
  };
  return { element, closed, find, fill, press };
}

describe('c-messaging-start', () => {
  it('texts a typed number and leaves the first message for the page that opens', async () => {
    const { element, closed, find, fill, press } = await show();
    expect(find('.phone')).toBeNull();
    await fill('.number', '+44 7700 900123');
    expect(find('.country').textContent).toBe('+44 7700 900123 is a number of United Kingdom.');
    await fill('.text', ' Hello ');
    await expect(element).toBeAccessible();
    await press();
    const key = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(send).toHaveBeenCalledWith({ message: { to: '+447700900123', from: '+14155550199', body: 'Hello' }, key });
    expect(closed).toHaveBeenCalledWith({ conversationId: 'c-9' });
    expect(JSON.parse(readStored('pending', 'c-9'))).toMatchObject([
      { id: 'm-1', body: 'Hello', to: '+447700900123', state: 'accepted', sequence: 1 },
    ]);
  });

  it('offers the phone fields of a record and still lets type another number', async () => {
    const { find, fill, press } = await show({ recordId: '003A', recordName: 'Rosa', phones: PHONES });
    expect(find('.phone')['options'].map(({ label }: { label: string }) => label)).toEqual([
      'Mobile: +1 415 555 0101',
      'Phone: 020 7946 0001',
      'c.Msg_Start_Other',
    ]);
    expect(find('.number')).toBeNull();
    await fill('.text', 'Hello');
    await press();
    expect(send.mock.calls[0][0].message).toEqual({ to: '+14155550101', from: '+14155550199', body: 'Hello', recordId: '003A' });
    await fill('.phone', 'other');
    expect(find('.number')).not.toBeNull();
  });

  it('sends a national number as the record has it: the service knows the country', async () => {
    const { fill, press } = await show({ phones: PHONES });
    await fill('.phone', '020 7946 0001');
    await fill('.from', '+447700900199');
    await fill('.text', 'Hello');
    await press();
    expect(send.mock.calls[0][0].message).toEqual({ to: '020 7946 0001', from: '+447700900199', body: 'Hello' });
  });

  it.each(['4155550123', '(415) 555-0123', '07700 900123'])('sends %s as it was typed: the service knows the country', async (typed) => {
    const { find, fill, press } = await show();
    expect(find('.country').textContent).toBe('Or as in United States');
    await fill('.number', typed);
    await fill('.text', 'Hello');
    await press();
    expect(send.mock.calls[0][0].message).toEqual({ to: typed, from: '+14155550199', body: 'Hello' });
    await fill('.from', '+447700900199');
    expect(find('.country').textContent).toBe('Or as in United Kingdom');
  });

  it.each([
    ['', 'Hello', 'c.Msg_Start_Number_Missing', ''],
    ['Rosa', 'Hello', 'c.Msg_Start_Number_Bad', ''],
    ['+14155550101', '  ', '', 'c.Msg_Start_Text_Missing'],
  ])('refuses number %j with text %j', async (number, text, numberError, textError) => {
    const { find, fill, press } = await show();
    await fill('.number', number);
    await fill('.text', text);
    await press();
    expect(find('.number')['setCustomValidity']).toHaveBeenLastCalledWith(numberError);
    expect(find('.text')['setCustomValidity']).toHaveBeenLastCalledWith(textError);
    expect(send).not.toHaveBeenCalled();
  });

  it('keeps what was typed after a failure, with the same key for the same message and a new one for another', async () => {
    send.mockReset().mockRejectedValue(refusal('service_unreachable', 'Nothing came back.', 503));
    const { element, closed, find, fill, press } = await show();
    await fill('.number', '+14155550101');
    await fill('.text', 'Hello');
    await press();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Start_Failed');
    expect(find('.text')['value']).toBe('Hello');
    await expect(element).toBeAccessible();
    await press();
    await fill('.text', 'Hello again');
    await press();
    const [first, second, third] = send.mock.calls.map(([{ key }]) => key);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(closed).not.toHaveBeenCalled();
  });

  it('sends once, by button or by Ctrl + Enter', async () => {
    send.mockReset().mockReturnValue(new Promise(() => undefined));
    const { find, fill } = await show();
    await fill('.number', '+14155550101');
    await fill('.text', 'Hello');
    find('.text').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true }));
    await settle();
    expect(find('.send')['disabled']).toBe(true);
    find('.send').click();
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('takes back what it said about a field as soon as that is changed', async () => {
    const { find, fill, press } = await show();
    await fill('.number', '');
    await fill('.text', '');
    await press();
    await fill('.number', '+14155550101');
    await fill('.text', 'Hello');
    expect(find('.number')['setCustomValidity']).toHaveBeenLastCalledWith('');
    expect(find('.text')['setCustomValidity']).toHaveBeenLastCalledWith('');
  });

  it('still has what was typed when it is opened again, each record its own', async () => {
    const { find, fill } = await show({ recordId: '003A', phones: PHONES });
    await fill('.phone', 'other');
    await fill('.number', '+14155550101');
    await fill('.from', '+447700900199');
    await fill('.text', 'Hello');
    find('.cancel').click();

    const again = await show({ recordId: '003A', phones: PHONES });
    expect(['.phone', '.number', '.from', '.text'].map((field) => again.find(field)['value'])).toEqual([
      'other',
      '+14155550101',
      '+447700900199',
      'Hello',
    ]);
    expect((await show({ recordId: '003B', phones: PHONES })).find('.text')['value']).toBe('');
    expect((await show()).find('.number')['value']).toBe('');
  });

  it('leaves out choices that there are no more', async () => {
    const { fill } = await show({ recordId: '003A', phones: PHONES });
    await fill('.phone', '020 7946 0001');
    await fill('.from', '+447700900199');
    forgetNumbers();
    load.mockResolvedValue({ items: NUMBERS.slice(0, 1) });
    const again = await show({ recordId: '003A', phones: PHONES.slice(0, 1) });
    expect(again.find('.phone')['value']).toBe('+1 (415) 555-0101');
    expect(again.find('.from')['value']).toBe('+14155550199');
  });

  it('sends with the same key after it was closed without an answer, and forgets all once it is sent', async () => {
    send.mockReset().mockRejectedValueOnce(refusal('service_unreachable', 'Nothing came back.', 503));
    const { find, fill, press } = await show();
    await fill('.number', '+14155550101');
    await fill('.text', 'Hello');
    await press();
    find('.cancel').click();

    send.mockResolvedValue(ACCEPTED);
    const again = await show();
    await again.fill('.text', 'Hello');
    await again.press();
    const [lost, second] = send.mock.calls.map(([{ key }]) => key);
    expect(second).toBe(lost);
    expect(again.closed).toHaveBeenCalledTimes(1);

    const next = await show();
    expect(next.find('.text')['value']).toBe('');
    await next.fill('.number', '+14155550101');
    await next.fill('.text', 'Hello');
    await next.press();
    expect(send.mock.calls[2][0].key).not.toBe(lost);
  });

  it('starts empty where the browser kept something that cannot be read', async () => {
    writeStored('start', 'new', '{"typed":7');
    expect((await show()).find('.number')['value']).toBe('');
  });

  it('says when there is no number to send from', async () => {
    load.mockResolvedValue({ items: [] });
    const { element, find } = await show();
    expect(find('.no-number').textContent).toBe('c.Msg_Composer_No_Number');
    expect(find('.send')['disabled']).toBe(true);
    await expect(element).toBeAccessible();
  });

  it('loads the numbers again after a failure', async () => {
    load.mockRejectedValueOnce(refusal('service_unreachable', 'Nothing came back.', 503));
    const { element, find } = await show();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Composer_Numbers_Failed');
    await expect(element).toBeAccessible();
    find('c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await settle();
    expect(find('.from')).not.toBeNull();
  });
});

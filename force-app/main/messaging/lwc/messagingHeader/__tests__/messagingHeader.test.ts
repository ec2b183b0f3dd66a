import { createElement } from 'lwc';
import { toConversation } from 'c/messagingData';
import MessagingHeader from 'c/messagingHeader';
import { conversationRow } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/label/c.Msg_Header_Via', () => ({ default: 'through {0}' }), { virtual: true });

function show(fields: object = {}, props: object = {}) {
  const conversation = toConversation(conversationRow(1, fields as Record<string, unknown>));
  const element = Object.assign(createElement('c-messaging-header', { is: MessagingHeader }), { conversation, ...props });
  document.body.append(element);
  return element;
}
const find = (element: HTMLElement, selector: string) => element.shadowRoot!.querySelector<HTMLElement>(selector);

describe('c-messaging-header', () => {
  it('says with whom, and through which of our numbers', async () => {
    const element = show();
    expect(find(element, '.name')!.textContent).toBe('Customer 1');
    expect(find(element, '.numbers')!.textContent).toBe('+1 415 555 0101 · through +1 415 555 0199');
    expect(find(element, '.back')).toBeNull();
    expect(find(element, '.opted-out')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('does not repeat the number of somebody unknown, and marks an opt-out in words', async () => {
    const element = show({ Name: '+14155550101', OptedOut__c: true });
    expect(find(element, '.name')!.textContent).toBe('+1 415 555 0101');
    expect(find(element, '.numbers')!.textContent).toBe('through +1 415 555 0199');
    expect(find(element, '.opted-out')!.textContent).toBe('c.Msg_Header_Opted_Out');
    await expect(element).toBeAccessible();
  });

  it('leads back and to the details where its container wants that', () => {
    const heard = jest.fn();
    const element = show({}, { withBack: true, withDetails: true });
    for (const name of ['back', 'details']) element.addEventListener(name, () => heard(name));
    find(element, '.back')!.click();
    find(element, '.details')!.click();
    expect(heard.mock.calls).toEqual([['back'], ['details']]);
  });
});

import { createElement } from 'lwc';
import MessagingBubble from 'c/messagingBubble';
import { toMessage } from 'c/messagingData';
import { messageRow } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.media', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/customPermission/SwitchboardSetup', () => ({ default: true }), { virtual: true });

function show(fields: object) {
  const message = toMessage(messageRow(2, { ...fields }));
  const element = Object.assign(createElement('c-messaging-bubble', { is: MessagingBubble }), { message, customerName: 'Rosa' });
  document.body.append(element);
  return { element, find: (selector: string) => element.shadowRoot!.querySelector<HTMLElement>(selector) };
}

describe('c-messaging-bubble, for an admin', () => {
  it('offers to settle a message nobody knows about', async () => {
    const heard = jest.fn();
    const { element, find } = show({ SentStatus__c: 'Unknown', DeliveryStatus__c: '' });
    element.addEventListener('settle', (event) => heard((event as CustomEvent).detail));
    expect(find('.next-step')!.textContent).toBe('c.Msg_Next_Unknown_Admin');
    find('.settle')!.click();
    expect(heard).toHaveBeenCalledWith({ id: 'm-2', body: 'Body 2' });
    await expect(element).toBeAccessible();
  });

  it.each([[{}], [{ SentStatus__c: 'Failed', DeliveryStatus__c: '' }], [{ SentStatus__c: 'Queued', DeliveryStatus__c: '' }]])(
    'offers nothing to settle with %j',
    (fields) => {
      expect(show(fields).find('.settle')).toBeNull();
    },
  );
});

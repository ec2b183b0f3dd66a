import { createElement } from 'lwc';
import MessagingBubble from 'c/messagingBubble';
import { mergeOutgoing, toMessage } from 'c/messagingData';
import { messageRow, refusal } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.media', () => ({ default: jest.fn(() => new Promise(() => undefined)) }), {
  virtual: true,
});
jest.mock('@salesforce/customPermission/SwitchboardSetup', () => ({ default: false }), { virtual: true });
jest.mock('@salesforce/user/Id', () => ({ default: '005000000000001AAA' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Bubble_From_Colleague', () => ({ default: '{0} sent:' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Bubble_From_Customer', () => ({ default: '{0} wrote:' }), { virtual: true });

function show(message: object) {
  const element = Object.assign(createElement('c-messaging-bubble', { is: MessagingBubble }), { message, customerName: 'Rosa' });
  document.body.append(element);
  return element;
}
const all = (element: HTMLElement, selector: string) => Array.from(element.shadowRoot!.querySelectorAll<HTMLElement>(selector));
const texts = (element: HTMLElement, selector: string) => all(element, selector).map(({ textContent }) => textContent);
const stored = (fields: object) => toMessage(messageRow(2, { ...fields }));
const unsent = (problem: object | undefined) =>
  mergeOutgoing([], [{ key: 'k1', body: 'Hello', from: '', createdAt: 0, state: 'failed', ...(problem ? { problem } : {}) } as never])[0]!;

describe('c-messaging-bubble', () => {
  it('shows a received message with its writer, without statuses', async () => {
    const element = show(toMessage(messageRow(1)));
    expect(texts(element, '.speaker')).toEqual(['Rosa wrote:']);
    expect(texts(element, '.body')).toEqual(['Body 1']);
    expect(texts(element, '.status-text')).toEqual([]);
    expect(all(element, '.slds-chat-message__text_inbound')).toHaveLength(1);
    await expect(element).toBeAccessible();
  });

  it('says who wrote what we sent, from the first moment on', () => {
    const pending = (state: string) => mergeOutgoing([], [{ key: 'k', id: 'm', body: 'Hi', from: '', createdAt: 0, state } as never])[0]!;
    const by = (id: string | undefined, name?: string) => stored({ SentBy__c: id, SentBy__r: name && { Name: name } });
    for (const state of ['posting', 'accepted', 'failed'])
      expect(texts(show(pending(state)), '.speaker')).toEqual(['c.Msg_Bubble_From_You']);
    expect(texts(show(by('005000000000001AAA', 'Ada Agent')), '.speaker')).toEqual(['c.Msg_Bubble_From_You']);
    expect(texts(show(by('005000000000002AAA', 'Bo Agent')), '.speaker')).toEqual(['Bo Agent sent:']);
    expect(texts(show(by(undefined)), '.speaker')).toEqual(['c.Msg_Bubble_Automatic']);
  });

  it('gives one piece of advice: none where the reason gives it already', () => {
    const failed = (ErrorText__c: string) => show(stored({ SentStatus__c: 'Failed', DeliveryStatus__c: '', ErrorText__c }));
    expect(texts(failed('Not a valid number. Check the number on the record.'), '.next-step')).toEqual([]);
    expect(texts(failed('Not a valid number.'), '.next-step')).toEqual(['c.Msg_Next_Carrier']);
  });

  it.each([
    ['Queued', '', ['c.Msg_Sent_Queued']],
    ['Sending', '', ['c.Msg_Sent_Sending']],
    ['Sent', 'Pending', ['c.Msg_Sent_Sent', 'c.Msg_Delivery_Pending']],
    ['Sent', 'Delivered', ['c.Msg_Sent_Sent', 'c.Msg_Delivery_Delivered']],
    ['Sent', 'Undelivered', ['c.Msg_Sent_Sent', 'c.Msg_Delivery_Undelivered']],
    ['Sent', 'Failed', ['c.Msg_Sent_Sent', 'c.Msg_Delivery_Failed']],
    ['Failed', '', ['c.Msg_Sent_Failed']],
    ['Unknown', '', ['c.Msg_Sent_Unknown']],
    ['SomethingNew', '', ['c.Msg_Sent_Unknown']],
  ])('says %s/%s in words with an icon each', async (sent, delivery, words) => {
    const element = show(stored({ SentStatus__c: sent, DeliveryStatus__c: delivery }));
    expect(texts(element, '.status-text')).toEqual(words);
    expect(all(element, '.status lightning-icon')).toHaveLength(words.length);
    await expect(element).toBeAccessible();
  });

  it.each([
    [
      { SentStatus__c: 'Failed', DeliveryStatus__c: '', ErrorText__c: 'Not a mobile number.' },
      'Not a mobile number.',
      'c.Msg_Next_Carrier',
    ],
    [{ SentStatus__c: 'Sent', DeliveryStatus__c: 'Failed' }, 'c.Msg_Bubble_Failed_No_Reason', 'c.Msg_Next_Carrier'],
    [{ SentStatus__c: 'Sent', DeliveryStatus__c: 'Undelivered', ErrorText__c: 'Phone off.' }, 'Phone off.', 'c.Msg_Next_Later'],
    [{ SentStatus__c: 'Unknown', DeliveryStatus__c: '' }, undefined, 'c.Msg_Next_Unknown'],
    [{ SentStatus__c: 'Failed', ErrorCode__c: 'opted_out', ErrorText__c: 'Opted out.' }, 'Opted out.', 'c.Msg_Next_Opted_Out'],
  ])('explains %j and names the next step', (fields, reason, next) => {
    const element = show(stored(fields));
    expect(texts(element, '.reason')[0]).toBe(reason);
    expect(texts(element, '.next-step')).toEqual([next]);
    expect(all(element, '.retry')).toHaveLength(0);
    expect(all(element, '.settle')).toHaveLength(0); // that is for admins
  });

  it('offers a failed text for writing again, but not to someone who opted out', () => {
    const heard = jest.fn();
    const element = show(stored({ SentStatus__c: 'Failed', DeliveryStatus__c: '' }));
    element.addEventListener('writeagain', (event) => heard((event as CustomEvent).detail));
    all(element, '.write-again')[0]!.click();
    expect(heard).toHaveBeenCalledWith({ body: 'Body 2' });
    expect(all(show(stored({ SentStatus__c: 'Failed', ErrorCode__c: 'opted_out' })), '.write-again')).toHaveLength(0);
  });

  it('keeps a message that was not taken, with retry and discard', async () => {
    const element = show(unsent({ code: 'no_number', title: 'T', detail: 'You have no number.', status: 422, errors: [] }));
    expect(texts(element, '.reason')).toEqual(['You have no number.']);
    expect(texts(element, '.next-step')).toEqual(['c.Msg_Next_Not_Sent']);
    expect(texts(element, '.status-text')).toEqual(['c.Msg_Sent_NotSent']);
    const heard = jest.fn();
    element.addEventListener('retry', (event) => heard('retry', (event as CustomEvent).detail));
    element.addEventListener('discard', (event) => heard('discard', (event as CustomEvent).detail));
    all(element, '.retry')[0]!.click();
    all(element, '.discard')[0]!.click();
    expect(heard.mock.calls).toEqual([
      ['retry', { key: 'k1' }],
      ['discard', { key: 'k1' }],
    ]);
    await expect(element).toBeAccessible();
  });

  it('says that retrying is safe where the answer was lost', () => {
    const lost = JSON.parse((refusal('service_unreachable', 'Nothing came back.', 0) as { body: { message: string } }).body.message);
    expect(texts(show(unsent({ ...lost, errors: [] })), '.next-step')).toEqual(['c.Msg_Next_Not_Confirmed']);
    expect(texts(show(unsent(undefined)), '.next-step')).toEqual(['c.Msg_Next_Not_Confirmed']);
    expect(texts(show(unsent(undefined)), '.status-text')).toEqual(['c.Msg_Sent_NotConfirmed']);
  });

  it('shows pictures, also without text', () => {
    const media = JSON.stringify([{ id: 'x', contentType: 'image/png', bytes: 1, fileName: 'x.png' }]);
    const element = show(toMessage(messageRow(1, { Body__c: undefined, Media__c: media })));
    expect(all(element, 'c-messaging-media')).toHaveLength(1);
    expect(all(element, '.body')).toHaveLength(0);
  });
});

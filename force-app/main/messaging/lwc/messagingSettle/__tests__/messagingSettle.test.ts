import { createElement } from 'lwc';
import resolveUnknown from '@salesforce/apex/MessagingController.resolveUnknown';
import MessagingSettle from 'c/messagingSettle';
import { change, refusal, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.resolveUnknown', () => ({ default: jest.fn() }), { virtual: true });
const save = resolveUnknown as unknown as jest.Mock;

async function show() {
  const options = { label: 'Settle', messageId: 'm-2', text: 'Your parcel is here.' };
  const element = Object.assign(createElement('c-messaging-settle', { is: MessagingSettle }), options);
  const closed = jest.fn();
  element.addEventListener('modalclose', (event) => closed((event as CustomEvent).detail));
  document.body.append(element);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const [choice, field] = [find('lightning-radio-group'), find('lightning-textarea')];
  choice['reportValidity'] = jest.fn(() => choice['value'] !== '');
  field['setCustomValidity'] = jest.fn();
  field['reportValidity'] = jest.fn(() => field['setCustomValidity'].mock.lastCall[0] === '');
  const submit = async (outcome: string, reason: string) => {
    if (outcome) change(choice, outcome);
    change(field, reason);
    find('.save').click();
    await settle();
  };
  return { element, closed, find, field, submit };
}

describe('c-messaging-settle', () => {
  beforeEach(() => save.mockReset().mockResolvedValue({}));

  it.each(['sent', 'failed', 'resend'])('settles as %s with a reason', async (outcome) => {
    const { element, closed, find, submit } = await show();
    expect(find('.text').textContent).toBe('Your parcel is here.');
    expect(find('.outcome')['options'].map(({ value }: { value: string }) => value)).toContain(outcome);
    await expect(element).toBeAccessible();
    await submit(outcome, ' the log lists it ');
    expect(save).toHaveBeenCalledWith({ id: 'm-2', body: { outcome, reason: 'the log lists it' } });
    expect(closed).toHaveBeenCalledWith({ outcome });
  });

  it.each([
    ['', 'seen in the log'],
    ['sent', '  '],
  ])('saves neither without an outcome nor without a reason: %j, %j', async (outcome, reason) => {
    const { closed, submit } = await show();
    await submit(outcome, reason);
    expect(save).not.toHaveBeenCalled();
    expect(closed).not.toHaveBeenCalled();
  });

  it('keeps what was entered when the service refuses, for example because a receipt settled it meanwhile', async () => {
    save.mockRejectedValue(refusal('message_settled', 'It is settled already.', 409));
    const { element, closed, find, field, submit } = await show();
    await submit('failed', 'never arrived');
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Settle_Failed');
    expect([find('.outcome')['value'], field['value']]).toEqual(['failed', 'never arrived']);
    expect(closed).not.toHaveBeenCalled();
    await expect(element).toBeAccessible();
  });

  it('closes without a change when given up', async () => {
    const { closed, find } = await show();
    find('.cancel').click();
    expect(save).not.toHaveBeenCalled();
    expect(closed).toHaveBeenCalledTimes(1);
  });
});

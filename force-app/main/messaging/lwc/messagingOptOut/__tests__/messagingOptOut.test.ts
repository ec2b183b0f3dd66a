import { createElement } from 'lwc';
import setOptOut from '@salesforce/apex/MessagingController.setOptOut';
import MessagingOptOut from 'c/messagingOptOut';
import { change, refusal, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex/MessagingController.setOptOut', () => ({ default: jest.fn() }), { virtual: true });
const save = setOptOut as unknown as jest.Mock;

async function show(optedOut: boolean) {
  const element = Object.assign(createElement('c-messaging-opt-out', { is: MessagingOptOut }), {
    label: 'Texts to +1 415 555 0101',
    number: '+14155550101',
    optedOut,
  });
  const closed = jest.fn();
  element.addEventListener('modalclose', (event) => closed((event as CustomEvent).detail));
  document.body.append(element);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const field = find('lightning-textarea');
  field['setCustomValidity'] = jest.fn();
  field['reportValidity'] = jest.fn(() => true);
  const submit = async (reason: string) => {
    change(field, reason);
    find('.save').click();
    await settle();
  };
  return { element, closed, find, field, submit };
}

describe('c-messaging-opt-out', () => {
  it('stops texts with a reason', async () => {
    save.mockResolvedValue({});
    const { element, closed, find, submit } = await show(false);
    expect(find('.question').textContent).toBe('c.Msg_Opt_Out_Question');
    expect(find('.save')['variant']).toBe('destructive');
    await expect(element).toBeAccessible();
    await submit(' by phone ');
    expect(save).toHaveBeenCalledWith({ body: { number: '+14155550101', state: 'opted_out', reason: 'by phone' } });
    expect(closed).toHaveBeenCalledWith({ optedOut: true });
  });

  it('allows texts again', async () => {
    save.mockResolvedValue({});
    const { closed, find, submit } = await show(true);
    expect(find('.question').textContent).toBe('c.Msg_Opt_In_Question');
    await submit('asked for it');
    expect(save.mock.calls[0][0].body.state).toBe('opted_in');
    expect(closed).toHaveBeenCalledWith({ optedOut: false });
  });

  it('wants a reason', async () => {
    const { field, submit } = await show(false);
    await submit('   ');
    expect(field['setCustomValidity']).toHaveBeenLastCalledWith('c.Msg_Opt_Reason_Missing');
    expect(save).not.toHaveBeenCalled();
    change(field, 'by phone');
    expect(field['setCustomValidity']).toHaveBeenLastCalledWith('');
  });

  it('stays open with what was typed when the change is refused', async () => {
    save.mockRejectedValue(refusal('missing_permission', 'You may not.', 403));
    const { element, closed, find, submit } = await show(false);
    await submit('by phone');
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Opt_Failed');
    expect(find('lightning-textarea')['value']).toBe('by phone');
    expect(find('.save')['disabled']).toBe(false);
    expect(closed).not.toHaveBeenCalled();
    await expect(element).toBeAccessible();
    find('.cancel').click();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('saves once while it waits', async () => {
    save.mockReturnValue(new Promise(() => undefined));
    const { find, submit } = await show(false);
    await submit('by phone');
    expect(find('.save')['disabled']).toBe(true);
    find('.save').click();
    expect(save).toHaveBeenCalledTimes(1);
  });
});

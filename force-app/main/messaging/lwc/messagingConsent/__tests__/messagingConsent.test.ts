import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import optOut from '@salesforce/apex/ConversationReads.optOut';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import MessagingConsent from 'c/messagingConsent';
import MessagingOptOut from 'c/messagingOptOut';
import { settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.optOut',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/customPermission/SwitchboardManageOptOut', () => ({ default: true }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Consent_Keyword', () => ({ default: 'Texted {0}.' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Consent_Manual', () => ({ default: 'Set by {0}.' }), { virtual: true });
jest.mock('@salesforce/label/c.Msg_Consent_Reason', () => ({ default: 'Reason: {0}' }), { virtual: true });

const wire = optOut as unknown as { emit(value: unknown): void; error(body?: unknown): void; getLastConfig(): object };

async function show(rows: object[] | undefined, props: object = {}) {
  const element = Object.assign(createElement('c-messaging-consent', { is: MessagingConsent }), { number: '+14155550101', ...props });
  document.body.append(element);
  if (rows) wire.emit(rows);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  const lines = () => Array.from(element.shadowRoot!.querySelectorAll('.line'), ({ textContent }) => textContent);
  return { element, find, lines };
}

describe('c-messaging-consent', () => {
  it('says that nothing was recorded', async () => {
    const { element, find, lines } = await show([]);
    expect(wire.getLastConfig()).toEqual({ numberKey: '+14155550101' });
    expect(find('.answer').textContent).toBe('c.Msg_Consent_Yes');
    expect(lines()).toEqual(['c.Msg_Consent_Never_Said']);
    await expect(element).toBeAccessible();
  });

  it.each([
    [{ Kind__c: 'Keyword', Keyword__c: 'STOP' }, ['Texted STOP.']],
    [{ Kind__c: 'Manual', ChangedBy__r: { Name: 'Ada' }, Reason__c: 'by phone' }, ['Set by Ada.', 'Reason: by phone']],
    [{ Kind__c: 'Manual' }, ['c.Msg_Consent_Manual_Unknown']],
    [{ Kind__c: 'Carrier', ChangedAt__c: '2026-11-01T10:00:00Z' }, ['c.Msg_Consent_Carrier', 'c.Msg_Consent_Since']],
  ])('tells how %j came to be', async (fields, expected) => {
    const { element, find, lines } = await show([{ State__c: 'OptedOut', ...fields }]);
    expect(find('.answer').textContent).toBe('c.Msg_Consent_No');
    expect(lines()).toEqual(expected);
    await expect(element).toBeAccessible();
  });

  it('believes the number’s own record more than the conversation, and that more than nothing', async () => {
    expect((await show([{ State__c: 'OptedIn', Kind__c: 'Manual' }], { optedOut: true })).find('.answer').textContent).toBe(
      'c.Msg_Consent_Yes',
    );
    expect((await show([], { optedOut: true })).find('.answer').textContent).toBe('c.Msg_Consent_No');
  });

  it('says why it could not be read and tries again', async () => {
    const { element, find } = await show(undefined);
    wire.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Consent_Failed');
    await expect(element).toBeAccessible();
  });

  it('changes it through the dialog, says so and reads again', async () => {
    jest.useFakeTimers();
    const toast = jest.fn();
    const open = jest.spyOn(MessagingOptOut, 'open').mockResolvedValueOnce({ optedOut: true }).mockResolvedValueOnce(undefined);
    const { element, find } = await show([]);
    element.addEventListener(ShowToastEvent.eventName, (event) => toast((event as CustomEvent).detail.title));
    await jest.advanceTimersByTimeAsync(1050);
    (refreshApex as jest.Mock).mockClear();
    find('.change').click();
    await settle();
    expect(open).toHaveBeenCalledWith(expect.objectContaining({ number: '+14155550101', optedOut: false }));
    expect(toast).toHaveBeenCalledWith('c.Msg_Opt_Saved_Out');
    expect(refreshApex).toHaveBeenCalledTimes(1);
    find('.change').click();
    await settle();
    expect(toast).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });
});

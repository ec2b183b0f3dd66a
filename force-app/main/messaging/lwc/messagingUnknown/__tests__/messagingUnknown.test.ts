import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import readUnknown from '@salesforce/apex/UnknownMessages.newest';
import { lastNavigation } from 'lightning/navigation';
import MessagingUnknown from 'c/messagingUnknown';
import { messageRow, settle } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/UnknownMessages.newest',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
const wire = readUnknown as unknown as { emit(value: unknown): void; error(body: unknown): void };
const row = (sequence: number, name: string) =>
  messageRow(sequence, { SentStatus__c: 'Unknown', Conversation__r: { ExternalId__c: `c-${sequence}`, Name: name } });

async function show() {
  const element = Object.assign(createElement('c-messaging-unknown', { is: MessagingUnknown }), { count: 2 });
  document.body.append(element);
  const all = (selector: string) => Array.from(element.shadowRoot!.querySelectorAll<Found>(selector));
  const emit = async (rows: unknown) => {
    wire.emit(rows);
    await settle();
  };
  return { element, all, emit };
}

describe('c-messaging-unknown', () => {
  it('lists what is to be settled and leads to the conversation', async () => {
    const { element, all, emit } = await show();
    await emit([row(4, '+447700900123'), row(2, 'Rosa Diaz')]);
    expect(all('.open').map(({ label }) => label)).toEqual(['+44 7700 900123', 'Rosa Diaz']);
    expect(all('.body').map(({ textContent }) => textContent)).toEqual(['Body 4', 'Body 2']);
    await expect(element).toBeAccessible();
    all('.open')[1]!.click();
    expect(lastNavigation()).toMatchObject({
      page: {
        type: 'standard__navItemPage',
        attributes: { apiName: 'Switchboard_Console' },
        state: { c__conversation: 'c-2' },
      },
    });
  });

  it('takes no room when nothing is to be settled', async () => {
    const { all, emit } = await show();
    await emit([]);
    expect(all('lightning-card')).toHaveLength(0);
  });

  it('reads again when the count changes, and after a failure', async () => {
    const { element, all, emit } = await show();
    await emit([row(2, 'Rosa Diaz')]);
    (refreshApex as jest.Mock).mockClear();
    element.count = 2;
    expect(refreshApex).not.toHaveBeenCalled();
    element.count = 1;
    expect(refreshApex).toHaveBeenCalledTimes(1);
    wire.error({ message: 'Timeout' });
    await settle();
    expect(all('c-core-error-panel')[0]!['heading']).toBe('c.Msg_Unknown_Failed');
    all('c-core-error-panel')[0]!.dispatchEvent(new CustomEvent('retry'));
    expect(refreshApex).toHaveBeenCalledTimes(2);
    await expect(element).toBeAccessible();
  });
});

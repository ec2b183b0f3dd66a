import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import conversationsOfRecord from '@salesforce/apex/ConversationReads.conversationsOfRecord';
import { deliver } from 'lightning/empApi';
import { getRecord } from 'lightning/uiRecordApi';
import MessagingRecordConversation from 'c/messagingRecordConversation';
import MessagingStart from 'c/messagingStart';
import { change, conversationRow, settle, uiRecord } from '../../messagingData/__tests__/samples';
import type { Found } from '../../messagingData/__tests__/samples';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.conversationsOfRecord',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/customPermission/SwitchboardSend', () => ({ default: true }), { virtual: true });

type Wire = { emit(value: unknown): void; error(body?: unknown): void; getLastConfig(): Record<string, unknown> };
const [list, card] = [conversationsOfRecord, getRecord] as unknown as [Wire, Wire];

let lastRecord = 0;
async function show(rows?: object[], objectApiName = 'Contact') {
  lastRecord += 1;
  const element = createElement('c-messaging-record-conversation', { is: MessagingRecordConversation });
  const recordId = `003000000000${lastRecord}`;
  Object.assign(element, { recordId, objectApiName });
  document.body.append(element);
  if (rows) list.emit(rows);
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  return { element, recordId, find };
}

describe('c-messaging-record-conversation', () => {
  it('shows the newest conversation of the record', async () => {
    const { element, recordId, find } = await show();
    expect(list.getLastConfig()).toEqual({ recordId });
    expect(find('c-core-stencil')).not.toBeNull();
    list.emit([conversationRow(1)]);
    await settle();
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-1');
    expect(find('.choose')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('lets choose among several', async () => {
    const { element, find } = await show([conversationRow(1), conversationRow(2)]);
    expect(find('.choose')['value']).toBe('c-1');
    expect(find('.choose')['options']).toHaveLength(2);
    change(find('.choose'), 'c-2');
    await settle();
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-2');
    await expect(element).toBeAccessible();
  });

  it('invites to write the first message', async () => {
    const { element, find } = await show([]);
    expect(find('c-core-empty-state')['heading']).toBe('c.Msg_Record_Empty');
    expect(find('.start')).not.toBeNull();
    await expect(element).toBeAccessible();
  });

  it('says why nothing could be loaded', async () => {
    const { element, find } = await show();
    list.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Msg_Record_Failed');
    await expect(element).toBeAccessible();
  });

  it('offers the phones of the record and opens what was started before its row is there', async () => {
    const open = jest.spyOn(MessagingStart, 'open').mockResolvedValue({ conversationId: 'c-new' });
    const { recordId, find } = await show([]);
    card.emit(uiRecord(recordId, { Name: 'Rosa', MobilePhone: '+14155550101' })); // its other phones are hidden from this user
    card.emit(uiRecord('other', { Name: 'Nobody', Phone: '1' }));
    await settle();
    find('.start').click();
    await settle();
    expect(open).toHaveBeenCalledWith(
      expect.objectContaining({ recordId, recordName: 'Rosa', phones: [{ label: 'c.Msg_Card_Mobile', number: '+14155550101' }] }),
    );
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-new');
  });

  it('starts nothing before it knows the phones of the record, or that it will not know them', async () => {
    const { element, recordId, find } = await show([]);
    expect(find('.start')['disabled']).toBe(true);
    card.emit(uiRecord(recordId, { Name: 'Rosa' }));
    await settle();
    expect(find('.start')['disabled']).toBe(false);
    Object.assign(element, { recordId: '003999999999998AAA' });
    await settle();
    expect(find('.start')['disabled']).toBe(true);
    card.error({ message: 'no' });
    await settle();
    expect(find('.start')['disabled']).toBe(false);
  });

  it('follows a message that was filed elsewhere', async () => {
    const { find } = await show([conversationRow(1)]);
    find('c-messaging-conversation').dispatchEvent(new CustomEvent('moved', { detail: { id: 'c-5' } }));
    await settle();
    expect(find('c-messaging-conversation')['conversationId']).toBe('c-5');
  });

  it('notices a first conversation that arrives', async () => {
    jest.useFakeTimers();
    await show([]);
    await jest.advanceTimersByTimeAsync(1550);
    (refreshApex as jest.Mock).mockClear();
    deliver('/event/ConversationChanged__e', { ConversationIds__c: 'c-77' });
    expect(refreshApex).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });

  it('asks for the card of its own object, and for none where the page shows something else', async () => {
    await show([], 'Lead');
    expect(card.getLastConfig()).toMatchObject({
      recordId: `003000000000${lastRecord}`,
      fields: [{ objectApiName: 'Lead', fieldApiName: 'Name' }],
    });
    await show([], 'Case');
    expect(card.getLastConfig()['recordId']).toBeUndefined();
  });

  it('leaves the trouble of one record behind with the next', async () => {
    const { element, find } = await show();
    list.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')).not.toBeNull();
    Object.assign(element, { recordId: '003999999999999AAA' });
    await settle();
    expect(find('c-core-error-panel')).toBeNull();
    expect(find('c-core-stencil')).not.toBeNull();
  });
});

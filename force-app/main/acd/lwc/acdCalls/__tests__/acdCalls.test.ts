import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import myCalls from '@salesforce/apex/CallReads.myCalls';
import { deliver } from 'lightning/empApi';
import { lastNavigation } from 'lightning/navigation';
import { EnclosingUtilityId, open, updateUtility } from 'lightning/platformUtilityBarApi';
import AcdCalls from 'c/acdCalls';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn().mockResolvedValue(undefined) }), { virtual: true });
jest.mock(
  '@salesforce/apex/CallReads.myCalls',
  () => ({ default: jest.requireActual('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);
jest.mock('@salesforce/user/Id', () => ({ default: '005000000000001AAA' }), { virtual: true });

const callChannel = '/event/CallTaken__e';
type Wire = { emit(value: unknown): void; error(body?: unknown): void };
const [mine, utility] = [myCalls, EnclosingUtilityId] as unknown as [Wire, Wire];
const settle = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};
const row = (id: string, more: object = {}) => ({
  Id: id,
  Subject: `Call from ${id}`,
  Status: 'In Progress',
  CreatedDate: '2026-11-29T10:00:00Z',
  ...more,
});

async function show() {
  const element = createElement('c-acd-calls', { is: AcdCalls });
  document.body.append(element);
  utility.emit('utility-1');
  await settle();
  const find = (selector: string) => element.shadowRoot!.querySelector<HTMLElement & Record<string, unknown>>(selector)!;
  return { element, find };
}

afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});

describe('c-acd-calls', () => {
  it('lists my calls and opens who each was with', async () => {
    const { element, find } = await show();
    expect(find('c-core-stencil')).not.toBeNull();
    mine.emit([row('00T1', { WhoId: '0031' }), row('00T2', { WhatId: '5001' }), row('00T3')]);
    await settle();
    const buttons = [...element.shadowRoot!.querySelectorAll<HTMLElement & { label: string }>('.open')];
    expect(buttons.map(({ label }) => label)).toEqual(['Call from 00T1', 'Call from 00T2', 'Call from 00T3']);
    await expect(element).toBeAccessible();
    for (const [index, recordId] of ['0031', '5001', '00T3'].entries()) {
      buttons[index]!.click();
      expect(lastNavigation()).toMatchObject({ page: { type: 'standard__recordPage', attributes: { recordId } } });
    }
  });

  it('opens the record of a call that the user takes, once', async () => {
    const { find } = await show();
    mine.emit([]);
    const taken = { CallId__c: 'c-1', UserId__c: '005000000000001', RecordId__c: '003A' };
    deliver(callChannel, taken);
    await settle();
    expect(lastNavigation()).toMatchObject({ page: { attributes: { recordId: '003A', actionName: 'view' } } });
    expect(find('[role=status]').textContent).toBe('c.Acd_Calls_Opened');
    expect(refreshApex).toHaveBeenCalled();
    deliver(callChannel, { ...taken, RecordId__c: '003B' });
    expect(lastNavigation()).toBeUndefined();
  });

  it('leaves the page alone when somebody else takes a call', async () => {
    await show();
    lastNavigation();
    deliver(callChannel, { CallId__c: 'c-2', UserId__c: '005000000000002', RecordId__c: '003X' });
    expect(lastNavigation()).toBeUndefined();
  });

  it('shows itself where nobody has the number', async () => {
    const { find } = await show();
    deliver(callChannel, { CallId__c: 'c-3', UserId__c: '005000000000001AAA', RecordId__c: null });
    await settle();
    expect(open).toHaveBeenCalledWith('utility-1');
    expect(updateUtility).toHaveBeenCalledWith('utility-1', { highlighted: true });
    expect(find('[role=status]').textContent).toBe('c.Acd_Calls_Nobody');
  });

  it('says that there are none, or why they could not be loaded', async () => {
    const { element, find } = await show();
    mine.error({ message: 'no' });
    await settle();
    expect(find('c-core-error-panel')['heading']).toBe('c.Acd_Calls_Failed');
    mine.emit([]);
    await settle();
    expect(find('c-core-empty-state')['heading']).toBe('c.Acd_Calls_Empty');
    await expect(element).toBeAccessible();
  });
});

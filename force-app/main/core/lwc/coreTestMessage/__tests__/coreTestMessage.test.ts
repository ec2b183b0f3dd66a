import { createElement } from 'lwc';
import readMessages from '@salesforce/apex/ConversationReads.messages';
import sendTestMessage from '@salesforce/apex/SetupController.sendTestMessage';
import CoreTestMessage from 'c/coreTestMessage';
import { acceptFields, find, findAll, flush } from '../../coreSetup/__tests__/stage';
import type { Wire } from '../../coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/SetupController.sendTestMessage', () => ({ default: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConversationReads.messages',
  () => ({ default: require('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

const NUMBERS = [
  { id: 'n1', number: '+14155550100', label: 'Sales', isDefault: false, users: [] },
  { id: 'n2', number: '+14155550101', label: 'Help', isDefault: true, users: [] },
];
const row = (fields: object) => ({
  ExternalId__c: 'm1',
  Direction__c: 'Outbound',
  SentStatus__c: 'Sent',
  DeliveryStatus__c: 'Pending',
  ...fields,
});

async function create() {
  const element = createElement('c-core-test-message', { is: CoreTestMessage });
  Object.assign(element, { numbers: NUMBERS });
  document.body.appendChild(element);
  acceptFields(element);
  find(element, '[data-field="to"]').dispatchEvent(new CustomEvent('change', { detail: { value: ' +447700900123 ' } }));
  await flush();
  return element;
}

async function send(element: HTMLElement) {
  find(element, '.send').click();
  await flush();
}

describe('c-core-test-message', () => {
  beforeEach(() => {
    (sendTestMessage as jest.Mock).mockResolvedValue({ id: 'm1', conversationId: 'c1' });
  });

  it('sends from the default number with an idempotency key', async () => {
    await send(await create());
    const { body, key } = (sendTestMessage as jest.Mock).mock.calls[0][0];
    expect(body).toEqual({ to: '+447700900123', from: '+14155550101', body: 'c.Setup_Test_Body' });
    expect(key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('shows each status as it arrives in the org, until it is delivered', async () => {
    const element = await create();
    const delivered = jest.fn();
    element.addEventListener('delivered', delivered);
    await send(element);
    const reached = () => findAll(element, '.followed lightning-icon').map((icon) => icon.variant === 'success');
    expect(reached()).toEqual([true, false, false]);
    (readMessages as unknown as Wire).emit([row({})]);
    await flush();
    expect(reached()).toEqual([true, true, false]);
    (readMessages as unknown as Wire).emit([row({ DeliveryStatus__c: 'Delivered' })]);
    await flush();
    expect(reached()).toEqual([true, true, true]);
    expect(delivered).toHaveBeenCalledTimes(1);
  });

  it.each([
    [{ SentStatus__c: 'Sent', DeliveryStatus__c: 'Undelivered' }, ['c.Setup_Reached', 'c.Setup_Reached', 'c.Setup_Stage_Failed']],
    [{ SentStatus__c: 'Failed', DeliveryStatus__c: '' }, ['c.Setup_Reached', 'c.Setup_Stage_Failed']],
  ])('names cause and place of the failure %j', async (fields, words) => {
    const heard: string[] = [];
    const element = await create();
    for (const type of ['started', 'delivered', 'undelivered']) element.addEventListener(type, () => heard.push(type));
    await send(element);
    (readMessages as unknown as Wire).emit([row({ ...fields, ErrorText__c: 'The phone is switched off.' })]);
    await flush();
    expect(find(element, '.failure').textContent).toContain('The phone is switched off.');
    expect(findAll(element, '.followed lightning-icon').map((icon) => icon.alternativeText)).toEqual(words);
    expect(heard).toEqual(['started', 'undelivered']);
    await expect(element).toBeAccessible();
  });

  it('writes numbers as every page does', async () => {
    const [first] = find(await create(), '[data-field="from"]').options;
    expect(first).toEqual({ value: '+14155550100', label: 'Sales (+1 415 555 0100)' });
  });

  it('is honest about an unknown outcome', async () => {
    const element = await create();
    await send(element);
    (readMessages as unknown as Wire).emit([row({ SentStatus__c: 'Unknown', DeliveryStatus__c: '' })]);
    await flush();
    expect(find(element, '.result').textContent).toBe('c.Setup_Unknown');
  });

  it('keeps what was typed and puts a refused number at its field', async () => {
    const problem = { code: 'invalid_number', title: 'T', detail: 'D', status: 422, errors: [{ field: 'to', message: 'Too short' }] };
    (sendTestMessage as jest.Mock).mockRejectedValue({ body: { message: JSON.stringify(problem) } });
    const element = await create();
    await send(element);
    const to = find(element, '[data-field="to"]');
    expect(to.setCustomValidity).toHaveBeenLastCalledWith('Too short.');
    expect(to.value).toBe(' +447700900123 ');
    expect(find(element, 'c-core-error-panel')).toBeNull();
  });

  it('repeats a failed send with the same key, so that it cannot leave twice', async () => {
    (sendTestMessage as jest.Mock).mockRejectedValueOnce(new Error('timeout'));
    const element = await create();
    await send(element);
    expect(find(element, 'c-core-error-panel').error.message).toBe('timeout');
    await send(element);
    const [first, second] = (sendTestMessage as jest.Mock).mock.calls.map(([{ key }]) => key);
    expect(second).toBe(first);
  });

  it('is accessible', async () => {
    const element = await create();
    await send(element);
    await expect(element).toBeAccessible();
  });
});

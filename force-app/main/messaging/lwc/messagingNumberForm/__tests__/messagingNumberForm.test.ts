import { createElement } from 'lwc';
import createNumber from '@salesforce/apex/MessagingSetupController.createNumber';
import updateNumber from '@salesforce/apex/MessagingSetupController.updateNumber';
import MessagingNumberForm from 'c/messagingNumberForm';
import { acceptFields, find, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/MessagingSetupController.createNumber', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.updateNumber', () => ({ default: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/UserSearch.users',
  () => ({ default: require('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }),
  { virtual: true },
);

const NUMBER = {
  id: 'n1',
  number: '+14155550100',
  kind: 'phone',
  label: 'Sales',
  accountId: 'a1',
  accountLabel: 'Bulk',
  country: 'US',
  isDefault: true,
  users: ['0051'],
};
const ACCOUNTS = [{ id: 'a1', label: 'Bulk' }];
const field = (element: HTMLElement, name: string) => find(element, `[data-field="${name}"]`);

async function create(props: object = {}) {
  const element = createElement('c-messaging-number-form', { is: MessagingNumberForm }) as Part;
  Object.assign(element, { accounts: ACCOUNTS, ...props });
  document.body.appendChild(element);
  const closed = jest.fn();
  element.addEventListener('modalclose', (event: CustomEvent) => closed(event.detail));
  await flush();
  acceptFields(element);
  return { element, closed };
}
const change = (target: HTMLElement, detail: object) => target.dispatchEvent(new CustomEvent('change', { detail }));
async function save(element: HTMLElement) {
  await flush();
  find(element, '.save').click();
  await flush();
}

describe('c-messaging-number-form', () => {
  beforeEach(() => {
    (createNumber as jest.Mock).mockResolvedValue(NUMBER);
    (updateNumber as jest.Mock).mockResolvedValue(NUMBER);
  });

  it('adds a number for everyone; the only account and the first default are taken for granted', async () => {
    const { element, closed } = await create({ isFirst: true });
    change(field(element, 'number'), { value: ' +1 415 555 0100 ' });
    change(field(element, 'label'), { value: 'Sales' });
    change(field(element, 'country'), { value: 'GB' });
    await save(element);
    expect(createNumber).toHaveBeenCalledWith({
      body: { number: '+1 415 555 0100', kind: 'phone', label: 'Sales', accountId: 'a1', country: 'GB', isDefault: true, users: [] },
    });
    expect(closed).toHaveBeenCalledWith(NUMBER);
  });

  it('changes all but the number itself', async () => {
    const { element } = await create({ number: NUMBER });
    expect(field(element, 'number').disabled).toBe(true);
    change(field(element, 'isDefault'), { checked: false });
    await save(element);
    expect(updateNumber).toHaveBeenCalledWith({
      id: 'n1',
      body: { label: 'Sales', accountId: 'a1', country: 'US', isDefault: false, users: ['0051'] },
    });
  });

  it('wants at least one user when not everyone may use it', async () => {
    const { element } = await create();
    change(find(element, '.access'), { value: 'chosen' });
    await flush();
    expect(find(element, '.nobody')).not.toBeNull();
    expect(find(element, '.save').disabled).toBe(true);
    const picker = find(element, 'c-messaging-user-picker');
    change(picker, { value: 'typed' }); // as the search field does inside
    await flush();
    expect(picker.value).toEqual([]);
    picker.dispatchEvent(new CustomEvent('userschange', { detail: { value: ['0052'] } }));
    await save(element);
    expect((createNumber as jest.Mock).mock.calls[0][0].body.users).toEqual(['0052']);
  });

  it('opens for everyone again', async () => {
    const { element } = await create({ number: NUMBER });
    change(find(element, '.access'), { value: 'everyone' });
    await save(element);
    expect((updateNumber as jest.Mock).mock.calls[0][0].body.users).toEqual([]);
  });

  it('keeps what was typed after a refusal', async () => {
    const problem = { code: 'invalid_number', title: 'T', detail: 'D', errors: [{ field: 'number', message: 'Not a number' }] };
    (createNumber as jest.Mock).mockRejectedValue({ body: { message: JSON.stringify(problem) } });
    const { element, closed } = await create();
    change(field(element, 'number'), { value: '12' });
    await save(element);
    expect(field(element, 'number').setCustomValidity).toHaveBeenLastCalledWith('Not a number.');
    expect(field(element, 'number').value).toBe('12');
    expect(closed).not.toHaveBeenCalled();
  });

  it('shows a refusal that concerns no field as a whole', async () => {
    (createNumber as jest.Mock).mockRejectedValue(new Error('number in use'));
    const { element } = await create();
    await save(element);
    expect(find(element, 'c-core-error-panel').error.message).toBe('number in use');
  });

  it('closes without a result when cancelled', async () => {
    const { element, closed } = await create();
    find(element, '.cancel').click();
    expect(closed.mock.calls[0][0] ?? undefined).toBeUndefined();
  });

  it('is accessible', async () => {
    const { element } = await create({ number: NUMBER });
    await expect(element).toBeAccessible();
  });
});

import { createElement } from 'lwc';
import MessagingNumbers from 'c/messagingNumbers';
import { find, findAll, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const NUMBER = {
  id: 'n1',
  number: '+14155550100',
  kind: 'phone',
  label: 'Sales',
  accountId: 'a1',
  accountLabel: 'Main carrier',
  country: 'US',
  isDefault: true,
  users: [],
};
const SHORT = { ...NUMBER, id: 'n2', number: '12345', kind: 'short_code', label: 'Alerts', isDefault: false, users: ['0051', '0052'] };

function create(numbers: object[], props: object = {}) {
  const element = createElement('c-messaging-numbers', { is: MessagingNumbers }) as Part;
  Object.assign(element, { numbers, canAdd: true, ...props });
  document.body.appendChild(element);
  return element;
}

describe('c-messaging-numbers', () => {
  it('shows account, country and who may use each number', () => {
    const rows = findAll(create([NUMBER, SHORT]), 'tr.number');
    expect(rows[0]!.textContent).toContain('+1 415 555 0100');
    expect(rows[0]!.textContent).toContain('United States');
    expect(rows.map((row) => row.querySelector('.users')!.textContent)).toEqual(['c.Msg_Setup_Everyone', 'c.Msg_Setup_Some_Users']);
  });

  it('marks the default number and offers it to the others only', () => {
    const rows = findAll(create([NUMBER, SHORT]), 'tr.number');
    expect(rows[0]!.querySelector('.default')).not.toBeNull();
    expect(rows[0]!.querySelector('.make-default')).toBeNull();
    expect(rows[1]!.querySelector('.make-default')).not.toBeNull();
  });

  it.each([
    ['.edit', 'editnumber'],
    ['.make-default', 'makedefault'],
    ['.remove', 'removenumber'],
  ])('asks the page to act: %s', (selector, name) => {
    const element = create([SHORT]);
    const handler = jest.fn();
    element.addEventListener(name, handler);
    find(element, selector).click();
    expect(handler.mock.calls[0][0].detail).toEqual({ id: 'n2' });
  });

  it('wants a carrier account first', () => {
    const element = create([], { canAdd: false });
    expect(find(element, 'c-core-empty-state').message).toBe('c.Msg_Setup_Account_First');
    expect(find(element, '.add').disabled).toBe(true);
  });

  it('focuses a row, or the add button where the row is gone', () => {
    const element = create([NUMBER]);
    const [edit, add] = [find(element, '.edit'), find(element, '.add')];
    edit.focus = jest.fn();
    add.focus = jest.fn();
    element.focusRow('n1');
    element.focusRow('');
    expect(edit.focus).toHaveBeenCalledTimes(1);
    expect(add.focus).toHaveBeenCalledTimes(1);
  });

  it('is accessible', async () => {
    const element = create([NUMBER, SHORT]);
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});

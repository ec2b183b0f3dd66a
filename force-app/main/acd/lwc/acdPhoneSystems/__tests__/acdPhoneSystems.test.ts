import { createElement } from 'lwc';
import AcdPhoneSystems from 'c/acdPhoneSystems';
import { find, findAll, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const MAIN = { id: 'p1', pbxId: '47EC1B-B70D69-818AE6', name: 'Main office', rules: { country: 'US' }, createdAt: '2026-11-01T08:00:00Z' };

function create(phoneSystems: object[], props: object = {}) {
  const element = createElement('c-acd-phone-systems', { is: AcdPhoneSystems }) as Part;
  Object.assign(element, { phoneSystems, ...props });
  document.body.appendChild(element);
  return element;
}

describe('c-acd-phone-systems', () => {
  it('shows name, PBX id and country', () => {
    const text = find(create([MAIN]), 'tr.phone-system').textContent;
    for (const part of ['Main office', '47EC1B-B70D69-818AE6', 'United States']) expect(text).toContain(part);
  });

  it.each([
    ['.edit', 'editphonesystem'],
    ['.roll', 'rollkey'],
    ['.token', 'newtoken'],
    ['.remove', 'removephonesystem'],
  ])('asks the page to act: %s', (selector, name) => {
    const element = create([MAIN]);
    const handler = jest.fn();
    element.addEventListener(name, handler);
    find(element, selector).click();
    expect(handler.mock.calls[0][0].detail).toEqual({ id: 'p1' });
  });

  it('offers to add the first one', () => {
    const element = create([]);
    const handler = jest.fn();
    element.addEventListener('addphonesystem', handler);
    find(element, '.add').click();
    expect(handler).toHaveBeenCalled();
    expect(find(element, 'c-core-empty-state').heading).toBe('c.Acd_No_Phone_System');
  });

  it('is quiet while one is busy', () => {
    const element = create([MAIN], { busyId: 'p1' });
    expect(findAll(element, 'tr.phone-system lightning-button').map(({ disabled }) => disabled)).toEqual([true, true, true, true]);
  });

  it('focuses a row, or the add button where the row is gone', () => {
    const element = create([MAIN]);
    const [edit, add] = [find(element, '.edit'), find(element, '.add')].map((button) => (button.focus = jest.fn()));
    element['focusRow']('p1');
    expect(edit).toHaveBeenCalled();
    element['focusRow']('gone');
    expect(add).toHaveBeenCalled();
  });

  it('is accessible', async () => {
    const element = create([MAIN]);
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});

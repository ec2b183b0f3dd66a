import { createElement } from 'lwc';
import AcdLookups from 'c/acdLookups';
import { emptyDefinition } from 'c/acdModel';
import { find, findAll, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const BUILT_IN = { id: null, name: 'Caller to owner', isDefault: true, definition: emptyDefinition() };
const OWN = {
  id: 'l1',
  name: 'Support',
  isDefault: false,
  definition: { ...emptyDefinition(), objects: ['Contact'], defaultRoute: '500' },
};

function create(lookups: object[]) {
  const element = createElement('c-acd-lookups', { is: AcdLookups }) as Part;
  Object.assign(element, { lookups });
  document.body.appendChild(element);
  return element;
}

describe('c-acd-lookups', () => {
  it('shows objects and default route; the built-in one can only be looked at', () => {
    const rows = findAll(create([BUILT_IN, OWN]), 'tr.lookup');
    expect(rows[0]!.textContent).toContain('Contact, Lead, Account');
    expect(rows[0]!.textContent).toContain('c.Acd_No_Route');
    expect(rows[0]!.querySelector('.default')).not.toBeNull();
    expect(rows[0]!.querySelector('.edit')).toBeNull();
    expect(rows[1]!.textContent).toContain('500');
    expect(rows[1]!.querySelector('.edit')).not.toBeNull();
  });

  it.each([
    ['.edit', 'editlookup'],
    ['.remove', 'removelookup'],
  ])('asks the page to act: %s', (selector, name) => {
    const element = create([OWN]);
    const handler = jest.fn();
    element.addEventListener(name, handler);
    find(element, selector).click();
    expect(handler.mock.calls[0][0].detail).toEqual({ id: 'l1' });
  });

  it('is accessible', async () => {
    const element = create([BUILT_IN, OWN]);
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});

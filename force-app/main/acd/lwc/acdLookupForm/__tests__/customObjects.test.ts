import { createElement } from 'lwc';
import addLookup from '@salesforce/apex/AcdController.addLookup';
import AcdLookupForm from 'c/acdLookupForm';
import { emptyDefinition } from 'c/acdModel';
import { acceptFields, change, find, flush, problem, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/AcdController.addLookup', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.changeLookup', () => ({ default: jest.fn() }), { virtual: true });

const filterOf = (object: string) => ({ object, field: 'Status__c', is: 'filled' as const });
const own = (objects: string[], filters: object[] = []) => ({
  id: 'l1',
  name: 'Sites',
  isDefault: false,
  definition: { ...emptyDefinition(), objects, filters },
});

/** The stub of the input has no validation: here it takes what no message was set for. */
async function create(lookup?: object) {
  const element = createElement('c-acd-lookup-form', { is: AcdLookupForm }) as Part;
  document.body.appendChild(Object.assign(element, { lookup }));
  await flush();
  acceptFields(element);
  const input = find(element, '.custom-object');
  input['setCustomValidity'] = jest.fn();
  input['reportValidity'] = jest.fn(() => !(input['setCustomValidity'] as jest.Mock).mock.lastCall?.[0]);
  return { element, input };
}
const chosen = (element: HTMLElement) => find(element, '[data-field="definition.objects"]');
const offered = (element: HTMLElement) => chosen(element)['options'].map(({ value }: { value: string }) => value);

async function add(element: HTMLElement, name: string) {
  change(find(element, '.custom-object'), { value: name });
  find(element, '.add-object').click();
  await flush();
}

describe('custom objects in c-acd-lookup-form', () => {
  it('offers those that the look-up names', async () => {
    const { element } = await create(own(['Site__c', 'Contact'], [filterOf('Meter__c'), filterOf('Site__c')]));
    expect(offered(element)).toEqual(['Contact', 'Lead', 'Account', 'Site__c', 'Meter__c']);
    expect(chosen(element)['value']).toEqual(['Site__c', 'Contact']);
    expect(find(element, '.filters')['objects']).toEqual(['Site__c', 'Contact']);
  });

  it('adds one by its API name, chosen, says so and takes another', async () => {
    const { element, input } = await create();
    await add(element, ' Site__c ');
    expect(offered(element)).toEqual(['Contact', 'Lead', 'Account', 'Site__c']);
    expect(chosen(element)['value']).toEqual(['Contact', 'Lead', 'Account', 'Site__c']);
    expect(find(element, '.filters')['objects']).toContain('Site__c');
    expect(find(element, '.added').textContent).toBe('c.Acd_Object_Added');
    expect(input['value']).toBe('');
  });

  it('adds by Enter, but not while an input method composes', async () => {
    const { element, input } = await create();
    change(input, { value: 'pkg__Site__c' });
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }));
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
    await flush();
    expect(offered(element)).not.toContain('pkg__Site__c');
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    await flush();
    expect(offered(element)).toContain('pkg__Site__c');
  });

  it.each([
    ['nothing', '  ', 'c.Acd_No_Custom_Object'],
    ['a standard object', 'Opportunity', 'c.Acd_No_Custom_Object'],
    ['what is no name', 'My Site__c', 'c.Acd_No_Custom_Object'],
    ['one that is there, however it is written', 'SITE__c', 'c.Acd_Object_Known'],
  ])('refuses %s at the input and keeps what was typed', async (_what, name, message) => {
    const { element, input } = await create(own(['Site__c']));
    await add(element, name);
    expect(input['setCustomValidity']).toHaveBeenLastCalledWith(message);
    expect(input['value']).toBe(name);
    expect(offered(element)).toEqual(['Contact', 'Lead', 'Account', 'Site__c']);
    change(input, { value: `${name}x` });
    expect(input['setCustomValidity']).toHaveBeenLastCalledWith('');
  });

  it('refuses a sixth, until one of the five is taken away', async () => {
    const five = ['A__c', 'B__c', 'C__c', 'D__c', 'E__c'];
    const { element, input } = await create(own(['Contact', ...five]));
    await add(element, 'F__c');
    expect(input['setCustomValidity']).toHaveBeenLastCalledWith('c.Acd_Most_Custom_Objects');
    change(chosen(element), { value: five.slice(1) });
    await add(element, 'F__c');
    expect(chosen(element)['value']).toEqual([...five.slice(1), 'F__c']);
  });

  it('saves one that was typed and not added yet, and nothing while it is wrong', async () => {
    const { element, input } = await create();
    change(input, { value: 'Site' });
    find(element, '.save').click();
    await flush();
    expect(addLookup).not.toHaveBeenCalled();
    change(input, { value: 'Site__c' });
    find(element, '.save').click();
    await flush();
    expect((addLookup as jest.Mock).mock.calls[0][0].body.definition.objects).toEqual(['Contact', 'Lead', 'Account', 'Site__c']);
  });

  it('shows at the objects that the service refuses one, and keeps it chosen', async () => {
    (addLookup as jest.Mock).mockRejectedValueOnce(
      problem('invalid_request', [{ field: 'definition.objects', message: 'names Site__c, which the org does not have' }]),
    );
    const { element } = await create();
    await add(element, 'Site__c');
    find(element, '.save').click();
    await flush();
    expect(chosen(element)['setCustomValidity']).toHaveBeenLastCalledWith('Names Site__c, which the org does not have.');
    expect(chosen(element)['value']).toContain('Site__c');
  });

  it('is accessible', async () => {
    const { element } = await create(own(['Site__c']));
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});

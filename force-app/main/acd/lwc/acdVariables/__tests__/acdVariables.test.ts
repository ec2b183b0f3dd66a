import { createElement } from 'lwc';
import AcdVariables from 'c/acdVariables';
import { change, find, findAll } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const TOWN = { name: 'Town', field: 'MailingCity' };

function create(variables: object[]) {
  const element = createElement('c-acd-variables', { is: AcdVariables }) as Part;
  document.body.appendChild(Object.assign(element, { variables }));
  const told = jest.fn();
  element.addEventListener('variableschange', (event: CustomEvent) => told(event.detail.variables));
  return { element, told };
}
const part = (element: HTMLElement, name: string) => find(element, `[data-part="${name}"]`);

describe('c-acd-variables', () => {
  it('says when there is none, and adds one', () => {
    const { element, told } = create([]);
    expect(find(element, '.none').textContent).toBe('c.Acd_No_Variable');
    find(element, '.add-variable').click();
    expect(told).toHaveBeenCalledWith([{ name: '', field: '' }]);
  });

  it('shows what there is; both parts are needed', () => {
    const { element } = create([TOWN]);
    expect(find(element, '.none')).toBeNull();
    expect(['name', 'field'].map((name) => [part(element, name).value, part(element, name).required])).toEqual([
      ['Town', true],
      ['MailingCity', true],
    ]);
  });

  it.each([
    ['name', ' City ', { ...TOWN, name: 'City' }],
    ['field', ' Town__c ', { ...TOWN, field: 'Town__c' }],
  ])('changes its %s', (name, value, variable) => {
    const { element, told } = create([TOWN]);
    change(part(element, name), { value });
    expect(told).toHaveBeenCalledWith([variable]);
  });

  it('removes one, by a button that says which', () => {
    const { element, told } = create([TOWN, { name: 'Other', field: 'Other__c' }]);
    const [first] = findAll(element, '.remove-variable');
    expect(first!.alternativeText).toBe('c.Acd_Remove_Variable');
    first!.click();
    expect(told).toHaveBeenCalledWith([{ name: 'Other', field: 'Other__c' }]);
  });

  it('keeps the other rows as they are when one is removed, and what was said about them', async () => {
    const { element, told } = create([TOWN, { name: 'Other', field: 'Other__c' }]);
    const [, second] = findAll(element, '[data-part="name"]');
    findAll(element, '.remove-variable')[0]!.click();
    element['variables'] = told.mock.calls[0][0];
    await Promise.resolve();
    expect(findAll(element, '[data-part="name"]')).toEqual([second]);
    find(element, '.add-variable').click();
    element['variables'] = told.mock.calls[1][0];
    await Promise.resolve();
    expect(findAll(element, '[data-part="name"]')).toHaveLength(2);
    expect(findAll(element, '[data-part="name"]')[0]).toBe(second);
  });

  it('hands its fields to the form around it', () => {
    const names = create([TOWN])
      .element.formFields()
      .map(({ dataset }: HTMLElement) => dataset['field']);
    expect(names).toEqual(['definition.variables.0.name', 'definition.variables.0.field']);
  });

  it('takes no more than the service does, and says so', () => {
    const full = create(Array.from({ length: 30 }, () => TOWN)).element;
    expect(find(full, '.add-variable').disabled).toBe(true);
    expect(find(full, '.full').textContent).toBe('c.Acd_Most_Variables');
    expect(find(create([TOWN]).element, '.add-variable').disabled).toBe(false);
  });

  it('is accessible', async () => {
    await expect(create([TOWN]).element).toBeAccessible();
  });
});

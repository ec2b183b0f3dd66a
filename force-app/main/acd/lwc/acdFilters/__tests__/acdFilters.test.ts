import { createElement } from 'lwc';
import AcdFilters from 'c/acdFilters';
import { change, find, findAll, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const FILTER = { object: 'Contact', field: 'Type', is: 'equal', value: 'Customer' };

function create(filters: object[], props: object = {}) {
  const element = createElement('c-acd-filters', { is: AcdFilters }) as Part;
  document.body.appendChild(Object.assign(element, { filters, ...props }));
  const told = jest.fn();
  element.addEventListener('filterschange', (event: CustomEvent) => told(event.detail.filters));
  return { element, told };
}
const part = (element: HTMLElement, name: string) => find(element, `[data-part="${name}"]`);

describe('c-acd-filters', () => {
  it('says when every record counts, and adds a filter', () => {
    const { element, told } = create([]);
    expect(find(element, '.none').textContent).toBe('c.Acd_No_Filter');
    find(element, '.add-filter').click();
    expect(told).toHaveBeenCalledWith([{ object: 'Contact', field: '', is: 'equal', value: '' }]);
  });

  it.each([
    ['object', 'Lead', { ...FILTER, object: 'Lead' }],
    ['field', ' Level__c ', { ...FILTER, field: 'Level__c' }],
    ['value', 'Gold', { ...FILTER, value: 'Gold' }],
    ['is', 'filled', { object: 'Contact', field: 'Type', is: 'filled' }],
  ])('changes its %s', (name, value, filter) => {
    const { element, told } = create([FILTER]);
    change(part(element, name), { value });
    expect(told).toHaveBeenCalledWith([filter]);
  });

  it('offers the objects of the look-up, and one that a filter already names', () => {
    const { element, told } = create([FILTER], { objects: ['Site__c', 'Lead'] });
    expect(part(element, 'object').options).toEqual([
      { value: 'Site__c', label: 'Site__c' },
      { value: 'Lead', label: 'c.Acd_Lead' },
      { value: 'Contact', label: 'c.Acd_Contact' },
    ]);
    find(element, '.add-filter').click();
    expect(told).toHaveBeenCalledWith([FILTER, { object: 'Site__c', field: '', is: 'equal', value: '' }]);
  });

  it('begins with a contact where no object is chosen yet', () => {
    const { element, told } = create([], { objects: [] });
    find(element, '.add-filter').click();
    expect(told).toHaveBeenCalledWith([{ object: 'Contact', field: '', is: 'equal', value: '' }]);
  });

  it('hands its fields to the form around it', () => {
    const names = create([FILTER])
      .element.formFields()
      .map(({ dataset }: HTMLElement) => dataset['field']);
    expect(names).toEqual(['object', 'field', 'is', 'value'].map((name) => `definition.filters.0.${name}`));
  });

  it('asks for no value where none is needed', async () => {
    const { element, told } = create([{ object: 'Contact', field: 'Type', is: 'empty' }]);
    await flush();
    expect(part(element, 'value')).toBeNull();
    change(part(element, 'is'), { value: 'notEqual' });
    expect(told).toHaveBeenCalledWith([{ object: 'Contact', field: 'Type', is: 'notEqual', value: '' }]);
  });

  it('removes a filter', () => {
    const { element, told } = create([FILTER, { ...FILTER, field: 'Other' }]);
    findAll(element, '.remove-filter')[0]!.click();
    expect(told).toHaveBeenCalledWith([{ ...FILTER, field: 'Other' }]);
  });

  it('is accessible', async () => {
    await expect(create([FILTER]).element).toBeAccessible();
  });
});

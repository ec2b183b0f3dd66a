import { createElement } from 'lwc';
import AcdFilters from 'c/acdFilters';
import { change, find, findAll, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const FILTER = { object: 'Contact', field: 'Type', is: 'equal', value: 'Customer' };

function create(filters: object[]) {
  const element = createElement('c-acd-filters', { is: AcdFilters }) as Part;
  document.body.appendChild(Object.assign(element, { filters }));
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

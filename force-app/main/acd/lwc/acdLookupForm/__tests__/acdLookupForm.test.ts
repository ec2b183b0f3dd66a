import { createElement } from 'lwc';
import addLookup from '@salesforce/apex/AcdController.addLookup';
import changeLookup from '@salesforce/apex/AcdController.changeLookup';
import AcdLookupForm from 'c/acdLookupForm';
import { emptyDefinition } from 'c/acdModel';
import { acceptFields, change, find, flush, problem, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/AcdController.addLookup', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.changeLookup', () => ({ default: jest.fn() }), { virtual: true });

const OWN = {
  id: 'l1',
  name: 'Support',
  isDefault: true,
  definition: { ...emptyDefinition(), defaultRoute: '500', calledNumbers: ['+1800'] },
};
const field = (element: HTMLElement, name: string) => find(element, `[data-field="${name}"]`);

async function create(props: object = {}) {
  const element = createElement('c-acd-lookup-form', { is: AcdLookupForm }) as Part;
  Object.assign(element, props);
  document.body.appendChild(element);
  const closed = jest.fn();
  element.addEventListener('modalclose', (event: CustomEvent) => closed(event.detail));
  await flush();
  acceptFields(element);
  return { element, closed };
}
async function save(element: HTMLElement) {
  find(element, '.save').click();
  await flush();
}

describe('c-acd-lookup-form', () => {
  beforeEach(() => {
    (addLookup as jest.Mock).mockResolvedValue(OWN);
    (changeLookup as jest.Mock).mockResolvedValue(OWN);
  });

  it('adds a look-up as it was set', async () => {
    const { element, closed } = await create();
    change(field(element, 'name'), { value: ' Support ' });
    change(field(element, 'isDefault'), { checked: true });
    change(field(element, 'definition.objects'), { value: ['Lead', 'Contact'] });
    change(field(element, 'definition.ranking'), { value: ['openCase', 'vip'] });
    change(field(element, 'definition.several'), { value: 'ask' });
    change(field(element, 'definition.ring'), { value: ['caseOwner'] });
    change(field(element, 'definition.defaultRoute'), { value: '500' });
    change(field(element, 'definition.deadlineMs'), { value: '800' });
    change(field(element, 'definition.fields.vip'), { value: ' Level__c ' });
    change(field(element, 'definition.vipValues'), { value: 'Gold\n\n Platinum ' });
    change(field(element, 'definition.calledNumbers'), { value: '+1 800 555 0100\n' });
    await save(element);
    expect(addLookup).toHaveBeenCalledWith({
      body: {
        name: 'Support',
        isDefault: true,
        definition: {
          ...emptyDefinition(),
          objects: ['Lead', 'Contact'],
          ranking: ['openCase', 'vip'],
          several: 'ask',
          ring: ['caseOwner'],
          defaultRoute: '500',
          deadlineMs: 800,
          fields: { vip: 'Level__c', doNotCall: 'DoNotCall' },
          vipValues: ['Gold', 'Platinum'],
          calledNumbers: ['+1 800 555 0100'],
        },
      },
    });
    expect(closed).toHaveBeenCalledWith(OWN);
  });

  it('takes filters, variables and hours from its parts, and changes a look-up', async () => {
    const { element } = await create({ lookup: OWN });
    const filters = [{ object: 'Contact', field: 'Type', is: 'filled' }];
    const hours = { open: [], holidays: [] };
    const variables = [{ name: 'Town', field: 'MailingCity' }];
    find(element, '.filters').dispatchEvent(new CustomEvent('filterschange', { detail: { filters } }));
    find(element, '.variables').dispatchEvent(new CustomEvent('variableschange', { detail: { variables } }));
    find(element, '.hours').dispatchEvent(new CustomEvent('hourschange', { detail: { hours } }));
    await flush();
    acceptFields(element);
    await save(element);
    expect(changeLookup).toHaveBeenCalledWith({
      id: 'l1',
      body: { name: 'Support', isDefault: true, definition: { ...OWN.definition, filters, variables, hours } },
    });
    find(element, '.hours').dispatchEvent(new CustomEvent('hourschange', { detail: { hours: undefined } }));
    await save(element);
    expect((changeLookup as jest.Mock).mock.calls[1][0].body.definition).not.toHaveProperty('hours');
  });

  it('saves nothing while a field of a part is wrong, and shows there what the service says about it', async () => {
    const wrong = problem('invalid_request', [{ field: 'definition.variables.0.field', message: 'is the API name of a field' }]);
    (changeLookup as jest.Mock).mockRejectedValueOnce(wrong);
    const { element } = await create({
      lookup: { ...OWN, definition: { ...OWN.definition, variables: [{ name: 'Town', field: 'a b' }] } },
    });
    const inside = find(find(element, '.variables'), '[data-part="field"]');
    inside['reportValidity'] = () => false;
    await save(element);
    expect(changeLookup).not.toHaveBeenCalled();
    inside['reportValidity'] = () => true;
    await save(element);
    expect(inside.setCustomValidity).toHaveBeenLastCalledWith('Is the API name of a field.');
    expect(find(element, 'c-core-error-panel')).toBeNull();
  });

  it('shows at a field what is wrong with it, and another failure as a whole', async () => {
    const wrong = problem('invalid_request', [{ field: 'definition.defaultRoute', message: 'may hold letters and digits' }]);
    (addLookup as jest.Mock).mockRejectedValueOnce(wrong).mockRejectedValueOnce(new Error('away'));
    const { element, closed } = await create();
    await save(element);
    expect(field(element, 'definition.defaultRoute').setCustomValidity).toHaveBeenLastCalledWith('May hold letters and digits.');
    await save(element);
    expect(find(element, 'c-core-error-panel').error.message).toBe('away');
    expect(closed).not.toHaveBeenCalled();
  });

  it('closes without a result when cancelled', async () => {
    const { element, closed } = await create();
    find(element, '.cancel').click();
    expect(closed.mock.calls[0][0] ?? undefined).toBeUndefined();
  });

  it('is accessible', async () => {
    const { element } = await create({ lookup: OWN });
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});

import { createElement } from 'lwc';
import addPhoneSystem from '@salesforce/apex/AcdController.addPhoneSystem';
import changePhoneSystem from '@salesforce/apex/AcdController.changePhoneSystem';
import AcdPhoneSystemForm from 'c/acdPhoneSystemForm';
import { acceptFields, change, find, flush, problem } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/AcdController.addPhoneSystem', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.changePhoneSystem', () => ({ default: jest.fn() }), { virtual: true });

const MAIN = { id: 'p1', pbxId: 'x', name: 'Main', rules: { country: 'US', cutPrefix: '9' }, tokenInUrl: true };
const field = (element: HTMLElement, name: string) => find(element, `[data-field="${name}"]`);

async function create(props: object = {}) {
  const element = createElement('c-acd-phone-system-form', { is: AcdPhoneSystemForm }) as Part;
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

describe('c-acd-phone-system-form', () => {
  beforeEach(() => {
    (addPhoneSystem as jest.Mock).mockResolvedValue({ ...MAIN, key: 'k' });
    (changePhoneSystem as jest.Mock).mockResolvedValue(MAIN);
  });

  it('adds a phone system with the rules that were filled in', async () => {
    const { element, closed } = await create();
    change(field(element, 'name'), { value: ' Main ' });
    change(field(element, 'rules.country'), { value: 'GB' });
    change(field(element, 'rules.cutPrefix'), { value: '9' });
    change(field(element, 'rules.addPrefix'), { value: ' ' });
    await save(element);
    expect(addPhoneSystem).toHaveBeenCalledWith({ body: { name: 'Main', rules: { country: 'GB', cutPrefix: '9' }, tokenInUrl: false } });
    expect(closed).toHaveBeenCalledWith({ ...MAIN, key: 'k' });
  });

  it('changes one', async () => {
    const { element } = await create({ phoneSystem: MAIN });
    change(field(element, 'rules.keepLongDistancePrefix'), { checked: true });
    await save(element);
    const rules = { country: 'US', cutPrefix: '9', keepLongDistancePrefix: true };
    expect(changePhoneSystem).toHaveBeenCalledWith({ id: 'p1', body: { name: 'Main', rules, tokenInUrl: true } });
    change(field(element, 'tokenInUrl'), { checked: false });
    await save(element);
    expect(changePhoneSystem).toHaveBeenLastCalledWith({ id: 'p1', body: { name: 'Main', rules, tokenInUrl: false } });
  });

  it('shows at a field what is wrong with it, and keeps what was typed', async () => {
    (addPhoneSystem as jest.Mock).mockRejectedValue(
      problem('invalid_request', [{ field: 'rules.cutPrefix', message: 'holds digits only' }]),
    );
    const { element, closed } = await create();
    change(field(element, 'rules.cutPrefix'), { value: 'nine' });
    await save(element);
    expect(field(element, 'rules.cutPrefix').setCustomValidity).toHaveBeenLastCalledWith('Holds digits only.');
    expect(field(element, 'rules.cutPrefix').value).toBe('nine');
    expect(closed).not.toHaveBeenCalled();
  });

  it('shows another failure as a whole, and closes without a result when cancelled', async () => {
    (addPhoneSystem as jest.Mock).mockRejectedValue(new Error('away'));
    const { element, closed } = await create();
    await save(element);
    expect(find(element, 'c-core-error-panel').error.message).toBe('away');
    find(element, '.cancel').click();
    expect(closed.mock.calls[0][0] ?? undefined).toBeUndefined();
  });

  it('is accessible', async () => {
    const { element } = await create({ phoneSystem: MAIN });
    await expect(element).toBeAccessible();
  });
});

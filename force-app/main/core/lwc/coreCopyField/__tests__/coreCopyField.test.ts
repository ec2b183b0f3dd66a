import { createElement } from 'lwc';
import CoreCopyField from 'c/coreCopyField';
import { find, flush } from '../../coreSetup/__tests__/stage';

function create(props: object = {}) {
  const element = createElement('c-core-copy-field', { is: CoreCopyField });
  Object.assign(element, { label: 'Webhook', value: 'https://service.sample.test/hook', ...props });
  document.body.appendChild(element);
  return element;
}

describe('c-core-copy-field', () => {
  const writeText = jest.fn();
  beforeEach(() => {
    writeText.mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  });

  it('shows the whole value and copies it, saying so', async () => {
    const element = create();
    expect(find(element, '.value').textContent).toBe('https://service.sample.test/hook');
    find(element, 'lightning-button-icon').click();
    await flush();
    expect(writeText).toHaveBeenCalledWith('https://service.sample.test/hook');
    expect(find(element, '.outcome').textContent).toBe('c.Setup_Copied');
    expect(find(element, '.outcome').getAttribute('role')).toBe('status');
  });

  it('selects the value where the browser forbids copying', async () => {
    writeText.mockRejectedValue(new Error('denied'));
    const element = create();
    find(element, 'lightning-button-icon').click();
    await flush();
    expect(find(element, '.outcome').textContent).toBe('c.Setup_Copy_By_Hand');
  });

  it('can be a button alone, and admits that it could not copy', async () => {
    writeText.mockRejectedValue(new Error('denied'));
    const element = create({ buttonOnly: true });
    expect(find(element, '.value')).toBeNull();
    find(element, 'lightning-button').click();
    await flush();
    expect(find(element, '.outcome').textContent).toBe('c.Setup_Copy_Failed');
  });

  it('is accessible', async () => {
    await expect(create()).toBeAccessible();
  });
});

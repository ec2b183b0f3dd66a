import { createElement } from 'lwc';
import CoreEmptyState from 'c/coreEmptyState';

describe('c-core-empty-state', () => {
  it('shows heading and sentence, and an icon only if there is one', async () => {
    const element = Object.assign(createElement('c-core-empty-state', { is: CoreEmptyState }), { heading: 'Nothing', message: 'Do this.' });
    document.body.append(element);
    expect(element.shadowRoot!.querySelector('.empty-heading')!.textContent).toBe('Nothing');
    expect(element.shadowRoot!.querySelector('.empty-message')!.textContent).toBe('Do this.');
    expect(element.shadowRoot!.querySelector('lightning-icon')).toBeNull();
    await expect(element).toBeAccessible();
  });
});

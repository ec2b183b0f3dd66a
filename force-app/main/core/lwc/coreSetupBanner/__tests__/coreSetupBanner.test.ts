import { createElement } from 'lwc';
import CoreSetupBanner from 'c/coreSetupBanner';
import { findAll } from '../../coreSetup/__tests__/stage';

const HELD = { key: 'held', theme: 'error', title: 'On hold', text: 'The limit is used up.', linkLabel: 'Message health', page: 'health' };
const STALE = { key: 'stale', theme: 'info', title: 'Old', text: 'From 10:00' };

function create(banners: object[]) {
  const element = createElement('c-core-setup-banner', { is: CoreSetupBanner });
  Object.assign(element, { banners });
  document.body.appendChild(element);
  return element;
}

describe('c-core-setup-banner', () => {
  it('shows title and text, and announces faults as alerts', () => {
    const [held, stale] = findAll(create([HELD, STALE]), '.banner');
    expect(held!.getAttribute('role')).toBe('alert');
    expect(held!.textContent).toContain('The limit is used up.');
    expect(stale!.getAttribute('role')).toBe('status');
    expect(stale!.querySelector('lightning-button')).toBeNull();
  });

  it('asks for the page of the pressed link', () => {
    const element = create([HELD]);
    const handler = jest.fn();
    element.addEventListener('gotopage', handler);
    element.shadowRoot!.querySelector<HTMLElement>('lightning-button')!.click();
    expect(handler.mock.calls[0][0].detail).toEqual({ page: 'health' });
  });

  it('takes no room without a banner', () => {
    expect(create([]).shadowRoot!.querySelector('.banner')).toBeNull();
  });

  it('is accessible', async () => {
    await expect(create([HELD, STALE])).toBeAccessible();
  });
});

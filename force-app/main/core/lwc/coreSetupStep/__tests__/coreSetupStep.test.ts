import { createElement } from 'lwc';
import CoreSetupStep from 'c/coreSetupStep';
import type { Part } from '../../coreSetup/__tests__/stage';

function create(props: object) {
  const element = createElement('c-core-setup-step', { is: CoreSetupStep });
  Object.assign(element, { number: 2, heading: 'Connect a carrier', text: 'Enter the account.', ...props });
  document.body.appendChild(element);
  return element.shadowRoot!;
}

describe('c-core-setup-step', () => {
  it('says its number, heading and state', () => {
    const root = create({ status: 'next' });
    expect(root.querySelector('h3')!.textContent).toContain('Connect a carrier');
    expect(root.querySelector<Part>('lightning-badge').label).toBe('c.Setup_Next');
    expect(root.querySelector('[aria-current="step"]')).not.toBeNull();
    expect(root.querySelector('.ring')!.textContent).toBe('2');
  });

  it('names cause and cure of a failed step', () => {
    const root = create({ status: 'failed', cause: 'The password is wrong.', cure: 'Enter it again.' });
    expect(root.querySelector('.step-cause')!.textContent).toContain('The password is wrong.');
    expect(root.querySelector('.step-cure')!.textContent).toContain('Enter it again.');
  });

  it('hides cause and cure of other steps', () => {
    expect(create({ status: 'done', cause: 'old' }).querySelector('.step-problem')).toBeNull();
  });

  it('is accessible', async () => {
    create({ status: 'failed', cause: 'a', cure: 'b' });
    await expect(document.body).toBeAccessible();
  });
});

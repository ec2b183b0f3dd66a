import { createElement } from 'lwc';
import AcdKey from 'c/acdKey';
import { find } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

function create() {
  const element = createElement('c-acd-key', { is: AcdKey }) as Part;
  const props = {
    name: 'Main',
    secret: 'sb_acd_1',
    pbxId: '47EC1B-B70D69-818AE6',
    orgId: '00DA0000000BhM2MAK',
    serviceUrl: 'https://s.example',
  };
  document.body.appendChild(Object.assign(element, props));
  return element;
}

describe('c-acd-key', () => {
  it('shows all that has to be typed into the phone system', () => {
    const element = create();
    const shown = ['.key', '.pbx', '.address', '.mirage'].map((selector) => find(element, selector).value);
    expect(shown).toEqual([
      'sb_acd_1',
      '47EC1B-B70D69-818AE6',
      'https://s.example/v1/acd/lookup?caller=',
      'https://s.example/api/ExtNo/47EC1B-B70D69-818AE600DA0000000BhM2MAK/?callerid=',
    ]);
  });

  it('closes, and is accessible', async () => {
    const element = create();
    const closed = jest.fn();
    element.addEventListener('modalclose', closed);
    await expect(element).toBeAccessible();
    find(element, '.done').click();
    expect(closed).toHaveBeenCalled();
  });
});

import { createElement } from 'lwc';
import endTokens from '@salesforce/apex/AcdController.endTokens';
import issueToken from '@salesforce/apex/AcdController.issueToken';
import LightningConfirm from 'lightning/confirm';
import AcdToken from 'c/acdToken';

jest.mock('@salesforce/apex/AcdController.endTokens', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.issueToken', () => ({ default: jest.fn() }), { virtual: true });

const phoneSystem = { id: 'p1', pbxId: '47EC1B-B70D69-818AE6', name: 'Main', rules: { country: 'US' }, tokenInUrl: false, createdAt: '' };
const flush = async () => {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
};
type Found = HTMLElement & Record<string, unknown>;
async function show() {
  const element = createElement('c-acd-token', { is: AcdToken });
  Object.assign(element, { phoneSystem });
  document.body.append(element);
  await flush();
  const find = (selector: string) => element.shadowRoot!.querySelector<Found>(selector)!;
  // Inputs of the stub say that they are filled in as they should be.
  for (const input of element.shadowRoot!.querySelectorAll<Found>('[data-field]'))
    Object.assign(input, { reportValidity: () => true, setCustomValidity: () => undefined });
  return { element, find };
}

beforeEach(() => {
  (issueToken as jest.Mock).mockResolvedValue({ token: 'eyJ.token', expiresAt: '2027-11-29T10:00:00Z' });
  (endTokens as unknown as jest.Mock).mockResolvedValue({});
  jest.spyOn(LightningConfirm, 'open').mockResolvedValue(true);
});
afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});

describe('c-acd-token', () => {
  it('makes a token and shows it once, to be copied', async () => {
    const { element, find } = await show();
    await expect(element).toBeAccessible();
    find('[data-field="days"]').dispatchEvent(new CustomEvent('change', { detail: { value: '30' } }));
    find('[data-field="replace"]').dispatchEvent(new CustomEvent('change', { detail: { checked: true } }));
    find('.make').click();
    await flush();
    expect(issueToken).toHaveBeenCalledWith({ id: 'p1', body: { days: 30, replace: true } });
    expect(find('.token')['value']).toBe('eyJ.token');
    expect(find('.make')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('ends all of them', async () => {
    const { find } = await show();
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    find('.end').click();
    await flush();
    expect(endTokens).not.toHaveBeenCalled();
    find('.end').click();
    await flush();
    expect(endTokens).toHaveBeenCalledWith({ id: 'p1' });
    expect(find('[role=status]').textContent).toBe('c.Acd_Tokens_Ended');
  });

  it('keeps what was typed when it cannot be made', async () => {
    (issueToken as jest.Mock).mockRejectedValue({ body: { message: 'no' } });
    const { find } = await show();
    find('.make').click();
    await flush();
    expect(find('c-core-error-panel')).not.toBeNull();
    expect(find('.make')).not.toBeNull();
  });
});

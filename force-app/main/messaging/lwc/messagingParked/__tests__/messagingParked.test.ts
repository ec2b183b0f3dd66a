import { createElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import discardParked from '@salesforce/apex/MessagingSetupController.discardParked';
import readParked from '@salesforce/apex/MessagingSetupController.parked';
import retryAllParked from '@salesforce/apex/MessagingSetupController.retryAllParked';
import retryParked from '@salesforce/apex/MessagingSetupController.retryParked';
import MessagingParked from 'c/messagingParked';
import { find, flush, takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/MessagingSetupController.discardParked', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.parked', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.retryAllParked', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.retryParked', () => ({ default: jest.fn() }), { virtual: true });

const row = (id: string) => ({
  id,
  kind: 'message',
  label: `Message ${id}`,
  code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
  reason: 'A validation rule refused it.',
  nextStep: 'Change the rule, then retry.',
  since: '2026-11-22T08:00:00Z',
  attempts: 3,
});

async function create() {
  const element = createElement('c-messaging-parked', { is: MessagingParked }) as Part;
  Object.assign(element, { count: 2 });
  document.body.appendChild(element);
  const changed = jest.fn();
  element.addEventListener('parkedchange', changed);
  await flush();
  return { element, changed };
}
async function press(element: HTMLElement, selector: string) {
  find(element, selector).click();
  await flush();
}

describe('c-messaging-parked', () => {
  beforeEach(() => (readParked as jest.Mock).mockResolvedValue({ items: [row('p1'), row('p2')] }));

  it('names the reason and the next step of each row', async () => {
    const { element } = await create();
    expect(element.shadowRoot!.querySelectorAll('tr.row')).toHaveLength(2);
    expect(find(element, '.reason').textContent).toBe('A validation rule refused it.');
    expect(find(element, '.next-step').textContent).toContain('Change the rule, then retry.');
  });

  it('retries one row and reads the list again', async () => {
    const { element, changed } = await create();
    await press(element, '.retry[data-id="p2"]');
    expect(retryParked).toHaveBeenCalledWith({ id: 'p2' });
    expect(readParked).toHaveBeenCalledTimes(2);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('retries all rows', async () => {
    const { element } = await create();
    await press(element, '.retry-all');
    expect(retryAllParked).toHaveBeenCalledTimes(1);
  });

  it('discards only after a confirmation', async () => {
    const { element } = await create();
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    await press(element, '.discard');
    expect(discardParked).not.toHaveBeenCalled();
    await press(element, '.discard');
    expect(discardParked).toHaveBeenCalledWith({ id: 'p1' });
  });

  it('shows why an action was refused and keeps the row', async () => {
    (retryParked as jest.Mock).mockRejectedValueOnce(new Error('gone'));
    const { element } = await create();
    await press(element, '.retry');
    expect(find(element, 'c-core-error-panel').error.message).toBe('gone');
    expect(element.shadowRoot!.querySelectorAll('tr.row')).toHaveLength(2);
  });

  it('loads more rows', async () => {
    (readParked as jest.Mock).mockResolvedValueOnce({ items: [row('p1')], next: 'n' });
    const { element } = await create();
    (readParked as jest.Mock).mockResolvedValueOnce({ items: [row('p2')] });
    await press(element, '.more');
    expect(readParked).toHaveBeenLastCalledWith({ cursor: 'n' });
    expect(element.shadowRoot!.querySelectorAll('tr.row')).toHaveLength(2);
    expect(find(element, '.more')).toBeNull();
  });

  it('reads again when the service counts a different number', async () => {
    const { element } = await create();
    element.count = 2;
    await flush();
    expect(readParked).toHaveBeenCalledTimes(1);
    element.count = 3;
    await flush();
    expect(readParked).toHaveBeenCalledTimes(2);
  });

  it('says when nothing is parked', async () => {
    (readParked as jest.Mock).mockResolvedValue({ items: [] });
    const { element } = await create();
    expect(find(element, 'c-core-empty-state').heading).toBe('c.Msg_Setup_Nothing_Parked');
    expect(find(element, '.retry-all').disabled).toBe(true);
  });

  it('shows a failed read and repeats it', async () => {
    (readParked as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const { element } = await create();
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(element.shadowRoot!.querySelectorAll('tr.row')).toHaveLength(2);
  });

  it('is accessible', async () => {
    const { element } = await create();
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });
});

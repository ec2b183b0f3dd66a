import { createElement } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import discardParkedCall from '@salesforce/apex/AcdController.discardParkedCall';
import parkedCalls from '@salesforce/apex/AcdController.parkedCalls';
import retryParkedCall from '@salesforce/apex/AcdController.retryParkedCall';
import AcdParked from 'c/acdParked';
import { takeStubNames } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/AcdController.discardParkedCall', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.parkedCalls', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/AcdController.retryParkedCall', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Call_Of', () => ({ default: 'Call of {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Callback_Of', () => ({ default: 'Callback to {0}' }), { virtual: true });

const ITEMS = [
  { id: '1', kind: 'call', label: 'Known', code: 'X', reason: 'A rule refused it.', since: '2026-11-29T10:00:00Z' },
  { id: '2', kind: 'task', label: '', code: 'X', reason: 'A rule refused it.', since: '2026-11-29T10:00:00Z' },
];
const list = parkedCalls as unknown as jest.Mock;
const flush = async () => {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
};
async function show() {
  const element = createElement('c-acd-parked', { is: AcdParked });
  document.body.append(element);
  await flush();
  const all = (selector: string) => [...element.shadowRoot!.querySelectorAll<HTMLElement>(selector)];
  return { element, all };
}

beforeEach(() => {
  list.mockResolvedValue({ items: ITEMS });
  for (const command of [discardParkedCall, retryParkedCall]) (command as jest.Mock).mockResolvedValue({});
  jest.spyOn(LightningConfirm, 'open').mockResolvedValue(true);
});
afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});

describe('c-acd-parked', () => {
  it('is not there while nothing is parked', async () => {
    list.mockResolvedValue({ items: [] });
    const { element, all } = await show();
    expect(all('lightning-card')).toHaveLength(0);
    await expect(element).toBeAccessible();
  });

  it('lists what was refused and why', async () => {
    const { element, all } = await show();
    expect(all('th[scope=row]').map((cell) => cell.textContent)).toEqual(['Call of Known', 'Callback to c.Acd_No_Number']);
    takeStubNames(element);
    await expect(element).toBeAccessible();
  });

  it('tries one again, and gives one up after a question', async () => {
    const { all } = await show();
    all('.retry')[0]!.click();
    await flush();
    expect(retryParkedCall).toHaveBeenCalledWith({ id: '1' });
    (LightningConfirm.open as jest.Mock).mockResolvedValueOnce(false);
    all('.discard')[1]!.click();
    await flush();
    expect(discardParkedCall).not.toHaveBeenCalled();
    all('.discard')[1]!.click();
    await flush();
    expect(discardParkedCall).toHaveBeenCalledWith({ id: '2' });
  });

  it('keeps the list when one cannot be tried again, and says why', async () => {
    (retryParkedCall as unknown as jest.Mock).mockRejectedValueOnce({ body: { message: 'no' } });
    const { all } = await show();
    all('.retry')[0]!.click();
    await flush();
    expect(all('c-core-error-panel')).toHaveLength(1);
    expect(all('tr.parked')).toHaveLength(2);
  });

  it('shows more where there is more', async () => {
    list.mockResolvedValueOnce({ items: ITEMS.slice(0, 1), next: '1' }).mockResolvedValueOnce({ items: ITEMS.slice(1) });
    const { all } = await show();
    all('.more')[0]!.click();
    await flush();
    expect(list).toHaveBeenLastCalledWith({ cursor: '1' });
    expect(all('tr.parked')).toHaveLength(2);
    expect(all('.more')).toHaveLength(0);
  });

  it('says why it could not be loaded', async () => {
    list.mockRejectedValue({ body: { message: 'no' } });
    const { all } = await show();
    expect(all('c-core-error-panel')).toHaveLength(1);
  });
});

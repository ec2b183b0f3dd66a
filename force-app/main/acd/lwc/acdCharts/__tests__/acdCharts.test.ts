import { createElement } from 'lwc';
import logSummary from '@salesforce/apex/AcdController.logSummary';
import AcdCharts from 'c/acdCharts';

jest.mock('@salesforce/apex/AcdController.logSummary', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Total', () => ({ default: '{0} look-ups, {1} %' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Cost', () => ({ default: '{0} calls, {1} for 10,000' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Up_To', () => ({ default: 'up to {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Longer', () => ({ default: 'over {0}' }), { virtual: true });

const read = logSummary as unknown as jest.Mock;
const SUMMARY = {
  lookups: 1_000,
  matched: 950,
  sources: [
    { source: 'fallback', lookups: 10 },
    { source: 'index', lookups: 900 },
    { source: 'live', lookups: 90 },
  ],
  latencies: [
    { upToMs: 2, lookups: 800 },
    { upToMs: 5, lookups: 0 },
    { upToMs: 1_000, lookups: 190 },
    { upToMs: null, lookups: 10 },
  ],
  p50Ms: 1.2,
  p95Ms: 300,
  p99Ms: 1_200,
  orgCalls: 55,
  callsPer10000: 550,
};
const flush = async () => {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
};
async function show() {
  const element = createElement('c-acd-charts', { is: AcdCharts });
  document.body.append(element);
  await flush();
  const all = (selector: string) => [...element.shadowRoot!.querySelectorAll<HTMLElement & Record<string, unknown>>(selector)];
  return { element, all, text: (selector: string) => all(selector)[0]?.textContent };
}

afterEach(() => document.body.replaceChildren());

describe('c-acd-charts', () => {
  it('shows answers by source and time, the longest bar widest, and what they cost', async () => {
    read.mockResolvedValue(SUMMARY);
    const { element, all, text } = await show();
    expect(text('.total')).toBe('1,000 look-ups, 95 %');
    expect(text('.cost')).toBe('55 calls, 550 for 10,000');
    expect(all('.name').map((cell) => cell.textContent)).toEqual([
      'c.Acd_From_Fallback',
      'c.Acd_From_Directory',
      'c.Acd_From_Org',
      'up to 2',
      'up to 1,000',
      'over 1,000',
    ]);
    expect(all('.bar').map((bar) => bar.style.width)).toEqual(['1%', '60%', '6%', '60%', '14%', '1%']);
    await expect(element).toBeAccessible();
  });

  it('asks again for another span', async () => {
    read.mockResolvedValue(SUMMARY);
    const { all } = await show();
    all('.days')[0]!.dispatchEvent(new CustomEvent('change', { detail: { value: '30' } }));
    await flush();
    expect(read).toHaveBeenLastCalledWith({ days: '30' });
  });

  it('says that nothing was asked, or why it cannot be shown', async () => {
    read.mockResolvedValue({ ...SUMMARY, lookups: 0 });
    const { element, all } = await show();
    expect(all('c-core-empty-state')).toHaveLength(1);
    await expect(element).toBeAccessible();
    element.remove();
    read.mockRejectedValueOnce({ body: { message: 'no' } });
    const failed = await show();
    expect(failed.all('c-core-error-panel')).toHaveLength(1);
    read.mockResolvedValue(SUMMARY);
    failed.all('c-core-error-panel')[0]!.dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(failed.all('.total')).toHaveLength(1);
  });
});

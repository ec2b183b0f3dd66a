import { createElement } from 'lwc';
import readLog from '@salesforce/apex/AcdController.log';
import AcdLog from 'c/acdLog';
import { find, findAll, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/AcdController.log', () => ({ default: jest.fn() }), { virtual: true });

const ITEM = {
  id: '9',
  at: '2026-11-01T08:00:00Z',
  pbx: 'Main',
  lookup: 'Support',
  caller: '120••••••84',
  source: 'index',
  matched: true,
  stale: false,
  recordId: null,
  extension: '2001',
  tookMs: 0.3,
  why: 'Contact found by Phone.',
};

async function create() {
  const element = createElement('c-acd-log', { is: AcdLog }) as Part;
  document.body.appendChild(element);
  await flush();
  return element;
}

describe('c-acd-log', () => {
  afterEach(() => jest.useRealTimers());
  beforeEach(() => (readLog as jest.Mock).mockResolvedValue({ items: [ITEM] }));

  it('shows who called, who rang and why', async () => {
    const text = find(await create(), 'tr.entry').textContent;
    for (const part of ['120••••••84', '2001', 'Contact found by Phone.']) expect(text).toContain(part);
  });

  it('names what is missing', async () => {
    (readLog as jest.Mock).mockResolvedValue({ items: [{ ...ITEM, caller: '', extension: null, source: 'fallback' }] });
    const text = find(await create(), 'tr.entry').textContent;
    for (const part of ['c.Acd_No_Number', 'c.Acd_Nobody']) expect(text).toContain(part);
  });

  it('loads more where there is more, and begins anew', async () => {
    (readLog as jest.Mock).mockResolvedValueOnce({ items: [ITEM], next: '9' }).mockResolvedValueOnce({ items: [{ ...ITEM, id: '8' }] });
    const element = await create();
    find(element, '.more').click();
    await flush();
    expect(readLog).toHaveBeenLastCalledWith({ cursor: '9', text: '', source: '', matched: '' });
    expect(findAll(element, 'tr.entry')).toHaveLength(2);
    expect(find(element, '.more')).toBeNull();
    find(element, '.reload').click();
    await flush();
    expect(findAll(element, 'tr.entry')).toHaveLength(1);
  });

  it('searches, after a moment of typing, and says that nothing fits', async () => {
    const element = await create();
    jest.useFakeTimers();
    (readLog as jest.Mock).mockResolvedValue({ items: [] });
    const change = (selector: string, value: string) =>
      find(element, selector).dispatchEvent(new CustomEvent('change', { detail: { value } }));
    for (const typed of ['s', 'su', 'sup']) change('.text', typed);
    await jest.advanceTimersByTimeAsync(400);
    expect((readLog as jest.Mock).mock.calls.at(-1)).toEqual([{ cursor: '', text: 'sup', source: '', matched: '' }]);
    change('.source', 'fallback');
    change('.matched', 'false');
    await jest.advanceTimersByTimeAsync(0);
    expect(readLog).toHaveBeenLastCalledWith({ cursor: '', text: 'sup', source: 'fallback', matched: 'false' });
    expect(find(element, 'c-core-empty-state').heading).toBe('c.Acd_Nothing_Found');
  });

  it('says when nothing was asked, and when it cannot be read', async () => {
    (readLog as jest.Mock).mockResolvedValueOnce({ items: [] }).mockRejectedValueOnce(new Error('away'));
    const empty = await create();
    expect(find(empty, 'c-core-empty-state').heading).toBe('c.Acd_No_Log');
    const failed = await create();
    expect(find(failed, 'c-core-error-panel').error.message).toBe('away');
    find(failed, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(findAll(failed, 'tr.entry')).toHaveLength(1);
  });

  it('is accessible', async () => {
    await expect(await create()).toBeAccessible();
  });
});

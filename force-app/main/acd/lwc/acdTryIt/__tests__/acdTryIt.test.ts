import { createElement } from 'lwc';
import tryLookup from '@salesforce/apex/AcdController.tryLookup';
import AcdTryIt from 'c/acdTryIt';
import { change, find, flush, texts } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/AcdController.tryLookup', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Rings', () => ({ default: 'Rings {0}.' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Source_Took', () => ({ default: '{0} {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Source_Stale', () => ({ default: '{0} {1} stale' }), { virtual: true });

const ANSWER = {
  matched: true,
  source: 'index',
  stale: false,
  records: [],
  extension: '2001',
  variables: { Name: 'Caller Known', Extension: '2001' },
  why: 'Contact found by Phone.',
  tookMs: 2.4,
};

function create() {
  const element = createElement('c-acd-try-it', { is: AcdTryIt }) as Part;
  const lookups = [
    { id: null, name: 'Built in' },
    { id: 'l1', name: 'Support' },
  ];
  document.body.appendChild(Object.assign(element, { lookups, phoneSystems: [{ id: 'p1', name: 'Main' }] }));
  return element;
}
const part = (element: HTMLElement, name: string) => find(element, `[data-part="${name}"]`);
async function ask(element: HTMLElement) {
  find(element, '.try').click();
  await flush();
}

describe('c-acd-try-it', () => {
  beforeEach(() => (tryLookup as jest.Mock).mockResolvedValue(ANSWER));

  it('asks as it was filled in, and shows answer, source, time and why', async () => {
    const element = create();
    for (const [name, value] of Object.entries({ caller: '203 555', called: '100', lookup: 'l1', pbx: 'p1' }))
      change(part(element, name), { value });
    await ask(element);
    expect(tryLookup).toHaveBeenCalledWith({
      caller: '203 555',
      called: '100',
      caseNumber: '',
      accountNumber: '',
      lookup: 'l1',
      pbx: 'p1',
    });
    expect(find(element, '.extension').textContent).toBe('Rings 2001.');
    expect(find(element, '.why').textContent).toBe('Contact found by Phone.');
    expect(find(element, '.source').textContent).toBe('c.Acd_From_Directory 2');
    expect(texts(element, 'dt')).toEqual(['Name', 'Extension']);
    expect(find(element, '.outcome').getAttribute('role')).toBe('status');
  });

  it('offers own look-ups only, and the choice of a phone system that names none', () => {
    expect(part(create(), 'lookup').options.map(({ value }: { value: string }) => value)).toEqual(['', 'l1']);
  });

  it.each([
    [{ stale: true }, 'c.Acd_From_Directory 2 stale'],
    [{ source: 'live' }, 'c.Acd_From_Org 2'],
    [{ source: 'fallback', stale: true }, 'c.Acd_From_Fallback 2'],
  ])('says where %j comes from', async (more, text) => {
    (tryLookup as jest.Mock).mockResolvedValue({ ...ANSWER, ...more });
    const element = create();
    await ask(element);
    expect(find(element, '.source').textContent).toBe(text);
  });

  it('says that nobody is to be rung, and shows a failure', async () => {
    const { extension: _extension, ...nobody } = ANSWER;
    (tryLookup as jest.Mock).mockResolvedValueOnce(nobody).mockRejectedValueOnce(new Error('away'));
    const element = create();
    await ask(element);
    expect(find(element, '.extension').textContent).toBe('c.Acd_Nobody_Rings');
    await ask(element);
    expect(find(element, 'c-core-error-panel').error.message).toBe('away');
    expect(find(element, '.extension')).toBeNull();
  });

  it('is accessible', async () => {
    const element = create();
    await ask(element);
    await expect(element).toBeAccessible();
  });
});

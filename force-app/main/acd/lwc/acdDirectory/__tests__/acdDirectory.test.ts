import { createElement } from 'lwc';
import AcdDirectory from 'c/acdDirectory';
import { find, findAll, texts } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/label/c.Acd_Fresh_Seconds', () => ({ default: '{0} s' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_By_Sweeps_Because', () => ({ default: 'minute: {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Read_Of', () => ({ default: '{0} {1} of {2}' }), { virtual: true });
jest.mock('@salesforce/label/c.Acd_Read_All', () => ({ default: '{0} {1}' }), { virtual: true });

const NOW = Date.parse('2026-11-01T08:00:30Z');
const READ = { object: 'Lead', recordsRead: 15, recordsTotal: 15, loadedAt: '2026-11-01T08:00:00Z', problem: null };
const STATE = { kept: true, sweptAt: '2026-11-01T08:00:00Z', problem: null, mode: 'events', reason: null, sources: [READ] };

function create(state: object | undefined, props: object = {}) {
  const element = createElement('c-acd-directory', { is: AcdDirectory }) as Part;
  document.body.appendChild(Object.assign(element, { state, now: NOW, ...props }));
  return element;
}

describe('c-acd-directory', () => {
  it('tells how fresh it is and how changes are found', () => {
    const element = create(STATE);
    expect(find(element, '.freshness').textContent).toBe('30 s');
    expect(find(element, '.mode').textContent).toBe('c.Acd_By_Events');
    expect(texts(element, '.source p')).toEqual(['Lead 15']);
  });

  it.each([
    ['sweeps', 'No channel.', 'minute: No channel.'],
    ['sweeps', null, 'c.Acd_By_Sweeps'],
  ])('says why there are no events: %s %s', (mode, reason, text) =>
    expect(find(create({ ...STATE, mode, reason }), '.mode').textContent).toBe(text),
  );

  it('shows the progress of a first reading', () => {
    const reading = { ...READ, object: 'Contact', recordsRead: 2500, recordsTotal: 10_000, loadedAt: null };
    const element = create({ ...STATE, sweptAt: null, sources: [reading] });
    expect(find(element, '.freshness').textContent).toBe('c.Acd_Reading_First');
    expect(texts(element, '.source p')).toEqual(['Contact 2,500 of 10,000']);
    expect(findAll(element, 'lightning-progress-bar').map(({ value }) => value)).toEqual([25]);
  });

  it('says what could not be read', () => {
    const sources = [{ ...READ, problem: 'INVALID_FIELD: no such column' }];
    const element = create({ ...STATE, problem: 'Lead: INVALID_FIELD', sources });
    expect(find(element, '.problem').getAttribute('role')).toBe('alert');
    expect(texts(element, '.source p')[1]).toContain('INVALID_FIELD');
  });

  it('reads when asked to, unless it is at it or keeps nobody', () => {
    const element = create(STATE);
    const asked = jest.fn();
    element.addEventListener('refreshdirectory', asked);
    find(element, '.refresh').click();
    expect(asked).toHaveBeenCalled();
    expect(find(create(STATE, { busy: true }), '.refresh').disabled).toBe(true);
    const empty = create({ kept: false, sources: [] });
    expect(find(empty, '.refresh').disabled).toBe(true);
    expect(find(empty, 'c-core-empty-state').heading).toBe('c.Acd_No_Directory');
  });

  it('is accessible', async () => {
    await expect(create(STATE)).toBeAccessible();
  });
});

import { createElement } from 'lwc';
import AcdHours from 'c/acdHours';
import { change, find, findAll, flush } from '../../../../core/lwc/coreSetup/__tests__/stage';
import type { Part } from '../../../../core/lwc/coreSetup/__tests__/stage';

const HOURS = {
  open: [
    { day: 1, from: '08:00', to: '12:00' },
    { day: 1, from: '13:00', to: '17:00' },
  ],
  holidays: [{ date: '2026-12-25', name: 'Christmas' }, { date: '2027-01-01' }],
  closedRoute: 'night',
};

function create(hours: object | undefined) {
  const element = createElement('c-acd-hours', { is: AcdHours }) as Part;
  document.body.appendChild(Object.assign(element, { hours }));
  const told = jest.fn();
  element.addEventListener('hourschange', (event: CustomEvent) => told(event.detail.hours));
  return { element, told };
}

describe('c-acd-hours', () => {
  it('begins with working days when hours are wanted, and takes them away again', () => {
    const { element, told } = create(undefined);
    expect(findAll(element, '.day')).toEqual([]);
    change(find(element, '.has-hours'), { checked: true });
    expect(told.mock.calls[0][0].open.map(({ day }: { day: number }) => day)).toEqual([1, 2, 3, 4, 5]);
    change(find(element, '.has-hours'), { checked: false });
    expect(told).toHaveBeenLastCalledWith(undefined);
  });

  it('shows what is set, the days by their names', () => {
    const { element } = create(HOURS);
    const [monday, tuesday] = findAll(element, '.day');
    expect([monday!.label, monday!.value, tuesday!.value]).toEqual(['Monday', '08:00-12:00, 13:00-17:00', '']);
    expect(find(element, '.holidays').value).toBe('2026-12-25 Christmas\n2027-01-01');
    expect(find(element, '.closed-route').value).toBe('night');
  });

  it('reads spans as they are typed, and keeps the text', async () => {
    const { element, told } = create(HOURS);
    change(findAll(element, '.day')[1]!, { value: '9:30 – 12:00, 14:00-24:00' });
    expect(told.mock.calls[0][0].open).toEqual([
      ...HOURS.open,
      { day: 2, from: '09:30', to: '12:00' },
      { day: 2, from: '14:00', to: '24:00' },
    ]);
    await flush();
    expect(findAll(element, '.day')[1]!.value).toBe('9:30 – 12:00, 14:00-24:00');
  });

  it('hands on what it cannot read, so that the service can say what is wrong', () => {
    const { element, told } = create(HOURS);
    change(findAll(element, '.day')[0]!, { value: 'all day' });
    expect(told.mock.calls[0][0].open).toEqual([{ day: 1, from: 'all day', to: '' }]);
  });

  it('reads holidays, the closed route and the zone', () => {
    const { element, told } = create(HOURS);
    change(find(element, '.holidays'), { value: '2026-12-26  Boxing  Day\n\n2027-05-01' });
    expect(told.mock.calls[0][0].holidays).toEqual([{ date: '2026-12-26', name: 'Boxing Day' }, { date: '2027-05-01' }]);
    change(find(element, '.closed-route'), { value: ' ' });
    expect(told.mock.calls[1][0]).not.toHaveProperty('closedRoute');
    change(find(element, '.time-zone'), { value: 'Europe/Berlin' });
    expect(told.mock.calls[2][0].timeZone).toBe('Europe/Berlin');
  });

  it('is accessible', async () => {
    await expect(create(HOURS).element).toBeAccessible();
  });
});

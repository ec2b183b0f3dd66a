import { createElement } from 'lwc';
import readHealth from '@salesforce/apex/MessagingSetupController.health';
import MessagingHealth from 'c/messagingHealth';
import { find, findAll, flush, texts } from '../../../../core/lwc/coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/MessagingSetupController.health', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.parked', () => ({ default: jest.fn(async () => ({ items: [] })) }), { virtual: true });

const HEALTH = {
  backlog: { toOrg: { waiting: 12, oldestAt: '2026-11-22T08:00:00Z' }, toCarrier: { waiting: 0, oldestAt: null } },
  parked: 2,
  unknown: 0,
  carriers: [{ id: 'a1', label: 'Bulk', kind: 'smpp', state: 'failed', stateText: 'Wrong password.', since: '2026-11-22T07:00:00Z' }],
  apiUsage: { used: 10, max: 100, at: '2026-11-22T08:00:00Z' },
  eventUsage: null,
  main: { username: 'ada@sample.test' },
  hold: null,
  connectionMode: true,
};

async function create() {
  const element = createElement('c-messaging-health', { is: MessagingHealth });
  document.body.appendChild(element);
  await flush();
  return element;
}

describe('c-messaging-health', () => {
  beforeEach(() => (readHealth as jest.Mock).mockResolvedValue(HEALTH));

  it('shows the four figures, carriers and limits', async () => {
    const element = await create();
    const values = texts(element, '.value');
    expect(values).toEqual(['12', '0', '2', '0']);
    expect(find(element, '.carrier').textContent).toContain('Wrong password.');
    expect(findAll(element, 'c-messaging-usage').map(({ usage }) => usage)).toEqual([HEALTH.apiUsage, null]);
    expect(find(element, 'c-messaging-parked').count).toBe(2);
    expect(find(element, 'c-messaging-unknown').count).toBe(0);
    expect(find(element, '.hold')).toBeNull();
  });

  it('explains a hold and says that the mode is off', async () => {
    const hold = {
      reason: 'api_limit',
      detail: 'The daily limit is used up.',
      since: '2026-11-22T08:00:00Z',
      retryAt: '2026-11-22T09:00:00Z',
    };
    (readHealth as jest.Mock).mockResolvedValue({ ...HEALTH, hold, connectionMode: false, main: null });
    const element = await create();
    expect(find(element, '.hold').textContent).toContain('The daily limit is used up.');
    expect(find(element, '.hold').textContent).toContain('c.Msg_Setup_Held_Retry');
    expect(find(element, '.off')).not.toBeNull();
    expect(find(element, '.main').textContent).toContain('c.Msg_Setup_No_Main_User');
  });

  it('leads to the carriers while there is none', async () => {
    (readHealth as jest.Mock).mockResolvedValue({ ...HEALTH, carriers: [] });
    const element = await create();
    const gotopage = jest.fn();
    element.addEventListener('gotopage', gotopage);
    find(element, '.no-carrier lightning-button').click();
    expect(gotopage.mock.calls[0][0].detail).toEqual({ page: 'numbers' });
  });

  it('reads again by itself, and keeps the last figures when that fails', async () => {
    jest.useFakeTimers();
    const element = createElement('c-messaging-health', { is: MessagingHealth });
    document.body.appendChild(element);
    await jest.advanceTimersByTimeAsync(0);
    (readHealth as jest.Mock).mockRejectedValue(new Error('down'));
    await jest.advanceTimersByTimeAsync(7_000);
    jest.useRealTimers();
    expect(readHealth).toHaveBeenCalledTimes(2);
    expect(find(element, '.updated').textContent).toBe('c.Msg_Setup_Update_Failed');
    expect(find(element, '.value').textContent).toBe('12');
  });

  it('does not read while the page is hidden', async () => {
    jest.useFakeTimers();
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.body.appendChild(createElement('c-messaging-health', { is: MessagingHealth }));
    await jest.advanceTimersByTimeAsync(60_000);
    hidden.mockRestore();
    jest.useRealTimers();
    expect(readHealth).toHaveBeenCalledTimes(1);
  });

  it('reads again after a parked row was settled', async () => {
    const element = await create();
    find(element, 'c-messaging-parked').dispatchEvent(new CustomEvent('parkedchange'));
    expect(readHealth).toHaveBeenCalledTimes(2);
  });

  it('shows a failed first read and repeats it', async () => {
    (readHealth as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const element = await create();
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(find(element, '.value')).not.toBeNull();
  });

  it('is accessible', async () => {
    await expect(await create()).toBeAccessible();
  });
});

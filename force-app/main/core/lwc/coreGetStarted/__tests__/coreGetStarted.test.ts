import { createElement } from 'lwc';
import runChecks from '@salesforce/apex/SetupController.runChecks';
import carrierAccounts from '@salesforce/apex/MessagingSetupController.carrierAccounts';
import numbers from '@salesforce/apex/MessagingSetupController.numbers';
import CoreGetStarted from 'c/coreGetStarted';
import { find, flush } from '../../coreSetup/__tests__/stage';

jest.mock('@salesforce/apex/SetupController.runChecks', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.carrierAccounts', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/MessagingSetupController.numbers', () => ({ default: jest.fn() }), { virtual: true });

const ORG = { name: 'Sample', registeredAt: '2026-11-01T08:00:00Z' };
const NUMBER = { id: 'n', number: '+14155550100', label: 'Sales', isDefault: true, users: [] };
const ACCOUNT = { id: 'a', label: 'Carrier', state: 'connected', stateText: '' };

function create(props: object) {
  const element = createElement('c-core-get-started', { is: CoreGetStarted });
  Object.assign(element, { connections: [], ...props });
  document.body.appendChild(element);
  return element;
}
const stepOf = (element: HTMLElement, key: string) => find(element, `[data-step="${key}"] c-core-setup-step`);

describe('c-core-get-started', () => {
  beforeEach(() => {
    (runChecks as jest.Mock).mockResolvedValue({ items: [{ id: 'access', title: 'A', status: 'ok', detail: '2 agents' }] });
    (carrierAccounts as jest.Mock).mockResolvedValue({ items: [ACCOUNT] });
    (numbers as jest.Mock).mockResolvedValue({ items: [NUMBER] });
  });

  it('offers only the registration to a new org and calls nothing else', async () => {
    const element = create({ registration: 'unregistered' });
    await flush();
    expect(find(element, 'c-core-register')).not.toBeNull();
    expect(find(element, 'c-core-test-message')).toBeNull();
    expect(find(element, '[role="progressbar"]').ariaValueNow).toBe('0');
    expect(runChecks).not.toHaveBeenCalled();
  });

  it('reads the rest once the org is registered', async () => {
    const element = create({ registration: 'registered', org: ORG });
    await flush();
    expect(stepOf(element, 'register').status).toBe('done');
    expect(stepOf(element, 'numbers').status).toBe('done');
    expect(stepOf(element, 'access').text).toBe('2 agents');
    expect(find(element, 'c-core-test-message').numbers).toEqual([NUMBER]);
    expect(find(element, '[role="progressbar"]').ariaValueNow).toBe('60');
  });

  it('does not run the checks again with every refresh of the tab', async () => {
    const element = create({ registration: 'registered', org: ORG });
    await flush();
    Object.assign(element, { registration: 'registered', org: { ...ORG } });
    await flush();
    expect(runChecks).toHaveBeenCalledTimes(1);
    find(element, '.check-again').click();
    await flush();
    expect(runChecks).toHaveBeenCalledTimes(2);
  });

  it('hands on that the org was registered', async () => {
    const element = create({ registration: 'unregistered' });
    const refresh = jest.fn();
    element.addEventListener('refresh', refresh);
    find(element, 'c-core-register').dispatchEvent(new CustomEvent('registered'));
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('counts a delivered test message', async () => {
    const element = create({ registration: 'registered', org: ORG });
    await flush();
    find(element, 'c-core-test-message').dispatchEvent(new CustomEvent('delivered'));
    await flush();
    expect(stepOf(element, 'test').status).toBe('done');
  });

  it('counts a test message that failed, until the next one', async () => {
    const element = create({ registration: 'registered', org: ORG });
    await flush();
    const tell = async (type: string) => {
      find(element, 'c-core-test-message').dispatchEvent(new CustomEvent(type));
      await flush();
    };
    await tell('delivered');
    await tell('started');
    await tell('undelivered');
    expect(stepOf(element, 'test')).toMatchObject({ status: 'failed', cause: 'c.Setup_Test_Failed_Cause' });
    await tell('started');
    expect(stepOf(element, 'test').status).not.toBe('failed');
  });

  it('leads to the page of a step', async () => {
    const element = create({ registration: 'registered', org: ORG });
    await flush();
    const gotopage = jest.fn();
    element.addEventListener('gotopage', gotopage);
    find(element, '[data-step="numbers"] lightning-button').click();
    expect(gotopage.mock.calls[0][0].detail).toEqual({ page: 'numbers' });
  });

  it('keeps the steps and shows why their state could not be read', async () => {
    (runChecks as jest.Mock).mockRejectedValueOnce(new Error('down'));
    const element = create({ registration: 'registered', org: ORG });
    await flush();
    expect(stepOf(element, 'register').status).toBe('done');
    find(element, 'c-core-error-panel').dispatchEvent(new CustomEvent('retry'));
    await flush();
    expect(find(element, 'c-core-error-panel')).toBeNull();
  });

  it('is accessible', async () => {
    const element = create({ registration: 'registered', org: ORG });
    await flush();
    await expect(element).toBeAccessible();
  });
});
